"""Dotted version vectors against their definition: sets of events and who covered them."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.dotted import DottedVectors
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.core.vector import Dot, Vector, covers
from dynamo.core.versioning import Versioning

DVV = DottedVectors()
PORT: Versioning = DVV

vectors = st.dictionaries(st.sampled_from("abc"), st.integers(1, 4))
Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(("get", "put", "put", "blind", "delete", "deliver", "deliver")),
        st.integers(0, 2),
        st.integers(0, 30),
    ),
    min_size=10,
    max_size=30,
)


class Events(NamedTuple):
    """A replica in the causal-history model: the puts it knows of, and the events that some put or delete covered."""

    puts: frozenset[Dot] = frozenset()
    covered: frozenset[Dot] = frozenset()

    @property
    def seen(self) -> frozenset[Dot]:
        return self.puts | self.covered

    @property
    def visible(self) -> frozenset[Dot]:
        return self.puts - self.covered


def events_of(context: Vector) -> frozenset[Dot]:
    return frozenset((actor, n) for actor, counter in context.items() for n in range(1, counter + 1))


class Pair(NamedTuple):
    """One replica twice: as the store keeps it, and as the model does."""

    state: Siblings = NOTHING
    events: Events = Events()


def pairs(run: list[Step]) -> list[Pair]:
    """A run of three replicas and two clients, with late and repeated messages; every pair that occurred."""
    replicas = [Pair()] * 3
    clients: list[tuple[Vector, frozenset[Dot]]] = [({}, frozenset())] * 2
    history = [Pair()]
    for n, (kind, at, pick) in enumerate(run):
        state, events = replicas[at]
        vector, seen = clients[pick % 2] if kind != "blind" else ({}, frozenset())
        if kind == "get":
            clients[pick % 2] = DVV.context(state), events.seen
        elif kind == "deliver":
            sent = history[pick % len(history)]
            merged = Events(events.puts | sent.events.puts, events.covered | sent.events.covered)
            replicas[at] = Pair(DVV.merge(state, sent.state), merged)
        elif kind == "delete":
            state = DVV.delete(state, vector, "abc"[at], n)
            replicas[at] = Pair(state, Events(events.puts, events.covered | seen))
        else:
            state, version = DVV.update(state, vector, b"%d" % n, "abc"[at], n)
            assert all(version.dot not in known.events.seen for known in history), "a dot names one value forever"
            replicas[at] = Pair(state, Events(events.puts | {version.dot}, events.covered | seen))
        history.append(replicas[at])
    return history


@settings(max_examples=300, deadline=None)
@given(steps)
def test_the_versions_are_exactly_the_puts_that_nobody_covered(run: list[Step]) -> None:
    for state, events in pairs(run):
        assert {version.dot for version in state.versions} == events.visible


@settings(max_examples=300, deadline=None)
@given(steps)
def test_the_context_is_exactly_the_events_seen(run: list[Step]) -> None:
    for state, events in pairs(run):
        assert events_of(state.context) == events.seen


@settings(max_examples=200, deadline=None)
@given(steps, vectors, st.sampled_from("abc"))
def test_an_update_replaces_what_its_context_covers_and_nothing_else(
    run: list[Step], context: Vector, actor: str
) -> None:
    local = pairs(run)[-1].state
    state, version = DVV.update(local, context, b"new", actor, 9)
    assert version.value == b"new"
    assert version.stamp_us == 9
    assert set(state.versions) == {version} | {old for old in local.versions if not covers(context, old.dot)}
    assert events_of(state.context) == events_of(local.context) | events_of(context) | events_of(dict([version.dot]))
    assert not covers(local.context, version.dot)
    assert not covers(context, version.dot)


@settings(max_examples=200, deadline=None)
@given(steps, vectors)
def test_a_delete_drops_what_its_context_covers_and_mints_nothing(run: list[Step], context: Vector) -> None:
    local = pairs(run)[-1].state
    state = DVV.delete(local, context, "a", 9)
    assert set(state.versions) == {old for old in local.versions if not covers(context, old.dot)}
    assert events_of(state.context) == events_of(local.context) | events_of(context)


def test_a_delete_that_changes_nothing_returns_the_state_itself() -> None:
    state, _ = DVV.update(NOTHING, {}, b"1", "a", 0)
    assert DVV.delete(NOTHING, {}, "a", 0) is NOTHING
    assert DVV.delete(state, {}, "a", 0) is state


def test_a_deleted_value_does_not_come_back_from_an_old_replica() -> None:
    old, _ = DVV.update(NOTHING, {}, b"1", "a", 0)
    deleted = DVV.delete(old, DVV.context(old), "a", 0)
    assert deleted.versions == ()
    assert DVV.merge(old, deleted) is deleted
    assert DVV.merge(deleted, old) is deleted


def test_a_put_concurrent_with_a_delete_survives_it() -> None:
    old, _ = DVV.update(NOTHING, {}, b"1", "a", 0)
    deleted = DVV.delete(old, DVV.context(old), "a", 0)
    put, version = DVV.update(old, DVV.context(old), b"2", "b", 0)
    assert DVV.merge(deleted, put).versions == (version,)


def test_two_blind_puts_through_one_node_are_both_kept() -> None:
    first, _ = DVV.update(NOTHING, {}, b"1", "a", 0)
    both, _ = DVV.update(first, {}, b"2", "a", 0)
    assert [version.value for version in both.versions] == [b"1", b"2"]


def test_siblings_of_interleaved_clients_stay_at_two() -> None:
    """riak_test, sibling_explosion.erl: 100 writes by two clients, each one write behind the other."""
    state = NOTHING
    contexts: list[Vector] = [{}, {}]
    for n in range(100):
        client = n % 2
        state, _ = DVV.update(state, contexts[client], b"%d" % n, "a", n)
        contexts[client] = DVV.context(state)
        assert [version.value for version in state.versions] == [b"%d" % m for m in range(max(0, n - 1), n + 1)]


def test_a_merge_that_loses_on_both_sides_is_a_new_state_of_what_stands() -> None:
    base, _ = DVV.update(NOTHING, {}, b"base", "a", 0)
    one, by_b = DVV.update(base, base.context, b"one", "b", 0)
    other, by_c = DVV.update(base, base.context, b"other", "c", 0)
    merged = DVV.merge(one, other)
    assert merged == Siblings({"a": 1, "b": 1, "c": 1}, (by_b, by_c))


def test_two_values_under_one_dot_are_a_bug_and_not_a_merge() -> None:
    one, other = (Siblings({"a": 1}, (Version("a", 1, value),)) for value in (b"1", b"2"))
    with pytest.raises(AssertionError, match="two versions named"):
        DVV.merge(one, other)
