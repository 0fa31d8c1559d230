"""The node: a deterministic state machine without I/O."""

import copy
from typing import Any

import pytest

from dynamo.core import messages
from dynamo.core.actors import BIRTHS
from dynamo.core.effects import META, Asked, Effect, Event, Received, Reply, Synced, TimerFired, Write
from dynamo.core.identity import GENERATION, INCARNATION
from dynamo.core.membership import encode_table
from dynamo.core.messages import FAIL, GET, INFO, OK, PUT, Ping, Pong, Read, Replicate, Request
from dynamo.core.node import Node
from dynamo.core.participant import HOME, MEMBERS
from tests.dynamo.core.cluster import MS, SECOND, Cluster, of


def between_nodes() -> list[type]:
    """Every message of `messages` but those that travel between a client or an operator and a node."""
    found = [value for value in vars(messages).values() if isinstance(value, type) and hasattr(value, "_fields")]
    outside = (messages.Request, messages.Response, messages.Operate, messages.Operated)
    return [kind for kind in found if kind not in outside]


def test_every_message_type_is_dispatched() -> None:
    assert set(Cluster("a", n=1, r=1, w=1).nodes["a"]._receive) == set(between_nodes())
    assert len(between_nodes()) == 30


def test_the_boot_writes_identity_and_generation_before_anything_else_and_serves_when_they_are_durable() -> None:
    cluster = Cluster("abc", boot=False)
    node = cluster.boot("a", genesis=True)
    ((_, write),) = cluster.log
    assert isinstance(write, Write)
    written = {change.key: change.record for change in write.changes if change.record is not None}
    assert written[INCARNATION] == b"a0"
    assert written[GENERATION] == b"1"
    assert set(written) == {INCARNATION, GENERATION, MEMBERS, HOME, BIRTHS}
    assert not node.serving
    cluster.sync("a")
    assert node.serving
    assert set(cluster.timers["a"]) == {"gossip", "handoff", "reap", "exchange"}


@pytest.mark.parametrize(("kind", "status"), [(GET, FAIL), (PUT, INFO)])
def test_before_the_boot_is_durable_a_get_fails_a_put_is_unknown_and_peers_hear_nothing(kind: str, status: str) -> None:
    """The put may be the retry of one that the boot before has executed."""
    cluster = Cluster("abc")
    cluster.crash("a")
    cluster.boot("a")
    asked = cluster.ask("a", kind, cluster.key(), b"v")
    assert cluster.reply(asked)[1:3] == (status, "the node is starting")
    effects = cluster.step("a", Received("b", Ping())) + cluster.step("a", Received("b", Read(1, b"k")))
    assert effects == []


def test_every_boot_has_a_generation_of_its_own_and_the_disk_keeps_its_incarnation() -> None:
    cluster = Cluster("abc")
    for generation in range(1, 4):
        host = cluster.nodes["a"].host
        assert (host.generation, host.incarnation) == (generation, "a0")
        cluster.reboot("a")


def test_boots_on_two_disks_of_one_machine_have_two_generations() -> None:
    cluster = Cluster("abc")
    generations = [cluster.nodes["a"].host.generation, cluster.reboot("a").host.generation]
    cluster.lose_disk("a")
    generations.append(cluster.boot("a").host.generation)
    assert generations == sorted(set(generations))


def test_a_generation_grows_even_where_the_shell_counts_backwards() -> None:
    """The disk counts as well: the wall clock may have been set back."""
    cluster = Cluster("abc")
    before = cluster.reboot("a").host.generation
    cluster.starts["a"] = 0
    assert cluster.reboot("a").host.generation > before


def test_a_crash_before_the_boot_is_durable_leaves_nothing_behind() -> None:
    cluster = Cluster("abc")
    meta = dict(cluster.disks["a"].durable[META])
    cluster.crash("a")
    cluster.boot("a")
    cluster.crash("a")
    assert cluster.disks["a"].durable[META] == meta


def test_a_lost_disk_gets_a_fresh_incarnation_and_answers_no_reads_until_it_has_recovered() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("b", key, b"v")
    cluster.lose_disk("a")
    node = cluster.boot("a")
    cluster.settle()
    assert node.host.incarnation == "a1"
    cluster.hand_in(messages_read(key))
    assert cluster.take(of(messages.ReadReply))[0].message.state is None
    cluster.run(30 * SECOND)
    assert node.replica.recovering == {}
    cluster.hand_in(messages_read(key))
    assert cluster.take(of(messages.ReadReply))[0].message.state == cluster.held("b", key)


def messages_read(key: bytes) -> Any:
    from tests.dynamo.core.cluster import Packet

    return Packet("b", "a", Read(77, key))


def test_genesis_is_no_lost_disk() -> None:
    cluster = Cluster("abc")
    assert all(node.replica.recovering == {} for node in cluster.nodes.values())
    assert cluster.get("a", cluster.key()).status == OK


