"""The failure detector: published values of phi, and what convicts and clears a peer."""

from math import e, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.detector import Detector

S = 1_000_000


def regular(until_s: int = 30, **settings: float) -> Detector:
    """A detector that heard the peer "b" once a second and ticked as often."""
    detector = Detector(expected_us=S, **settings)  # type: ignore[arg-type]
    for second in range(until_s + 1):
        detector.heard("b", second * S)
        detector.tick(second * S)
    return detector


@pytest.mark.parametrize(("now_ms", "phi"), [(666, 0.4342), (3000, 9.566)])
def test_phi_has_the_values_published_by_cassandra(now_ms: int, phi: float) -> None:
    """Apache Cassandra, ArrivalWindowTest.java: window 4, arrivals every 111 ms."""
    detector = Detector(expected_us=111_000, window=4)
    for arrival_ms in (111, 222, 333, 444, 555):
        detector.heard("b", arrival_ms * 1000)
    assert detector.phi("b", now_ms * 1000) == pytest.approx(phi, abs=0.01)


@given(st.lists(st.integers(1, 3 * S), min_size=1, max_size=20), st.lists(st.integers(0, 100 * S), min_size=2))
def test_phi_never_falls_while_the_peer_is_silent(gaps_us: list[int], times_us: list[int]) -> None:
    detector = Detector(expected_us=S, window=5)
    now_us = 0
    for gap_us in gaps_us:
        now_us += gap_us
        detector.heard("b", now_us)
    assert detector.phi("b", now_us) == 0.0
    suspicions = [detector.phi("b", now_us + later_us) for later_us in sorted(times_us)]
    assert suspicions == sorted(suspicions)


