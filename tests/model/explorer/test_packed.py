from model.abstract.grounding import All, Any, Bit
from model.abstract.interpreter import Step
from model.abstract.transitions import Transition
from model.explorer import packed
from model.explorer.packed import move


def test_a_conjunction_of_bits_is_one_comparison_and_the_rest_is_asked_after_it():
    possible = All((Bit(0, True), Bit(3, False), Any((Bit(1, True), Bit(2, True)))))
    step = move(Transition(Step("s", ()), possible, ()))
    assert (step.mask, step.value) == (0b1001, 0b0001)
    assert step.also is not None
    assert [step.also(state) for state in (0b0001, 0b0011, 0b0101)] == [False, True, True]


def test_bits_are_set_cleared_kept_copied_and_computed():
    becomes = (
        (0, True),
        (1, False),
        (2, Any((Bit(2, True), Bit(5, True)))),
        (3, Bit(5, True)),
        (4, All((Bit(5, True), Bit(6, False)))),
    )
    step = move(Transition(Step("s", ()), True, becomes))
    assert step.after(0b0000010) == 0b0000001
    assert step.after(0b0100000) == 0b0111101
    assert step.after(0b1000100) == 0b1000101


def test_constants_hold_always_or_never():
    assert packed.test(True)(0)
    assert not packed.test(False)(0)
