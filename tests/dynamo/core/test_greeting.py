"""A node that starts asks the others what they remember of it, before it serves anybody."""

import pytest

from dynamo.core.actors import BIRTHS
from dynamo.core.effects import DATA, META, Change, SetTimer, Write
from dynamo.core.greeting import (
    GENERATIONS,
    HEARTBEAT,
    RESEND_US,
    decode_memory,
    encode_memory,
    last_beat,
)
from dynamo.core.identity import GENERATION, INCARNATION
from dynamo.core.membership import decode_table, encode_table
from dynamo.core.messages import FAIL, GET, INFO, OK, PUT, GossipSyn, Hello, Operated, Read, Welcome
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin
from tests.dynamo.core.starting import answer, asked, remembered, restarted, serving, wait

# Majority and patience


def test_every_other_member_is_greeted_with_the_boot_and_the_heartbeat_that_the_disk_remembers() -> None:
    cluster = restarted()
    hellos = cluster.packets(of(Hello))
    assert [(packet.sender, packet.to) for packet in hellos] == [("a", "b"), ("a", "c"), ("a", "d")]
    assert {(packet.message.generation, packet.message.beat) for packet in hellos} == {remembered(cluster, "a")}
    assert remembered(cluster, "a") >= (1, 2), "three seconds have passed"
    assert cluster.nodes["a"].host.generation == 2


@pytest.mark.parametrize(("names", "enough"), [("ab", 1), ("abc", 2), ("abcd", 2), ("abcde", 3), ("abcdefg", 4)])
def test_it_serves_when_more_than_half_of_the_others_have_answered(names: str, enough: int) -> None:
    cluster = restarted(names, n=1, r=1, w=1)
    for name in names[1:enough]:
        answer(cluster, name)
        answer(cluster, name)
        assert not serving(cluster), "nor does it count anybody twice"
    answer(cluster, names[enough])
    assert serving(cluster)
    assert cluster.nodes["a"].host.incarnation == "a0"


def test_the_only_member_of_a_ring_asks_nobody() -> None:
    cluster = restarted("a", n=1, r=1, w=1)
    assert asked(cluster) == []
    assert serving(cluster)
    assert cluster.nodes["a"].host.incarnation == "a0"


@pytest.mark.parametrize(("kind", "status"), [(GET, FAIL), (PUT, INFO)])
def test_before_that_it_answers_nobody_but_greetings(kind: str, status: str) -> None:
    cluster = restarted()
    cluster.wire.clear()
    request = cluster.ask("a", kind, cluster.key(), b"v")
    assert cluster.reply(request)[1:3] == (status, "the node is starting")
    cluster.hand_in(Packet("b", "a", Read(1, cluster.key())), Packet("b", "a", GossipSyn(b"", {})))
    assert cluster.wire == []
    cluster.hand_in(Packet("b", "a", Hello(9, 3, 0)), Packet("x", "a", Hello(9, 3, 0)))
    assert [(packet.to, packet.message.op) for packet in cluster.take(of(Welcome))] == [("b", 9), ("x", 9)]


def test_all_can_start_at_once() -> None:
    """Somebody must answer before it serves."""
    cluster = Cluster("abcd")
    for name in "abcd":
        cluster.crash(name)
    for name in "abcd":
        cluster.boot(name, greeted=False)
    cluster.settle()
    assert all(node.serving for node in cluster.nodes.values())
    assert {node.host.incarnation for node in cluster.nodes.values()} == {"a0", "b0", "c0", "d0"}


def test_whoever_has_not_answered_is_asked_again_and_nobody_else() -> None:
    cluster = restarted()
    asked(cluster)
    answer(cluster, "b")
    wait(cluster, RESEND_US)
    assert asked(cluster) == ["c", "d"]
    wait(cluster, RESEND_US - 1)
    assert asked(cluster) == []
    wait(cluster, 1)
    assert asked(cluster) == ["c", "d"]


