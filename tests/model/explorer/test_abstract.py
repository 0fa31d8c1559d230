"""One definition, many engines: interpreter, packed states, columns; and a program that shares nothing with them."""

from dataclasses import replace

import pytest

from benchmarks.plain_register import explore_by_copying
from checkers.proofs.protocol.known import mutant_runs
from checkers.proofs.protocol.mutants import MUTANTS
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE
from model.explorer.abstract import AbstractSystem, CommutingSystem, Lanes, explore_abstract
from model.explorer.explore import explore
from model.explorer.outcome import Bounds
from model.explorer.properties import Eventually

ONE_OWNER = instance({"old": "a"}, r=1, w=1)
REGISTERS = {
    "one put": {"a": ("put",)},
    "put, get": {"a": ("put",), "b": ("get",)},
    "put then get": {"a": ("put", "get")},
}
KNOWN = mutant_runs()
"""What bounded model checking found."""


def naive(protocol, chosen):
    """Full states in a set, stepped by the interpreter: states, transitions, levels."""
    interpreter = Interpreter(protocol, chosen)
    seen, level, transitions, levels = {interpreter.initial}, [interpreter.initial], 0, []
    while level:
        levels.append(len(level))
        following = []
        for state in level:
            for _, after in interpreter.successors(state):
                transitions += 1
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        level = following
    return len(seen), transitions, tuple(levels)


def counts(found):
    return found.states, found.transitions, found.levels


@pytest.mark.parametrize("clients", REGISTERS.values(), ids=REGISTERS)
def test_all_engines_count_the_states_of_the_register_that_an_independent_program_counts(clients):
    chosen = register_instance(clients)
    states, transitions, levels = explore_by_copying(clients)
    assert counts(explore_abstract(REGISTER, chosen)) == (states, transitions, tuple(levels))
    system = AbstractSystem(REGISTER, chosen)
    assert counts(explore(system)) == (states, transitions, tuple(levels))
    assert explore(system, order="depth").states == states
    assert explore(CommutingSystem(REGISTER, chosen), order="depth", sleep=True).states == states


def test_all_engines_count_the_states_of_the_store_that_the_interpreter_counts():
    expected = naive(STORE, ONE_OWNER)
    assert expected[0] == 3200
    found = explore_abstract(STORE, ONE_OWNER)
    assert counts(found) == expected
    assert found.coverage == explore(AbstractSystem(STORE, ONE_OWNER)).coverage
    assert counts(explore(AbstractSystem(STORE, ONE_OWNER))) == expected


def test_the_counts_of_spin_on_the_same_protocol():
    # `python -m benchmarks explore` runs Spin 6.5.2 on benchmarks/register.pml; these are its numbers.
    small = explore_abstract(REGISTER, register_instance(REGISTERS["put, get"]))
    assert (small.states, small.transitions) == (6_318, 25_954)
    middle = explore_abstract(REGISTER, register_instance({"a": ("put", "get"), "b": ("get",)}))
    assert (middle.states, middle.transitions) == (70_322, 340_138)


def test_the_register_and_the_store_keep_their_promises_in_small_scope():
    for protocol, chosen in ((STORE, ONE_OWNER), (REGISTER, register_instance(REGISTERS["put, get"]))):
        found = explore_abstract(protocol, chosen)
        assert found.complete
        assert found.counterexamples == ()
        every = explore_abstract(protocol, chosen, invariants=[named.name for named in protocol.invariants])
        assert every.counterexamples == ()


def test_the_packed_state_is_the_state_of_the_interpreter():
    system = AbstractSystem(STORE, ONE_OWNER)
    state = next(system.initial())
    for _ in range(12):
        rows = system.rows(state)
        assert system.packed(rows) == state
        assert system.decode(system.encode(state)) == state
        expected = list(system.interpreter.successors(rows))
        assert [(step, system.rows(after)) for step, after in system.steps(state)] == expected
        state = next(after for _, after in list(system.steps(state))[::-1] if after != state)


FEW_STATES = frozenset({"no grace for reads", "no grace for writes"})
SHORT = [mutant for mutant in MUTANTS if len(KNOWN[mutant.name]) <= 7 or mutant.name in FEW_STATES]


@pytest.mark.parametrize("mutant", SHORT, ids=[mutant.name for mutant in SHORT])
def test_a_mutant_is_refuted_by_a_run_as_short_as_bounded_model_checking_finds(mutant):
    protocol = mutant.change(STORE)
    if mutant.among:
        protocol = replace(protocol, actions=tuple(a for a in protocol.actions if a.name in mutant.among))
    (found,) = explore_abstract(protocol, mutant.instance, invariants=[mutant.breaks]).counterexamples
    assert len(found.steps) == len(KNOWN[mutant.name])
    system = AbstractSystem(protocol, mutant.instance)
    assert not system.interpreter.holds(system.rows(found.last), protocol.invariant(mutant.breaks).formula)


def test_a_get_that_does_not_write_back_breaks_the_register():
    hasty = REGISTER.without_guard("finish", "quorum")
    chosen = register_instance({"a": ("put",), "b": ("get",)})
    (found,) = explore_abstract(hasty, chosen).counterexamples
    assert found.name == "real time"
    assert [step.label.action for step in found.steps].count("finish") == 1
    (slower,) = explore(AbstractSystem(hasty, chosen), AbstractSystem(hasty, chosen).properties()).counterexamples
    assert len(slower.steps) == len(found.steps)


def test_a_goal_has_a_shortest_witness():
    chosen = register_instance(REGISTERS["put, get"])
    found = explore_abstract(REGISTER, chosen, goals=["seen in passing"])
    assert found.holds
    (witness,) = found.witnesses
    assert witness.name == "seen in passing"
    assert len(witness.steps) == 18
    alone = explore_abstract(REGISTER, register_instance({"b": ("get",)}), goals=["seen in passing"])
    assert alone.unreached == ("seen in passing",)
    assert alone.holds is False


def test_a_run_over_columns_is_executed_by_the_interpreter():
    lanes = Lanes(REGISTER, register_instance(REGISTERS["put, get"]))
    first = lanes.steps.index(next(step for step in lanes.steps if step.step == Step("begin", ("a.put1",))))
    second = lanes.steps.index(next(step for step in lanes.steps if step.step == Step("hear", ("b.get1", "s1"))))
    assert lanes.replay([0, first])[1][0].label == Step("begin", ("a.put1",))
    with pytest.raises(AssertionError, match="refuses"):
        lanes.replay([0, second])


def test_fingerprints_of_one_word_miss_nothing_and_those_of_more_say_their_chance():
    assert explore_abstract(REGISTER, register_instance(REGISTERS["put, get"])).missed == 0
    wide = explore_abstract(STORE, instance({"old": "abc"}, r=2, w=2), Bounds(states=2000))
    assert 0 < wide.missed < 1e-10


def test_a_put_that_has_begun_is_answered_where_messages_arrive_and_clients_do_not_wait_for_ever():
    clients = {"a": ("put",)}
    chosen = register_instance(clients)
    arrives = {name: name for name in ("begin", "answer", "hear", "choose", "store", "acknowledge", "finish")}
    system = AbstractSystem(REGISTER, chosen, fair=arrives)
    done = system.grounding.bits["done", ("a.put1",)]
    asked = [Eventually("answered", lambda state: bool(state >> done & 1))]
    assert explore(system, asked).holds
    lost = replace(REGISTER, actions=tuple(a for a in REGISTER.actions if a.name != "acknowledge"))
    (found,) = explore(AbstractSystem(lost, chosen, fair=arrives), asked).counterexamples
    assert found.reason == "the run ends here"
