"""An old disk is put back only where the greeting of the node that starts on it will tell."""

from types import SimpleNamespace
from typing import Any

import pytest

from dynamo.core.effects import DATA, META, Change
from dynamo.core.greeting import GENERATIONS, HEARTBEAT, encode_memory
from dynamo.core.membership import founded
from dynamo.core.preference import Member
from kept.sim import faults as kinds
from kept.sim.damage import REFUSED
from kept.sim.faults import Fault
from tests.kept.sim.shelves import SECOND, fill, judged, state


@pytest.fixture
def shelf(stage: Any) -> Any:
    """Everything is on n1 and n2; n3 has nothing."""
    return fill(stage(), "n1", "n2")


def remembering(staged: Any, *names: str) -> Any:
    """All are members, and these have heard of a later heartbeat of n1 than any copy of its disk says."""
    table = founded(Member(name, (at,)) for at, name in enumerate(staged.world.names))
    for name in staged.world.names:
        node = staged.node(name)
        node.participant = SimpleNamespace(inside=True, table=table)
        node.greeting = SimpleNamespace(known=lambda _name, beat=(1, 9) if name in names else (0, 0): beat)
    return staged


def test_an_old_copy_of_a_disk_is_put_back_at_the_end(shelf: Any) -> None:
    remembering(shelf, "n2", "n3")
    machine = shelf.world.machines["n1"]
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    for name in ("n1", "n2"):
        disk = shelf.world.machines[name].disk
        disk.write(10, (Change(DATA, b"a", state(7)),))
        disk.synced(10)
    shelf.world.run(SECOND)
    assert len(shelf.lives["n1"]) == 2
    assert dict(shelf.boots()[1].data)[b"a"] == state(2)
    assert shelf.world.counts == {kinds.OLD_DISK: 1}
    assert machine.disk.boots == 2


@pytest.mark.parametrize(
    "why", ["fewer than half remember", "one is dead", "one stands still", "a link is cut", "it is no member"]
)
def test_no_old_disk_is_put_back_where_the_greeting_would_not_notice_it(shelf: Any, why: str) -> None:
    remembering(shelf, *(() if why == "fewer than half remember" else ("n2", "n3")))
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    if why == "one is dead":
        shelf.world.machines["n3"].crash()
    elif why == "one stands still":
        shelf.world.machines["n3"].pause()
    elif why == "a link is cut":
        shelf.world.inject(Fault(kinds.PARTITION, 0, 2 * SECOND, (), (("n2", "n3"),)))
    elif why == "it is no member":
        for name in ("n2", "n3"):
            shelf.node(name).participant.table = founded([Member("n2", (0,)), Member("n3", (1,))])
        shelf.node("n1").participant.inside = False
    shelf.world.run(SECOND)
    assert kinds.OLD_DISK not in shelf.world.counts
    assert shelf.world.counts[REFUSED] == 1


def test_half_of_the_others_are_enough_to_notice_it(shelf: Any) -> None:
    """Of three, the greeting waits for both others."""
    remembering(shelf, "n3")
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    shelf.world.run(SECOND)
    assert shelf.world.counts == {kinds.OLD_DISK: 1}


def test_no_old_disk_is_put_back_where_that_would_lose_the_only_copy_nor_when_all_is_healed(shelf: Any) -> None:
    remembering(shelf, "n2", "n3")
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    disk = shelf.world.machines["n1"].disk
    disk.write(10, (Change(DATA, b"a", state(7)),))
    disk.synced(10)
    shelf.world.run(SECOND)
    assert shelf.world.counts == {REFUSED: 1}
    shelf.world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n2",)))
    shelf.world.heal()
    assert shelf.world.counts == {REFUSED: 1}
    assert len(shelf.lives["n2"]) == 1


def noting(staged: Any, *names: str) -> Any:
    """These have written down that they have heard of a later heartbeat of n1 than any copy of its disk says."""
    for name in names:
        disk = staged.world.machines[name].disk
        disk.write(20, (Change(META, GENERATIONS, encode_memory([("n1", (1, 9))])),))
        disk.synced(20)
    own = staged.world.machines["n1"].disk
    own.write(20, (Change(META, HEARTBEAT, b"1 8"), Change(META, b"generation", b"1")))
    own.synced(20)
    return staged


def test_where_every_other_disk_remembers_a_later_heartbeat_nothing_else_needs_to_be_whole(shelf: Any) -> None:
    """The node waits until somebody answers that remembers it, and they all do."""
    noting(remembering(shelf), "n2", "n3")
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    shelf.world.machines["n3"].crash()
    shelf.world.inject(Fault(kinds.PARTITION, 0, 2 * SECOND, (), (("n2", "n1"),)))
    shelf.world.run(SECOND)
    assert shelf.world.counts[kinds.OLD_DISK] == shelf.world.counts["old disk that every disk remembers"] == 1


@pytest.mark.parametrize("why", ["one does not", "one has it not durably", "one cannot be read", "no later one"])
def test_otherwise_it_does_not_suffice_that_the_disks_remember(shelf: Any, why: str) -> None:
    noting(remembering(shelf), "n2", *(() if why == "one does not" else ("n3",)))
    judged(shelf).world.inject(Fault(kinds.OLD_DISK, 0, SECOND, ("n1",)))
    disk = shelf.world.machines["n3"].disk
    again = Change(META, GENERATIONS, encode_memory([("n1", (1, 8) if why == "no later one" else (1, 10))]))
    if why in ("one has it not durably", "no later one"):
        disk.write(21, (again,))
    if why == "no later one":
        disk.synced(21)
    if why == "one cannot be read":
        disk.rot((META, GENERATIONS))
    shelf.world.run(SECOND)
    assert kinds.OLD_DISK not in shelf.world.counts
    assert shelf.world.counts[REFUSED] == 1
