"""A participant reports a phase only when what it began under the lists before is answered, and keeps its promises."""

import pytest

from dynamo.core.effects import META, Received, Send
from dynamo.core.membership import NO_TABLE, Plan, Table, decode_table, digest_of, encode_table
from dynamo.core.messages import (
    GET,
    OK,
    PUT,
    Announce,
    Handoff,
    Progress,
    Read,
    ReadReply,
    Replicate,
    Stored,
    TransferPull,
)
from dynamo.core.participant import ENDORSED, MEMBERS, ring_of
from dynamo.core.ring import Member, Ring
from dynamo.core.siblings import Siblings, Version
from dynamo.core.transition import TransitionRing
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, joining, names, tell, tick


def reports(cluster: Cluster, name: str) -> list[tuple[str, str]]:
    """What `name` has reported to whom since the last time, taken off the wire."""
    return [(packet.to, packet.message.phase) for packet in cluster.take(of(Progress, sender=name))]


# What a table stands for


def test_the_ring_of_a_table_is_plain_without_a_plan_and_when_it_closes_and_has_two_lists_in_between() -> None:
    def make(members: tuple[Member, ...]) -> Ring:
        return Ring(members, 1, 3, 2)

    one, two = (Member("a", (0, 1)),), (Member("a", (0,)), Member("b", (1,)))
    table = Table("c", 1, one)
    assert ring_of(table, make).names == ("a",)
    for phase, reads_new in (("prepare", False), ("transfer", False), ("flip", True)):
        ring = ring_of(table._replace(plan=Plan("p", "a", "", two, phase=phase)), make)
        assert isinstance(ring, TransitionRing)
        assert (ring.old.names, ring.new.names, ring.reads_new) == (("a",), ("a", "b"), reads_new)
    closing = ring_of(table._replace(plan=Plan("p", "a", "", two, phase="close")), make)
    assert isinstance(closing, Ring)
    assert closing.names == ("a", "b")


def test_the_bytes_of_a_table_are_made_once_and_anew_when_it_changes() -> None:
    """Gossip asks for them at every meeting, and a table of 1,000 nodes is long."""
    cluster = Cluster("abcd")
    participant = cluster.nodes["a"].participant
    before = participant.encoded
    assert decode_table(before) == cluster.table("a")
    assert participant.encoded is before
    assert participant.digest is participant.digest == cluster.table("a").digest
    tell(cluster, "a", cluster.table("a")._replace(epoch=2))
    assert decode_table(participant.encoded).epoch == 2
    assert participant.digest == cluster.table("a").digest != digest_of(before)


def test_the_bytes_of_a_table_that_a_boot_or_a_plan_brings_are_those_of_that_table() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    for step in (lambda: begin(cluster, "a", "join", "x"), lambda: cluster.reboot("x"), lambda: cluster.reach("a", "")):
        step()
        for node in cluster.nodes.values():
            assert node.participant.encoded == encode_table(node.participant.table)
            assert node.participant.digest == node.participant.table.digest


def test_a_node_in_no_ring_has_the_digest_of_the_empty_table() -> None:
    cluster = Cluster("abcd", outsiders="x")
    participant = cluster.nodes["x"].participant
    assert (decode_table(participant.encoded), participant.digest) == (NO_TABLE, NO_TABLE.digest)


# Reports


def test_a_phase_is_reported_to_its_driver_and_again_every_interval_until_the_next() -> None:
    cluster = joining()
    for _ in range(2):
        tick(cluster, "b")
        assert reports(cluster, "b") == [("a", "prepare")]
    assert cluster.take(of(Progress)) == []


