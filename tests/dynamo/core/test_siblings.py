"""Sibling sets as values, and the laws that every versioning policy keeps over the states that can be reached.

The states come from random runs: three replicas, two clients, messages that arrive late or twice. Each policy is held
against an order that is written here from its definition, so the merge is judged as a least upper bound by brute
force over the whole run and not by itself.
"""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.classic import PlainVectors
from dynamo.core.dotted import DottedVectors
from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.core.vector import Vector, covers, descends
from dynamo.core.versioning import Versioning

POLICIES: tuple[Versioning, ...] = (DottedVectors(), PlainVectors(), LastWriterWins())
each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(("get", "put", "put", "blind", "delete", "deliver", "deliver")),
        st.integers(0, 2),
        st.integers(0, 20),
    ),
    min_size=8,
    max_size=18,
)


def reached(policy: Versioning, run: list[Step]) -> list[Siblings]:
    """Every state that some replica had in a run, in order."""
    replicas = [NOTHING] * 3
    clients: list[Vector] = [{}, {}]
    states = [NOTHING]
    for n, (kind, at, pick) in enumerate(run):
        client, stamp_us = pick % 2, n * 7 % 5  # stamps are skewed and tie
        actor = f"put{n}" if policy.actor_per_put else "abc"[at]
        if kind == "get":
            clients[client] = policy.context(replicas[at])
            continue
        if kind == "deliver":
            replicas[at] = policy.merge(replicas[at], states[pick % len(states)])
        elif kind == "delete":
            replicas[at] = policy.delete(replicas[at], clients[client], actor, stamp_us)
        else:
            context = clients[client] if kind == "put" else {}
            replicas[at], _ = policy.update(replicas[at], context, b"%d" % n, actor, stamp_us)
        states.append(replicas[at])
    return states


def dvv_below(one: Siblings, other: Siblings) -> bool:
    """`other` has seen what `one` has, and still has no version that `one` replaced."""
    return descends(other.context, one.context) and all(
        version in one.versions or not covers(one.context, version.dot) for version in other.versions
    )


def vv_below(one: Siblings, other: Siblings) -> bool:
    """Every clock of `one` is descended by a clock of `other`."""
    return all(any(descends(dict(late.clock), dict(v.clock)) for late in other.versions) for v in one.versions)


def lww_below(one: Siblings, other: Siblings) -> bool:
    """The winner of `one` is no later than the winner of `other`."""
    return [(v.stamp_us, v.dot) for v in one.versions] <= [(v.stamp_us, v.dot) for v in other.versions]


BELOW: dict[str, Callable[[Siblings, Siblings], bool]] = {"dvv": dvv_below, "vv": vv_below, "lww": lww_below}


@each_policy
@settings(max_examples=150, deadline=None)
@given(run=steps)
def test_merge_is_commutative_and_idempotent(policy: Versioning, run: list[Step]) -> None:
    states = reached(policy, run)
    for one, other in product(states, repeat=2):
        assert policy.merge(one, other) == policy.merge(other, one)
    for state in states:
        assert policy.merge(state, Siblings(dict(state.context), state.versions)) is state


@each_policy
@settings(max_examples=60, deadline=None)
@given(run=steps)
def test_merge_is_associative(policy: Versioning, run: list[Step]) -> None:
    states = list(dict.fromkeys(reached(policy, run)))[-9:]
    merge = policy.merge
    for one, other, third in product(states, repeat=3):
        assert merge(merge(one, other), third) == merge(one, merge(other, third))


@each_policy
@settings(max_examples=60, deadline=None)
@given(run=steps)
def test_merge_is_the_least_upper_bound(policy: Versioning, run: list[Step]) -> None:
    below = BELOW[policy.name]
    states = list(dict.fromkeys(reached(policy, run)))
    for one, other in product(states[-9:], repeat=2):
        merged = policy.merge(one, other)
        assert below(one, merged)
        assert below(other, merged)
        for bound in states:
            if below(one, bound) and below(other, bound):
                assert below(merged, bound)


