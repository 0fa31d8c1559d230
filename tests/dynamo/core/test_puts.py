"""Coordinating puts (Dynamo, section 4.5), sloppy quorums and hints (section 4.6)."""

import pytest

from dynamo.core.context import decode_context
from dynamo.core.effects import hint_key
from dynamo.core.messages import DELETE, FAIL, INFO, OK, PUT, Replicate, Stored
from dynamo.core.vector import covers
from tests.dynamo.core.cluster import MS, SECOND, Cluster, of


def test_nothing_is_sent_before_the_coordinators_own_copy_is_durable() -> None:
    cluster = Cluster("abc")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    assert cluster.wire == []
    assert asked not in cluster.replies
    cluster.sync("a")
    assert [packet.to for packet in cluster.packets(of(Replicate))] == ["b", "c"]


@pytest.mark.parametrize("w", [1, 2, 3])
def test_ok_comes_with_the_wth_distinct_durable_acknowledgement_and_not_before(w: int) -> None:
    cluster = Cluster("abc")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=w)
    for name in "abc"[:w]:
        assert asked not in cluster.replies, f"answered before {name} holds it"
        cluster.deliver(of(Replicate, to=name))
        assert cluster.packets(of(Stored)) == [], "acknowledged before it was durable"
        cluster.sync(name)
        cluster.deliver(of(Stored))
    assert cluster.reply(asked).status == OK
    assert sum(cluster.held(name, cluster.key()) is not None for name in "abc") == w


def test_a_duplicated_acknowledgement_counts_once() -> None:
    cluster = Cluster("abc")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3)
    cluster.sync("a")
    cluster.deliver(of(Replicate, to="b"))
    cluster.sync("b")
    (stored,) = cluster.take(of(Stored))
    cluster.hand_in(stored, stored, stored)
    assert asked not in cluster.replies
    cluster.settle()
    assert cluster.reply(asked).status == OK


def test_an_acknowledgement_of_a_node_that_was_not_asked_does_not_count() -> None:
    cluster = Cluster("abcd")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=2)
    cluster.sync("a")
    (replicate,) = cluster.take(of(Replicate, to="b"))
    cluster.hand_in(replicate._replace(to="d"))
    cluster.sync("d")
    cluster.deliver(of(Stored))
    assert asked not in cluster.replies


def test_a_put_that_misses_w_is_info_and_what_comes_later_does_no_harm() -> None:
    cluster = Cluster("abc", sloppy=False)
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.sync("a")
    late = cluster.take(of(Replicate))
    cluster.run(999 * MS)
    assert asked not in cluster.replies
    cluster.run(1 * MS)
    assert cluster.reply(asked).status == INFO
    assert cluster.reply(asked).reason == "1 of W=2 acknowledged in time"
    cluster.hand_in(*late)
    cluster.settle()
    assert len(cluster.replies[asked]) == 1
    assert cluster.values("b", cluster.key()) == [b"v"]
    assert cluster.nodes["a"].puts.pending == {}


def test_a_put_of_which_no_version_was_made_in_time_fails_and_makes_none_later() -> None:
    cluster = Cluster("abc")
    cluster.slow_loads.add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.run(1 * SECOND)
    assert cluster.reply(asked).status == FAIL
    cluster.slow_loads.clear()
    cluster.answer_loads("a")
    cluster.settle()
    assert cluster.minted == []
    assert [cluster.held(name, cluster.key()) for name in "abc"] == [None, None, None]


def test_a_put_is_refused_at_once_where_too_few_targets_are_healthy() -> None:
    cluster = Cluster("abc", sloppy=False)
    for name in "bc":
        cluster.nodes["a"].host.detector.missed(name, cluster.now_us)
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    assert cluster.reply(asked)[:3] == (asked, FAIL, "unavailable: 1 of 3 targets are reachable")
    cluster.settle()
    assert cluster.held("a", cluster.key()) is None
    assert cluster.put("a", cluster.key(), b"v", w=1).status == OK


def test_pw_counts_owners_only() -> None:
    """One of the targets is a fallback: W=3 is met, three owners are not."""
    cluster = Cluster("abcd")
    cluster.crash("c")
    cluster.nodes["a"].host.detector.missed("c", cluster.now_us)
    assert cluster.put("a", cluster.key(), b"v", w=3, pw=2).status == OK
    refused = cluster.ask("a", PUT, cluster.key(), b"v", w=3, pw=3)
    assert cluster.reply(refused).status == FAIL


