"""kept.scenario.disk: what was not synced can be lost, from its end only."""

import pytest

from dynamo.core.effects import DATA, META, Change, Write
from dynamo.core.siblings import Siblings, Version
from kept.scenario.disk import Disk


def state(value: bytes) -> Siblings:
    return Siblings({"a": 1}, (Version("a", 1, value),))


def write(seq: int, value: bytes, buffered: bool = False) -> Write:
    return Write(seq, (Change(DATA, b"k", state(value)), Change(META, b"n", b"%d" % seq)), buffered)


@pytest.mark.parametrize("keep", range(4))
def test_a_crash_leaves_what_was_synced_and_a_prefix_of_the_rest(keep: int) -> None:
    disk = Disk("n1.0")
    disk.write(write(1, b"1"))
    assert disk.sync() == 1
    for seq in (2, 3, 4):
        disk.write(write(seq, b"%d" % seq))
    assert disk.unsynced == 3
    assert disk.crash(keep) == 3 - keep
    assert disk.read(DATA, b"k") == (state(b"%d" % (1 + keep)), False)
    assert disk.meta() == {b"n": b"%d" % (1 + keep)}
    assert disk.unsynced == 0


def test_the_oldest_batches_are_synced_first_and_the_last_ones_number_is_told() -> None:
    disk = Disk("n1.0")
    for seq in (1, 2, 3):
        disk.write(write(seq, b"%d" % seq))
    assert (disk.sync(2), disk.unsynced) == (2, 1)
    assert disk.durable(META, b"n") == b"2"
    assert disk.meta() == {b"n": b"3"}, "loads see what is not synced too"
    assert (disk.sync(), disk.sync()) == (3, 0)


def test_a_record_that_was_never_synced_is_not_durable() -> None:
    disk = Disk("n1.0")
    disk.write(write(1, b"1"))
    assert disk.durable(DATA, b"k") is None


def test_nobody_waits_for_a_disk_that_holds_buffered_writes_only() -> None:
    disk = Disk("n1.0")
    disk.write(write(1, b"1", buffered=True))
    assert not disk.awaited
    disk.write(write(2, b"2"))
    assert disk.awaited


def test_a_damaged_record_is_read_as_such_until_it_is_written_anew() -> None:
    disk = Disk("n1.0")
    disk.write(write(1, b"1"))
    disk.damaged[b"k"] = None
    assert disk.read(DATA, b"k") == (None, True)
    assert list(disk.contents(DATA)) == [(b"k", None)]
    disk.write(write(2, b"2"))
    assert list(disk.contents(DATA)) == [(b"k", state(b"2"))]


def test_an_image_is_what_a_power_failure_would_leave_and_stays_as_it_is() -> None:
    disk = Disk("n1.0")
    disk.boots = 3
    disk.write(write(1, b"1"))
    disk.sync()
    disk.damaged[b"k"] = None
    disk.write(write(2, b"2"))
    disk.write(write(3, b"3"))
    image = disk.image()
    assert (image.name, image.boots, image.unsynced) == ("n1.0", 3, 0)
    assert image.meta() == {b"n": b"1"}
    disk.sync()
    image.write(write(9, b"9"))
    assert disk.read(DATA, b"k") == (state(b"3"), False)
    assert image.read(DATA, b"k") == (state(b"9"), False)


def test_an_image_keeps_damage() -> None:
    disk = Disk("n1.0")
    disk.write(write(1, b"1"))
    disk.sync()
    disk.damaged[b"k"] = None
    assert disk.image().read(DATA, b"k") == (None, True)
