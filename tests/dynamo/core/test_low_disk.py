"""A node whose disk has little room left takes in nothing that grows, says so, and goes on with what frees space."""

import pytest

from dynamo.core.effects import DATA, DiskSpace
from dynamo.core.messages import FAIL, INFO, OK, PUT, Forward, HandedOff, Handoff, Refused, Replicate, Stored
from dynamo.core.siblings import Siblings, Version
from dynamo.core.weight import state_bytes
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of


def state(value: bytes = b"v", actor: str = "x") -> Siblings:
    return Siblings({actor: 1}, (Version(actor, 1, value),))


def low(cluster: Cluster, *names: str) -> Cluster:
    """The shell has told these nodes that their disks are low."""
    for name in names:
        cluster.step(name, DiskSpace(True))
    return cluster


def used(cluster: Cluster, name: str) -> int:
    """The bytes of data and hints on the disk."""
    records = [record for space in ("data", "hint") for record in cluster.disks[name].durable[space].values()]
    return sum(state_bytes(record) for record in records if isinstance(record, Siblings))


def test_an_owner_sends_a_put_on_to_another_owner() -> None:
    cluster = Cluster("abcd")
    cluster.run(3 * SECOND)
    low(cluster, "a")
    response = cluster.put("a", cluster.key(), b"v")
    assert response.status == OK
    assert [minted.dot[0][0] for minted in cluster.minted] == ["b"]
    assert cluster.held("a", cluster.key()) is None
    assert len(cluster.hints("d")) == 1, "a fallback stands in for its replica at once"


def test_a_put_that_is_sent_to_it_goes_on_to_the_next_owner() -> None:
    cluster = Cluster("abcd")
    cluster.run(3 * SECOND)
    low(cluster, "a")
    assert cluster.put("d", cluster.key(), b"v").status == OK
    assert [minted.dot[0][0] for minted in cluster.minted] == ["b"]


@pytest.mark.parametrize("asked", ["a", "d"], ids=["an owner", "another node"])
def test_where_every_disk_is_low_a_put_fails_clearly_and_does_nothing(asked: str) -> None:
    cluster = Cluster("abcd")
    cluster.run(3 * SECOND)
    low(cluster, *"abcd")
    response = cluster.put(asked, cluster.key(), b"v")
    assert response.status == FAIL
    assert response.reason.endswith("this node's disk is low: it makes no new versions")
    cluster.run(10 * SECOND)
    assert cluster.minted == []
    assert [used(cluster, name) for name in "abcd"] == [0, 0, 0, 0]


def test_a_node_that_is_alone_says_that_its_disk_is_low() -> None:
    cluster = low(Cluster("a", n=1, r=1, w=1), "a")
    assert cluster.put("a", cluster.key(), b"v").reason == (
        "unavailable: no node of the preference list can be reached; this node's disk is low: it makes no new versions"
    )


def test_a_copy_of_a_forward_that_was_refused_is_refused_when_there_is_room_again() -> None:
    """The sender went on to another coordinator."""
    cluster = Cluster("abcd")
    cluster.run(3 * SECOND)
    low(cluster, "a")
    cluster.ask("d", PUT, cluster.key(), b"v")
    forwards = cluster.packets(of(Forward))
    cluster.settle()
    cluster.step("a", DiskSpace(False))
    cluster.hand_in(*forwards)
    cluster.settle()
    assert len(cluster.minted) == 1


def test_a_replica_is_taken_in_only_where_it_takes_no_more_room() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    before = Siblings({"x": 1, "y": 1}, (Version("x", 1, b"one"), Version("y", 1, b"two")))
    cluster.hand_in(Packet("b", "a", Replicate(1, cluster.key(), before)))
    cluster.sync("a")
    cluster.wire.clear()
    low(cluster, "a")
    grown = Siblings({**before.context, "z": 1}, (*before.versions, Version("z", 1, b"three")))
    shrunk = Siblings(before.context, (Version("x", 1, b"one"),))
    cluster.hand_in(Packet("b", "a", Replicate(2, cluster.key(), grown)))
    assert cluster.take(of(Refused, Stored)) == [Packet("a", "b", Refused(2))]
    cluster.hand_in(Packet("b", "a", Replicate(3, cluster.key(), before)))
    assert cluster.take(of(Refused, Stored)) == [Packet("a", "b", Stored(3))]
    cluster.hand_in(Packet("b", "a", Replicate(4, cluster.key(), shrunk)))
    cluster.sync("a")
    assert cluster.take(of(Refused, Stored)) == [Packet("a", "b", Stored(4))]
    assert cluster.values("a", cluster.key()) == [b"one"]
    assert cluster.marked("a", "write refused: low disk") == 1


def test_it_keeps_no_new_hint_and_lets_none_grow() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    cluster.hand_in(Packet("b", "d", Replicate(1, cluster.key(), state(), "a")))
    cluster.sync("d")
    cluster.wire.clear()
    low(cluster, "d")
    cluster.hand_in(
        Packet("b", "d", Replicate(2, cluster.key(1), state(), "a")),
        Packet("b", "d", Replicate(3, cluster.key(), state(b"w", "y"), "a")),
        Packet("b", "d", Replicate(4, cluster.key(), state(), "a")),
    )
    cluster.sync("d")
    assert [(type(p.message), p.message.op) for p in cluster.wire] == [(Refused, 2), (Refused, 3), (Stored, 4)]
    assert len(cluster.hints("d")) == 1


def test_a_fallback_coordinator_fails_a_put() -> None:
    cluster = low(Cluster("abcd"), "d")
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    response = cluster.put("d", cluster.key(), b"v", w=1)
    assert response.status == FAIL
    assert cluster.minted == []


