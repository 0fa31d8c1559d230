from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.partition import RING_SIZE, EqualPartitions, Partitioning, TokenRanges, position, size_of

positions = st.one_of(st.integers(0, RING_SIZE - 1), st.integers(0, 40), st.integers(RING_SIZE - 40, RING_SIZE - 1))
partitionings: st.SearchStrategy[Partitioning] = st.one_of(
    st.builds(EqualPartitions, st.one_of(st.integers(1, 40), st.sampled_from([1000, 4096]))),
    st.builds(lambda tokens: TokenRanges(sorted(tokens)), st.sets(positions, min_size=1, max_size=12)),
)


def contains(bounds: tuple[int, int], at: int) -> bool:
    start, end = bounds
    return start <= at < end if start < end else at >= start or at < end


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", 0xD41D8CD98F00B204E9800998ECF8427E),
        (b"a", 0x0CC175B9C0F1B6A831C399E269772661),
        (b"message digest", 0xF96B697D7CB7938D525A2F31AAF161D0),
    ],
)
def test_a_position_is_the_md5_of_the_key_as_a_big_endian_number(message: bytes, digest: int) -> None:
    assert position(message) == digest  # RFC 1321, appendix A.5


@given(partitionings, positions)
def test_every_position_is_in_exactly_the_partition_that_index_names(cut: Partitioning, at: int) -> None:
    index = cut.index(at)
    assert [p for p in range(cut.count) if contains(cut.bounds(p), at)] == [index]


@given(partitionings)
def test_both_ends_of_every_partition_belong_to_it(cut: Partitioning) -> None:
    for partition in range(cut.count):
        start, end = cut.bounds(partition)
        assert cut.index(start) == cut.index(end - 1) == partition


@given(partitionings)
def test_partitions_follow_each_other_clockwise_and_fill_the_circle(cut: Partitioning) -> None:
    for partition in range(cut.count):
        assert cut.bounds(partition)[1] % RING_SIZE == cut.bounds((partition + 1) % cut.count)[0]
    assert sum(size_of(cut.bounds(partition)) for partition in range(cut.count)) == RING_SIZE


@given(st.integers(1, 5000))
def test_equal_partitions_differ_by_one_position_at_most(count: int) -> None:
    cut = EqualPartitions(count)
    sizes = {size_of(cut.bounds(partition)) for partition in range(0, count, max(1, count // 50))}
    assert sizes <= {RING_SIZE // count, -(-RING_SIZE // count)}


def test_a_power_of_two_cuts_by_the_leading_bits_of_the_digest() -> None:
    for key in (b"a", b"b", b"c", b"d"):
        assert EqualPartitions(16).index(position(key)) == md5(key).digest()[0] >> 4


def test_a_token_belongs_to_its_own_range_and_the_next_position_to_the_next_one() -> None:
    cut = TokenRanges([10, 20])
    assert [cut.index(at) for at in (10, 11, 20, 21, 0)] == [0, 1, 1, 0, 0]
    assert (cut.bounds(0), cut.bounds(1)) == ((21, 11), (11, 21))


@pytest.mark.parametrize("token", [0, 7, RING_SIZE - 1])
def test_a_single_token_has_the_whole_circle(token: int) -> None:
    assert size_of(TokenRanges([token]).bounds(0)) == RING_SIZE
