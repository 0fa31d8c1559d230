"""Reaping tombstones: only when nothing that they cover exists anywhere, on no disk and on no wire."""

import pytest

from dynamo.core.effects import hint_key
from dynamo.core.messages import GET, PUT, Handoff, Reap, ReapQuery, ReapVote, Replicate
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of

GRACE_US = 20 * SECOND


def deleted(names: str = "abcd", **config: bool) -> tuple[Cluster, bytes]:
    """A key that was put and deleted; every owner holds the tombstone, and no time has passed since."""
    cluster = Cluster(names, reap_grace_us=GRACE_US, **config)
    cluster.run(GRACE_US)
    key = cluster.key()
    shown = cluster.put("a", key, b"v")
    cluster.delete("a", key, context=shown.context)
    return cluster, key


def tombstones(cluster: Cluster, key: bytes) -> str:
    """The owners that still hold a record."""
    return "".join(name for name in "abc" if cluster.held(name, key) is not None)


def vote(cluster: Cluster, name: str, key: bytes) -> bool:
    """What `name` says to a query about the present tombstone."""
    record = cluster.held("a", key)
    assert record is not None
    cluster.hand_in(Packet("a", name, ReapQuery(1, key, record.digest)))
    cluster.sync(name)
    (answer,) = cluster.take(of(ReapVote, sender=name))
    assert isinstance(answer.message, ReapVote)
    return answer.message.yes


def old(cluster: Cluster) -> None:
    """The tombstone becomes old enough; nothing else happens."""
    cluster.now_us += GRACE_US


def test_a_tombstone_is_reaped_everywhere_after_its_grace_and_not_before() -> None:
    cluster, key = deleted()
    cluster.run(GRACE_US - 1)
    assert tombstones(cluster, key) == "abc"
    cluster.run(15 * SECOND)
    assert tombstones(cluster, key) == ""
    assert cluster.get("a", key, r=3).values == ()


@pytest.mark.parametrize("silent", ["b", "c", "d"])
def test_every_member_must_vote_not_only_the_owners(silent: str) -> None:
    cluster, key = deleted()
    old(cluster)
    cluster.cut = of(ReapQuery, to=silent)
    cluster.fire("a", "reap")
    cluster.settle()
    assert tombstones(cluster, key) == "abc"
    cluster.cut = lambda _packet: False
    cluster.fire("a", "reap")
    cluster.settle()
    assert tombstones(cluster, key) == ""


@pytest.mark.parametrize("down", ["b", "c", "d"])
def test_while_a_member_is_down_nothing_is_reaped(down: str) -> None:
    cluster, key = deleted()
    cluster.crash(down)
    cluster.run(60 * SECOND)
    assert set("abc") - {down} <= set(tombstones(cluster, key))


def test_while_a_hint_for_the_key_is_kept_anywhere_it_is_not_reaped() -> None:
    cluster, key = deleted()
    state = Siblings({"x": 1}, (Version("x", 1, b"v"),))
    cluster.hand_in(Packet("b", "d", Replicate(7, key, state, "c")))
    cluster.settle()
    old(cluster)
    assert not vote(cluster, "d", key)


def delivered_hint() -> tuple[Cluster, bytes, Packet]:
    """`d` still kept b"v" for `c` when all owners had long held the tombstone. It has just delivered and dropped it;
    the packet is a duplicate of the delivery, which the network still holds."""
    cluster = Cluster("abcd", reap_grace_us=GRACE_US, anti_entropy=False)
    cluster.run(GRACE_US)
    key = cluster.key()
    shown = cluster.put("a", key, b"v")
    state = cluster.held("a", key)
    assert state is not None
    cluster.hand_in(Packet("a", "d", Replicate(7, key, state, "c")))
    cluster.settle()
    cluster.delete("a", key, context=shown.context)
    old(cluster)
    for name in "abc":
        cluster.nodes["d"].host.detector.heard(name, cluster.now_us)
    cluster.fire("d", "handoff")
    (duplicate,) = cluster.packets(of(Handoff))
    cluster.settle()
    assert cluster.hints("d") == []
    return cluster, key, duplicate


def test_a_member_that_dropped_a_hint_within_the_grace_votes_no() -> None:
    cluster, key, _ = delivered_hint()
    assert not vote(cluster, "d", key)
    cluster.fire("d", "reap")
    cluster.now_us += GRACE_US
    assert vote(cluster, "d", key)


def test_a_restart_does_not_make_a_member_forget_that_it_dropped_a_hint() -> None:
    cluster, key, _ = delivered_hint()
    cluster.reboot("d")
    assert not vote(cluster, "d", key)


def test_a_deleted_value_does_not_come_back_with_a_late_duplicate_of_a_hint() -> None:
    """No resurrection: the member that dropped the hint restarts, the tombstone is voted on, the duplicate arrives."""
    cluster, key, duplicate = delivered_hint()
    cluster.reboot("d")
    cluster.fire("a", "reap")
    cluster.settle()
    cluster.hand_in(duplicate)
    cluster.settle()
    assert cluster.get("c", key, r=3).values == ()


@pytest.mark.parametrize("kind", [GET, PUT])
def test_while_a_member_coordinates_an_operation_on_the_key_it_votes_no(kind: str) -> None:
    cluster, key = deleted()
    for name in "abc":  # so that it coordinates a put itself
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    old(cluster)
    cluster.stuck.add("d")
    cluster.ask("d", kind, key, b"w", w=1)
    assert cluster.wire == [] or kind == GET
    record = cluster.held("a", key)
    assert record is not None
    cluster.hand_in(Packet("a", "d", ReapQuery(1, key, record.digest)))
    (answer,) = cluster.take(of(ReapVote))
    assert not answer.message.yes