def test_the_pw_of_the_configuration_counts_where_a_put_names_none() -> None:
    cluster = Cluster("abcd", w=3, pw=3)
    cluster.crash("c")
    cluster.nodes["a"].host.detector.missed("c", cluster.now_us)
    refused = cluster.ask("a", PUT, cluster.key(), b"v")
    assert cluster.reply(refused).status == FAIL
    assert cluster.put("a", cluster.key(), b"v", w=3, pw=2).status == OK


def test_pw_is_not_met_by_a_fallback_that_acknowledges_first() -> None:
    cluster = Cluster("abcd")
    cluster.crash("c")
    cluster.nodes["a"].host.detector.missed("c", cluster.now_us)
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=2, pw=2)
    cluster.sync("a")
    cluster.deliver(of(Replicate, to="d"))
    cluster.sync("d")
    cluster.deliver(of(Stored))
    assert asked not in cluster.replies
    cluster.settle()
    assert cluster.reply(asked).status == OK


def test_a_duplicated_acknowledgement_of_an_owner_counts_once_for_pw_too() -> None:
    cluster = Cluster("abcde", n=4)
    cluster.nodes["a"].host.detector.missed("c", cluster.now_us)
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3, pw=3)
    cluster.sync("a")
    cluster.deliver(of(Replicate, to="b"))
    cluster.deliver(of(Replicate, to="e"))
    cluster.sync("b", "e")
    stored = cluster.take(of(Stored))
    cluster.hand_in(*stored, *stored)
    assert asked not in cluster.replies, "two owners and a fallback hold it"
    cluster.settle()
    assert cluster.reply(asked).status == OK


def test_a_node_that_stands_in_for_a_silent_fallback_keeps_the_hint_for_the_owner() -> None:
    cluster = Cluster("abcde")
    cluster.nodes["a"].host.detector.missed("c", cluster.now_us)
    cluster.crash("c")
    cluster.crash("d")
    cluster.put("a", cluster.key(), b"v")
    cluster.run(200 * MS)
    assert cluster.hints("e") == [hint_key("c", cluster.key())]


def test_a_silent_replica_is_suspected_and_a_fallback_keeps_a_hint_that_names_it() -> None:
    """Section 4.6: the replica sent to D "will have a hint in its metadata" that says for whom it was meant."""
    cluster = Cluster("abcd")
    cluster.crash("c")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    assert cluster.nodes["a"].host.detector.suspected == set()
    cluster.run(149 * MS)
    assert cluster.hints("d") == []
    cluster.run(1 * MS)
    assert cluster.nodes["a"].host.detector.suspected == {"c"}
    assert cluster.hints("d") == [hint_key("c", key)]
    assert cluster.held("d", key) is None


def test_always_writable_while_any_w_nodes_are_reachable() -> None:
    """Sections 4.6 and 6: with two of three owners down, the next healthy nodes take their place."""
    cluster = Cluster("abcde")
    cluster.crash("b")
    cluster.crash("c")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3)
    cluster.settle()
    cluster.run(200 * MS)
    assert cluster.reply(asked).status == OK
    assert cluster.hints("d") == [hint_key("b", cluster.key())]
    assert cluster.hints("e") == [hint_key("c", cluster.key())]


def test_a_fallback_coordinates_and_keeps_its_own_version_as_a_hint() -> None:
    cluster = Cluster("abcd")
    cluster.crash("a")
    key = cluster.key()
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    assert cluster.put("d", key, b"v", w=1).status == OK
    assert cluster.held("d", key) is None
    assert cluster.hints("d") == [hint_key("a", key)]
    assert cluster.values("b", key) == cluster.values("c", key) == [b"v"]


@pytest.mark.parametrize("made", [True, False])
def test_nobody_is_suspected_for_the_coordinators_own_slow_disk(made: bool) -> None:
    """Nothing was sent to them, so nothing is missing from them (section 4.8.3: B does not respond to A's messages)."""
    cluster = Cluster("abcd")
    (cluster.stuck if made else cluster.slow_loads).add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.run(1 * SECOND)
    assert cluster.reply(asked).status == (INFO if made else FAIL)
    assert cluster.nodes["a"].host.detector.suspected == set()


