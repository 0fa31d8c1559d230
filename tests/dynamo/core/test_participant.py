"""A participant reports a phase only when what it began under the lists before is answered, and keeps its promises."""

import pytest

from dynamo.core.effects import DATA, HINT, META, Received, Send
from dynamo.core.membership import NO_TABLE, Plan, Table, decode_table, encode_table
from dynamo.core.messages import (
    GET,
    OK,
    PUT,
    Announce,
    GossipAck,
    Handoff,
    LetIn,
    Progress,
    Read,
    ReadReply,
    Replicate,
    Stored,
    TransferPull,
)
from dynamo.core.participant import ENDORSED, LUGGAGE, MEMBERS, ring_of
from dynamo.core.ring import Member, Ring
from dynamo.core.siblings import Siblings, Version
from dynamo.core.transfer import DONE
from dynamo.core.transition import TransitionRing
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin, names


def tell(cluster: Cluster, name: str, table: Table, sender: str = "b") -> None:
    """`name` is told of a table; nothing else happens."""
    cluster.hand_in(Packet(sender, name, Announce(encode_table(table))))


def reports(cluster: Cluster, name: str) -> list[tuple[str, str]]:
    """What `name` has reported to whom since the last time, taken off the wire."""
    return [(packet.to, packet.message.phase) for packet in cluster.take(of(Progress, sender=name))]


def tick(cluster: Cluster, name: str) -> None:
    """The short interval passes at one node, and its disk syncs; nothing is delivered."""
    cluster.now_us += cluster.config.handoff_us
    cluster.fire(name, "handoff")
    cluster.sync(name)


def joining(phase: str = "prepare", **config: int) -> Cluster:
    cluster = Cluster("abcd", outsiders="x", partitions=8, **config)
    begin(cluster, "a", "join", "x")
    cluster.reach("a", phase)
    assert {cluster.phase(name) for name in "abcdx"} == {phase}
    return cluster


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
    cluster.nodes["b"].replica.strays[cluster.key(0, 0)] = None
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


# Promises


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


def test_who_comes_over_from_another_ring_brings_what_it_has() -> None:
    cluster, key, table = coming_over()
    assert cluster.values("c", key) == [b"v"]
    assert cluster.nodes["c"].participant.luggage == LetIn("c", 1.0, "", "", "")
    assert table.plan is not None
    tell(cluster, "c", Table("!", 3, table.plan.target), "z")
    cluster.sync("c")
    assert cluster.nodes["c"].participant.luggage is None
    assert LUGGAGE not in cluster.disks["c"].durable[META]
    assert cluster.marked("c", "earlier life forgotten") == 0
    assert key in {*cluster.nodes["c"].replica.strays} or cluster.values("c", key) == [b"v"]


@pytest.mark.parametrize("how", ["running", "restarted", "its identity is damaged"])
def test_what_it_brings_is_kept_when_the_plan_that_was_to_let_it_in_is_given_up(how: str) -> None:
    """Nobody else may have it: its old ring has given way as well."""
    cluster, key, table = coming_over()
    if how != "running":
        cluster.crash("c")
        if how != "restarted":
            del cluster.disks["c"].durable[META][b"incarnation"]
        cluster.boot("c")
        cluster.sync("c")
        assert cluster.table("c") == table
    tell(cluster, "c", Table("!", 3, table.members), "z")
    cluster.sync("c")
    assert not cluster.nodes["c"].participant.inside
    assert cluster.values("c", key) == [b"v"]


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


def test_who_was_joining_a_ring_that_gives_way_is_outside() -> None:
    """It brings nothing: all that it took in, others hold."""
    cluster = joining("transfer")
    tell(cluster, "x", Table("!", 5, (Member("z", tuple(range(8))),)), "a")
    assert not cluster.nodes["x"].participant.inside
    assert cluster.table("x").cluster == "!"
    assert cluster.nodes["x"].participant.luggage is None


def test_a_table_is_encoded_once_and_the_encoding_follows_it() -> None:
    cluster = joining()
    own = cluster.nodes["b"].participant
    for phase in ("prepare", "transfer", ""):
        cluster.reach("b", phase)
        assert own.encoded == encode_table(own.table)
        assert own.digest == own.table.digest
        assert own.encoded is own.encoded
        assert own.digest is own.digest


def test_nothing_is_announced_or_reported_by_a_node_that_only_listens() -> None:
    cluster = joining("close")
    cluster.reach("a", "")
    before = len(cluster.log)
    cluster.run(5 * SECOND)
    sent = [effect.message for _, effect in cluster.log[before:] if isinstance(effect, Send)]
    assert sent
    assert not any(isinstance(message, Announce | Progress) for message in sent)
