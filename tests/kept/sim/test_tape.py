"""The tape: fates are drawn with the weather's chances, written down, and played back without drawing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.sim.entropy import stream
from kept.sim.tape import DELAY, DUPLICATE, LOSS, Fate, Tape
from kept.sim.weather import Weather

MANY = 20_000


def weather(loss: float = 0.0, duplicate: float = 0.0, delay: float = 0.0) -> Weather:
    made = Weather()
    made.loss, made.duplicate, made.delay = loss, duplicate, delay
    made.settle()
    return made


def drawn(tape: Tape, rough: Weather, count: int = MANY, seed: int = 0) -> list[Fate | None]:
    draw = stream(seed, "fate")
    return [tape.fate("n1", number, rough, draw) for number in range(1, count + 1)]


def test_fates_come_as_often_as_the_weather_says() -> None:
    """Tolerance: five standard deviations of a share of 0.1 of 20,000 are 0.011."""
    fates = drawn(Tape(), weather(0.05, 0.1, 0.02))
    shares = {
        kind: sum(fate is not None and fate[0] == kind for fate in fates) / MANY for kind in (LOSS, DUPLICATE, DELAY)
    }
    assert shares == pytest.approx({LOSS: 0.05, DUPLICATE: 0.1, DELAY: 0.02}, abs=0.011)


def test_a_fair_sky_mistreats_nobody_and_a_certain_loss_everybody() -> None:
    assert set(drawn(Tape(), weather(), 100)) == {None}
    assert set(drawn(Tape(), weather(loss=1.0), 100)) == {(LOSS, 0)}


def test_everything_but_plain_delivery_is_written_down() -> None:
    tape = Tape()
    fates = drawn(tape, weather(0.1, 0.1, 0.1), 500)
    assert tape.fates == {("n1", number): fate for number, fate in enumerate(fates, start=1) if fate is not None}
    assert not tape.replaying


@pytest.mark.parametrize("kind", [DUPLICATE, DELAY])
def test_what_is_late_is_late_with_a_heavy_tail_that_is_cut(kind: str) -> None:
    """Pareto, shape 1.1, from 5 ms: the chance of more than 50 ms is 10^-1.1 = 0.079, of the cut 200^-1.1 = 0.003."""
    late_us = [fate[1] for fate in drawn(Tape(), weather(**{kind: 1.0})) if fate is not None]
    assert len(late_us) == MANY
    assert min(late_us) >= 5_000
    assert max(late_us) == Tape.LIMIT_US
    assert sum(us > 50_000 for us in late_us) / MANY == pytest.approx(10**-1.1, abs=0.01)
    assert sum(us == Tape.LIMIT_US for us in late_us) / MANY == pytest.approx(200**-1.1, abs=0.002)


@given(st.dictionaries(st.tuples(st.sampled_from(["n1", "n2"]), st.integers(1, 9)), st.just((LOSS, 0)), max_size=6))
def test_playing_back_gives_the_written_fates_and_draws_nothing(fates: dict[tuple[str, int], Fate]) -> None:
    tape, draw = Tape(fates), stream(0, "fate")
    untouched = stream(0, "fate").random()
    assert tape.replaying
    for sender in ("n1", "n2"):
        for number in range(1, 10):
            assert tape.fate(sender, number, weather(0.5), draw) == fates.get((sender, number))
    assert draw.random() == untouched
    assert tape.fates == fates


def test_an_empty_tape_plays_back_nothing_rather_than_recording() -> None:
    tape = Tape({})
    assert set(drawn(tape, weather(loss=1.0), 20)) == {None}