def test_two_equal_nodes_given_equal_events_have_equal_effects() -> None:
    logs = []
    for _ in range(2):
        cluster = Cluster("abcd")
        cluster.put("a", cluster.key(), b"v")
        cluster.crash("b")
        cluster.ask("d", PUT, cluster.key(1), b"w")
        cluster.ask("c", GET, cluster.key())
        cluster.run(5 * SECOND)
        cluster.boot("b")
        cluster.run(5 * SECOND)
        logs.append(cluster.log)
    assert len(logs[0]) > 200
    assert logs[0] == logs[1]


def mid_operation() -> tuple[Node, int]:
    """A node in the middle of a put, a get, a load, a hand-off and a forward."""
    cluster = Cluster("abcd")
    cluster.crash("c")
    cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.settle()
    cluster.run(200 * MS)
    cluster.slow_loads.add("a")
    cluster.ask("a", PUT, cluster.key(1), b"w", context=cluster.get("b", cluster.key()).context)
    cluster.ask("a", GET, cluster.key(2))
    cluster.ask("a", PUT, cluster.key(0, partition=1), b"x")
    return cluster.nodes["a"], cluster.now_us


def afterwards(node: Node, now_us: int) -> list[list[Effect]]:
    """What the node does next, given one series of events."""
    key = Cluster("abcd", boot=False).key(1)
    from dynamo.core.effects import DATA, Loaded

    events: list[Event] = [
        Loaded(DATA, key, None),
        Received("b", Read(5, key)),
        Synced(100),
        Received("b", Replicate(9, key, messages_state())),
        TimerFired("handoff"),
        TimerFired("gossip"),
        Asked("z", Request("late", GET, key)),
        TimerFired("deadlines"),
        Synced(200),
    ]
    return [node.step(event, now_us + 300 * MS * at, now_us) for at, event in enumerate(events)]


def messages_state() -> Any:
    from dynamo.core.siblings import Siblings, Version

    return Siblings({"b0:9": 1}, (Version("b0:9", 1, b"other"),))


def test_a_copy_in_the_middle_of_operations_goes_on_exactly_like_the_original() -> None:
    node, now_us = mid_operation()
    twin = copy.deepcopy(node)
    theirs = afterwards(node, now_us)
    assert sum(map(len, theirs)) > 10
    assert afterwards(twin, now_us) == theirs


def test_a_copy_shares_nothing_with_the_original() -> None:
    node, now_us = mid_operation()
    expected = afterwards(copy.deepcopy(node), now_us)
    twin = copy.deepcopy(node)
    afterwards(twin, now_us)
    assert afterwards(node, now_us) == expected


def test_the_wall_clock_decides_nothing_but_under_last_writer_wins() -> None:
    logs = []
    for wall_us in (0, 10**15):
        cluster = Cluster("abc")
        cluster.wall_us = dict.fromkeys("abc", wall_us)
        cluster.put("a", cluster.key(), b"one")
        cluster.put("b", cluster.key(), b"two")
        cluster.run(2 * SECOND)
        replies = [effect for _, effect in cluster.log if isinstance(effect, Reply)]
        logs.append((replies, [type(effect) for _, effect in cluster.log]))
    assert logs[0] == logs[1]


def test_a_ping_is_answered_and_clears_a_suspicion() -> None:
    cluster = Cluster("abc")
    for name in "ab":
        other = "b" if name == "a" else "a"
        cluster.nodes[name].host.detector.missed(other, cluster.now_us)
    effects = cluster.step("b", Received("a", Ping()))
    assert [effect.message for effect in effects if hasattr(effect, "to")] == [Pong()]
    cluster.settle()
    assert not cluster.nodes["a"].host.detector.down
    assert not cluster.nodes["b"].host.detector.down


def test_a_message_that_breaks_the_protocol_is_refused_and_stops_nobody() -> None:
    """A path that is none of an inner node of the Merkle tree."""
    cluster = Cluster("abc")
    effects = cluster.step("a", Received("b", messages.TreeNodes(((0, (1, 2, 3), {}),))))
    assert effects == []
    assert cluster.marked("a", "peer's message refused") == 1
    assert cluster.put("a", cluster.key(), b"v").status == OK


def test_the_membership_that_the_disk_remembers_is_taken_up_again() -> None:
    cluster = Cluster("abc")
    table = cluster.table("a")
    assert cluster.disks["a"].durable[META][MEMBERS] == encode_table(table)
    cluster.reboot("a")
    assert cluster.table("a") == table


def test_an_operation_leaves_nothing_behind() -> None:
    cluster = Cluster("abcd")
    for index in range(5):
        cluster.put("d", cluster.key(index), b"v")
        cluster.get("c", cluster.key(index))
    cluster.run(2 * SECOND)
    for node in cluster.nodes.values():
        assert (node.puts.pending, node.gets.pending, node.replica.loading) == ({}, {}, {})
        assert list(node.host.waiting) == []
