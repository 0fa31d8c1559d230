"""The reference model allows exactly what the promises allow: held against every execution of tiny histories."""

import pytest

from histories.header import ReplicasHeader
from histories.replicas import FinalVersion, Replicas, ReplicaState
from model.store.ending import allowed, finish
from model.store.reference import Reference
from model.store.terms import Terms
from tests.model.store.executions import Event, Tiny

EXECUTIONS, BRUTE, ENDINGS = 300, 60, 100

DOTTED = Terms("all", keeps=True, replaces=True, honest=True)
FRESH = DOTTED._replace(meets=True)


def value(dot):
    return f"{dot[0]}{dot[1]}"


def fed(events: list[Event], terms: Terms, names_known: bool = True, replace: Event | None = None) -> Reference:
    reference = Reference(terms, names_known=names_known)
    for event in events:
        op = event.op
        if replace is not None and event.ends and op is replace.op:
            event = replace  # noqa: PLW2901 - that is the point
        if not event.ends:
            written = None if op.kind != "put" else value(op.dot) if op.dot else "never"
            name = op.dot if names_known else None
            reference.invoke(op.number, op.number, op.kind, "k", written, op.context, name)
        elif op.kind == "get":
            reference.answer(op.number, {dot: value(dot) for dot in event.shown}, event.context)
        elif op.fate == "ok":
            reference.acknowledge(op.number, op.dot, op.context)
        else:
            (reference.fail if op.fate == "fail" else reference.unknown)(op.number)
    return reference


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("names_known", [True, False])
def test_every_history_that_an_abstract_store_can_have_is_allowed(fresh, names_known):
    for seed in range(EXECUTIONS):
        tiny = Tiny(seed, fresh)
        assert fed(tiny.events, FRESH if fresh else DOTTED, names_known).refusals == [], seed


@pytest.mark.parametrize("fresh", [False, True])
def test_of_all_answers_to_the_last_get_exactly_those_are_allowed_that_some_execution_gives(fresh):
    allowed_count = refused = 0
    for seed in range(BRUTE):
        tiny = Tiny(seed, fresh, steps=11)
        ends = [at for at, event in enumerate(tiny.events) if event.ends and event.op.kind == "get"]
        if not ends:
            continue
        at = ends[-1]
        get = tiny.events[at].op
        explained = tiny.explained(get, at)
        for shown, context in tiny.answers(at):
            other = Event(get, ends=True, shown=shown, context=context)
            found = fed(tiny.events, FRESH if fresh else DOTTED, replace=other).refusals
            expected = (shown, tuple(sorted(context.items()))) in explained
            if fresh and not found and tiny.forgets(get, context):
                continue  # what was replaced before is not remembered, so what a reader forgot of it is not asked for
            assert (not found) == expected, (seed, shown, context, found, tiny.events)
            allowed_count += expected
            refused += not expected
    assert allowed_count > 200
    assert refused > 2000


@pytest.mark.parametrize("fresh", [False, True])
def test_of_all_final_states_exactly_those_are_allowed_that_some_subset_of_the_unknown_operations_explains(fresh):
    wrong = 0
    for seed in range(ENDINGS):
        tiny = Tiny(seed, fresh)
        endings = tiny.endings()
        for shown in {shown for shown, _ in tiny.answers(0)}:
            reference = fed(tiny.events, FRESH if fresh else DOTTED)
            states = [ReplicaState("n1", "k", "data", "", {}, tuple(FinalVersion(d, value(d)) for d in sorted(shown)))]
            found = finish(reference, Replicas(HEADER, tuple(states), {}, truncated=False))
            assert (not found) == (shown in endings), (seed, shown, found, tiny.events)
            wrong += bool(found)
        if not fresh:
            listed = [frozenset(siblings) for siblings in allowed(reference.keys["k"])]
            assert set(listed) == endings
            assert len(set(listed)) == len(listed)
    assert wrong > 100


HEADER = ReplicasHeader(kept="replicas", seed=0, config={}, created_by="tests", code="tests", settled=False)
