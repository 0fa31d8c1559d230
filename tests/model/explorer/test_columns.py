from random import Random

import numpy as np
import pytest

from model.abstract.grounding import All, Any, Bit, joined
from model.abstract.interpreter import Step
from model.abstract.transitions import Transition
from model.explorer import packed
from model.explorer.columns import Layout, Move, fingerprints

BITS = 90


def condition(chance, depth=2):
    kind = chance.randrange(4 if depth else 1)
    if kind < 2 or not depth:
        return Bit(chance.randrange(BITS), chance.random() < 0.5)
    return joined((condition(chance, depth - 1) for _ in range(chance.randrange(2, 5))), kind == 2)


def gains(bit, wanted):
    return joined(iter((Bit(bit, True), wanted)), False)


def holds(wanted, state):
    match wanted:
        case bool():
            return wanted
        case Bit(number, value):
            return bool(state >> number & 1) == value
        case All(parts):
            return all(holds(part, state) for part in parts)
        case Any(parts):
            return any(holds(part, state) for part in parts)


def rows_of(layout, states):
    rows = [layout.pack({bit: bool(state >> bit & 1) for bit in range(BITS)}) for state in states]
    return np.asfortranarray(np.concatenate(rows))


def state_of(layout, row):
    return sum(value << bit for bit, value in layout.unpack(row).items())


@pytest.mark.parametrize("seed", range(60))
def test_a_condition_means_the_same_of_a_bit_set_of_an_integer_and_of_columns(seed):
    chance = Random(seed)
    wanted = condition(chance, 3)
    known = {bit: chance.random() < 0.5 for bit in chance.sample(range(BITS), 20)}
    layout = Layout(BITS, known)
    fixed = sum(value << bit for bit, value in known.items())
    mask = sum(1 << bit for bit in known)
    states = [chance.getrandbits(BITS) & ~mask | fixed for _ in range(80)]
    expected = [holds(wanted, state) for state in states]
    assert [packed.test(wanted)(state) for state in states] == expected
    assert layout.test(wanted)(rows_of(layout, states)).tolist() == expected


@pytest.mark.parametrize("seed", range(60))
def test_a_step_does_the_same_to_an_integer_and_to_columns(seed):
    chance = Random(seed)
    changed = chance.sample(range(BITS), 6)
    values = [chance.choice([True, False, condition(chance, 2), gains(bit, condition(chance, 1))]) for bit in changed]
    transition = Transition(Step("s", ()), condition(chance, 2), tuple(zip(changed, values, strict=True)))
    layout = Layout(BITS, {})
    states = [chance.getrandbits(BITS) for _ in range(60)]

    def after(before):
        state = before
        for bit, value in transition.becomes:
            state = state & ~(1 << bit) | holds(value, before) << bit
        return state

    expected = [after(state) for state in states]
    one, many = packed.steps([transition._replace(possible=True)]), Move(transition, layout)
    assert [after for state in states for _, after in one(state)] == expected
    rows = rows_of(layout, states)
    assert [state_of(layout, row) for row in many.after(rows)] == expected
    guarded = packed.steps([transition])
    possible = [bool(list(guarded(state))) for state in states]
    assert possible == [holds(transition.possible, state) for state in states] == many.possible(rows).tolist()


def test_bits_with_a_known_value_take_no_room():
    layout = Layout(70, dict.fromkeys(range(10), True))
    assert layout.words == 1
    assert layout.pack(dict.fromkeys(range(10, 70), True))[0, 0] == 2**60 - 1
    assert layout.unpack(layout.pack({12: True})[0]) == {bit: bit < 10 or bit == 12 for bit in range(70)}


def test_rows_of_one_word_have_fingerprints_of_their_own():
    rows = np.arange(100_000, dtype=np.uint64).reshape(-1, 1)
    assert len(np.unique(fingerprints(rows))) == 100_000


def test_every_word_counts_in_a_fingerprint():
    rows = np.array([[1, 2], [2, 1], [1, 3], [0, 2], [3, 0], [0, 3]], np.uint64)
    assert len(np.unique(fingerprints(rows))) == 6
