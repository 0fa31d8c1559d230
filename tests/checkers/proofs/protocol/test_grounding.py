from random import Random

import z3

from checkers.proofs.protocol.grounding import Grounding, Transition
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.store import STORE

SMALL = instance({"old": "a", "new": "b"}, r=1, w=1)
DELETING = instance({"old": "ab"}, r=1, w=2, deletes=("del1",))


def facts(interpreter, variables, state):
    """The literals that say that `variables` have the values of `state`."""
    values = {relation.name: interpreter.value(state, relation.name) for relation in STORE.mutable}
    return [bit if tuple(row) in values[name] else z3.Not(bit) for (name, *row), bit in variables.items()]


def test_both_engines_take_the_same_steps_from_the_same_states_to_the_same_states(walk):
    """In reachable states, and in states that nothing reaches: every step that the interpreter takes satisfies the
    formula with exactly the state after it, and the formula allows no other step."""
    chance = Random(11)
    taken = refused = 0
    for seed, chosen in enumerate((SMALL, DELETING)):
        interpreter, transition = Interpreter(STORE, chosen), Transition(STORE, chosen)
        solver = z3.SolverFor("QF_FD")
        solver.add(transition.formula)
        reached = list(walk(interpreter, seed, 24))[::6]
        strange = [tuple(row ^ (chance.getrandbits(3) & chance.getrandbits(3)) for row in state) for state in reached]
        for state in (*reached, *strange):
            before = facts(interpreter, transition.before, interpreter.state(values(interpreter, state)))
            possible = dict(interpreter.successors(state))
            assert set(possible) <= set(transition.acts)
            for step, act in transition.acts.items():
                answer = solver.check(*before, act)
                assert (answer == z3.sat) == (step in possible), step
                if step in possible:
                    after = facts(interpreter, transition.after, possible[step])
                    assert solver.check(*before, act, z3.Not(z3.And(after))) == z3.unsat, step
                    taken += 1
                else:
                    refused += 1
    assert taken > 150
    assert refused > 500


def values(interpreter, state):
    return {relation.name: interpreter.value(state, relation.name) for relation in STORE.mutable}


def test_the_initial_state_is_that_of_the_interpreter():
    interpreter, transition = Interpreter(STORE, SMALL), Transition(STORE, SMALL)
    expected = values(interpreter, interpreter.initial)
    assert all(held == (tuple(row) in expected[name]) for (name, *row), held in transition.first().items())


def test_a_formula_is_decided_as_far_as_it_is_rigid():
    grounding = Grounding(STORE, SMALL)
    for axiom in STORE.axioms:
        assert grounding.ground(axiom.formula, {}) is True
    assert not isinstance(grounding.ground(STORE.invariant("fresh reads").formula, {}), bool)


def test_a_step_that_no_state_allows_has_no_variable():
    transition = Transition(STORE, SMALL)
    assert Step("put", ("put1", "a", "old", "get1")) in transition.acts
    assert Step("put", ("put1", "a", "new", "get1")) not in transition.acts
