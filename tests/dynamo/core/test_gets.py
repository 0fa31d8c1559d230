"""Coordinating gets (Dynamo, section 4.5) and repairing what they find stale (section 5)."""

from typing import Any

import pytest

from dynamo.core.context import decode_context
from dynamo.core.messages import FAIL, GET, OK, PUT, Read, ReadReply, Replicate, Stored
from dynamo.core.vector import covers
from tests.dynamo.core.cluster import MS, SECOND, Cluster, of


def stale(names: str, members: str = "abc", **config: Any) -> tuple[Cluster, bytes]:
    """A cluster whose owners have b"old", and all but `names` b"new", which replaced it. Nothing is on the wire."""
    cluster = Cluster(members, **config)
    key = cluster.key()
    old = cluster.put("a", key, b"old")
    writer = next(name for name in "abc" if name not in names)
    cluster.ask(writer, PUT, key, b"new", context=old.context, w=1)
    cluster.sync(writer)
    for name in names:
        cluster.take(of(Replicate, to=name))
    cluster.settle()
    cluster.now_us += 1
    for node in cluster.nodes.values():
        node.puts.pending.clear()
    return cluster, key


def test_a_get_waits_for_r_replies_and_for_no_more() -> None:
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v")
    asked = cluster.ask("a", GET, cluster.key())
    assert sorted(packet.to for packet in cluster.packets(of(Read))) == ["b", "c"], "all N are asked"
    assert asked not in cluster.replies
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    assert cluster.reply(asked).values == (b"v",)


def test_any_node_coordinates_a_get() -> None:
    """Section 4.5: "any storage node in Dynamo is eligible to receive client get and put operations"."""
    cluster = Cluster("abcde")
    cluster.put("a", cluster.key(), b"v")
    assert [cluster.get(name, cluster.key()).values for name in "abcde"] == [(b"v",)] * 5


def test_the_answer_is_the_merge_of_the_replies_with_a_context_that_covers_it() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    for name in "ab":
        cluster.ask(name, PUT, key, name.encode(), w=1)
        cluster.sync(name)
        cluster.take(of(Replicate))
    shown = cluster.get("c", key, r=3)
    assert sorted(shown.values) == [b"a", b"b"]
    assert all(covers(decode_context(shown.context), dot) for dot in shown.dots)


def test_a_key_that_was_never_written_shows_no_values_and_no_context() -> None:
    shown = (cluster := Cluster("abc")).get("b", cluster.key())
    assert (shown.status, shown.values, shown.context) == (OK, (), b"")


def test_nothing_is_told_of_a_version_that_is_not_durable_yet() -> None:
    cluster = Cluster("abc")
    cluster.ask("a", PUT, cluster.key(), b"v")
    asked = cluster.ask("a", GET, cluster.key(), r=1)
    cluster.hand_in(*[p._replace(sender="b", to="a") for p in cluster.packets(of(Read, to="b"))])
    assert asked not in cluster.replies
    assert cluster.packets(of(ReadReply)) == []
    cluster.sync("a")
    assert cluster.reply(asked).values == (b"v",)


def test_read_repair_goes_to_the_stale_owner_only_and_after_the_answer() -> None:
    """Section 5: "the state machine waits for a small period of time to receive any outstanding responses"."""
    cluster, key = stale("c")
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="c"))
    cluster.deliver(of(ReadReply))
    assert cluster.reply(asked).values == (b"new",)
    assert cluster.packets(of(Replicate)) == []
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    assert [(p.to, p.message.owner) for p in cluster.packets(of(Replicate))] == [("c", "")]
    cluster.settle()
    assert cluster.values("c", key) == [b"new"]


def test_a_reply_that_comes_after_the_answer_still_repairs() -> None:
    """The two that answered first are stale; the third one's reply brings both up to date."""
    cluster, key = stale("ab")
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    assert cluster.reply(asked).values == (b"old",)
    cluster.settle()
    assert [cluster.values(name, key) for name in "abc"] == [[b"new"]] * 3


def test_a_silent_replica_does_not_keep_the_others_from_repair() -> None:
    cluster, key = stale("b", anti_entropy=False)
    cluster.crash("c")
    cluster.get("a", key)
    assert cluster.values("b", key) == [b"old"]
    cluster.run(150 * MS)
    assert cluster.values("b", key) == [b"new"]
    assert cluster.nodes["a"].host.detector.suspected == {"c"}


def test_without_read_repair_nothing_is_repaired() -> None:
    cluster, key = stale("c", read_repair="off")
    cluster.get("a", key)
    assert cluster.values("c", key) == [b"old"]


def test_blocking_repair_answers_only_when_so_many_owners_hold_the_answer_that_every_later_quorum_meets_one() -> None:
    cluster, key = stale("bc", read_repair="blocking")
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    assert asked not in cluster.replies, "only one owner holds it: two others could answer a later get"
    cluster.deliver(of(Replicate, to="b"))
    cluster.deliver(of(Stored))
    assert asked not in cluster.replies, "the repair is not durable yet"
    cluster.sync("b")
    cluster.deliver(of(Stored))
    assert cluster.reply(asked).values == (b"new",)


