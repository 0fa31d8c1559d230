from random import Random

from model.abstract.grounding import All, Any, Bit, joined
from model.abstract.interpreter import Step
from model.abstract.transitions import Transition
from model.explorer import packed
from model.explorer.packed import after, possible, steps


def holds(condition, state):
    """Straight from what a condition means."""
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, Bit):
        return bool(state >> condition.number & 1) == condition.value
    truths = [holds(part, state) for part in condition.parts]
    return all(truths) if isinstance(condition, All) else any(truths)


def drawn(chance, depth=3):
    if depth == 0 or chance.random() < 0.3:
        return Bit(chance.randrange(6), chance.random() < 0.5)
    return joined((drawn(chance, depth - 1) for _ in range(chance.randrange(2, 4))), chance.random() < 0.5)


def test_a_conjunction_of_bits_is_one_comparison_and_the_rest_is_asked_after_it():
    condition = All((Bit(0, True), Bit(3, False), Any((Bit(1, True), Bit(2, True)))))
    assert possible(condition) == "state & 9 == 1 and (state & 6 != 0)"


def test_conditions_mean_what_they_say():
    chance = Random(7)
    for _ in range(300):
        condition = drawn(chance)
        asked = packed.test(condition)
        assert [asked(state) for state in range(64)] == [holds(condition, state) for state in range(64)]


def test_bits_are_set_cleared_kept_copied_and_computed():
    becomes = (
        (0, True),
        (1, False),
        (2, Any((Bit(2, True), Bit(5, True)))),
        (3, Bit(5, True)),
        (4, All((Bit(5, True), Bit(6, False)))),
    )
    label = Step("s", ())
    taken = steps([Transition(label, True, becomes)])
    assert list(taken(0b0000010)) == [(label, 0b0000001)]
    assert list(taken(0b0100000)) == [(label, 0b0111101)]
    assert list(taken(0b1000100)) == [(label, 0b1000101)]


def test_steps_become_what_their_conditions_say():
    chance = Random(9)
    for _ in range(300):
        bits = chance.sample(range(6), 3)
        one = Transition(Step("s", ()), drawn(chance), tuple((bit, drawn(chance, 2)) for bit in bits))
        taken = steps([one])
        for state in range(64):
            meant = state
            for bit, condition in one.becomes:
                meant = meant & ~(1 << bit) | holds(condition, state) << bit
            assert list(taken(state)) == ([(one.step, meant)] if holds(one.possible, state) else [])


def test_steps_come_in_the_order_of_their_transitions_and_there_may_be_none():
    labels = [Step(name, ()) for name in "abc"]
    ordered = steps([Transition(label, Bit(0, True), ((1, True),)) for label in labels])
    assert [label for label, _ in ordered(1)] == labels
    assert list(ordered(0)) == []
    assert list(steps([])(1)) == []


def test_what_keeps_every_bit_is_the_state_itself():
    assert after(Transition(Step("s", ()), True, ())) == "state"


def test_constants_hold_always_or_never():
    assert packed.test(True)(0)
    assert not packed.test(False)(0)
