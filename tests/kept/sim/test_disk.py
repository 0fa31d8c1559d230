"""Disks: a crash leaves a prefix of what was written, everything that was synced in it, and never a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.effects import DATA, HINT, META, SPACES, Change, Record
from dynamo.core.siblings import Siblings, Version
from kept.sim.disk import Disk

SEQUENCES = st.lists(
    st.lists(
        st.tuples(st.sampled_from(SPACES), st.integers(0, 3), st.none() | st.integers(0, 99)), min_size=1, max_size=3
    ),
    max_size=8,
)
"""Batches of (space, key, what is written there or None to delete it)."""
Contents = dict[tuple[str, bytes], Record]


def record(space: str, number: int) -> Record:
    if space == META:
        return b"%d" % number
    return Siblings({"n1.0:0": number + 1}, (Version("n1.0:0", number + 1, b"v%d" % number),))


def batch(rows: list[tuple[str, int, int | None]]) -> tuple[Change, ...]:
    return tuple(
        Change(space, b"k%d" % key, None if number is None else record(space, number)) for space, key, number in rows
    )


def after(batches: list[tuple[Change, ...]]) -> Contents:
    """The oracle: the batches, applied one after another to nothing."""
    contents: Contents = {}
    for changes in batches:
        for space, key, written in changes:
            contents.pop((space, key), None)
            if written is not None:
                contents[space, key] = written
    return contents


def contents_of(disk: Disk) -> Contents:
    found: Contents = {(META, key): value for key, value in disk.meta() if value is not None}
    for space in (DATA, HINT):
        for key, state in disk.contents(space):
            assert state is not None
            found[space, key] = state
    return found


@given(SEQUENCES, st.data())
def test_a_crash_leaves_a_prefix_that_includes_everything_synced(
    rows: list[list[tuple[str, int, int | None]]], data: st.DataObject
) -> None:
    batches = [batch(row) for row in rows]
    disk = Disk("n1.0")
    synced = data.draw(st.integers(0, len(batches)))
    for seq, changes in enumerate(batches, start=1):
        disk.write(seq, changes)
    disk.synced(synced)
    assert contents_of(disk) == after(batches), "writes are visible at once"
    assert disk.unsynced == len(batches) - synced
    keep = data.draw(st.integers(0, disk.unsynced))
    torn_at = data.draw(st.none() | st.floats(0, 1, exclude_max=True))
    lost, torn = disk.crash(keep, torn_at)
    assert contents_of(disk) == after(batches[: synced + keep])
    assert lost == len(batches) - synced - keep
    first_lost = batches[synced + keep] if lost else ()
    assert torn == (torn_at is not None and any(change.record is not None for change in first_lost))


@given(SEQUENCES, SEQUENCES)
def test_what_survived_one_crash_survives_the_next(
    before: list[list[tuple[str, int, int | None]]], later: list[list[tuple[str, int, int | None]]]
) -> None:
    disk = Disk("n1.0")
    for seq, rows in enumerate(before, start=1):
        disk.write(seq, batch(rows))
    kept = len(before) // 2
    disk.crash(kept, None)
    for seq, rows in enumerate(later, start=1):  # a new process counts its writes anew
        disk.write(seq, batch(rows))
    disk.crash(0, None)
    assert contents_of(disk) == after([batch(rows) for rows in before[:kept]])


def test_a_late_word_of_an_earlier_sync_takes_nothing_back() -> None:
    disk = Disk("n1.0")
    for seq in (1, 2, 3):
        disk.write(seq, (Change(META, b"%d" % seq, b""),))
    disk.synced(2)
    disk.synced(1)
    assert disk.unsynced == 1
    disk.crash(0, None)
    assert [key for key, _ in disk.meta()] == [b"1", b"2"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999999])
def test_a_torn_record_never_passes_its_checksum(share: float) -> None:
    disk = Disk("n1.0")
    disk.write(1, (Change(DATA, b"k", record(DATA, 1)),))
    assert disk.crash(0, share) == (1, True)
    assert list(disk.contents(DATA)) == []


def test_a_batch_that_survives_is_not_torn() -> None:
    disk = Disk("n1.0")
    disk.write(1, (Change(META, b"k", b"v"),))
    assert disk.crash(1, 0.5) == (0, False)


def test_a_process_reads_records_through_their_stored_form() -> None:
    """So nothing that a process shares with its disk in memory survives it."""
    disk = Disk("n1.0")
    state = record(DATA, 5)
    disk.write(1, (Change(DATA, b"k", state),))
    assert disk.read(DATA, b"k") is state
    ((key, again),) = disk.contents(DATA)
    assert (key, again) == (b"k", state)
    assert again is not state


# A disk that breaks its contract


@given(SEQUENCES, st.data())
def test_a_crash_after_a_lie_leaves_a_prefix_that_includes_everything_that_really_was_synced(
    rows: list[list[tuple[str, int, int | None]]], data: st.DataObject
) -> None:
    batches = [batch(row) for row in rows]
    disk = Disk("n1.0")
    for seq, changes in enumerate(batches, start=1):
        disk.write(seq, changes)
    really = data.draw(st.integers(0, len(batches)))
    told = data.draw(st.integers(really, len(batches)))
    disk.synced(really)
    disk.synced(told, really=False)
    assert disk.synced_seq == told
    assert len(disk.lied()) == told - really
    assert disk.unsynced == len(batches) - told
    now, durable, acknowledged = after(batches), after(batches[:really]), after(batches[:told])
    for pending, oracle in ((disk.pending(), durable), (disk.pending(told=True), acknowledged)):
        assert {**now, **pending} == {**dict.fromkeys([*now, *pending]), **oracle}
    keep = data.draw(st.integers(0, len(batches) - really))
    assert disk.crash(keep, None)[0] == len(batches) - really - keep
    assert contents_of(disk) == after(batches[: really + keep])


def test_once_a_disk_has_stopped_lying_all_that_it_said_is_true() -> None:
    disk = Disk("n1.0")
    for seq in (1, 2, 3):
        disk.write(seq, (Change(META, b"%d" % seq, b""),))
    disk.synced(2, really=False)
    disk.stop_lying()
    disk.crash(0, None)
    assert [key for key, _ in disk.meta()] == [b"1", b"2"]


def two() -> Disk:
    disk = Disk("n1.0")
    for seq, (key, number) in enumerate([(b"a", 1), (b"a", 2), (b"b", 3)], start=1):
        disk.write(seq, (Change(DATA, key, record(DATA, number)),))
    disk.synced(3)
    return disk


def found(disk: Disk) -> dict[bytes, Record | None]:
    return dict(disk.contents(DATA))


@pytest.mark.parametrize("space", SPACES)
def test_a_rotten_record_is_not_read_until_it_is_written_anew(space: str) -> None:
    disk = Disk("n1.0")
    disk.write(1, (Change(space, b"k", record(space, 1)),))
    disk.synced(1)
    disk.rot((space, b"k"))
    assert [told for _, told in (disk.meta() if space == META else disk.contents(space))] == [None]
    disk.write(2, (Change(space, b"k", record(space, 2)),))
    assert [told for _, told in (disk.meta() if space == META else disk.contents(space))] == [record(space, 2)]


def test_a_crash_that_takes_the_repair_leaves_the_damage() -> None:
    disk = two()
    disk.rot((DATA, b"a"))
    disk.write(4, (Change(DATA, b"a", record(DATA, 9)),))
    disk.crash(0, None)
    assert found(disk) == {b"a": None, b"b": record(DATA, 3)}


def test_a_record_at_another_ones_place_is_refused_there() -> None:
    disk = two()
    disk.misdirect((DATA, b"a"), (DATA, b"b"))
    assert found(disk) == {b"a": record(DATA, 2), b"b": None}


def test_a_place_that_falls_back_holds_what_it_held_before_and_nothing_tells() -> None:
    disk = two()
    disk.fall_back((DATA, b"a"))
    disk.fall_back((DATA, b"b"))
    assert found(disk) == {b"a": record(DATA, 1)}
    assert list(disk.stale) == [(DATA, b"a"), (DATA, b"b")]
    disk.write(4, (Change(DATA, b"b", record(DATA, 4)),))
    assert list(disk.stale) == [(DATA, b"a")], "what is written anew is not stale"


def test_an_image_stays_as_it_was_whatever_happens_to_the_disk() -> None:
    disk = two()
    disk.rot((DATA, b"b"))
    image = disk.image()
    disk.write(4, (Change(DATA, b"a", None),))
    assert found(image) == {b"a": record(DATA, 2), b"b": None}
    assert image.name == disk.name
