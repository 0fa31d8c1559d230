"""A participant that has reported for a plan takes up no rival of it until the driver of the first has let go."""

import pytest

from dynamo.core.membership import Plan, Table, decode_table
from dynamo.core.messages import Announce
from tests.dynamo.core.cluster import Cluster, of
from tests.dynamo.core.operating import begin, tell, tick


def promised() -> tuple[Cluster, Table, Table]:
    """`c` has reported for the weaker plan; the table with it, and the one with the greater plan."""
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    founded = cluster.table("c")
    cluster.cut = of(to="b")
    begin(cluster, "a", "join", "x")
    tick(cluster, "c")
    cluster.take(of())
    weaker = cluster.table("c")
    assert weaker.plan is not None
    cluster.cut = of()
    assert cluster.operate("b", "join", "y").status == "ok"
    cluster.cut = lambda _packet: False
    cluster.wire.clear()
    assert founded == weaker._replace(plan=None)
    return cluster, weaker, cluster.table("b")


def test_whoever_has_reported_for_a_plan_takes_up_no_rival_and_tells_its_driver_why() -> None:
    cluster, weaker, greater = promised()
    assert greater.rank > weaker.rank
    tell(cluster, "c", greater)
    assert cluster.table("c") == weaker
    assert cluster.marked("c", "plan held back by a promise") == 1
    (told,) = cluster.take(of(Announce))
    assert (told.sender, told.to, decode_table(told.message.table)) == ("c", "b", weaker)


def test_a_promise_survives_a_restart() -> None:
    cluster, weaker, greater = promised()
    cluster.reboot("c")
    tell(cluster, "c", greater)
    assert cluster.table("c") == weaker


def test_whoever_has_not_reported_is_not_bound() -> None:
    cluster, _, greater = promised()
    tell(cluster, "d", greater)
    assert cluster.table("d") == greater


@pytest.mark.parametrize(
    "change",
    [
        {"released": ("a.1.1",)},
        {"gone": ("a",)},
        {"phase": "flip"},
    ],
    ids=["released by its driver", "its driver is dead", "the rival is decided"],
)
def test_a_promise_ends_when_its_driver_lets_go_or_the_other_plan_is_decided(change: dict[str, object]) -> None:
    cluster, _, greater = promised()
    assert greater.plan is not None
    table = greater._replace(plan=greater.plan._replace(**change))
    tell(cluster, "c", table)
    assert cluster.table("c") == table


def test_a_driver_may_give_up_its_own_plan() -> None:
    cluster, _, greater = promised()
    tick(cluster, "a")
    assert cluster.nodes["a"].participant.endorsed == "a.1.1"
    tell(cluster, "a", greater)
    assert cluster.table("a") == greater


def test_a_later_epoch_ends_every_promise() -> None:
    cluster, weaker, _ = promised()
    later = weaker._replace(epoch=2, plan=None)
    tell(cluster, "c", later)
    assert cluster.table("c") == later


def test_a_driver_that_comes_with_another_plan_has_let_go_of_its_own() -> None:
    """(A driver lost its disk and with it the memory of its plan. It was bound to a rival's, whose driver followed the
    lost one: each waited for the other's word. Swarm seed 102.)"""
    cluster = Cluster("abcd")
    members = cluster.table("a").members
    mine = Plan("b.1.1", "b", "weight a 1", members)
    other = Plan("d.1.1", "d", "weight c 1", members)
    participant = cluster.nodes["d"].participant
    participant.adopt(participant.table._replace(plan=mine))
    participant.endorsed = mine.id
    theirs = participant.table._replace(plan=other)
    assert not participant.learn(theirs, "a"), "whoever says so is not the one who was promised"
    assert participant.table.plan == mine
    assert participant.learn(theirs, "b")
    assert participant.table.plan == other