def test_when_the_time_is_up_who_has_not_answered_is_suspected_and_nobody_else() -> None:
    cluster = Cluster("abcd", sloppy=False)
    cluster.cut = of(Replicate, to="c")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3)
    cluster.settle()
    cluster.run(1 * SECOND)
    assert cluster.reply(asked).status == INFO
    assert cluster.nodes["a"].host.detector.suspected == {"c"}


def test_nothing_more_is_sent_for_an_operation_that_has_outlived_its_time() -> None:
    """`StoreConfig.operation_life_us`, on which the reaper's grace period is built."""
    cluster = Cluster("abc", anti_entropy=False)
    cluster.stuck.add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.run(3 * SECOND + 1)
    assert cluster.reply(asked).status == INFO
    cluster.sync("a")
    assert cluster.packets(of(Replicate)) == []


def test_a_put_shows_the_current_siblings_with_a_context_that_covers_exactly_them() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    one = cluster.put("a", key, b"one")
    two = cluster.put("a", key, b"two")
    assert two.values == (b"one", b"two")
    assert two.dots == (one.dot, two.dot)
    assert one.dot is not None
    assert two.dot is not None
    assert covers(decode_context(two.context), one.dot)
    assert covers(decode_context(two.context), two.dot)
    assert not covers(decode_context(one.context), two.dot)
    assert cluster.put("b", key, b"three", context=two.context).values == (b"three",)


def test_concurrent_puts_through_two_owners_become_siblings() -> None:
    """Section 4.4, figure 3: D3 and D4."""
    cluster = Cluster("abc")
    key = cluster.key()
    first = cluster.put("a", key, b"D2")
    cluster.ask("b", PUT, key, b"D3", context=first.context)
    cluster.ask("c", PUT, key, b"D4", context=first.context)
    cluster.settle()
    assert sorted(cluster.get("a", key).values) == [b"D3", b"D4"]
    both = cluster.get("b", key).context
    assert cluster.put("a", key, b"D5", context=both).values == (b"D5",)
    assert [cluster.values(name, key) for name in "abc"] == [[b"D5"]] * 3


def test_a_delete_needs_a_context() -> None:
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v")
    asked = cluster.ask("a", DELETE, cluster.key())
    assert cluster.reply(asked).status == FAIL
    assert cluster.reply(asked).reason.startswith("context: a delete needs the context of a get")
    assert cluster.get("a", cluster.key()).values == (b"v",)


@pytest.mark.parametrize("versions", ["dvv", "vv", "lww"])
def test_a_delete_deletes_what_its_context_has_seen(versions: str) -> None:
    cluster = Cluster("abc", versions=versions)
    key = cluster.key()
    seen = cluster.put("a", key, b"v").context
    cluster.now_us += 1
    assert cluster.delete("b", key, context=seen).status == OK
    assert cluster.get("c", key).values == ()
    assert [cluster.held(name, key) for name in "abc"] == [cluster.held("a", key)] * 3


def test_a_delete_keeps_what_its_context_has_not_seen() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    seen = cluster.put("a", key, b"seen").context
    cluster.put("a", key, b"unseen")
    cluster.delete("b", key, context=seen)
    assert cluster.get("c", key).values == (b"unseen",)


@pytest.mark.parametrize(("copies", "from_memory"), [(0, ""), (1, "bc"), (2, "c"), (3, "")])
def test_durable_copies_says_how_many_replicas_wait_for_the_disk(copies: int, from_memory: str) -> None:
    """Section 6.1: "the coordinator choose[s] one out of the N replicas to perform a durable write"."""
    cluster = Cluster("abc", durable_copies=copies)
    cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.sync("a")
    cluster.deliver(of(Replicate))
    assert "".join(packet.sender for packet in cluster.packets(of(Stored))) == from_memory


def test_an_acknowledgement_of_an_earlier_life_on_a_lost_disk_does_not_count() -> None:
    """Operation numbers name an operation forever, or a reply to one would count for another."""
    cluster = Cluster("abc", sloppy=False)
    cluster.ask("a", PUT, cluster.key(0), b"old", w=3)
    cluster.sync("a")
    cluster.deliver(of(Replicate))
    cluster.sync("b", "c")
    late = cluster.take(of(Stored))
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.sync("a")
    asked = cluster.ask("a", PUT, cluster.key(1), b"new", w=2)
    cluster.sync("a")
    cluster.take(of(Replicate))
    cluster.hand_in(*late)
    assert asked not in cluster.replies, "acknowledged by nodes that hold nothing of it"