def test_it_goes_on_serving_reads() -> None:
    cluster = Cluster("abc", sloppy=False)
    cluster.put("a", cluster.key(), b"v")
    low(cluster, *"abc")
    assert cluster.get("a", cluster.key(), r=3).values == (b"v",)


def test_it_delivers_and_drops_its_hints() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    cluster.hand_in(Packet("b", "d", Replicate(1, cluster.key(), state(), "a")))
    cluster.sync("d")
    low(cluster, "d")
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", cluster.key()) == [b"v"]


def test_hints_for_it_stay_where_they_are_until_it_has_room() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    cluster.hand_in(Packet("b", "d", Replicate(1, cluster.key(), state(), "a")))
    cluster.sync("d")
    low(cluster, "a")
    cluster.run(3 * SECOND)
    sent = [effect.message for _, effect in cluster.log if hasattr(effect, "message")]
    assert any(isinstance(message, Handoff) for message in sent)
    assert not any(isinstance(message, HandedOff) for message in sent)
    assert len(cluster.hints("d")) == 1
    cluster.step("a", DiskSpace(False))
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.values("a", cluster.key()) == [b"v"]


def test_anti_entropy_and_read_repair_bring_it_nothing_until_it_has_room() -> None:
    cluster = Cluster("abc")
    cluster.cut = of(Replicate, to="c")
    cluster.put("a", cluster.key(), b"v")
    cluster.cut = lambda _packet: False
    low(cluster, "c")
    assert cluster.get("c", cluster.key(), r=3).values == (b"v",), "it shows what the others have"
    cluster.run(10 * SECOND)
    assert used(cluster, "c") == 0
    cluster.step("c", DiskSpace(False))
    cluster.run(10 * SECOND)
    assert cluster.values("c", cluster.key()) == [b"v"]


@pytest.mark.parametrize("coordinator", ["a", "b"])
def test_blocking_repair_does_not_count_a_copy_that_was_not_written(coordinator: str) -> None:
    """Every later quorum would have to meet one that was."""
    cluster = Cluster("abc", read_repair="blocking", sloppy=False, anti_entropy=False)
    cluster.hand_in(Packet("b", "a", Replicate(1, cluster.key(), state())))
    cluster.settle()
    low(cluster, "b", "c")
    asked = cluster.ask(coordinator, "get", cluster.key())
    cluster.settle()
    assert asked not in cluster.replies
    cluster.run(1 * SECOND)
    assert cluster.reply(asked).status == FAIL


@pytest.mark.parametrize("versions", ["dvv", "vv", "lww"])
def test_a_delete_that_frees_room_is_executed_and_frees_it_everywhere(versions: str) -> None:
    cluster = Cluster("abc", versions=versions, anti_entropy=False)
    seen = cluster.put("a", cluster.key(), b"v" * 1_000).context
    before = [used(cluster, name) for name in "abc"]
    low(cluster, *"abc")
    cluster.now_us += 1
    assert cluster.delete("a", cluster.key(), context=seen).status == OK
    assert all(used(cluster, name) < was for name, was in zip("abc", before, strict=True))
    assert cluster.get("b", cluster.key(), r=3).values == ()


def test_a_delete_that_would_take_room_fails_and_does_nothing() -> None:
    """The coordinator never had what is to be deleted: its tombstone is all new."""
    cluster = Cluster("abc", versions="vv", anti_entropy=False)
    cluster.cut = of(Replicate, to="a")
    seen = cluster.put("b", cluster.key(), b"v").context
    cluster.cut = lambda _packet: False
    low(cluster, "a")
    response = cluster.delete("a", cluster.key(), context=seen)
    assert response.status == FAIL
    assert response.reason.startswith("the coordinator's disk is low")
    cluster.run(3 * SECOND)
    assert cluster.get("b", cluster.key()).values == (b"v",)


def test_it_goes_on_reaping() -> None:
    cluster = Cluster("abc", reap_grace_us=5 * SECOND, reap_us=1 * SECOND)
    seen = cluster.put("a", cluster.key(), b"v").context
    cluster.delete("a", cluster.key(), context=seen)
    low(cluster, *"abc")
    cluster.run(15 * SECOND)
    assert [used(cluster, name) for name in "abc"] == [0, 0, 0]


def test_a_put_that_was_under_way_goes_on_with_the_reserve() -> None:
    """Its version may have left the node already; the shell warns while there is room for what has begun."""
    cluster = Cluster("abc")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    low(cluster, "a")
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert cluster.values("a", cluster.key()) == [b"v"]


def test_a_low_disk_does_not_grow_whatever_its_peers_and_clients_send() -> None:
    cluster = Cluster("abcd", handoff_us=100_000, exchange_us=200_000)
    for index in range(4):
        cluster.put("a", cluster.key(index), b"before")
    low(cluster, "b")
    before = used(cluster, "b")
    for index in range(12):
        for name in "abcd":
            cluster.put(name, cluster.key(index), b"after %d" % index)
        cluster.run(300_000)
        assert used(cluster, "b") <= before
    cluster.step("b", DiskSpace(False))
    cluster.run(20 * SECOND)
    assert all(cluster.disks[name].durable[DATA] == cluster.disks["a"].durable[DATA] for name in "bc")
    assert all(cluster.hints(name) == [] for name in "abcd")


def test_a_version_that_too_few_disks_take_is_unknown_and_not_lost() -> None:
    cluster = Cluster("abc")
    low(cluster, "b", "c")
    assert cluster.put("a", cluster.key(), b"v").status == INFO
    for name in "bc":
        cluster.step(name, DiskSpace(False))
    cluster.run(10 * SECOND)
    assert [cluster.values(name, cluster.key()) for name in "abc"] == [[b"v"]] * 3
