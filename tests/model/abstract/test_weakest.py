from random import Random

from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import Relation, Sort, Var, every, free, relations, some
from model.abstract.protocol import Action, grow
from model.abstract.store import STORE
from model.abstract.weakest import after, rename, weakest

TWO = instance({"old": "ab", "new": "bc"}, r=1, w=2, deletes=("del1",))


def scattered(interpreter: Interpreter, chance: Random) -> tuple[int, ...]:
    """Any state at all, reachable or not."""
    sizes = {sort: len(names) for sort, names in interpreter.instance.things.items()}
    state = []
    for relation in STORE.mutable:
        tuples = 1
        for sort in relation.sorts:
            tuples *= sizes[sort.name]
        density = chance.choice((0.1, 0.5, 0.9))
        state.append(sum(1 << bit for bit in range(tuples) if chance.random() < density))
    return tuple(state)


def test_the_weakest_precondition_holds_before_a_step_iff_the_formula_holds_after_it():
    """Of every action and every invariant of the store, in arbitrary states."""
    interpreter = Interpreter(STORE, TWO)
    chance = Random(5)
    held = 0
    for action in STORE.actions:
        written = {update.relation.name for update in action.updates}
        ways = list(interpreter.arguments(action.name))
        for _ in range(3):
            state, args = scattered(interpreter, chance), chance.choice(ways)
            then = interpreter.apply(state, Step(action.name, args))
            given = dict(zip(action.params, args, strict=True))
            for named in (named for named in STORE.invariants if not written.isdisjoint(relations(named.formula))):
                expected = interpreter.holds(then, named.formula)
                assert interpreter.holds(state, after(action, named.formula), given) == expected, (
                    action.name,
                    named.name,
                )
                held += expected
    assert 300 < held < 1300  # neither all nor none


def test_the_initial_values_are_put_in_place_of_relations():
    interpreter = Interpreter(STORE, TWO)
    first = {relation.name: STORE.first(relation) for relation in STORE.mutable}
    chance = Random(6)
    anywhere = scattered(interpreter, chance)
    for named in STORE.invariants:
        assert interpreter.holds(anywhere, weakest(named.formula, first))


THING = Sort("Thing")
x, y, x1 = Var("x", THING), Var("y", THING), Var("x1", THING)
near = Relation("near", (THING, THING), "{0} is near {1}")


def test_bound_variables_never_capture_a_parameter():
    come = Action("come", (x,), (), (grow(near, y, x1, by=near(x, y)),), "{x} comes")
    formula = every(x, y, holds=near(x, y))
    result = after(come, formula)
    assert list(free(result)) == [x]
    assert x not in result.bound


def test_renaming_does_not_capture():
    renamed = rename(some(y, holds=near(x, y)), {x: y})
    assert list(free(renamed)) == [y]
    assert renamed.bound != (y,)
    assert rename(some(x, holds=near(x, y)), {x: y, y: x1}).body.args[1] == x1
