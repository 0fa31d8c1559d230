import pytest

from model.abstract.grounding import All, Any, Bit, Grounding
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE
from model.abstract.transitions import constants, transitions

INSTANCES = (
    (STORE, instance({"old": "ab"}, r=1, w=2, deletes=("del1",))),
    (STORE, instance({"old": "a", "new": "b"}, r=1, w=1)),
    (REGISTER, register_instance({"a": ("put",), "b": ("get",)})),
)


def holds(condition, state):
    match condition:
        case bool():
            return condition
        case Bit(number, value):
            return (number in state) == value
        case All(parts):
            return all(holds(part, state) for part in parts)
        case Any(parts):
            return any(holds(part, state) for part in parts)


def bits(grounding, interpreter, state):
    return {
        grounding.bits[relation.name, names]
        for relation in grounding.protocol.mutable
        for names in interpreter.value(state, relation.name)
    }


def after(transition, state):
    changed = {bit: holds(value, state) for bit, value in transition.becomes}
    return {bit for bit in state if changed.get(bit, True)} | {bit for bit, value in changed.items() if value}


@pytest.mark.parametrize(("protocol", "chosen"), INSTANCES, ids=["delete", "change", "register"])
def test_transitions_are_the_steps_of_the_interpreter_in_its_order(protocol, chosen, walk):
    interpreter, grounding = Interpreter(protocol, chosen), Grounding(protocol, chosen)
    steps = list(transitions(grounding))
    for state in walk(interpreter, 5, 30):
        here = bits(grounding, interpreter, state)
        found = [(one.step, after(one, here)) for one in steps if holds(one.possible, here)]
        expected = [(step, bits(grounding, interpreter, then)) for step, then in interpreter.successors(state)]
        assert found == expected


@pytest.mark.parametrize(("protocol", "chosen"), INSTANCES, ids=["delete", "change", "register"])
def test_constant_bits_keep_their_value_on_every_run(protocol, chosen, walk):
    interpreter, grounding = Interpreter(protocol, chosen), Grounding(protocol, chosen)
    first = bits(grounding, interpreter, interpreter.initial)
    known = constants(grounding, list(transitions(grounding)), {bit: bit in first for bit in grounding.bits.values()})
    assert known
    for seed in range(3):
        for state in walk(interpreter, seed, 40):
            here = bits(grounding, interpreter, state)
            assert {bit: bit in here for bit in known} == known


def test_without_a_second_list_nothing_of_a_change_can_happen():
    chosen = instance({"old": "ab"}, r=1, w=2)
    interpreter, grounding = Interpreter(STORE, chosen), Grounding(STORE, chosen)
    first = bits(grounding, interpreter, interpreter.initial)
    known = constants(grounding, list(transitions(grounding)), {bit: bit in first for bit in grounding.bits.values()})
    assert {grounding.bits[name, ()] for name in ("prep", "flip", "fin")} <= set(known)
    assert grounding.bits["started", ("put1",)] not in known
