import pytest

from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import Var
from model.abstract.store import STORE
from model.abstract.vocabulary import NODE, WRITE, dur, n, w

ONE = instance({"old": "ab"}, r=1, w=2)


def test_the_initial_state_has_the_first_list_in_force_and_nothing_else():
    interpreter = Interpreter(STORE, ONE)
    filled = {r.name for r in STORE.mutable if interpreter.value(interpreter.initial, r.name)}
    assert filled == {"cur", "used", "member"}
    assert interpreter.value(interpreter.initial, "member") == {("a",), ("b",)}


def test_a_step_happens_only_where_its_guards_hold():
    interpreter = Interpreter(STORE, ONE)
    assert interpreter.broken(interpreter.initial, Step("store", ("a", "put1"))) == ("sent",)
    assert interpreter.broken(interpreter.initial, Step("put", ("put1", "a", "old", "get1"))) == ()


def test_a_step_changes_what_it_updates_and_nothing_else():
    interpreter = Interpreter(STORE, ONE)
    step = Step("put", ("put1", "a", "old", "get1"))
    after = interpreter.apply(interpreter.initial, step)
    written = {update.relation.name for update in STORE.action("put").updates}
    changed = {r.name for r, old, new in zip(STORE.mutable, interpreter.initial, after, strict=True) if old != new}
    assert changed == {"started", "coord", "home", "alive", "needs", "has", "sent"}
    assert changed <= written
    assert interpreter.value(after, "has") == {("a", "put1")}


def test_successors_are_exactly_the_possible_steps_in_order():
    interpreter = Interpreter(STORE, ONE)
    steps = [step for step, _ in interpreter.successors(interpreter.initial)]
    everything = [Step(a.name, args) for a in STORE.actions for args in interpreter.arguments(a.name)]
    assert steps == [step for step in everything if not interpreter.broken(interpreter.initial, step)]
    assert all(
        after == interpreter.apply(interpreter.initial, step)
        for step, after in interpreter.successors(interpreter.initial)
    )


def test_values_and_states_are_inverse():
    interpreter = Interpreter(STORE, ONE)
    rows = {"has": frozenset({("a", "put1")}), "conf": frozenset({("a", "b"), ("b", "b")})}
    state = interpreter.state(rows)
    assert interpreter.value(state, "has") == rows["has"]
    assert interpreter.value(state, "conf") == rows["conf"]
    assert interpreter.value(state, "dur") == frozenset()


def test_a_formula_is_asked_of_given_things():
    interpreter = Interpreter(STORE, ONE)
    state = interpreter.state({"dur": frozenset({("b", "put1")})})
    assert interpreter.holds(state, dur(n, w), {n: "b", w: "put1"})
    assert not interpreter.holds(state, dur(n, w), {n: "a", w: "put1"})
    assert interpreter.holds(
        state, dur(Var("k", NODE), Var("u", WRITE)), {Var("u", WRITE): "put1", Var("k", NODE): "b"}
    )


def test_an_instance_that_breaks_an_axiom_is_refused():
    with pytest.raises(ValueError, match="quorums meet"):
        Interpreter(STORE, instance({"old": "ab"}, r=1, w=1))
