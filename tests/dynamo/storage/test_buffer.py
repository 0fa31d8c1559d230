"""dynamo.storage.buffer: the object buffer of Dynamo, section 6.1, never breaks what the engine below promises."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.effects import Change, Record
from dynamo.core.errors import CallerError, CorruptRecord, StorageError
from dynamo.storage.buffer import WriteBack
from dynamo.storage.memory import MemoryEngine

State = dict[bytes, Record | None]


class Disk:
    """An engine that remembers what was synced, and can be told to fail."""

    def __init__(self) -> None:
        self.now = MemoryEngine()
        self.batches: list[tuple[Change, ...]] = []
        self.synced: State = {}
        self.broken = False

    def apply(self, changes: Sequence[Change]) -> None:
        if self.broken:
            raise StorageError("the disk is full")
        self.batches.append(tuple(changes))
        self.now.apply(changes)

    def sync(self) -> None:
        self.synced = dict(self.now.scan("meta"))

    def read(self, space: str, key: bytes) -> Record | None:
        return self.now.read(space, key)

    def scan(self, space: str) -> Iterator[tuple[bytes, Record | None]]:
        return self.now.scan(space)

    def close(self) -> None:
        self.now.close()


def put(key: bytes, value: bytes | None) -> Change:
    return Change("meta", key, value)


KEYS = st.sampled_from([b"a", b"b", b"c"])
BATCHES = st.lists(st.builds(put, KEYS, st.none() | st.binary(max_size=1)), max_size=4)
STEPS = st.lists(
    st.tuples(st.sampled_from(["apply"]), BATCHES)
    | st.tuples(st.just("apply"), BATCHES)  # twice: a buffer that is always flushed tests little
    | st.tuples(st.just("apply_durable"), BATCHES)
    | st.tuples(st.sampled_from(["flush", "sync", "below.sync"]), st.just([])),
    max_size=25,
)


def take(buffer: WriteBack, step: str, batch: list[Change]) -> None:
    if step == "below.sync":  # a disk may make written batches durable whenever it likes
        buffer.engine.sync()
    elif step in ("apply", "apply_durable"):
        getattr(buffer, step)(batch)
    else:
        getattr(buffer, step)()


@settings(max_examples=300)
@given(st.integers(0, 6), STEPS)
def test_reads_and_scans_are_those_of_the_engine_without_a_buffer(
    capacity: int, steps: list[tuple[str, list[Change]]]
) -> None:
    buffer, plain = WriteBack(MemoryEngine(), capacity), MemoryEngine()
    for step, batch in steps:
        take(buffer, step, batch)
        plain.apply(batch)
        assert list(buffer.scan("meta")) == list(plain.scan("meta"))
        assert [buffer.read("meta", key) for key in (b"a", b"b", b"c")] == [
            plain.read("meta", key) for key in (b"a", b"b", b"c")
        ]
        assert buffer.buffered <= capacity


@given(st.integers(0, 6), st.lists(st.integers(0, 8), max_size=20))
def test_the_buffer_never_holds_more_than_its_capacity_and_never_less_than_it_could(
    capacity: int, sizes: list[int]
) -> None:
    buffer = WriteBack(MemoryEngine(), capacity)
    expected: list[int] = []
    for size in sizes:
        buffer.apply([put(b"%d" % n, b"") for n in range(size)])
        expected.append(size)
        while sum(expected) > capacity:  # the newest batches that fit, and nothing behind one that does not
            del expected[0]
        assert buffer.buffered == sum(expected) <= capacity


@settings(max_examples=300)
@given(st.integers(0, 6), STEPS)
def test_a_crash_leaves_a_prefix_of_the_batches_with_everything_synced(
    capacity: int, steps: list[tuple[str, list[Change]]]
) -> None:
    disk = Disk()
    buffer, plain = WriteBack(disk, capacity), MemoryEngine()
    prefixes: list[State] = [{}]
    safe, pending = 0, 0  # the newest prefix known to be durable, and the changes after it
    for step, batch in steps:
        take(buffer, step, batch)
        if step.startswith("apply"):
            plain.apply(batch)
            prefixes.append(dict(plain.scan("meta")))
        pending += len(batch)
        if step in ("sync", "apply_durable"):
            safe, pending = len(prefixes) - 1, 0
        assert disk.synced in prefixes[safe:]
        assert buffer.lost_on_crash() == pending >= buffer.buffered


@given(st.integers(0, 6), STEPS)
def test_what_the_engine_below_holds_at_any_time_is_a_prefix_too(
    capacity: int, steps: list[tuple[str, list[Change]]]
) -> None:
    disk = Disk()
    buffer, plain = WriteBack(disk, capacity), MemoryEngine()
    prefixes: list[State] = [{}]
    for step, batch in steps:
        take(buffer, step, batch)
        plain.apply(batch)
        prefixes.append(dict(plain.scan("meta")))
        assert dict(disk.now.scan("meta")) in prefixes


def test_a_durable_batch_never_overtakes_a_buffered_one_of_its_key() -> None:
    disk = Disk()
    buffer = WriteBack(disk, capacity=10)
    buffer.apply([put(b"a", b"old"), put(b"b", b"old")])
    buffer.apply_durable([put(b"a", b"new")])
    assert disk.synced == {b"a": b"new", b"b": b"old"}
    assert (buffer.buffered, buffer.lost_on_crash()) == (0, 0)


def test_a_full_buffer_writes_the_oldest_batches_through_and_keeps_the_newest() -> None:
    disk = Disk()
    buffer = WriteBack(disk, capacity=3)
    batches = [(put(b"a", b"1"), put(b"b", b"1")), (put(b"a", b"2"),), (put(b"c", b"3"),)]
    for batch in batches:
        buffer.apply(batch)
    assert disk.batches == batches[:1]
    assert dict(disk.now.scan("meta")) == {b"a": b"1", b"b": b"1"}
    assert dict(buffer.scan("meta")) == {b"a": b"2", b"b": b"1", b"c": b"3"}
    assert (buffer.buffered, buffer.lost_on_crash()) == (2, 4)


def test_a_batch_larger_than_the_buffer_goes_through_as_one_after_all_others() -> None:
    disk = Disk()
    buffer = WriteBack(disk, capacity=2)
    small, large = (put(b"a", b"1"),), (put(b"a", b"2"), put(b"b", b"2"), put(b"c", b"2"))
    buffer.apply(small)
    buffer.apply(large)
    assert disk.batches == [small, large]


def test_overwritten_records_never_reach_the_disk() -> None:
    disk = Disk()
    buffer = WriteBack(disk, capacity=1000)
    for n in range(100):
        buffer.apply([put(b"hot", b"%d" % n)])
    buffer.sync()
    assert disk.batches == [(put(b"hot", b"99"),)]


def test_empty_batches_take_no_room() -> None:
    buffer = WriteBack(MemoryEngine(), capacity=1)
    for _ in range(10):
        buffer.apply([])
    assert not buffer._waiting


def test_where_the_engine_below_fails_nothing_that_waits_is_forgotten_and_the_new_batch_is_not_applied() -> None:
    disk = Disk()
    buffer = WriteBack(disk, capacity=2)
    buffer.apply([put(b"a", b"1")])
    buffer.apply([put(b"b", b"1")])
    disk.broken = True
    with pytest.raises(StorageError):
        buffer.apply([put(b"a", b"2")])
    with pytest.raises(StorageError):
        buffer.sync()
    assert dict(buffer.scan("meta")) == {b"a": b"1", b"b": b"1"}
    disk.broken = False
    buffer.sync()
    assert disk.synced == {b"a": b"1", b"b": b"1"}


def test_the_engine_below_is_closed_even_if_the_last_sync_fails() -> None:
    disk = Disk()
    closed: list[bool] = []
    disk.close = lambda: closed.append(True)  # type: ignore[method-assign]
    buffer = WriteBack(disk, capacity=2)
    buffer.apply([put(b"a", b"1")])
    disk.broken = True
    with pytest.raises(StorageError):
        buffer.close()
    buffer.close()
    assert closed == [True]


def test_a_buffered_record_hides_the_corrupt_one_that_it_replaces() -> None:
    below = MemoryEngine(encoded=True)
    below.apply([put(b"a", b"1"), put(b"b", b"1")])
    for key in (b"a", b"b"):
        below.damage("meta", key, lambda stored: stored[:-1])
    buffer = WriteBack(below, capacity=5)
    buffer.apply([put(b"a", b"2")])
    assert buffer.read("meta", b"a") == b"2"
    with pytest.raises(CorruptRecord):
        buffer.read("meta", b"b")
    assert list(buffer.scan("meta")) == [(b"a", b"2"), (b"b", None)]


def test_a_negative_capacity_is_refused() -> None:
    with pytest.raises(CallerError, match="capacity: -1 changes; it must be 0 or more"):
        WriteBack(MemoryEngine(), -1)
