from itertools import product

import pytest

from model.abstract.grounding import All, Any, Bit, Grounding, given, joined, required
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE

INSTANCES = (
    (STORE, instance({"old": "ab"}, r=1, w=2, deletes=("del1",))),
    (REGISTER, register_instance({"a": ("put",), "b": ("get",)})),
)


def holds(condition, state):
    match condition:
        case bool():
            return condition
        case Bit(number, value):
            return bool(state >> number & 1) == value
        case All(parts):
            return all(holds(part, state) for part in parts)
        case Any(parts):
            return any(holds(part, state) for part in parts)


@pytest.mark.parametrize(("protocol", "chosen"), INSTANCES, ids=["store", "register"])
def test_a_grounded_formula_holds_where_the_interpreter_says_that_the_formula_does(protocol, chosen, walk):
    interpreter, grounding = Interpreter(protocol, chosen), Grounding(protocol, chosen)
    named = [(one.name, one.formula) for one in (*protocol.invariants, *protocol.goals)]
    conditions = {name: (grounding.ground(f, {}), grounding.ground(f, {}, False), f) for name, f in named}
    answers = set()
    for state in list(walk(interpreter, 3, 40))[::4]:
        packed = 0
        for (relation, names), bit in grounding.bits.items():
            packed |= (names in interpreter.value(state, relation)) << bit
        for name, (condition, denied, formula) in conditions.items():
            answer = interpreter.holds(state, formula)
            answers.add((name, answer))
            assert holds(condition, packed) is answer
            assert holds(denied, packed) is not answer
    assert {answer for _, answer in answers} == {True, False}


def test_bits_are_numbered_as_the_interpreter_packs_them():
    chosen = INSTANCES[0][1]
    interpreter, grounding = Interpreter(STORE, chosen), Grounding(STORE, chosen)
    offset = 0
    for at, relation in enumerate(STORE.mutable):
        tuples = [names for name, names in grounding.bits if name == relation.name]
        for place, names in enumerate(tuples):
            assert interpreter.state({relation.name: frozenset({names})})[at] == 1 << place
            assert grounding.bits[relation.name, names] == offset + place
        offset += len(tuples)


def test_joining_simplifies_constants_repetitions_and_contradictions():
    one, other = Bit(1, True), Bit(2, False)
    assert joined(iter([one, True, one]), True) == one
    assert joined(iter([one, False]), True) is False
    assert joined(iter([one, Bit(1, False)]), True) is False
    assert joined(iter([one, Bit(1, False)]), False) is True
    assert joined(iter([]), True) is True
    assert joined(iter([]), False) is False
    assert joined(iter([All((one, other)), one]), True) == All((one, other))


def test_known_bits_are_put_in_and_required_bits_are_read_off():
    condition = All((Bit(1, True), Any((Bit(2, True), Bit(3, False)))))
    for values in product((False, True), repeat=3):
        state = sum(value << bit for bit, value in zip((1, 2, 3), values, strict=True))
        for known in ({}, {1: values[0]}, {2: values[1], 3: values[2]}):
            assert holds(given(condition, known), state) == holds(condition, state)
    assert given(condition, {1: True, 3: False}) is True
    assert required(condition) == {1: True}
    assert required(Bit(4, False)) == {4: False}
    assert required(True) == {}