@pytest.mark.parametrize(("phase", "kind"), [("prepare", PUT), ("flip", GET), ("close", PUT)])
def test_nothing_is_reported_while_an_operation_of_the_lists_before_is_unanswered(phase: str, kind: str) -> None:
    """Puts when the lists for puts change, gets when theirs do."""
    before = {"prepare": "", "flip": "transfer", "close": "flip"}[phase]
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    if before:
        begin(cluster, "a", "join", "x")
        cluster.reach("a", before)
    key = cluster.key(0, 1)
    cluster.cut = of(Replicate, Read, sender="b")
    asked = cluster.ask("b", kind, key, b"v")
    cluster.settle()
    if before:
        cluster.tend("a", "b", "c", "d", "x")
    else:
        begin(cluster, "a", "join", "x")
    assert cluster.phase("b") == phase
    cluster.take(of(Progress))
    tick(cluster, "b")
    assert reports(cluster, "b") == []
    cluster.now_us += cluster.config.timeout_us
    cluster.fire("b", "deadlines")
    cluster.fire("b", "deadlines")
    assert cluster.reply(asked).status != OK, "it is answered now, one way or the other"
    tick(cluster, "b")
    assert reports(cluster, "b") == [("a", phase)]


def test_an_operation_of_the_new_lists_holds_up_nothing() -> None:
    cluster = joining()
    cluster.cut = of(Replicate, sender="b")
    cluster.ask("b", PUT, cluster.key(0, 1), b"v")
    cluster.sync("b")
    tick(cluster, "b")
    assert reports(cluster, "b") == [("a", "prepare")]


def test_a_get_that_repairs_before_it_is_answered_holds_up_a_change_of_the_lists_for_puts() -> None:
    """What it is answered with must be at so many of the old list before the new owners fetch from there, or a later
    get of the new list misses it where an old owner that had it is declared dead meanwhile."""
    cluster = Cluster("abcd", outsiders="x", partitions=8, read_repair="blocking")
    cluster.cut = of(Read, sender="b")
    asked = cluster.ask("b", GET, cluster.key(0, 1))
    begin(cluster, "a", "join", "x")
    cluster.take(of(Progress))
    tick(cluster, "b")
    assert reports(cluster, "b") == []
    cluster.now_us += cluster.config.timeout_us
    cluster.fire("b", "deadlines")
    cluster.fire("b", "deadlines")
    assert cluster.reply(asked).status != OK
    tick(cluster, "b")
    assert reports(cluster, "b") == [("a", "prepare")]


def test_gets_do_not_hold_up_a_change_of_the_lists_for_puts() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    cluster.cut = of(Read, sender="b")
    cluster.ask("b", GET, cluster.key(0, 1))
    begin(cluster, "a", "join", "x")
    tick(cluster, "b")
    assert reports(cluster, "b") == [("a", "prepare")]


def test_nothing_is_reported_before_the_table_is_durable() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    cluster.stuck.add("b")
    begin(cluster, "a", "join", "x")
    assert cluster.phase("b") == "prepare"
    cluster.fire("b", "handoff")
    assert reports(cluster, "b") == []
    cluster.sync("b")
    cluster.fire("b", "handoff")
    cluster.sync("b")
    assert reports(cluster, "b") == [("a", "prepare")]


def test_a_report_is_a_promise_and_is_durable_before_it_is_given() -> None:
    cluster = joining()
    cluster.now_us += SECOND
    cluster.fire("b", "handoff")
    assert reports(cluster, "b") == []
    cluster.sync("b")
    assert reports(cluster, "b") == [("a", "prepare")]
    plan = cluster.table("b").plan
    assert plan is not None
    assert cluster.disks["b"].durable[META][ENDORSED] == plan.id.encode()
    cluster.fire("b", "handoff")
    assert reports(cluster, "b") == [("a", "prepare")], "it was given already"


def test_the_transfer_is_reported_when_it_is_complete() -> None:
    cluster = joining()
    cluster.cut = of(TransferPull)
    cluster.reach("x", "transfer")
    tick(cluster, "x")
    assert reports(cluster, "x") == []
    cluster.cut = lambda _packet: False
    for _ in range(4):
        tick(cluster, "x")
    cluster.settle()
    tick(cluster, "x")
    assert ("a", "transfer") in reports(cluster, "x")


