"""The atlas: damage is permitted exactly where another sound copy knows what is lost, whatever else has happened."""

from types import SimpleNamespace
from typing import Any

import pytest

from dynamo.core.effects import DATA, HINT, META, Change, hint_key
from dynamo.core.siblings import Siblings, Version
from kept.sim.atlas import TRUST_US, Atlas, Terms
from kept.sim.faults import Place

KEY = b"k"
HERE: Place = (DATA, KEY)
OWNERS = ("n1", "n2", "n3")
NAMES = (*OWNERS, "n4", "n5")


def state(*dots: tuple[str, int], seen: dict[str, int] | None = None) -> Siblings:
    return Siblings(seen or dict(dots), tuple(Version(actor, counter, b"v") for actor, counter in sorted(dots)))


OLD = state(("n2.0:0", 1))
NEW = state(("n2.0:0", 1), ("n2.0:1", 1))


class Shelf:
    """Disks without anybody's doing, and the atlas that looks at them."""

    def __init__(self, stage: Any, fresh: int = 0) -> None:
        self.world = stage(NAMES).world
        self.machines = self.world.machines
        self.atlas = Atlas(self.machines, Terms(lambda _key: OWNERS, fresh))
        for name in NAMES:
            self.put(name, META, b"incarnation", f"{name}.0".encode())

    def put(self, name: str, space: str, key: bytes, record: Any, *, synced: bool = True, lied: bool = False) -> None:
        disk = self.machines[name].disk
        disk.write(disk.last_seq + 1, (Change(space, key, record),))
        if synced or lied:
            disk.synced(disk.last_seq, really=not lied)

    def spares(self, name: str = "n1", place: Place = HERE, now_us: int = 0) -> bool:
        return self.atlas.spares(name, [place], now_us)


@pytest.fixture
def shelf(stage: Any) -> Shelf:
    """`n1` holds a record that nobody else holds."""
    shelf = Shelf(stage)
    shelf.put("n1", DATA, KEY, NEW)
    return shelf


# Found damage


def test_the_only_copy_is_not_taken_and_the_disk_neither(shelf: Shelf) -> None:
    assert not shelf.spares()
    assert not shelf.atlas.spares_disk("n1", 0)


def test_without_terms_everything_is_permitted(shelf: Shelf) -> None:
    shelf.atlas.terms = None
    assert shelf.spares()
    assert shelf.atlas.spares_disk("n1", 0)


@pytest.mark.parametrize("where", ["n2", "n3"])
def test_another_owners_copy_is_enough(shelf: Shelf, where: str) -> None:
    shelf.put(where, DATA, KEY, NEW)
    assert shelf.spares()
    assert shelf.atlas.spares_disk("n1", 0)


def test_two_copies_that_know_it_together_are_enough_and_one_that_knows_less_is_not(shelf: Shelf) -> None:
    shelf.put("n2", DATA, KEY, OLD)
    assert not shelf.spares()
    shelf.put("n3", DATA, KEY, state(("n2.0:1", 1)))
    assert shelf.spares()


def test_a_delete_that_nobody_else_has_seen_is_not_taken(shelf: Shelf) -> None:
    shelf.put("n2", DATA, KEY, NEW)
    shelf.put("n1", DATA, KEY, state(seen=dict(NEW.context)))
    assert not shelf.spares(), "the others would bring back what it has deleted"


def test_a_copy_that_waits_for_its_sync_does_not_count_nor_does_one_that_a_disk_lied_about(shelf: Shelf) -> None:
    shelf.put("n2", DATA, KEY, NEW, synced=False)
    shelf.put("n3", DATA, KEY, NEW, lied=True)
    assert not shelf.spares()
    shelf.machines["n3"].disk.stop_lying()
    assert shelf.spares()


def test_what_only_waits_for_its_sync_may_be_taken_and_what_a_disk_lied_about_may_not(stage: Any) -> None:
    """The node was told that it is durable, so it may have been acknowledged."""
    for lied in (False, True):
        shelf = Shelf(stage)
        shelf.put("n1", DATA, KEY, NEW, synced=False, lied=lied)
        assert shelf.atlas.spares_disk("n1", 0) != lied


def test_a_damaged_copy_does_not_count_until_it_is_written_anew(shelf: Shelf) -> None:
    shelf.put("n2", DATA, KEY, NEW)
    shelf.machines["n2"].disk.rot(HERE)
    assert not shelf.spares()
    shelf.put("n2", DATA, KEY, NEW)
    assert shelf.spares()


def test_a_copy_that_its_node_takes_for_damaged_does_not_count(shelf: Shelf) -> None:
    """A failed read: the bytes are fine, but the node will write over them what the others have."""
    shelf.put("n2", DATA, KEY, NEW)

    shelf.machines["n2"].node.replica = SimpleNamespace(damaged={KEY: None})
    assert not shelf.spares()


def test_a_node_that_is_down_still_has_its_disk(shelf: Shelf) -> None:
    shelf.put("n2", DATA, KEY, NEW)
    shelf.machines["n2"].crash()
    assert shelf.spares()


def test_the_nodes_own_records_may_rot_for_nothing_is_lost_with_a_name(shelf: Shelf) -> None:
    assert shelf.spares("n1", (META, b"incarnation"))


