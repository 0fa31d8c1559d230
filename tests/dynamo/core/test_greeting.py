"""A node that starts asks the others what they remember of it, before it serves anybody."""

from copy import deepcopy
from dataclasses import replace

import pytest

from dynamo.core.effects import DATA, META, SetTimer
from dynamo.core.greeting import GENERATIONS, HEARTBEAT, RESEND_US, Greeting, last_beat
from dynamo.core.membership import NO_TABLE, decode_table, encode_table
from dynamo.core.messages import FAIL, GET, INFO, OK, PUT, GossipSyn, Hello, Read, ReadReply, Welcome
from dynamo.core.node import GENERATION, INCARNATION
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of
from tests.dynamo.core.operating import SETTLED_US, begin


def restarted(names: str = "abcd", **config: int) -> Cluster:
    """`a` has been stopped and starts again; the others have heard nothing of that yet."""
    cluster = Cluster(names, **config)
    cluster.run(3 * SECOND)
    cluster.crash("a")
    cluster.wire.clear()
    cluster.boot("a", greeted=False)
    return cluster


def asked(cluster: Cluster, name: str = "a") -> list[str]:
    """Whom `name` greets, taken off the wire."""
    return [packet.to for packet in cluster.take(of(Hello, sender=name))]


def answer(cluster: Cluster, *names: str, last: tuple[int, int] | None = None, to: str = "a") -> None:
    """These nodes tell `to` the last boot and heartbeat that they remember of it; `last`: or what a test wants."""
    op = cluster.nodes[to].host.boot_bits
    for name in names:
        known = cluster.nodes[name].greeting.known(to) if last is None else last
        cluster.hand_in(Packet(name, to, Welcome(op, *known, encode_table(cluster.table(name)))))


def serving(cluster: Cluster, name: str = "a") -> bool:
    cluster.sync(name)
    return cluster.nodes[name].serving


def wait(cluster: Cluster, span_us: int, name: str = "a") -> None:
    """Time passes for the one that starts; nothing is delivered."""
    cluster.now_us += span_us
    cluster.fire(name, "deadlines")


# Majority and patience


def test_every_other_member_is_greeted_with_the_boot_that_the_disk_remembers() -> None:
    cluster = restarted()
    hellos = cluster.packets(of(Hello))
    assert [(packet.sender, packet.to) for packet in hellos] == [("a", "b"), ("a", "c"), ("a", "d")]
    assert {packet.message.generation for packet in hellos} == {1}
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


def test_whoever_has_lost_its_disk_waits_for_one_answer_for_as_long_as_it_takes() -> None:
    """It does not know the ring."""
    cluster = Cluster("abcd")
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    assert asked(cluster) == ["b", "c", "d"]
    for _ in range(50):
        wait(cluster, cluster.config.greeting_us)
        assert not serving(cluster)
    answer(cluster, "b")
    assert not serving(cluster), "in time it waits for more than half"
    wait(cluster, RESEND_US)
    assert serving(cluster)
    assert cluster.marked("a", "start without enough answers") == 1
    assert cluster.nodes["a"].host.incarnation == "a1"


def test_whoever_has_lost_its_disk_waits_for_more_than_half_in_time() -> None:
    cluster = Cluster("abcd")
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    wait(cluster, RESEND_US)
    answer(cluster, "b")
    assert not serving(cluster)
    answer(cluster, "c")
    assert serving(cluster)
    assert cluster.marked("a", "start without enough answers") == 0


# Old disks


def old_disk(cluster: Cluster, name: str) -> None:
    """`name` has been started since this image of its disk was taken, and the others have heard of that; the image is
    put back."""
    image = deepcopy(cluster.disks[name].durable)
    cluster.reboot(name)
    cluster.run(10 * SECOND)
    cluster.crash(name)
    cluster.disks[name].durable = image


def test_a_disk_that_is_behind_what_the_others_remember_is_treated_like_a_lost_one() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    old_disk(cluster, "a")
    cluster.boot("a", greeted=False)
    answer(cluster, "b", "c")
    assert serving(cluster)
    node = cluster.nodes["a"]
    assert cluster.marked("a", "old disk noticed") == 1
    assert node.host.incarnation == "a0.3"
    assert cluster.held("a", key) is None
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of("a"))
    cluster.hand_in(Packet("b", "a", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply))
    assert reply.message.state is None
    cluster.run(60 * SECOND)
    assert node.replica.recovering == {}
    assert cluster.values("a", key) == [b"v"]


@pytest.mark.parametrize("remembers", ["b", "c"])
def test_one_who_remembers_is_enough(remembers: str) -> None:
    cluster = restarted()
    for name in "bc":
        answer(cluster, name, last=(2, 0) if name == remembers else (1, 0))
    assert serving(cluster)
    assert cluster.marked("a", "old disk noticed") == 1


@pytest.mark.parametrize(("last", "old"), [((1, 3), 0), ((1, 2), 0), ((0, 9), 0), ((1, 4), 1), ((2, 0), 1)])
def test_a_disk_is_old_when_it_is_behind_the_boot_or_the_heartbeat_that_somebody_remembers(
    last: tuple[int, int], old: int
) -> None:
    """A disk that said "synced" and was not loses heartbeats too."""
    cluster = restarted()
    assert cluster.disks["a"].durable[META][HEARTBEAT] == b"1 3"
    answer(cluster, "b", "c", last=last)
    assert serving(cluster)
    assert cluster.marked("a", "old disk noticed") == old