def test_the_end_is_reported_when_nothing_is_in_the_wrong_place_any_more() -> None:
    cluster = joining("close")
    ring = cluster.nodes["b"].host.ring
    stray = next(k for k in (b"k%d" % at for at in range(99)) if "b" not in ring.owners(ring.partition_of(k)))
    cluster.nodes["b"].replica.strays[stray] = None
    cluster.nodes["b"].evacuation.tick = lambda: None  # type: ignore[method-assign]
    tick(cluster, "b")
    assert reports(cluster, "b") == []
    cluster.nodes["b"].replica.strays.clear()
    tick(cluster, "b")
    assert reports(cluster, "b") == [("a", "close")]


def test_whoever_stays_reports_the_end_with_hints_and_whoever_leaves_without_any() -> None:
    cluster = Cluster("abcd", partitions=8)
    begin(cluster, "a", "leave", "d")
    cluster.reach("a", "close")
    state = Siblings({"z": 1}, (Version("z", 1, b"v"),))
    cluster.cut = of(Handoff)
    for name in "bd":
        ring = cluster.nodes["b"].host.ring
        key = next(k for k in (b"k%d" % at for at in range(99)) if "c" in ring.owners(ring.partition_of(k)))
        cluster.hand_in(Packet("a", name, Replicate(1, key, state, "c")))
        cluster.sync(name)
    for name, expected in (("b", [("a", "close")]), ("d", [])):
        cluster.take(of(Progress))
        tick(cluster, name)
        assert reports(cluster, name) == expected
    cluster.cut = lambda _packet: False
    cluster.run(SETTLED_US)
    assert names(cluster) == {tuple("abc")}


def test_a_node_that_takes_part_in_nothing_reports_nothing() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    tick(cluster, "b")
    begin(cluster, "a", "join", "x")
    tell(cluster, "y", cluster.table("a"))
    tick(cluster, "y")
    assert reports(cluster, "b") == reports(cluster, "y") == []


def test_nothing_is_announced_or_reported_by_a_node_that_only_listens() -> None:
    cluster = joining("close")
    cluster.reach("a", "")
    before = len(cluster.log)
    cluster.run(5 * SECOND)
    sent = [effect.message for _, effect in cluster.log[before:] if isinstance(effect, Send)]
    assert sent
    assert not any(isinstance(message, Announce | Progress) for message in sent)


# Learning


def test_only_a_newer_table_is_taken_up() -> None:
    cluster = joining()
    newer = cluster.table("b")
    older = newer._replace(plan=None)
    for table in (older, newer):
        tell(cluster, "b", table, "a")
        assert cluster.table("b") == newer
    later = older._replace(epoch=7)
    tell(cluster, "b", later, "a")
    assert cluster.table("b") == later


def test_a_table_is_durable_and_in_force_after_a_restart_in_every_phase() -> None:
    for phase in ("prepare", "transfer", "flip", "close"):
        cluster = joining(phase)
        table, ring = cluster.table("b"), cluster.nodes["b"].host.ring
        stored = cluster.disks["b"].durable[META][MEMBERS]
        assert isinstance(stored, bytes)
        assert decode_table(stored) == table
        cluster.crash("b")
        host = cluster.boot("b").host
        assert cluster.table("b") == table
        assert repr(host.ring) == repr(ring)
        assert (host.changing, host.involved) == (True, frozenset("abcdx"))


def test_a_change_of_lists_makes_a_new_version_of_the_ring() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    before = cluster.nodes["b"].host.version
    begin(cluster, "a", "join", "x")
    assert cluster.nodes["b"].host.version == before + 1
    assert cluster.nodes["b"].host.changing
    cluster.reach("a", "")
    assert cluster.nodes["b"].host.version == before + 5
    assert not cluster.nodes["b"].host.changing


