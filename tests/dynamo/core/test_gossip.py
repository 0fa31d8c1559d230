"""Gossip (Dynamo, section 4.8): every node learns who is there, in which boot, and who is alive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.effects import META
from dynamo.core.greeting import HEARTBEAT
from dynamo.core.membership import Table, encode_table
from dynamo.core.messages import GossipAck, GossipSyn, Ping, Pong
from dynamo.core.participant import MEMBERS
from dynamo.core.ring import Member
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of


def meet(cluster: Cluster, one: str, other: str) -> None:
    gossip = cluster.nodes[one].gossip
    table = cluster.table(one)
    cluster.hand_in(Packet(one, other, GossipSyn(table.digest, dict(gossip.heartbeats), table.cluster)))
    cluster.settle()


def beat(cluster: Cluster, name: str) -> None:
    """The gossip interval of `name` passes, and its heartbeat is durable."""
    cluster.fire(name, "gossip")
    cluster.sync(name)


def later(cluster: Cluster, epoch: int, racks: str = "abcd") -> Table:
    """A table of this cluster of a later epoch, in which each node stands in its own rack of these."""
    table = cluster.table("a")
    members = tuple(member._replace(rack=f"{rack}{epoch}") for member, rack in zip(table.members, racks, strict=False))
    return table._replace(epoch=epoch, members=members)


def learn(cluster: Cluster, name: str, table: Table) -> None:
    """A peer tells `name` of this table."""
    peer = next(other for other in cluster.nodes if other != name)
    cluster.hand_in(Packet(peer, name, GossipAck(encode_table(table), {}, False, table.cluster)))
    cluster.settle()


@given(st.lists(st.permutations("abcd"), min_size=1, max_size=8), st.lists(st.integers(2, 5), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_tables_converge_to_the_newest_whoever_meets_whom_first(meetings: list[list[str]], epochs: list[int]) -> None:
    cluster = Cluster("abcd")
    for name, epoch in zip("abcd", epochs, strict=True):
        learn(cluster, name, later(cluster, epoch))
    for one, other, *_ in meetings:
        meet(cluster, one, other)
    for name in "bcd":
        meet(cluster, name, "a")
    for name in "bcd":
        meet(cluster, "a", name)
    assert {cluster.table(name) for name in "abcd"} == {later(cluster, max(epochs))}
    assert len({tuple(map(node.host.ring.owners, range(4))) for node in cluster.nodes.values()}) == 1


@pytest.mark.parametrize("newer", ["a", "b"])
def test_one_meeting_gives_both_the_newer_table(newer: str) -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    table = later(cluster, 2)
    learn(cluster, newer, table)
    meet(cluster, "a", "b")
    assert [cluster.table(name) for name in "ab"] == [table, table]


def test_equal_tables_do_not_travel() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    beat(cluster, "a")
    cluster.deliver(of(GossipSyn))
    (ack,) = cluster.take(of(GossipAck))
    assert (ack.message.table, ack.message.answer) == (b"", False)


def test_an_answer_that_asked_for_ours_gets_it_and_asks_for_nothing() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    learn(cluster, "b", later(cluster, 2))
    beat(cluster, "a")
    cluster.deliver(of(GossipSyn))
    cluster.deliver(of(GossipAck))
    (ack,) = cluster.take(of(GossipAck))
    assert (ack.sender, ack.to, ack.message.answer) == ("a", "b", False)
    assert ack.message.table == encode_table(later(cluster, 2))


def test_a_table_that_changed_is_persisted_and_survives_a_restart() -> None:
    cluster = Cluster("abcd")
    learn(cluster, "a", later(cluster, 2))
    meet(cluster, "b", "a")
    table = cluster.table("b")
    assert table.epoch == 2
    assert cluster.disks["b"].durable[META][MEMBERS] == encode_table(table)
    cluster.reboot("b")
    assert cluster.table("b") == table


def test_a_new_table_makes_a_new_ring() -> None:
    """`a` to `c` stand in one rack now, so the owners of a partition are spread differently."""
    cluster = Cluster("abcd", n=2)
    assert [target.node for target in cluster.nodes["a"].placement.targets(cluster.key())] == ["a", "b"]
    learn(cluster, "a", later(cluster, 2, "xxxy"))
    assert cluster.ring.owners(0) == ("a", "b")
    assert cluster.nodes["a"].host.ring.owners(0) == ("a", "d")
    assert [target.node for target in cluster.nodes["a"].placement.targets(cluster.key())] == ["a", "d"]


def test_a_table_without_a_whole_ring_leaves_the_ring_before_it_in_force() -> None:
    cluster = Cluster("abcd")
    table = later(cluster, 2)
    learn(cluster, "a", table._replace(members=table.members[:3]))
    assert cluster.table("a").epoch == 1
    assert cluster.nodes["a"].host.ring.names == ("a", "b", "c", "d")
    assert cluster.marked("a", "table without a ring refused") >= 1
    assert cluster.put("a", cluster.key(), b"v").status == "ok"


@pytest.mark.parametrize(
    "table",
    [
        b"[[",
        b'["",9,[["d",[Infinity],1,"","","",0]],null]',
        b'["",9,[["d",["3"],1' + b"0" * 400 + b',"","","",0]],null]',
        b'["",9,[["d",["3"],1,["h"],"","",0]],null]',
        b'["",9,[["d",["3"],1,"","","",0]],[1]]',
    ],
    ids=["no table", "token", "weight", "host", "plan"],
)
def test_a_hostile_table_changes_nothing_and_stops_nobody(table: bytes) -> None:
    """It is the peer's error (`PeerError`), and a node does not die of those."""
    cluster = Cluster("abcd")
    before = cluster.table("a")
    cluster.hand_in(Packet("b", "a", GossipAck(table, {}, True)))
    assert cluster.table("a") == before
    assert cluster.marked("a", "peer's message refused") == 1
    assert cluster.put("a", cluster.key(), b"v").status == "ok"


