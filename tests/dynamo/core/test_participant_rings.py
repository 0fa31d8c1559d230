"""What a participant makes of tables of other rings, and of none."""

import json

import pytest

from dynamo.core.effects import DATA, META
from dynamo.core.membership import NO_TABLE, Plan, Table, encode_table
from dynamo.core.messages import OK, GossipAck, LetIn
from dynamo.core.participant import HOME, LUGGAGE, MEMBERS
from dynamo.core.ring import Member
from dynamo.core.transfer import DONE
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, joining, names, tell


def coming_over() -> tuple[Cluster, bytes, Table]:
    """`c` holds a record and is about to be let into another ring, whose table with that plan it has taken up."""
    cluster = Cluster("abcd", outsiders="z", partitions=8)
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    others = (Member("z", tuple(range(8))),)
    target = (Member("c", (0, 1, 2, 3), rack="r", since=3), Member("z", (4, 5, 6, 7)))
    table = Table("!", 2, others, Plan("z.1.1", "z", "let in c", target))
    tell(cluster, "c", table, "z")
    cluster.sync("c")
    assert cluster.table("c") == table
    return cluster, key, table


def test_who_has_come_over_and_is_outside_asks_again_to_be_let_in() -> None:
    cluster, key, table = coming_over()
    given_up = Table("!", 3, table.members)
    cluster.hand_in(Packet("z", "c", GossipAck(encode_table(given_up), {}, False, "!")))
    cluster.sync("c")
    (asked,) = cluster.take(of(LetIn))
    assert (asked.sender, asked.to, asked.message) == ("c", "z", LetIn("c", 1.0, "", "", ""))
    assert cluster.marked("c", "asked again to be let in") == 1
    assert cluster.values("c", key) == [b"v"]


@pytest.mark.parametrize("damaged", [LUGGAGE, HOME, MEMBERS])
def test_what_a_node_has_brought_is_brought_though_one_record_of_it_is_damaged(damaged: bytes) -> None:
    """(Once a node whose luggage rotted stayed outside with its records, and nobody ever asked for them.)"""
    cluster, key, table = coming_over()
    given_up = Table("!", 3, table.members)
    tell(cluster, "c", given_up, "z")
    cluster.sync("c")
    cluster.crash("c")
    cluster.disks["c"].corrupt.add(damaged)
    node = cluster.boot("c")
    cluster.sync("c")
    assert node.participant.luggage == LetIn("c", 1.0, "", "", "")
    assert cluster.values("c", key) == [b"v"]


def test_a_node_in_no_ring_has_nothing_to_tell_to_one_that_is_joining() -> None:
    """A peer that has lost its disk answers greetings before it knows anything. (Once the newcomer forgot its ring.)"""
    cluster = joining("transfer")
    table = cluster.table("x")
    tell(cluster, "x", NO_TABLE, "d")
    assert cluster.table("x") == table


def test_who_forgets_what_it_took_in_forgets_that_it_had_fetched_it() -> None:
    """The same plan can come again: by a message that is late, or by a ring that was given up and is not."""
    cluster = joining("transfer")
    table = cluster.table("x")
    node = cluster.nodes["x"]
    cluster.settle()
    assert node.transfer.complete
    assert DONE in cluster.disks["x"].durable[META]
    tell(cluster, "x", Table("!", 5, (Member("z", tuple(range(8))),)), "a")
    cluster.sync("x")
    assert DONE not in cluster.disks["x"].durable[META]
    node.participant.table = NO_TABLE
    tell(cluster, "x", table, "a")
    assert not node.transfer.complete


@pytest.mark.parametrize("phase", ["flip", "close"])
def test_who_may_hold_what_nobody_else_does_brings_it_over_though_it_was_only_joining(phase: str) -> None:
    """Whoever closes already writes to the new list alone. (Once the newcomer forgot what it held when its ring gave
    way, and with N = 1 that was the only copy.)"""
    cluster = joining(phase)
    mine = cluster.table("x")
    z = Member("z", tuple(range(8)))
    tell(cluster, "x", Table("!", 5, (z,)), "a")
    assert cluster.table("x") == mine
    cluster.hand_in(Packet("z", "x", GossipAck(encode_table(Table("!", 5, (z,))), {}, False, "!")))
    (asked,) = cluster.take(of(LetIn))
    assert (asked.to, asked.message.name) == ("z", "x")
    target = (Member("x", (0, 1, 2, 3), since=6), Member("z", (4, 5, 6, 7)))
    tell(cluster, "x", Table("!", 5, (z,), Plan("z.1.1", "z", "let in x", target)), "z")
    participant = cluster.nodes["x"].participant
    assert (participant.table.cluster, participant.luggage) == ("!", asked.message)
    assert cluster.marked("x", "earlier life forgotten") == 0


def test_a_table_is_encoded_once_and_the_encoding_follows_it() -> None:
    cluster = joining()
    own = cluster.nodes["b"].participant
    for phase in ("prepare", "transfer", ""):
        cluster.reach("b", phase)
        assert own.encoded == encode_table(own.table)
        assert own.digest == own.table.digest
        assert own.encoded is own.encoded
        assert own.digest is own.digest


def joined() -> Cluster:
    """`x` has joined, and every key has a record there."""
    cluster = joining()
    cluster.run(SETTLED_US)
    assert names(cluster) == {("a", "b", "c", "d", "x")}
    for at in range(40):
        assert cluster.put("a", b"key %d" % at, b"v").status == OK
    assert cluster.disks["x"].durable[DATA]
    return cluster


def test_a_node_whose_table_is_damaged_keeps_what_it_holds_and_recovers_the_rest() -> None:
    """It may have the only copy, where N = 1. (Once it took its own records for those of an earlier life.)"""
    cluster = joined()
    held = dict(cluster.disks["x"].durable[DATA])
    cluster.crash("x")
    cluster.disks["x"].corrupt.add(MEMBERS)
    node = cluster.boot("x")
    cluster.sync("x")
    assert cluster.table("x") == cluster.table("a")
    assert cluster.disks["x"].durable[DATA] == held
    assert cluster.marked("x", "earlier life forgotten") == 0
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("x"))


def test_a_node_whose_table_is_damaged_forgets_what_is_from_an_earlier_life_all_the_same() -> None:
    """It was removed without knowing it, and joins again: what was deleted meanwhile may be reaped."""
    cluster = joined()
    cluster.crash("x")
    begin(cluster, "a", "remove", "x")
    cluster.run(SETTLED_US)
    begin(cluster, "a", "join", "x")
    cluster.disks["x"].corrupt.add(MEMBERS)
    cluster.boot("x")
    cluster.sync("x")
    assert cluster.marked("x", "earlier life forgotten") == 1
    assert cluster.disks["x"].durable[DATA] == {}


def test_where_a_node_is_at_home_stands_beside_the_table_and_changes_with_it() -> None:
    cluster = joined()
    disk = cluster.disks["x"].durable[META]
    assert json.loads(disk[HOME]) == [f"{cluster.table('x').cluster} 2", None]
    begin(cluster, "a", "leave", "x")
    cluster.run(SETTLED_US + SECOND)
    cluster.sync("x")
    assert json.loads(disk[HOME]) == ["", None]
