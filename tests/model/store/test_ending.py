"""Final states: the siblings that the policy leaves, alike at all owners, and nothing anywhere else."""

import pytest

from histories.header import ReplicasHeader, Ring
from histories.replicas import FinalVersion, Replicas, ReplicaState
from model.placement import owners
from model.store.ending import finish
from model.store.reference import Reference
from model.store.terms import Terms

RING = Ring.model_validate(
    {
        "strategy": 3,
        "n": 2,
        "partitions": 3,
        "members": [{"name": f"n{i}", "tokens": [i]} for i in range(3)],
    }
)
OWNERS = owners(RING, b"k")
OTHER = next(name for name in ("n0", "n1", "n2") if name not in OWNERS)
ALL = Terms("all", keeps=True, replaces=True, honest=True, settles=True)
PLAIN = Terms("some", remains=True, settles=True)


def fed(terms, *, deleted=None):
    """One put of "v" that was acknowledged; `deleted`: and how a delete of it ended."""
    reference = Reference(terms)
    reference.invoke(0, 0, "put", "k", "v", {}, ("x", 1))
    reference.acknowledge(0, ("x", 1), {"x": 1})
    if deleted:
        reference.invoke(1, 0, "delete", "k", None, {"x": 1})
        reference.acknowledge(1, None, {}) if deleted == "ok" else reference.unknown(1)
    return reference


def state(node, versions=((("x", 1), "v"),), space="data", owner="", context=(("x", 1),)):
    return ReplicaState(node, "k", space, owner, dict(context), tuple(FinalVersion(*v) for v in versions))


def wrong(reference, states, settled=True):
    header = ReplicasHeader(
        kept="replicas", seed=0, config={}, created_by="tests", code="tests", settled=settled, ring=RING
    )
    return [found.rule for found in finish(reference, Replicas(header, tuple(states), {}, truncated=False))]


def alike(*versions):
    return [state(owner, versions) for owner in OWNERS]


def test_owners_that_hold_just_what_stands_are_right():
    assert wrong(fed(ALL), alike((("x", 1), "v"))) == []


@pytest.mark.parametrize(
    ("states", "rule"),
    [
        (alike(), "no-lost-write"),
        (alike((("x", 1), "w")), "no-invented-value"),
        (alike((("x", 1), "v"), (("y", 1), "w")), "no-invented-value"),
        ([*alike((("x", 1), "v")), state(OTHER)], "placement"),
        ([*alike((("x", 1), "v")), state(OTHER, space="hint", owner=OWNERS[0])], "convergence"),
        ([state(OWNERS[0])], "convergence"),
        ([state(OWNERS[0]), state(OWNERS[1], context=(("x", 1), ("y", 1)))], "convergence"),
    ],
)
def test_whatever_else_they_hold_is_refused(states, rule):
    assert rule in wrong(fed(ALL), states)


def test_a_cluster_that_does_not_come_to_rest_is_refused_where_it_must():
    assert wrong(fed(ALL), alike((("x", 1), "v")), settled=False) == ["convergence"]
    assert wrong(fed(ALL._replace(settles=False)), [state(OTHER)], settled=False) == []


def test_what_was_deleted_must_not_stand_and_what_may_have_been_may_stand_or_not():
    assert "no-false-sibling" in wrong(fed(ALL, deleted="ok"), alike((("x", 1), "v")))
    assert wrong(fed(ALL, deleted="ok"), alike()) == []
    assert wrong(fed(ALL, deleted="info"), alike((("x", 1), "v"))) == []
    assert wrong(fed(ALL, deleted="info"), alike()) == []


def test_at_rest_not_even_one_replica_holds_what_was_deleted():
    told = [state(OWNERS[0], ()), state(OWNERS[1])]
    assert "no-resurrection" in wrong(fed(ALL._replace(settles=False), deleted="ok"), told)


def test_of_puts_that_nobody_deletes_some_stands_under_every_policy():
    assert wrong(fed(PLAIN), alike()) == ["no-lost-write"]
    assert wrong(fed(PLAIN, deleted="info"), alike()) == []
    assert wrong(fed(PLAIN), alike((("x", 1), "v"))) == []
    assert wrong(fed(Terms()), alike()) == [], "nothing is promised beyond recovery"