def test_blocking_repair_answers_the_very_state_that_is_spread() -> None:
    """A reply that comes in the middle of the repair knows more; no quorum holds that yet, so it is not shown."""
    cluster, key = stale("ab", read_repair="blocking")
    cluster.ask("a", PUT, key, b"third", w=1)
    cluster.sync("a")
    cluster.take(of(Replicate))
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    cluster.deliver(of(Read, to="c"))
    cluster.deliver(of(ReadReply))
    assert asked not in cluster.replies
    spread = {p.message.state.versions for p in cluster.packets(of(Replicate))}
    cluster.settle()
    ((versions),) = spread
    assert cluster.reply(asked).values == tuple(version.value for version in versions)
    assert b"new" not in cluster.reply(asked).values


def test_a_get_that_misses_r_fails_in_time() -> None:
    cluster = Cluster("abc", sloppy=False)
    cluster.put("a", cluster.key(), b"v")
    cluster.crash("b")
    cluster.crash("c")
    asked = cluster.ask("a", GET, cluster.key())
    cluster.run(1 * SECOND)
    assert cluster.reply(asked)[1:3] == (FAIL, "1 of R=2 replied in time")
    assert cluster.nodes["a"].gets.pending == {}


def test_fallbacks_answer_from_their_hints() -> None:
    """Section 4.6: reads too are performed on the first N healthy nodes."""
    cluster = Cluster("abcde", anti_entropy=False)
    key = cluster.key()
    for name in "bc":
        cluster.crash(name)
    cluster.ask("a", PUT, key, b"v", w=3)
    cluster.run(200 * MS)
    cluster.crash("a")
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    assert cluster.get("d", key).values == (b"v",)


def test_a_node_without_a_record_or_a_hint_tells_that_it_has_nothing() -> None:
    cluster = Cluster("abcd")
    cluster.nodes["a"].host.detector.missed("b", cluster.now_us)
    asked = cluster.ask("a", GET, cluster.key(), r=2)
    cluster.deliver(of(Read, to="d"))
    cluster.deliver(of(ReadReply))
    assert cluster.reply(asked)[1:4] == (OK, "", ())


def test_pr_counts_owners_only() -> None:
    cluster = Cluster("abcd")
    cluster.put("a", cluster.key(), b"v")
    cluster.nodes["a"].host.detector.missed("b", cluster.now_us)
    asked = cluster.ask("a", GET, cluster.key(), r=2, pr=2)
    cluster.deliver(of(Read, to="d"))
    cluster.deliver(of(ReadReply))
    assert asked not in cluster.replies, "a fallback answered, not an owner"
    cluster.settle()
    assert cluster.reply(asked).values == (b"v",)


def test_a_damaged_copy_does_not_count() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("a", key, b"v")
    cluster.disks["b"].corrupt.add(key)
    cluster.reboot("b")
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    (told,) = cluster.deliver(of(ReadReply))
    assert told.message.state is None
    assert asked not in cluster.replies
    cluster.settle()
    assert cluster.reply(asked).values == (b"v",)


def test_a_recovering_copy_does_not_count() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("a", key, b"v")
    cluster.lose_disk("b")
    cluster.boot("b")
    cluster.sync("b")
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    assert asked not in cluster.replies
    cluster.settle()
    assert cluster.reply(asked).values == (b"v",)


def test_a_duplicated_reply_counts_once_and_a_strangers_not_at_all() -> None:
    cluster = Cluster("abcd")
    asked = cluster.ask("a", GET, cluster.key(), r=3)
    cluster.deliver(of(Read, to="b"))
    (reply,) = cluster.take(of(ReadReply))
    cluster.hand_in(reply, reply, reply._replace(sender="d"))
    assert asked not in cluster.replies
    cluster.settle()
    assert cluster.reply(asked).status == OK


def test_the_repairs_of_two_reads_at_once_do_no_harm() -> None:
    cluster, key = stale("c")
    asked = [cluster.ask(name, GET, key) for name in "ab"]
    cluster.settle()
    assert [cluster.reply(each).values for each in asked] == [(b"new",)] * 2
    assert [cluster.values(name, key) for name in "abc"] == [[b"new"]] * 3


@pytest.mark.parametrize("versions", ["dvv", "vv", "lww"])
def test_an_acknowledged_put_is_seen_by_every_later_get_while_r_plus_w_exceeds_n(versions: str) -> None:
    """Section 4.5: "setting R and W such that R + W > N yields a quorum-like system"."""
    for lacking in "bc":
        for silent in "abc":
            cluster = Cluster("abc", sloppy=False, versions=versions, read_repair="off")
            key = cluster.key()
            asked = cluster.ask("a", PUT, key, b"v")
            cluster.sync("a")
            cluster.take(of(Replicate, to=lacking))
            cluster.settle()
            assert cluster.reply(asked).status == OK
            reader = "a" if silent != "a" else "b"
            read = cluster.ask(reader, GET, key)
            cluster.take(of(Read, to=silent))
            cluster.settle()
            assert cluster.reply(read).values == (b"v",)
