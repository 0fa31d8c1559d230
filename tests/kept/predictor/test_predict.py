"""kept.predictor.predict: predictions that can be worked out by hand, and what every prediction has in common."""

from itertools import pairwise, product

import pytest

from checkers.staleness.latencies import Latencies, Legs, Mixture, Table
from checkers.staleness.partial_quorums import within
from kept.predictor.config import configured
from kept.predictor.predict import Prediction, predict
from kept.predictor.presets import PRESETS


def fixed(ms: float) -> Table:
    return Table((0.0, 1.0), (ms, ms))


def asked(latencies: Latencies, **fields: object) -> Prediction:
    return predict([configured({"trials": 20_000, **fields})], latencies, "test")[0]


def test_where_every_message_takes_as_long_nothing_is_stale() -> None:
    found = asked(Latencies(Legs(*[fixed(2.0)] * 4)), n=3, r=1, w=1)
    assert found.fresh[0] == (0.0, (20_000, 20_000))
    assert {times.value for _, times in (*found.get_ms, *found.put_ms)} == {4.0}
    assert [one.value for _, one in found.visible] == [0.0] * 4


def test_one_slow_replica_is_stale_until_the_write_is_there() -> None:
    """Beside the coordinator a write takes no time, to the others 10 ms; a read takes none, so any replica answers."""
    nothing, slow = fixed(0.0), fixed(10.0)
    found = asked(
        Latencies(Legs(slow, nothing, nothing, nothing), near=Legs(nothing, nothing, nothing, fixed(0.5))),
        n=2, r=1, w=1, t=(0, 9.99, 10),
    )  # fmt: skip
    # The far replica answers first, and it is the near one of the put in half of the trials.
    assert [one.share for _, one in found.fresh] == pytest.approx([0.5, 0.5, 1.0], abs=0.01)
    assert found.visible[0][1].value == 10.0


def test_exponential_delays_come_out_as_the_formula_says() -> None:
    """N=2, R=W=1, all at once but W, exponential of mean 1 ms: after t the later write is there with 1-exp(-t)."""
    legs = Legs(Mixture(0.0, 0.0, 1.0, 1.0), fixed(0.0), fixed(0.0), fixed(0.0))
    found = asked(Latencies(legs), n=2, r=1, w=1, t=(0, 0.5, 2), trials=200_000)
    told = [0.5 + 0.5 * (1 - 2.718281828**-t) for t, _ in found.fresh]
    assert [one.share for _, one in found.fresh] == pytest.approx(told, abs=0.005)


def test_the_papers_synthetic_delays() -> None:
    """Section 5.3: A, R and S exponential of mean 1 ms, W four times as fast and ten times as slow. Shares within a
    hundredth of what is printed, which is rounded to hundredths."""
    one = Mixture(0.0, 0.0, 1.0, 1.0)
    fast, slow = (
        asked(Latencies(Legs(Mixture(0.0, 0.0, 1.0, rate), one, one, one)), n=3, t=(0, 1, 65), trials=400_000)
        for rate in (4.0, 0.1)
    )
    assert fast.fresh[0][1].share == pytest.approx(0.94, abs=0.015)
    assert fast.fresh[1][1].share == pytest.approx(0.999, abs=0.001)
    assert slow.fresh[0][1].share == pytest.approx(0.41, abs=0.015)
    assert slow.fresh[2][1].share == pytest.approx(0.999, abs=0.001)


@pytest.mark.parametrize("name", ["lnkd-disk", "wan"])
def test_no_prediction_is_worse_than_the_closed_form_and_all_get_better_with_time_and_with_k(name: str) -> None:
    for r, w in product((1, 2), (1, 2)):
        found = asked(PRESETS[name].latencies, n=3, r=r, w=w, k=(1, 2, 3), trials=50_000)
        assert found.certain == (r + w > 3)
        assert all(a.share <= b.share for (_, a), (_, b) in pairwise(found.fresh))
        assert all(a.value <= b.value for (_, a), (_, b) in pairwise(found.visible))
        for one in found.back:
            assert one.however_late == within(3, r, w, one.k)
            assert all(part.high >= one.however_late for _, part in one.together)
        for less, more in pairwise(found.back):
            assert all(a.share <= b.share for (_, a), (_, b) in zip(less.together, more.together, strict=True))
        assert found.back[0].together == found.fresh, "one put back is the newest put"


def test_a_get_of_unrelated_puts_looks_back_as_the_closed_form_says_where_writes_never_spread() -> None:
    """Writes that take for ever to all but W replicas: then the closed form is exact."""
    near, far = Legs(*[fixed(0.0)] * 4), Legs(fixed(1e8), fixed(0.0), fixed(0.0), fixed(0.0))
    found = asked(Latencies(far, near), n=4, r=1, w=1, k=(1, 2, 3, 4), t=(0, 1000), trials=60_000)
    for one in found.back:
        assert all(part.low - 0.005 < one.however_late < part.high + 0.005 for _, part in one.together), one


def test_equal_seeds_predict_the_same_and_others_nearly() -> None:
    first, again, other = (asked(PRESETS["lnkd-ssd"].latencies, n=3, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.fresh != other.fresh
    assert abs(first.fresh[0][1].share - other.fresh[0][1].share) < 0.01


def test_reads_of_a_client_go_back_as_the_closed_form_says_where_that_is_asked_for() -> None:
    latencies = PRESETS["lnkd-ssd"].latencies
    assert asked(latencies, trials=10).monotonic is None
    assert asked(latencies, trials=10, n=3, r=1, w=1, writes_per_read=1).monotonic == within(3, 1, 1, 2)
    assert asked(latencies, trials=10, n=3, r=2, w=2, writes_per_read=9).monotonic == 1.0


def test_too_few_trials_for_a_quantile_say_so() -> None:
    found = asked(PRESETS["lnkd-disk"].latencies, trials=100)
    assert found.visible[-1][1].high is None
    assert found.visible[0][1].high is not None