def test_without_enough_answers_in_time_it_goes_on_with_what_it_has_but_under_a_new_name() -> None:
    cluster = restarted()
    key = cluster.key()
    answer(cluster, "b")
    for _ in range(cluster.config.greeting_us // RESEND_US - 1):
        wait(cluster, RESEND_US)
        assert not serving(cluster)
    wait(cluster, RESEND_US)
    assert serving(cluster)
    assert cluster.marked("a", "start without enough answers") == 1
    assert cluster.nodes["a"].host.incarnation == "a0.2"
    cluster.settle()
    assert cluster.put("a", key, b"v").status == OK
    dot = cluster.minted[-1].dot
    assert dot is not None
    assert dot[0].startswith("a0.2:")


def test_it_keeps_its_records_and_gives_up_its_actors_where_the_answers_did_not_suffice() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    assert cluster.nodes["a"].actors.alive == {key: "a0:0"}
    cluster.crash("a")
    cluster.boot("a", greeted=False)
    answer(cluster, "b", known=(1, 0))
    wait(cluster, cluster.config.greeting_us)
    assert serving(cluster)
    assert cluster.nodes["a"].actors.alive == {}
    assert cluster.values("a", key) == [b"v"]
    assert cluster.nodes["a"].replica.recovering == {}


def test_answers_that_come_too_late_or_to_another_boot_change_nothing() -> None:
    cluster = restarted()
    op = cluster.nodes["a"].host.boot_bits
    table = encode_table(cluster.table("b"))
    cluster.hand_in(Packet("b", "a", Welcome(op - 1, 99, 0, table)), Packet("c", "a", Welcome(op - 1, 99, 0, table)))
    assert not serving(cluster)
    answer(cluster, "b", "c")
    assert serving(cluster)
    cluster.hand_in(Packet("d", "a", Welcome(op, 99, 0, table)))
    assert not cluster.nodes["a"].greeting.old
    assert cluster.nodes["a"].host.incarnation == "a0"


@pytest.mark.parametrize("answers", [[], ["b"]], ids=["nobody answers", "who answers does not remember it"])
def test_without_an_answer_that_remembers_it_a_node_waits_for_as_long_as_it_takes(answers: list[str]) -> None:
    """Its disk may be an old one: what is on it may have been deleted, and forgotten by everybody else."""
    cluster = restarted()
    answer(cluster, *answers, known=(0, 0))
    for _ in range(50):
        wait(cluster, cluster.config.greeting_us)
        assert not serving(cluster)
    assert cluster.marked("a", "start waits for an answer") == 50
    answer(cluster, "c", known=(1, 0))
    if not answers:
        assert not serving(cluster)
        wait(cluster, RESEND_US)
    assert serving(cluster)


def test_what_one_answer_remembers_is_not_forgotten_with_the_next_that_does_not() -> None:
    cluster = restarted("abcde")
    answer(cluster, "b", known=(1, 0))
    answer(cluster, "c", known=(0, 0))
    assert not serving(cluster)
    wait(cluster, cluster.config.greeting_us)
    assert serving(cluster)


def test_an_answer_that_remembers_more_than_the_disk_is_heard_however_late_it_comes() -> None:
    """The scenario of a node that starts on an image of its disk behind a partition."""
    cluster = restarted()
    for _ in range(10):
        wait(cluster, cluster.config.greeting_us)
    later = (remembered(cluster, "a")[0], remembered(cluster, "a")[1] + 1)
    answer(cluster, "d", known=later)
    wait(cluster, RESEND_US)
    assert serving(cluster)
    assert cluster.marked("a", "old disk noticed") == 1


def vouch(cluster: Cluster, name: str = "a") -> Operated:
    return cluster.operate(name, "vouch", name)


def test_an_operator_can_vouch_for_the_disk_of_a_node_that_waits() -> None:
    cluster = restarted()
    wait(cluster, cluster.config.greeting_us)
    assert vouch(cluster)[1:3] == ("ok", "it goes on with what it has")
    assert serving(cluster)
    assert cluster.marked("a", "start vouched for") == 1
    assert cluster.nodes["a"].host.incarnation == "a0.2", "nobody has said that its names are its own"
    assert vouch(cluster)[1:3] == ("refused", "a serves already")


def test_an_operators_word_does_not_tell_an_empty_disk_what_the_ring_is() -> None:
    cluster = Cluster("abcd")
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    assert vouch(cluster)[1:3] == ("refused", "its disk is empty: it must hear from a member what the ring is")
    assert not serving(cluster)
    answer(cluster, "b")
    assert vouch(cluster).status == "ok"
    assert serving(cluster)


@pytest.mark.parametrize("action", ["status", "join", "remove"])
def test_before_it_serves_an_operator_can_order_nothing_else(action: str) -> None:
    cluster = restarted()
    assert cluster.operate("a", action, "b")[1:3] == ("refused", "the node is starting")


def test_whoever_has_lost_its_disk_waits_for_as_long_as_it_takes() -> None:
    """It knows nothing: it must not answer for what it does not have."""
    cluster = Cluster("abcd")
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    assert asked(cluster) == ["b", "c", "d"]
    for _ in range(50):
        wait(cluster, cluster.config.greeting_us)
        assert not serving(cluster)
    answer(cluster, "b", "c")
    assert serving(cluster)
    assert cluster.marked("a", "start without enough answers") == 0
    assert cluster.nodes["a"].host.incarnation == "a1"


# What is remembered of others


def test_boots_that_were_heard_of_are_remembered_durably() -> None:
    cluster = Cluster("abcd")
    for _ in range(3):
        cluster.reboot("b")
    cluster.run(10 * SECOND)
    assert cluster.nodes["a"].greeting.generation_of["b"] == 4
    rows = decode_memory(cluster.disks["a"].durable[META][GENERATIONS])
    assert {name: boot for name, (boot, _) in rows.items()} == {"b": 4, "c": 1, "d": 1}
    assert cluster.reboot("a").greeting.generation_of == {"b": 4, "c": 1, "d": 1}


def test_an_earlier_boot_is_no_news() -> None:
    cluster = Cluster("abcd")
    greeting = cluster.nodes["a"].greeting
    greeting.heard("b", 4)
    assert len(cluster.nodes["a"].host.effects) > 0
    cluster.nodes["a"].host.effects.clear()
    for generation in (4, 3):
        greeting.heard("b", generation)
    assert greeting.generation_of["b"] == 4
    assert cluster.nodes["a"].host.effects == []


def test_a_name_with_spaces_is_remembered_too() -> None:
    cluster = Cluster("abcd")
    memory = {"node one": (7, 3), "b": (2, 0)}
    cluster.nodes["a"].greeting.boot(encode_memory(memory.items()))
    assert {name: cluster.nodes["a"].greeting.known(name) for name in memory} == memory


def test_an_empty_memory_is_written_and_read() -> None:
    assert decode_memory(encode_memory({}.items())) == decode_memory(None) == {}


def test_an_answer_tells_what_is_remembered_and_the_membership_table() -> None:
    cluster = Cluster("abcd")
    cluster.reboot("b")
    cluster.run(10 * SECOND)
    cluster.hand_in(Packet("b", "a", Hello(7, 1, 0)), Packet("stranger", "a", Hello(8, 0, 0)))
    known, unknown = (packet.message for packet in cluster.take(of(Welcome)))
    assert (known.op, known.generation, decode_table(known.table)) == (7, 2, cluster.table("a"))
    assert (2, 5) <= (2, known.beat) <= remembered(cluster, "b")
    assert (unknown.op, unknown.generation, unknown.beat) == (8, 0, 0)


def test_what_is_known_of_a_peer_is_the_later_of_its_durable_boot_and_its_heartbeat() -> None:
    greeting = Cluster("abcd").nodes["a"].greeting
    assert greeting.known("nobody") == (0, 0)
    greeting.heard("b", 3)
    assert greeting.known("b") == (3, 0)
    greeting.heartbeats["b"] = (3, 9)
    assert greeting.known("b") == (3, 9)
    greeting.heard("b", 4)
    assert greeting.known("b") == (4, 0), "its new boot has not beaten yet"


def test_after_a_restart_the_boots_of_others_are_known_and_their_heartbeats_as_of_half_the_reapers_grace_ago() -> None:
    cluster = Cluster("abcd", reap_grace_us=20 * SECOND)
    cluster.run(9 * SECOND)
    cluster.reboot("b")
    cluster.run(3 * SECOND)
    cluster.reboot("a")
    assert cluster.nodes["a"].greeting.known("b") < (2, 5), "and not (2, 3)"
    cluster.run(11 * SECOND)
    then = cluster.nodes["a"].greeting.known("b")
    assert then > (2, 5)
    cluster.run(3 * SECOND)
    assert cluster.nodes["a"].greeting.known("b") > then
    cluster.reboot("a")
    assert (2, 5) < cluster.nodes["a"].greeting.known("b") <= then


def test_the_memory_of_an_earlier_boot_is_written_again_with_the_news() -> None:
    cluster = Cluster("abcd")
    greeting = cluster.nodes["a"].greeting
    greeting.boot(encode_memory({"b": (3, 7), "c": (2, 9)}.items()))
    cluster.nodes["a"].host.effects = []
    greeting.heard("b", 4)
    (write,) = cluster.nodes["a"].host.effects
    assert isinstance(write, Write)
    assert decode_memory(write.changes[0].record) == {"b": (4, 0), "c": (2, 9)}  # type: ignore[arg-type]


def test_a_heartbeat_is_written_with_its_boot_and_may_be_told_after_that_write() -> None:
    cluster = Cluster("abcd")
    node = cluster.nodes["a"]
    node.host.effects = []
    seq = node.greeting.beat(5, 17)
    assert node.host.effects == [Write(seq, (Change(META, HEARTBEAT, b"5 17"),))]
    assert seq > node.host.durable_seq


@pytest.mark.parametrize(
    ("saved", "generation", "last"),
    [
        (None, 0, (0, 0)),
        (None, 3, (3, 0)),
        (b"3 17", 3, (3, 17)),
        (b"2 99", 3, (3, 0)),
        (b"1700000000 250", 1_700_000_000, (1_700_000_000, 250)),
    ],
    ids=["empty disk", "no heartbeat yet", "this boot", "a boot that has not beaten", "seconds since the epoch"],
)
def test_a_disk_remembers_its_last_boot_and_the_heartbeat_of_that_boot(
    saved: bytes | None, generation: int, last: tuple[int, int]
) -> None:
    assert last_beat(saved, generation) == last


# Tables


def test_a_node_that_was_away_learns_of_the_change_before_it_serves() -> None:
    cluster = Cluster("abcde", partitions=10)
    cluster.crash("e")
    begin(cluster, "a", "remove", "e")
    cluster.run(SETTLED_US)
    cluster.boot("e", greeted=False)
    answer(cluster, "a", to="e")
    assert cluster.table("e").names == tuple("abcd")
    answer(cluster, "b", to="e")
    assert not serving(cluster, "e"), "more than half of those who are members now"
    answer(cluster, "c", to="e")
    assert serving(cluster, "e")
    assert not cluster.nodes["e"].participant.inside


# What the disk must say


@pytest.mark.parametrize("what", [INCARNATION, GENERATION, BIRTHS])
def test_whoever_finds_no_whole_identity_comes_back_under_a_new_name_and_recovers(what: bytes) -> None:
    cluster = Cluster("abcd")
    assert cluster.put("a", cluster.key(), b"v").status == OK
    cluster.crash("a")
    del cluster.disks["a"].durable[META][what]
    node = cluster.boot("a")
    cluster.sync("a")
    assert node.host.incarnation == "a0.2"
    assert cluster.marked("a", "lost disk noticed") == 1
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("a"))
    assert cluster.disks["a"].durable[DATA], "what is there is kept"


def test_the_timers_start_when_the_node_serves() -> None:
    cluster = restarted()
    timers = [effect.name for name, effect in cluster.log if name == "a" and isinstance(effect, SetTimer)]
    assert timers[-1] == "deadlines"
    assert set(cluster.timers["a"]) == {"deadlines"}
    answer(cluster, "b", "c")
    assert serving(cluster)
    assert {"gossip", "handoff", "reap", "exchange"} <= set(cluster.timers["a"])
    assert RESEND_US == 200 * MS