@given(st.lists(st.integers(S // 4, 20 * S), min_size=1, max_size=40), st.integers(1, 8))
def test_phi_is_elapsed_over_the_mean_of_the_last_samples(gaps_us: list[int], window: int) -> None:
    detector = Detector(expected_us=S, window=window)
    detector.heard("b", 0)
    now_us = 0
    for gap_us in gaps_us:
        now_us += gap_us
        detector.heard("b", now_us)
    samples = [S, *gaps_us][-window:]
    expected = 5 * S / (sum(samples) / len(samples)) * log10(e)
    assert detector.phi("b", now_us + 5 * S) == pytest.approx(expected)


def test_a_silent_peer_is_convicted_when_phi_reaches_the_threshold() -> None:
    """8 / log10(e) = 18.42 intervals."""
    detector = regular(30)
    for second in range(31, 30 + 19):
        detector.tick(second * S)
        assert detector.down == set()
    detector.tick(30 * S + 18_421_000)
    assert detector.down == {"b"}
    assert detector.suspected == set()


def test_any_message_clears_a_conviction_and_the_silence_is_no_sample() -> None:
    detector = regular(30, grace=100.0)
    for second in range(31, 60):
        detector.tick(second * S)
    assert detector.down == {"b"}
    detector.heard("b", 60 * S)
    assert detector.down == set()
    assert detector.phi("b", 61 * S) == pytest.approx(log10(e))


def test_a_missed_request_convicts_at_once_until_any_message() -> None:
    detector = regular()
    detector.missed("b", 30 * S + 10)
    assert detector.down == {"b"}
    assert detector.suspected == {"b"}
    detector.tick(30 * S + 20)
    assert detector.down == {"b"}
    detector.heard("b", 30 * S + 30)
    detector.tick(30 * S + 40)
    assert detector.down == set()
    assert detector.suspected == set()


def test_a_missed_request_convicts_a_peer_that_was_never_heard() -> None:
    detector = Detector(expected_us=S)
    detector.missed("c", 0)
    assert detector.down == {"c"}
    detector.heard("c", 1)
    assert detector.down == set()


def test_a_local_pause_convicts_nobody() -> None:
    detector = regular()
    detector.expect(["c"], 30 * S)
    resumed_us = 1000 * S
    detector.missed("b", resumed_us)  # timers of the pause fire before the first tick, and after it
    detector.tick(resumed_us)
    detector.missed("b", resumed_us + 1)
    detector.tick(resumed_us + S)
    assert detector.down == set()
    assert detector.phi("b", resumed_us) == 0.0
    assert detector.phi("c", resumed_us) == 0.0
    for second in range(1, 21):
        detector.tick(resumed_us + second * S)
    assert detector.down == {"b", "c"}, "silence after the pause counts as ever"


def test_a_missed_request_counts_again_an_interval_after_a_local_pause() -> None:
    detector = regular()
    detector.tick(1000 * S)
    detector.missed("b", 1001 * S - 1)
    assert detector.down == set()
    detector.missed("b", 1001 * S)
    assert detector.down == {"b"}


def test_a_local_pause_pardons_nobody_either() -> None:
    detector = regular()
    detector.missed("b", 30 * S)
    detector.tick(1000 * S)
    assert detector.down == {"b"}
    assert detector.suspected == {"b"}


def test_the_length_of_a_pause_is_no_sample() -> None:
    detector = regular()
    detector.tick(1000 * S)
    detector.heard("b", 1001 * S)
    assert detector.phi("b", 1002 * S) == pytest.approx(log10(e))
    heard_first = regular()
    heard_first.heard("b", 1000 * S)
    heard_first.tick(1000 * S)
    assert heard_first.phi("b", 1001 * S) == pytest.approx(log10(e))


def test_ticks_no_further_apart_than_the_pause_are_no_pause() -> None:
    detector = regular(30, pause_us=5 * S)
    for second in range(35, 55, 5):
        detector.tick(second * S)
    assert detector.down == {"b"}


def test_a_peer_never_heard_is_given_its_grace() -> None:
    detector = Detector(expected_us=S, grace=10.0)
    detector.expect(["c"], 0)
    detector.expect(["c"], 5 * S)  # naming it again does not start its clock again
    for second in range(10):
        detector.tick(second * S)
    assert detector.down == set()
    detector.tick(10 * S)
    assert detector.down == {"c"}


def test_expecting_a_peer_that_was_heard_changes_nothing() -> None:
    detector = regular()
    detector.expect(["b", "c"], 31 * S)
    assert detector.phi("b", 31 * S) == pytest.approx(log10(e))
    detector.heard("c", 32 * S)
    assert detector._awaited_since_us == {}, "whoever was heard is awaited no more"


def test_a_burst_does_not_make_the_mean_small() -> None:
    detector = regular()
    for n in range(10_000):
        detector.heard("b", 31 * S + n)
    assert detector.phi("b", 31 * S + 9_999 + S) == pytest.approx(log10(e), rel=0.05)


def test_steady_traffic_counts_as_at_most_four_samples_an_interval() -> None:
    detector = Detector(expected_us=S)
    for n in range(20_001):
        detector.heard("b", n * S // 1000)
    assert detector.phi("b", 20 * S + S // 4) == pytest.approx(log10(e), rel=0.05)


def test_memory_is_bounded_by_the_window() -> None:
    detector = Detector(expected_us=S, window=7)
    for second in range(1000):
        detector.heard("b", second * S)
    assert len(detector._arrivals["b"].intervals_us) == 7


def test_an_interval_of_zero_length_is_never_sampled() -> None:
    detector = Detector(expected_us=1, window=1)
    for _ in range(3):
        detector.heard("b", 5)
    assert detector.phi("b", 6) == pytest.approx(log10(e))


def test_a_peer_that_left_is_forgotten() -> None:
    detector = regular()
    detector.missed("b", 31 * S)
    detector.expect(["c"], 31 * S)
    detector.forget("b")
    detector.forget("c")
    detector.forget("never known")
    for second in range(31, 99):
        detector.tick(second * S)
    assert detector.down == set()
    assert detector.suspected == set()
    assert detector.phi("b", 99 * S) == 0.0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["heard", "missed", "expect", "tick"]), st.sampled_from("abc"), st.integers(0, 900_000)
        ),
        max_size=60,
    )
)
def test_a_tick_convicts_exactly_whom_phi_convicts_however_seldom_it_looks(
    steps: list[tuple[str, str, int]],
) -> None:
    """The detector skips ticks at which nobody can have reached the threshold; against one that looks every time."""
    one = Detector(expected_us=50_000, window=4, threshold=3.0, grace=6.0)
    now_us = 0
    for what, peer, wait_us in steps:
        now_us += wait_us
        if what == "heard":
            one.heard(peer, now_us)
        elif what == "missed":
            one.missed(peer, now_us)
        elif what == "expect":
            one.expect([peer], now_us)
        else:
            due = {name for name in "abc" if one.phi(name, now_us) >= 3.0}
            before = set(one.down)
            one.tick(now_us)
            assert one.down == before | due
