"""What a participant keeps and what it forgets when it leaves a ring, comes back to it, or comes over from another."""

from dynamo.core.effects import DATA, HINT
from dynamo.core.messages import OK, Read, ReadReply
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, joining, names, tell


def test_a_newcomer_whose_join_was_aborted_forgets_what_it_took_in() -> None:
    cluster = joining("transfer")
    ring = cluster.nodes["a"].host.ring
    key = next(key for key in (b"k%d" % at for at in range(99)) if "x" in ring.owners(ring.partition_of(key)))
    assert cluster.put("a", key, b"v").status == OK
    assert cluster.values("x", key) == [b"v"]
    assert cluster.operate("a", "abort").status == "ok"
    cluster.run(SETTLED_US)
    assert cluster.held("x", key) is None
    assert cluster.marked("x", "earlier life forgotten") == 1
    assert cluster.nodes["x"].actors.alive == {}


def test_whoever_leaves_does_not_forget_but_brings_what_it_has_to_the_owners() -> None:
    cluster = Cluster("abcd", partitions=8)
    assert cluster.put("d", cluster.key(), b"v").status == OK
    begin(cluster, "a", "leave", "d")
    cluster.run(SETTLED_US)
    assert cluster.marked("d", "earlier life forgotten") == 0
    assert cluster.disks["d"].durable[DATA] == {}


def test_whoever_joins_anew_forgets_what_is_left_of_its_earlier_life() -> None:
    """It was declared dead and comes back with its disk: what is on it may have been deleted and forgotten since."""
    cluster = Cluster("abcd", partitions=8)
    key = cluster.key()
    assert cluster.ring.owners(0) == ("a", "b", "c")
    assert cluster.put("a", key, b"old").status == OK
    cluster.crash("c")
    begin(cluster, "a", "remove", "c")
    cluster.run(SETTLED_US)
    assert cluster.delete("a", key, context=cluster.get("a", key).context).status == OK
    cluster.run(200 * SECOND)
    assert cluster.held("a", key) is None, "reaped"
    cluster.boot("c")
    cluster.settle()
    assert cluster.values("c", key) == [b"old"]
    begin(cluster, "a", "join", "c")
    assert cluster.marked("c", "earlier life forgotten") == 1
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abcd")}
    assert cluster.get("a", key).values == ()
    assert all(cluster.held(name, key) is None for name in "abcd")


def test_hints_and_damaged_records_of_an_earlier_life_are_forgotten_too() -> None:
    cluster = Cluster("abcde", partitions=10)
    stand_in = cluster.ring.walk(0)[3]
    owner = cluster.ring.owners(0)[2]
    cluster.nodes[cluster.ring.owners(0)[0]].host.detector.missed(owner, cluster.now_us)
    assert cluster.put(cluster.ring.owners(0)[0], cluster.key(), b"v").status == OK
    mine = next(at for at in range(10) if stand_in in cluster.ring.owners(at))
    assert cluster.put(stand_in, cluster.key(0, mine), b"w").status == OK
    assert cluster.hints(stand_in)
    cluster.crash(stand_in)
    cluster.disks[stand_in].corrupt.add(cluster.key(0, mine))
    driver = next(name for name in "abcde" if name not in (stand_in, owner))
    begin(cluster, driver, "remove", stand_in)
    cluster.run(SETTLED_US)
    cluster.boot(stand_in)
    cluster.settle()
    begin(cluster, driver, "join", stand_in)
    replica = cluster.nodes[stand_in].replica
    assert (replica.hints, replica.hint_count, replica.damaged) == ({}, 0, {})
    assert cluster.disks[stand_in].durable[HINT] == {}


def test_whoever_missed_that_it_was_removed_and_let_in_again_doubts_what_it_answers_for() -> None:
    """It hears only of the end: it owns partitions and holds nothing of them."""
    cluster = Cluster("abcd", partitions=8)
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    table = cluster.table("c")
    anew = tuple(m._replace(since=3) if m.name == "c" else m for m in table.members)
    tell(cluster, "c", table._replace(epoch=3, members=anew))
    cluster.sync("c")
    node = cluster.nodes["c"]
    assert cluster.held("c", key) is None
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("c"))
    cluster.hand_in(Packet("a", "c", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply))
    assert reply.message.state is None, "it cannot tell"
    for name in "abd":
        tell(cluster, name, table._replace(epoch=3, members=anew), "c")
    cluster.run(60 * SECOND)
    assert node.replica.recovering == {}
    assert cluster.values("c", key) == [b"v"]
