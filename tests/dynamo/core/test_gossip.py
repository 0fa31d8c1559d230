"""Gossip (Dynamo, section 4.8): every node learns who is there, in which boot, and who is alive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.effects import META
from dynamo.core.gossip import MEMBERS
from dynamo.core.membership import Entry
from dynamo.core.messages import GossipAck, GossipSyn, Ping, Pong
from dynamo.core.ring import Member
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of


def meet(cluster: Cluster, one: str, other: str) -> None:
    gossip = cluster.nodes[one].gossip
    cluster.hand_in(Packet(one, other, GossipSyn(gossip.table.digest, dict(gossip.heartbeats))))
    cluster.settle()


def learn(cluster: Cluster, name: str, rack: str, version: int) -> None:
    """`name` has a newer entry of its own, in another rack."""
    table = cluster.nodes[name].gossip.table
    own = table.entries[name].member
    other = type(table)(())
    other.entries = {name: Entry(Member(name, own.tokens, rack=rack), version=version)}
    cluster.hand_in(Packet("b" if name == "a" else "a", name, GossipAck(other.encode(), {}, False)))
    cluster.settle()


def digests(cluster: Cluster) -> set[bytes]:
    return {node.gossip.table.digest for node in cluster.nodes.values()}


@given(st.lists(st.permutations("abcd"), min_size=1, max_size=8), st.lists(st.integers(2, 4), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_tables_converge_whoever_meets_whom_first(meetings: list[list[str]], versions: list[int]) -> None:
    cluster = Cluster("abcd")
    for name, version in zip("abcd", versions, strict=True):
        learn(cluster, name, f"rack {name}", version)
    for one, other, *_ in meetings:
        meet(cluster, one, other)
    for name in "bcd":
        meet(cluster, name, "a")
    for name in "bcd":
        meet(cluster, "a", name)
    assert len(digests(cluster)) == 1
    table = cluster.nodes["c"].gossip.table
    assert [table.entries[name].member.rack for name in "abcd"] == [f"rack {name}" for name in "abcd"]
    assert len({tuple(map(node.host.ring.owners, range(4))) for node in cluster.nodes.values()}) == 1


def test_one_meeting_reconciles_both_tables() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    learn(cluster, "a", "x", 2)
    learn(cluster, "b", "y", 2)
    meet(cluster, "a", "b")
    assert len(digests(cluster)) == 1


def test_equal_tables_do_not_travel() -> None:
    cluster = Cluster("ab", n=1, r=1, w=1)
    cluster.fire("a", "gossip")
    cluster.deliver(of(GossipSyn))
    (ack,) = cluster.take(of(GossipAck))
    assert (ack.message.table, ack.message.answer) == (b"", False)


def test_a_table_that_changed_is_persisted_and_survives_a_restart() -> None:
    cluster = Cluster("abcd")
    learn(cluster, "a", "x", 2)
    meet(cluster, "b", "a")
    table = cluster.nodes["b"].gossip.table
    assert table.entries["a"].member.rack == "x"
    assert cluster.disks["b"].durable[META][MEMBERS] == table.encode()
    assert cluster.reboot("b").gossip.table.digest == table.digest


def test_a_new_table_makes_a_new_ring() -> None:
    """`a` to `c` stand in one rack now, so the owners of a partition are spread differently."""
    cluster = Cluster("abcd", n=2)
    assert [target.node for target in cluster.nodes["a"].placement.targets(cluster.key())] == ["a", "b"]
    for name in "abc":
        learn(cluster, name, "one", 2)
    for name in "bc":
        meet(cluster, "a", name)
        meet(cluster, name, "a")
    assert cluster.ring.owners(0) == ("a", "b")
    assert cluster.nodes["a"].host.ring.owners(0) == ("a", "d")
    assert [target.node for target in cluster.nodes["a"].placement.targets(cluster.key())] == ["a", "d"]


def test_a_table_without_a_whole_ring_leaves_the_ring_before_it_in_force() -> None:
    cluster = Cluster("abcd")
    table = cluster.nodes["a"].gossip.table
    gone = type(table)(())
    gone.entries = {"d": Entry(table.entries["d"].member, "left", 2)}
    cluster.hand_in(Packet("b", "a", GossipAck(gone.encode(), {}, False)))
    assert cluster.nodes["a"].host.ring.names == ("a", "b", "c", "d")
    assert cluster.marked("a", "ring incomplete") == 1
    cluster.settle()
    assert cluster.put("a", cluster.key(), b"v").status == "ok"


@pytest.mark.parametrize(
    "table",
    [
        b"[[",
        b'[["d",9,"normal",[Infinity],1,"","",""]]',
        b'[["d",9,"normal",["3"],1' + b"0" * 400 + b',"","",""]]',
        b'[["d",9,"normal",["3"],1,["h"],"",""]]',
        b'[["d",9,"normal",["3"],1,"","",{"d":1}]]',
    ],
    ids=["no table", "token", "weight", "host", "datacenter"],
)
def test_a_hostile_table_changes_nothing_and_stops_nobody(table: bytes) -> None:
    """It is the peer's error (`PeerError`), and a node does not die of those."""
    cluster = Cluster("abcd")
    before = cluster.nodes["a"].gossip.table.encode()
    cluster.hand_in(Packet("b", "a", GossipAck(table, {}, True)))
    assert cluster.nodes["a"].gossip.table.encode() == before
    assert cluster.put("a", cluster.key(), b"v").status == "ok"


