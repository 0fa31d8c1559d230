"""What a participant makes of tables of other rings, and of none."""

from dynamo.core.effects import META
from dynamo.core.membership import NO_TABLE, Plan, Table, encode_table
from dynamo.core.messages import OK, GossipAck, LetIn
from dynamo.core.ring import Member
from dynamo.core.transfer import DONE
from tests.dynamo.core.cluster import Cluster, Packet, of
from tests.dynamo.core.operating import joining, tell


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


def test_a_node_in_no_ring_has_nothing_to_tell_to_one_that_is_joining() -> None:
    """A peer that has lost its disk answers greetings before it knows anything. (Once the newcomer forgot its ring.)"""
    cluster = joining("transfer")
    table = cluster.table("x")
    tell(cluster, "x", NO_TABLE, "d")
    assert cluster.table("x") == table


def test_who_forgets_what_it_took_in_forgets_that_it_had_fetched_it() -> None:
    """The same plan can come again: by a message that is late, or by a ring that was given up and is not."""
    cluster = joining("flip")
    table = cluster.table("x")
    node = cluster.nodes["x"]
    assert DONE in cluster.disks["x"].durable[META]
    tell(cluster, "x", Table("!", 5, (Member("z", tuple(range(8))),)), "a")
    cluster.sync("x")
    assert DONE not in cluster.disks["x"].durable[META]
    node.participant.table = NO_TABLE
    tell(cluster, "x", table, "a")
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("x"))


def test_a_table_is_encoded_once_and_the_encoding_follows_it() -> None:
    cluster = joining()
    own = cluster.nodes["b"].participant
    for phase in ("prepare", "transfer", ""):
        cluster.reach("b", phase)
        assert own.encoded == encode_table(own.table)
        assert own.digest == own.table.digest
        assert own.encoded is own.encoded
        assert own.digest is own.digest