def test_each_interval_meets_one_random_peer() -> None:
    """ "Each node contacts a peer chosen at random every second"."""
    cluster = Cluster("abcd")
    met = []
    for _ in range(30):
        beat(cluster, "a")
        (packet,) = cluster.take(of(GossipSyn))
        met.append(packet.to)
    assert set(met) == {"b", "c", "d"}


# Heartbeats


def test_nobody_is_told_of_a_heartbeat_that_is_not_durable() -> None:
    """What the others remember tells whether a disk is old (`greeting`)."""
    cluster = Cluster("ab", n=1, r=1, w=1)
    cluster.fire("a", "gossip")
    assert cluster.packets(of(GossipSyn)) == []
    cluster.hand_in(Packet("b", "a", GossipSyn(b"", {})))
    (ack,) = cluster.take(of(GossipAck))
    assert ack.message.heartbeats["a"] == (1, 0)
    cluster.sync("a")
    (syn,) = cluster.take(of(GossipSyn))
    assert syn.message.heartbeats["a"] == (1, 1)
    assert cluster.disks["a"].durable[META][HEARTBEAT] == b"1 1"


def test_one_heartbeat_at_a_time_waits_for_a_disk_that_hangs() -> None:
    """Else each interval would add one, and all would be told at once."""
    cluster = Cluster("ab", n=1, r=1, w=1)
    for _ in range(5):
        cluster.fire("a", "gossip")
    assert len(cluster.disks["a"].unsynced) == 1
    cluster.sync("a")
    assert len(cluster.take(of(GossipSyn))) == 1
    beat(cluster, "a")
    assert cluster.nodes["a"].gossip.heartbeats["a"] == (1, 2)


def test_heartbeats_count_intervals_and_the_newer_ones_are_taken_over() -> None:
    cluster = Cluster("abc")
    for _ in range(3):
        beat(cluster, "c")
    cluster.wire.clear()
    meet(cluster, "c", "b")
    meet(cluster, "b", "a")
    assert cluster.nodes["a"].gossip.heartbeats["c"] == (1, 3)
    cluster.hand_in(Packet("b", "a", GossipSyn(b"", {"c": (1, 2)})))
    assert cluster.nodes["a"].gossip.heartbeats["c"] == (1, 3)


def test_a_heartbeat_that_a_third_node_tells_of_feeds_phi() -> None:
    cluster = Cluster("abc")
    detector = cluster.nodes["a"].host.detector
    for second in range(60):
        cluster.now_us += SECOND
        cluster.hand_in(Packet("b", "a", GossipSyn(b"", {"c": (1, second + 1)})))
        detector.tick(cluster.now_us)
    assert detector.phi("c", cluster.now_us) == 0.0
    assert "c" not in detector.down


def test_what_others_tell_of_a_nodes_own_heartbeat_does_not_make_it_a_peer_of_its_own() -> None:
    cluster = Cluster("abc")
    detector = cluster.nodes["a"].host.detector
    cluster.hand_in(Packet("b", "a", GossipSyn(b"", {"a": (9, 1)})))
    assert detector.phi("a", cluster.now_us + 60 * SECOND) == 0.0


def test_an_old_heartbeat_is_no_sign_of_life() -> None:
    cluster = Cluster("abc")
    detector = cluster.nodes["a"].host.detector
    for _ in range(60):
        cluster.now_us += SECOND
        cluster.hand_in(Packet("b", "a", GossipSyn(b"", {"c": (1, 1)})))
        detector.tick(cluster.now_us)
    assert "c" in detector.down