def test_a_disk_remembers_the_later_of_its_boot_and_the_boot_of_its_heartbeat() -> None:
    assert last_beat(None, 3) == (3, 0)
    assert last_beat(b"3 7", 3) == (3, 7)
    assert last_beat(b"2 7", 3) == (3, 0), "the last boot has not beaten yet"
    assert last_beat(b"4 1", 3) == (4, 1)


def test_an_old_disk_brings_nothing_back_that_was_deleted_and_forgotten() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    image = deepcopy(cluster.disks["c"].durable)
    assert cluster.values("c", key) == [b"v"]
    cluster.reboot("c")
    assert cluster.delete("a", key, context=cluster.get("a", key).context).status == OK
    cluster.run(200 * SECOND)
    assert all(cluster.held(name, key) is None for name in "abc"), "reaped"
    cluster.crash("c")
    cluster.disks["c"].durable = image
    cluster.boot("c")
    cluster.run(60 * SECOND)
    assert cluster.get("b", key).values == ()
    assert all(cluster.held(name, key) is None for name in "abc")


def test_an_old_disk_gives_no_name_twice() -> None:
    """Its node would count on from where the image stands."""
    cluster = Cluster("abcd")
    key = cluster.key()
    image = deepcopy(cluster.disks["a"].durable)
    cluster.reboot("a")
    assert cluster.put("a", key, b"one").status == OK
    cluster.run(10 * SECOND)
    cluster.crash("a")
    cluster.disks["a"].durable = image
    cluster.boot("a")
    cluster.settle()
    assert cluster.put("a", key, b"two").status == OK
    dots = [minted.dot for minted in cluster.minted]
    assert len(set(dots)) == 2
    assert sorted(cluster.get("b", key).values) == [b"one", b"two"]


def test_a_lost_disk_is_not_an_old_one() -> None:
    cluster = Cluster("abcd")
    cluster.run(5 * SECOND)
    cluster.lose_disk("a")
    cluster.boot("a", greeted=False)
    answer(cluster, "b", "c", last=(1, 0))
    assert serving(cluster)
    assert cluster.marked("a", "lost disk noticed") == 1
    assert cluster.marked("a", "old disk noticed") == 0


# What is remembered of others


def test_boots_that_were_heard_of_are_remembered_durably() -> None:
    cluster = Cluster("abcd")
    for _ in range(3):
        cluster.reboot("b")
    cluster.run(10 * SECOND)
    assert cluster.nodes["a"].greeting.generation_of["b"] == 4
    assert cluster.disks["a"].durable[META][GENERATIONS] == b"b 4\nc 1\nd 1"
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
    cluster.nodes["a"].greeting.boot(b"node one 7\nb 2")
    assert cluster.nodes["a"].greeting.generation_of == {"node one": 7, "b": 2}


def test_an_answer_tells_what_is_remembered_and_the_membership_table() -> None:
    cluster = Cluster("abcd")
    cluster.reboot("b")
    cluster.run(10 * SECOND)
    cluster.hand_in(Packet("b", "a", Hello(7, 1, 0)), Packet("stranger", "a", Hello(8, 0, 0)))
    known, unknown = (packet.message for packet in cluster.take(of(Welcome)))
    beat = cluster.nodes["a"].greeting.heartbeats["b"]
    assert beat[0] == 2
    assert beat[1] >= 8
    assert (known.op, known.generation, known.beat) == (7, *beat)
    assert decode_table(known.table) == cluster.table("a")
    assert (unknown.op, unknown.generation, unknown.beat) == (8, 0, 0)


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


def test_a_new_node_asks_its_seeds_and_without_an_answer_starts_all_the_same() -> None:
    cluster = Cluster("abcd", outsiders="x", boot=False)
    for name in "abcd":
        cluster.boot(name, genesis=True)
    cluster.settle()
    cluster.boot("x", greeted=False)
    assert serving(cluster, "x"), "without seeds there is nobody to ask"
    cluster.lose_disk("x")
    seeds = ("b", "x")
    cluster.rules = replace(cluster.rules, greeting=lambda host, own, _: Greeting(host, own, seeds))
    cluster.boot("x", greeted=False)
    assert asked(cluster, "x") == ["b"]
    assert not serving(cluster, "x")
    answer(cluster, "b", to="x")
    assert serving(cluster, "x")
    assert cluster.table("x") == NO_TABLE
    cluster.lose_disk("x")
    cluster.boot("x", greeted=False)
    wait(cluster, cluster.config.greeting_us, "x")
    assert serving(cluster, "x")


def test_a_table_that_cannot_be_read_is_the_peers_error_and_the_greeting_goes_on() -> None:
    cluster = restarted()
    op = cluster.nodes["a"].host.boot_bits
    cluster.hand_in(Packet("b", "a", Welcome(op, 1, 0, b"[[")))
    assert cluster.marked("a", "peer's message refused") == 1
    assert not serving(cluster)
    answer(cluster, "c", "d")
    assert serving(cluster)


# What the disk must say


@pytest.mark.parametrize("what", [INCARNATION, GENERATION, b"births"])
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
