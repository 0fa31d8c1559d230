"""The percentile of a trailing window, held against the sorted list of what is in the window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.latencies import PANES, Latencies, bucket_of, greatest_of

WINDOW_US = 12_000
PANE_US = WINDOW_US // PANES


@given(st.integers(0, (1 << 40) - 1))
def test_a_bucket_holds_its_latency_and_is_at_most_an_eighth_wide(latency_us: int) -> None:
    greatest_us = greatest_of(bucket_of(latency_us))
    assert latency_us <= greatest_us <= latency_us + latency_us // 8


@given(st.integers(0, 1 << 41), st.integers(0, 1 << 41))
def test_a_longer_latency_never_has_a_smaller_bucket(one_us: int, other_us: int) -> None:
    short_us, long_us = sorted((one_us, other_us))
    assert bucket_of(short_us) <= bucket_of(long_us)


def test_buckets_follow_one_another_without_a_gap() -> None:
    buckets = [bucket_of(latency_us) for latency_us in range(5_000)]
    assert set(buckets) == set(range(max(buckets) + 1))
    assert [bucket_of(greatest_of(bucket)) for bucket in range(200)] == list(range(200))
    assert [bucket_of(greatest_of(bucket) + 1) for bucket in range(200)] == list(range(1, 201))


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 100_000)), max_size=60),
    st.integers(0, 3_000),
    st.integers(1, 1_000),
)
def test_a_percentile_is_that_of_the_window_but_for_the_width_of_a_bucket(
    samples: list[tuple[int, int]], later_us: int, permille: int
) -> None:
    latencies = Latencies(WINDOW_US)
    now_us = 1_000_000
    kept: list[tuple[int, int]] = []
    for after_us, latency_us in samples:
        now_us += after_us
        latencies.add(now_us, latency_us)
        kept.append((now_us, latency_us))
    now_us += later_us
    told_us = latencies.percentile(now_us, permille)
    inside = sorted(latency for at_us, latency in kept if at_us // PANE_US > now_us // PANE_US - PANES)
    if not inside:
        assert told_us == 0
    else:
        exact_us = inside[-(-len(inside) * permille // 1_000) - 1]
        assert exact_us <= told_us <= exact_us + exact_us // 8


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=40), st.integers(0, 39), st.integers(1, 50_000))
def test_a_longer_latency_never_makes_a_percentile_less(samples: list[int], at: int, more_us: int) -> None:
    before, after = Latencies(WINDOW_US), Latencies(WINDOW_US)
    for number, latency_us in enumerate(samples):
        before.add(0, latency_us)
        after.add(0, latency_us + (more_us if number == at % len(samples) else 0))
    assert before.percentile(0, 990) <= after.percentile(0, 990)


@pytest.mark.parametrize("gap_us", [WINDOW_US + PANE_US, 1_000 * WINDOW_US])
def test_what_has_left_the_window_is_forgotten_and_takes_no_memory(gap_us: int) -> None:
    latencies = Latencies(WINDOW_US)
    for number in range(1_000):
        latencies.add(number, number)
    assert latencies.percentile(1_000, 990) > 900
    assert latencies.percentile(1_000 + gap_us, 990) == 0
    assert latencies.count == 0
    assert not latencies._panes
    assert not latencies._samples


def test_memory_does_not_grow_with_the_number_of_samples() -> None:
    latencies = Latencies(WINDOW_US)
    for number in range(20_000):
        latencies.add(number * 7, number * 7_919 % 100_000)
    assert len(latencies._panes) <= PANES
    assert len(latencies._samples) <= bucket_of(100_000) + 1