def test_a_table_of_which_no_ring_can_be_made_is_not_taken_up() -> None:
    cluster = Cluster("abcd")
    table = cluster.table("b")
    twice = tuple(member._replace(tokens=(0,)) for member in table.members)
    for bad in (
        table._replace(epoch=2, members=twice),
        table._replace(plan=Plan("p", "a", "", twice)),
        table._replace(plan=Plan("p", "a", "", (Member("b", (0, 1, 2, 9)),))),
    ):
        tell(cluster, "b", bad, "a")
        assert cluster.table("b") == table
    assert cluster.marked("b", "table without a ring refused") == 3
    assert cluster.put("b", cluster.key(), b"v").status == OK


def test_a_table_of_another_founding_is_no_news_unless_this_node_is_invited() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    mine = cluster.table("b")
    lesser, greater = mine._replace(cluster="!", epoch=9), mine._replace(cluster="~", epoch=9)
    assert lesser.cluster < mine.cluster < greater.cluster
    tell(cluster, "b", greater, "a")
    assert cluster.table("b") == mine, "of two rings the one with the greater name gives way"
    tell(cluster, "b", lesser._replace(members=lesser.members[:1]), "a")
    assert cluster.table("b") == mine, "it is not among those who are to come over"
    tell(cluster, "x", greater)
    assert cluster.table("x").cluster == ""
    tell(cluster, "b", lesser, "a")
    assert cluster.table("b") == lesser
    assert cluster.marked("b", "ring given up for another") == 1


def test_a_node_in_no_ring_takes_up_the_one_that_it_is_to_join_and_no_other() -> None:
    cluster = Cluster("abcd", outsiders="xy", partitions=8)
    begin(cluster, "a", "join", "x")
    table = cluster.table("a")
    tell(cluster, "y", table)
    assert not cluster.nodes["y"].participant.inside
    assert cluster.table("x") == table
    assert cluster.marked("x", "ring given up for another") == 0


def test_a_member_that_leaves_and_has_lost_its_disk_learns_the_ring_again() -> None:
    """It is waited for. (Once it took up only a ring of which it was to stay a member, and the change never ended.)"""
    cluster = joining("close")
    cluster.run(SETTLED_US)
    cluster.lose_disk("x")
    begin(cluster, "a", "leave", "x")
    cluster.boot("x")
    assert not cluster.nodes["x"].participant.inside
    cluster.run(SETTLED_US)
    assert names(cluster) == {("a", "b", "c", "d")}


# Coming and going


def test_strangers_are_not_listened_to() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    effects = cluster.step("a", Received("x", Stored(1)))
    assert effects == []
    assert cluster.marked("a", "stranger not listened to") == 1


def test_whoever_is_outside_listens_to_nobody_and_takes_no_requests() -> None:
    cluster = Cluster("abcd", partitions=8)
    begin(cluster, "a", "leave", "d")
    cluster.run(SETTLED_US)
    assert not cluster.nodes["d"].participant.inside
    assert cluster.marked("d", "node is outside now") == 1
    assert cluster.nodes["d"].host.involved == frozenset()
    answer = cluster.put("d", cluster.key(), b"v")
    assert (answer.status, answer.reason) == ("fail", "the node is in no ring")
    cluster.hand_in(Packet("a", "d", Read(5, cluster.key())))
    assert cluster.packets(of(ReadReply)) == []


def test_the_detector_watches_whoever_is_involved_and_gives_up_the_dead() -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    cluster.crash("d")
    begin(cluster, "a", "replace", "d", "x")
    detector = cluster.nodes["b"].host.detector
    assert "d" in detector.down
    cluster.reboot("b")
    assert "d" in cluster.nodes["b"].host.detector.down
    cluster.run(SETTLED_US)
    detector = cluster.nodes["b"].host.detector
    assert "d" not in detector.down
    assert detector.phi("d", cluster.now_us + 1_000 * SECOND) == 0.0, "who has left is not waited for"
    assert detector.phi("x", cluster.now_us + 1_000 * SECOND) > 8.0