@each_policy
@settings(max_examples=150, deadline=None)
@given(run=steps)
def test_states_that_are_below_each_other_are_equal(policy: Versioning, run: list[Step]) -> None:
    below = BELOW[policy.name]
    for one, other in product(reached(policy, run), repeat=2):
        assert (below(one, other) and below(other, one)) == (one == other)


@each_policy
@settings(max_examples=150, deadline=None)
@given(run=steps)
def test_merge_returns_an_argument_itself_where_it_equals_the_result(policy: Versioning, run: list[Step]) -> None:
    for one, other in product(reached(policy, run), repeat=2):
        merged = policy.merge(one, other)
        if merged == one:
            assert merged is one
        elif merged == other:
            assert merged is other


@each_policy
@settings(max_examples=150, deadline=None)
@given(run=steps)
def test_states_only_grow(policy: Versioning, run: list[Step]) -> None:
    below = BELOW[policy.name]
    for state, n in product(reached(policy, run), range(3)):
        actor = "abc"[n]
        put, version = policy.update(state, policy.context(state), b"x", actor, 3)
        assert below(state, put)
        assert below(state, policy.delete(state, policy.context(state), actor, 3))
        assert version.dot not in {v.dot for v in state.versions}


@each_policy
@settings(max_examples=150, deadline=None)
@given(run=steps)
def test_versions_are_sorted_distinct_and_covered_by_their_context(policy: Versioning, run: list[Step]) -> None:
    for state in reached(policy, run):
        dots = [version.dot for version in state.versions]
        assert dots == sorted(set(dots))
        assert all(covers(state.context, dot) for dot in dots)


@each_policy
def test_everybody_who_saw_the_siblings_may_replace_them(policy: Versioning) -> None:
    one, _ = policy.update(NOTHING, {}, b"1", "a", 1)
    other, _ = policy.update(NOTHING, {}, b"2", "b", 2)
    both = policy.merge(one, other)
    resolved, version = policy.update(both, policy.context(both), b"3", "c", 3)
    assert resolved.versions == (version,)
    assert policy.delete(both, policy.context(both), "c", 3).live == ()


texts = st.text(max_size=3)
versions = st.builds(Version, st.sampled_from("ab"), st.integers(1, 2), st.sampled_from((None, b"", b"1")))
siblings = st.builds(
    Siblings, st.dictionaries(texts, st.integers(1, 2), max_size=2), st.lists(versions, max_size=2).map(tuple)
)


@given(siblings, siblings)
def test_digests_are_equal_exactly_where_contents_are(one: Siblings, other: Siblings) -> None:
    same = dict(one.context) == dict(other.context) and one.versions == other.versions
    assert (one == other) == same
    assert (one.digest == other.digest) == same
    assert len(one.digest) == 16


def test_the_order_of_a_context_never_shows() -> None:
    one, other = Siblings({"a": 1, "b": 2}, ()), Siblings({"b": 2, "a": 1}, ())
    assert one == other
    assert one.digest == other.digest
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "change", [{"value": b"2"}, {"value": None}, {"stamp_us": 1}, {"clock": (("a", 1),)}, {"counter": 2}]
)
def test_every_field_of_a_version_shows_in_the_digest(change: dict[str, object]) -> None:
    version = Version("a", 1, b"1")
    assert Siblings({}, (version,)).digest != Siblings({}, (version._replace(**change),)).digest  # type: ignore[arg-type]


def test_live_leaves_tombstones_out() -> None:
    put, tombstone = Version("a", 1, b""), Version("b", 1, None)
    assert Siblings({}, (put, tombstone)).live == (put,)
    assert Siblings({}, (tombstone,)).live == ()
    assert Siblings({}, (put,)).live == (put,)


def test_a_sibling_set_equals_nothing_but_a_sibling_set() -> None:
    assert Siblings({}, ()) == NOTHING
    assert NOTHING != ()
    assert Siblings({"a": 1}, ()) != NOTHING


def test_a_sibling_set_prints_its_context_and_its_dots() -> None:
    assert repr(Siblings({"a": 2}, (Version("a", 2, b"x"),))) == "Siblings({'a': 2}, [a/2=b'x'])"
