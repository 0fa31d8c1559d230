from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import free, relations
from model.abstract.store import STORE


def test_every_closed_formula_of_the_store_is_closed():
    for named in (*STORE.axioms, *STORE.invariants, *STORE.goals):
        assert free(named.formula) == {}, named.name


def test_names_are_unique_and_relations_declared():
    for things in (STORE.relations, STORE.actions, STORE.invariants, STORE.axioms, STORE.goals, STORE.sorts):
        names = [thing.name for thing in things]
        assert len(names) == len(set(names))
    declared = {relation.name for relation in STORE.relations}
    for named in (*STORE.axioms, *STORE.invariants, *STORE.goals):
        assert declared.issuperset(relations(named.formula))
    for action in STORE.actions:
        for part in (*action.guards, *action.updates):
            assert declared.issuperset(relations(part.formula))


def test_axioms_and_initial_values_speak_of_rigid_relations_only():
    rigid = {relation.name for relation in STORE.rigid}
    for part in (*STORE.axioms, *STORE.initial):
        assert rigid.issuperset(relations(part.formula))


def test_every_mutable_relation_is_written_and_every_relation_is_read():
    written = {update.relation.name for action in STORE.actions for update in action.updates}
    assert written == {relation.name for relation in STORE.mutable}
    parts = [part for action in STORE.actions for part in (*action.guards, *action.updates)]
    asked = {
        name for part in (*parts, *STORE.invariants, *STORE.axioms, *STORE.initial) for name in relations(part.formula)
    }
    assert asked == {relation.name for relation in STORE.relations}


def test_every_action_tells_what_happened_with_its_parameters():
    for action in STORE.actions:
        given = {var.name: f"<{var.name}>" for var in action.params}
        assert "{" not in action.says.format(**given)


def test_all_invariants_hold_along_random_runs(walk):
    """Of small instances: a proof that found otherwise would be wrong."""
    seen = set()
    for seed, chosen in enumerate(
        (
            instance({"old": "ab", "new": "bc"}, r=1, w=2, deletes=("del1",), reads=("get1", "get2")),
            instance({"old": "a", "new": "b"}, r=1, w=1, nodes="f"),
            instance({"old": "abc"}, r=2, w=2, deletes=("del1",), nodes="f"),
        )
    ):
        interpreter = Interpreter(STORE, chosen)
        for state in walk(interpreter, seed, 60):
            seen.add(state)
            assert [n.name for n in STORE.invariants if not interpreter.holds(state, n.formula)] == []
    assert len(seen) > 120


def test_an_invariant_that_is_not_one_is_seen_to_break():
    """A control of the test before: without its guard a disk is not waited for."""
    interpreter = Interpreter(STORE.without_guard("replicate", "durable"), instance({"old": "a"}, r=1, w=1))
    state = interpreter.initial
    for step in (
        Step("put", ("put1", "a", "old", "get1")),
        Step("replicate", ("put1", "a")),
        Step("complete", ("put1",)),
    ):
        assert interpreter.broken(state, step) == ()
        state = interpreter.apply(state, step)
    assert not interpreter.holds(state, STORE.invariant("no lost write").formula)
