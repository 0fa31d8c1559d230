"""kept.explore.freezing: a thawed node goes on as the frozen one would have, and shares with it only what never
changes."""

import pytest

from dynamo.core.messages import Request
from dynamo.core.planning import left
from dynamo.core.ring import Ring
from kept.explore.cluster import Cluster
from kept.explore.freezing import Choice, Freezer, Rings, tidy
from kept.explore.locals import form_of
from kept.explore.machine import EPOCH_US, Machine
from kept.explore.scope import Scope

PUT = Request("0.1", "put", b"k", b"v")


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(Scope())


def test_a_copy_goes_on_as_the_original_does(cluster: Cluster) -> None:
    machine = cluster.booted()[0]
    machine.ask("c0", PUT, EPOCH_US)
    assert machine.node is not None
    tidy(machine.node)
    copy = cluster.freezer.thaw(cluster.freezer.freeze(machine))
    assert isinstance(copy, Machine)
    assert form_of(copy, quiet=False) == form_of(machine, quiet=False)
    assert copy.sync() == machine.sync()
    assert form_of(copy, quiet=False) == form_of(machine, quiet=False)


def test_what_happens_to_a_copy_does_not_happen_to_the_original(cluster: Cluster) -> None:
    machine = cluster.booted()[0]
    assert machine.node is not None
    tidy(machine.node)
    before = form_of(machine, quiet=False)
    copy = cluster.freezer.thaw(cluster.freezer.freeze(machine))
    copy.ask("c0", PUT, EPOCH_US)
    assert form_of(machine, quiet=False) == before != form_of(copy, quiet=False)
    assert copy.node is not None
    assert copy.node.host.ring is machine.node.host.ring
    assert copy.node.host.marks is cluster.marks


def test_an_object_of_a_shared_type_that_is_not_shared_is_noticed() -> None:
    with pytest.raises(AssertionError, match="Choice that is not shared"):
        Freezer([Choice()], Rings(Ring)).freeze([Choice()])


def test_choices_follow_a_wish_once_and_a_roll_repeats_itself() -> None:
    choice = Choice()
    choice.wish = 1
    assert [choice(4), choice(4)] == [1, 3]
    choice.roll()
    first = [choice(6) for _ in range(100)]
    choice.roll()
    assert [choice(6) for _ in range(100)] == first
    assert set(first) == set(range(6))


def test_a_ring_that_came_later_is_named_by_its_members_in_any_process(cluster: Cluster) -> None:
    later = cluster.rings.of(left(cluster.members, "n1", cluster.store))
    again = cluster.freezer.thaw(cluster.freezer.freeze([later, cluster.ring]))
    assert again[0] is later
    assert again[1] is cluster.ring
    elsewhere = Cluster(Scope()).freezer.thaw(cluster.freezer.freeze(later))
    assert elsewhere.names == later.names