def test_a_heartbeat_does_not_clear_a_node_that_left_our_own_requests_unanswered() -> None:
    """Between us the wire may be cut."""
    cluster = Cluster("abc")
    detector = cluster.nodes["a"].host.detector
    detector.missed("c", cluster.now_us)
    cluster.hand_in(Packet("b", "a", GossipSyn(b"", {"c": (1, 9)})))
    assert detector.down == {"c"}


def test_who_is_held_to_be_down_is_asked_directly_every_interval_and_cleared_by_its_answer() -> None:
    cluster = Cluster("abcd")
    for name in "bc":
        cluster.nodes["a"].host.detector.missed(name, cluster.now_us)
    beat(cluster, "a")
    assert [packet.to for packet in cluster.packets(of(Ping))] == ["b", "c"]
    cluster.deliver(of(Ping))
    cluster.deliver(of(Pong))
    assert not cluster.nodes["a"].host.detector.down


def test_the_boot_of_a_restarted_node_is_learned() -> None:
    cluster = Cluster("abc")
    cluster.reboot("c")
    meet(cluster, "c", "b")
    meet(cluster, "b", "a")
    assert cluster.nodes["a"].greeting.generation_of["c"] == 2


def test_the_boot_of_a_node_that_lost_its_disk_is_learned() -> None:
    """Its count of boots began anew; forwarded puts must not be taken for those of an earlier boot for ever."""
    cluster = Cluster("abcd")
    for _ in range(4):
        cluster.reboot("a")
    cluster.run(5 * SECOND)
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.run(30 * SECOND)
    assert cluster.nodes["d"].greeting.generation_of["a"] == cluster.nodes["a"].host.generation
    assert cluster.put("d", cluster.key(), b"v").status == "ok"
    assert [minted.dot[0][0] for minted in cluster.minted] == ["a"]


def test_nobody_hears_the_heartbeats_of_strangers_nor_of_what_strangers_tell() -> None:
    """Somebody removed may still run; what it says must not keep it alive."""
    cluster = Cluster("abc", outsiders="x")
    table = cluster.table("a")
    before = dict(cluster.nodes["a"].gossip.heartbeats)
    cluster.hand_in(Packet("x", "a", GossipSyn(table.digest, {"b": (9, 9), "x": (9, 9)}, table.cluster)))
    cluster.hand_in(Packet("x", "a", GossipAck(b"", {"b": (9, 9), "x": (9, 9)}, False, table.cluster)))
    cluster.hand_in(Packet("b", "a", GossipSyn(table.digest, {"x": (9, 9)}, table.cluster)))
    assert cluster.nodes["a"].gossip.heartbeats == before
    assert "x" not in cluster.nodes["a"].greeting.generation_of


def test_a_strangers_meeting_is_answered_so_that_it_learns_where_it_stands() -> None:
    """A node that was removed while it was away hears so from whomever it asks."""
    cluster = Cluster("abcd")
    table = cluster.table("a")
    without = table._replace(
        epoch=2, members=(*table.members[:2], Member("c", (2, 3))), plan=None
    )  # d was removed while it was away
    for name in "abc":
        learn(cluster, name, without)
    assert "d" not in cluster.nodes["a"].host.involved
    meet(cluster, "d", "a")
    assert cluster.table("d") == without
    assert cluster.nodes["d"].host.involved == frozenset()


def test_the_heartbeats_of_who_has_left_are_forgotten() -> None:
    cluster = Cluster("abcd")
    for name in "bcd":
        beat(cluster, name)
        meet(cluster, name, "a")
    table = cluster.table("a")
    learn(cluster, "a", table._replace(epoch=2, members=(*table.members[:2], Member("c", (2, 3)))))
    assert set(cluster.nodes["a"].gossip.heartbeats) == {"a", "b", "c"}


# Seeds, and rings that do not know each other (4.8.2)


def test_now_and_then_the_peer_is_a_seed_which_may_be_a_stranger() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1, outsiders="x")
    cluster.nodes["a"].gossip.seeds = ("x", "a")
    met = []
    for _ in range(200):
        beat(cluster, "a")
        met += [packet.to for packet in cluster.take(of(GossipSyn))]
    assert set(met) == {"b", "x"}
    assert 5 <= met.count("x") <= 50, "one meeting in ten"


def test_who_knows_nobody_asks_its_seeds_and_without_seeds_nobody() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1, outsiders="x")
    beat(cluster, "x")
    assert cluster.take(of(GossipSyn)) == []
    cluster.nodes["x"].gossip.seeds = ("b", "x")
    beat(cluster, "x")
    assert [packet.to for packet in cluster.take(of(GossipSyn))] == ["b"]