def test_each_interval_meets_one_random_peer() -> None:
    """ "Each node contacts a peer chosen at random every second"."""
    cluster = Cluster("abcd")
    met = []
    for _ in range(30):
        cluster.fire("a", "gossip")
        (packet,) = cluster.take(of(GossipSyn))
        met.append(packet.to)
    assert set(met) == {"b", "c", "d"}


def test_heartbeats_count_intervals_and_the_newer_ones_are_taken_over() -> None:
    cluster = Cluster("abc")
    for _ in range(3):
        cluster.fire("c", "gossip")
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
    cluster.fire("a", "gossip")
    assert [packet.to for packet in cluster.packets(of(Ping))] == ["b", "c"]
    cluster.deliver(of(Ping))
    cluster.deliver(of(Pong))
    assert not cluster.nodes["a"].host.detector.down


def test_the_boot_of_a_restarted_node_is_learned() -> None:
    cluster = Cluster("abc")
    cluster.reboot("c")
    meet(cluster, "c", "b")
    meet(cluster, "b", "a")
    assert cluster.nodes["a"].gossip.generation_of["c"] == 2


def test_the_boot_of_a_node_that_lost_its_disk_is_learned() -> None:
    """Its count of boots began anew; forwarded puts must not be taken for those of an earlier boot for ever."""
    cluster = Cluster("abcd")
    for _ in range(4):
        cluster.reboot("a")
    cluster.run(5 * SECOND)
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.run(30 * SECOND)
    assert cluster.nodes["d"].gossip.generation_of["a"] == cluster.nodes["a"].host.generation
    assert cluster.put("d", cluster.key(), b"v").status == "ok"
    assert [minted.dot[0][0] for minted in cluster.minted] == ["a"]


def test_seeds_bring_rings_together_that_have_lost_sight_of_each_other() -> None:
    """Section 4.8.2: "all nodes eventually reconcile their membership with a seed"."""
    cluster = Cluster("abc")
    for name in "ab":
        gossip = cluster.nodes[name].gossip
        gossip.seeds = ("c",)
        gossip.table.entries.pop("c")
        gossip.table._encoded = gossip.table._digest = None
    met = set()
    for _ in range(60):
        cluster.fire("a", "gossip")
        met |= {packet.to for packet in cluster.packets(of(GossipSyn))}
        cluster.settle()
    assert met == {"b", "c"}
    assert cluster.nodes["a"].gossip.table.names == ("a", "b", "c")