def test_a_hint_is_a_copy(shelf: Shelf) -> None:
    shelf.put("n4", HINT, hint_key("n2", KEY), NEW)
    assert shelf.spares()
    shelf.machines["n1"].crash()
    shelf.machines["n1"].lose_disk()
    assert not shelf.spares("n4", (HINT, hint_key("n2", KEY))), "now it is the last one"


def test_a_hint_for_the_node_that_is_damaged_does_not_count(shelf: Shelf) -> None:
    """That it was delivered may be on its way, and then the hint is dropped."""
    shelf.put("n4", HINT, hint_key("n1", KEY), NEW)
    assert not shelf.spares()


def test_a_hint_does_not_count_for_a_while_after_its_owner_was_damaged(shelf: Shelf) -> None:
    shelf.put("n4", HINT, hint_key("n2", KEY), NEW)
    shelf.atlas.harmed("n2", 1_000)
    assert not shelf.spares(now_us=1_000 + TRUST_US - 1)
    assert shelf.spares(now_us=1_000 + TRUST_US)


def test_where_reads_must_be_fresh_only_owners_copies_count(stage: Any) -> None:
    """Healing asks the owners."""
    shelf = Shelf(stage, fresh=2)
    shelf.put("n1", DATA, KEY, NEW)
    shelf.put("n4", HINT, hint_key("n2", KEY), NEW)
    assert not shelf.spares()
    shelf.put("n3", DATA, KEY, NEW)
    assert shelf.spares()


# Silent damage


def falls(shelf: Shelf, then: Siblings | None = OLD) -> bool:
    return shelf.atlas.spares_silently("n1", HERE, then, 0)


def test_a_record_may_silently_fall_back_where_the_others_know_it_all(shelf: Shelf) -> None:
    assert not falls(shelf)
    shelf.put("n2", DATA, KEY, NEW)
    assert falls(shelf)
    assert falls(shelf, None)


def test_no_name_that_the_disk_has_given_is_forgotten_silently(shelf: Shelf) -> None:
    mine = state(("n1.0:3", 2), ("n2.0:0", 1))
    shelf.put("n1", DATA, KEY, mine)
    shelf.put("n2", DATA, KEY, mine)
    assert not falls(shelf)
    assert falls(shelf, state(("n1.0:3", 2))), "the name is in the older record too"
    assert shelf.spares(), "found damage may: the node then takes a new name"


def test_nothing_that_was_deleted_comes_back_silently(shelf: Shelf) -> None:
    dead = state(seen=dict(NEW.context))
    shelf.put("n1", DATA, KEY, dead)
    shelf.put("n2", DATA, KEY, dead)
    assert not falls(shelf)
    assert falls(shelf, state(seen={"n2.0:0": 1}))


def test_where_reads_must_be_fresh_every_quorum_must_still_meet_a_copy(stage: Any) -> None:
    shelf = Shelf(stage, fresh=2)
    for name in ("n1", "n2"):
        shelf.put(name, DATA, KEY, NEW)
    assert not falls(shelf), "n3 and n1 would answer without it"
    shelf.put("n3", DATA, KEY, NEW)
    assert falls(shelf)


# Lies


def lie(shelf: Shelf, *records: Siblings, space: str = DATA) -> None:
    for record in records:
        shelf.put("n1", space, KEY, record, lied=True)


def test_a_lying_disk_loses_what_others_have_from_the_last_batch_on(stage: Any) -> None:
    shelf = Shelf(stage)
    shelf.put("n2", DATA, KEY, NEW)
    shelf.put("n2", DATA, b"l", OLD)
    shelf.put("n1", DATA, b"only here", OLD, lied=True)
    lie(shelf, OLD, NEW)
    shelf.put("n1", DATA, b"l", OLD, lied=True)
    assert shelf.atlas.keeps("n1", 0) == 1, "all after the record that only it has"


def test_a_lying_disk_never_loses_what_nobody_else_has_made_durable(stage: Any) -> None:
    shelf = Shelf(stage)
    lie(shelf, NEW)
    shelf.put("n2", DATA, KEY, NEW, lied=True)
    assert shelf.atlas.keeps("n1", 0) == 1
    assert shelf.atlas.keeps("n2", 0) == 1
    shelf.machines["n2"].disk.stop_lying()
    assert shelf.atlas.keeps("n1", 0) == 0


@pytest.mark.parametrize("record", [b"n1.0", None], ids=["its own record", "a deletion"])
def test_a_lying_disk_keeps_the_nodes_own_records_and_deletions(stage: Any, record: Any) -> None:
    shelf = Shelf(stage)
    shelf.put("n1", META if record else DATA, b"x", record, lied=True)
    assert shelf.atlas.keeps("n1", 0) == 1


def test_beyond_recovery_a_lying_disk_loses_all_of_it(stage: Any) -> None:
    shelf = Shelf(stage)
    lie(shelf, OLD, NEW)
    shelf.atlas.terms = None
    assert shelf.atlas.keeps("n1", 0) == 0


def test_judging_changes_nothing(shelf: Shelf) -> None:
    before = {name: list(machine.disk.contents(DATA)) for name, machine in shelf.machines.items()}
    shelf.spares()
    shelf.atlas.keeps("n1", 0)
    assert {name: list(machine.disk.contents(DATA)) for name, machine in shelf.machines.items()} == before
