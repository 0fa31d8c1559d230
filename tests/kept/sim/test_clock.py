"""Clocks that run at any rate: they never go back, and a time that is waited for is met exactly."""

from hypothesis import given
from hypothesis import strategies as st

from kept.sim.clock import Clock

DRIFTS = st.lists(st.tuples(st.integers(0, 5_000_000), st.integers(-500_000, 500_000)), max_size=6)
"""(microseconds since the last change, rate in millionths)"""


def drifted(drifts: list[tuple[int, int]]) -> tuple[Clock, int]:
    """A clock after these drifts, and the true time of the last."""
    clock, now_us = Clock(), 0
    for after_us, ppm in drifts:
        now_us += after_us
        clock.drift(now_us, ppm)
    return clock, now_us


def test_a_clock_without_drift_reads_true_time() -> None:
    clock = Clock()
    assert [clock.read(t) for t in (0, 1, 10**12)] == [0, 1, 10**12]
    assert clock.when(77) == 77


def test_a_clock_gains_its_rate_in_millionths() -> None:
    clock = Clock()
    clock.drift(1_000_000, 50_000)
    assert clock.read(3_000_000) == 1_000_000 + 2_100_000
    clock.drift(3_000_000, -200_000)
    assert clock.read(4_000_000) == 3_100_000 + 800_000


def test_the_offset_belongs_to_the_wall_clock_alone() -> None:
    clock = Clock()
    clock.offset_us = 500
    assert clock.read(1_000) == 1_000


@given(DRIFTS, st.lists(st.integers(0, 3_000_000), min_size=2, max_size=10))
def test_a_clock_never_goes_back(drifts: list[tuple[int, int]], steps: list[int]) -> None:
    clock, now_us, last_us = Clock(), 0, 0
    changes = iter(drifts)
    for step_us in steps:
        now_us += step_us
        read_us = clock.read(now_us)
        assert read_us >= last_us
        last_us = read_us
        change = next(changes, None)
        if change is not None:
            clock.drift(now_us, change[1])
            assert clock.read(now_us) == last_us, "a change of rate is no jump"


@given(DRIFTS, st.integers(0, 10_000_000))
def test_when_is_the_first_true_time_at_which_the_clock_has_got_there(
    drifts: list[tuple[int, int]], ahead_us: int
) -> None:
    clock, now_us = drifted(drifts)
    wanted_us = clock.read(now_us) + ahead_us
    when_us = clock.when(wanted_us)
    assert when_us >= now_us
    assert clock.read(when_us) >= wanted_us
    assert when_us == now_us or clock.read(when_us - 1) < wanted_us


@given(DRIFTS, st.integers(1, 10_000_000))
def test_when_asked_for_what_it_reads_now_does_not_lie_in_the_future(
    drifts: list[tuple[int, int]], later_us: int
) -> None:
    clock, now_us = drifted(drifts)
    assert clock.when(clock.read(now_us + later_us)) <= now_us + later_us


def test_a_clock_that_has_drifted_stays_off_when_its_rate_is_true_again() -> None:
    clock = Clock()
    clock.drift(0, 100_000)
    clock.drift(1_000_000, 0)
    assert clock.read(2_000_000) == 2_100_000
    assert not clock.true