@pytest.mark.parametrize("name", ["b", "c"])
def test_an_owner_whose_tombstone_is_younger_votes_no(name: str) -> None:
    cluster, key = deleted()
    cluster.now_us += GRACE_US - 1
    assert not vote(cluster, name, key)
    cluster.now_us += 1
    assert vote(cluster, name, key)


def test_an_owner_that_has_restarted_counts_the_grace_from_its_start() -> None:
    cluster, key = deleted()
    old(cluster)
    cluster.reboot("b")
    assert not vote(cluster, "b", key)
    cluster.now_us += GRACE_US
    assert vote(cluster, "b", key)


def test_an_owner_that_holds_something_else_votes_no() -> None:
    cluster, key = deleted()
    cluster.hand_in(Packet("c", "b", Replicate(7, key, Siblings({"x": 1}, ()))))
    cluster.sync("b")
    old(cluster)
    assert not vote(cluster, "b", key)


def test_an_owner_with_a_damaged_copy_or_none_votes_no() -> None:
    cluster, key = deleted(anti_entropy=False)
    old(cluster)
    cluster.disks["b"].corrupt.add(key)
    cluster.reboot("b")
    cluster.lose_disk("c")
    cluster.boot("c")
    cluster.sync("c")
    cluster.now_us += GRACE_US
    assert not vote(cluster, "b", key)
    assert not vote(cluster, "c", key)


def test_a_put_after_reaping_gets_a_new_actor() -> None:
    cluster, key = deleted()
    cluster.run(2 * GRACE_US)
    assert tombstones(cluster, key) == ""
    again = cluster.put("a", key, b"again")
    assert again.values == (b"again",)
    assert again.dot is not None
    assert again.dot[0] != cluster.minted[0].dot[0]
    assert [cluster.values(name, key) for name in "abc"] == [[b"again"]] * 3


def test_a_late_reap_for_another_state_does_nothing() -> None:
    cluster, key = deleted()
    old(cluster)
    cluster.fire("a", "reap")
    while not (late := cluster.take(of(Reap))):
        cluster.deliver()
        cluster.sync()
    put = cluster.put("b", key, b"new")
    cluster.hand_in(*late)
    cluster.settle()
    assert cluster.values("b", key) == [b"new"]
    cluster.delete("b", key, context=put.context)
    before = tombstones(cluster, key)
    cluster.hand_in(*late)
    cluster.settle()
    assert tombstones(cluster, key) == before == "abc"


def test_a_vote_that_comes_after_the_interval_does_not_count() -> None:
    cluster, key = deleted()
    old(cluster)
    cluster.fire("a", "reap")
    cluster.sync()
    cluster.deliver(of(ReapQuery))
    cluster.sync()
    late = cluster.take(of(ReapVote))
    assert len(late) == 3
    cluster.fire("a", "reap")
    cluster.take(of(ReapQuery))
    cluster.hand_in(*late)
    cluster.settle()
    assert tombstones(cluster, key) == "abc"


def test_a_member_votes_once_however_often_its_vote_arrives() -> None:
    cluster, key = deleted()
    old(cluster)
    cluster.fire("a", "reap")
    cluster.sync()
    cluster.take(of(ReapQuery, to="d"))
    cluster.deliver(of(ReapQuery))
    cluster.sync()
    votes = cluster.take(of(ReapVote))
    cluster.hand_in(*votes, *votes, *votes)
    cluster.settle()
    assert tombstones(cluster, key) == "abc"


@pytest.mark.parametrize("cold", [False, True], ids=["in memory", "on disk"])
def test_an_interval_calls_no_more_votes_than_the_limit(cold: bool) -> None:
    cluster = Cluster("abc", reap_grace_us=GRACE_US)
    for index in range(40):
        shown = cluster.put("a", cluster.key(index), b"v")
        cluster.delete("a", cluster.key(index), context=shown.context)
    if cold:
        cluster.reboot("a")
    old(cluster)
    cluster.fire("a", "reap")
    cluster.answer_loads("a")
    assert len(cluster.nodes["a"].reaper.ballots) == 32


def test_only_the_first_owner_calls_the_vote() -> None:
    cluster, _ = deleted()
    old(cluster)
    for name in "bcd":
        cluster.fire(name, "reap")
        cluster.sync(name)
    assert cluster.packets(of(ReapQuery)) == []


def test_a_live_record_is_never_reaped() -> None:
    cluster = Cluster("abc", reap_grace_us=GRACE_US)
    key = cluster.key()
    shown = cluster.put("a", key, b"seen")
    cluster.put("a", key, b"unseen")
    cluster.delete("a", key, context=shown.context)
    cluster.run(3 * GRACE_US)
    assert [cluster.values(name, key) for name in "abc"] == [[b"unseen"]] * 3


def test_a_hint_for_another_key_does_not_matter() -> None:
    cluster, key = deleted()
    other = cluster.key(1)
    cluster.hand_in(Packet("b", "d", Replicate(7, other, Siblings({"x": 1}, ()), "c")))
    cluster.settle()
    old(cluster)
    assert cluster.hints("d") == [hint_key("c", other)]
    assert vote(cluster, "d", key)
