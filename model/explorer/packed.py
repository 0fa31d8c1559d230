"""Conditions and steps on one state that is packed into an integer: its bit number b is bit number b of the state.

They are written as expressions of Python and compiled: a conjunction of bits is one mask and one comparison, a step is
a mask of what it clears, a word of what it sets, and a few shifts; all steps of a state are one function.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from model.abstract.grounding import All, Any, Bit, Condition
from model.abstract.interpreter import Step
from model.abstract.transitions import Transition

Packed = int
Test = Callable[[Packed], bool]
Steps = Callable[[Packed], Iterator[tuple[Step, Packed]]]


def test(condition: Condition) -> Test:
    """Whether a condition holds of a packed state."""
    return cast(Test, _compiled(f"lambda state: {possible(condition)}"))


def steps(transitions: Sequence[Transition]) -> Steps:
    """The steps of a packed state in the order of `transitions`, each with the state after it."""
    lines = ["def steps(state):"]
    for number, one in enumerate(transitions):
        lines += [f" if {possible(one.possible)}:", f"  yield labels[{number}], {after(one)}"]
    lines += [" return", " yield"]  # a generator, also where there is no step at all
    names: dict[str, object] = {"labels": tuple(one.step for one in transitions)}
    exec(compile("\n".join(lines), "<steps>", "exec"), names)  # noqa: S102  # numbers of our own, and operators
    return cast(Steps, names["steps"])


def possible(condition: Condition) -> str:
    """The expression that is true of a `state` of which the condition holds."""
    if condition is True or condition is False:
        return str(condition)
    if isinstance(condition, Bit):
        condition = All((condition,))
    together, parts = isinstance(condition, All), condition.parts
    bits = [part for part in parts if isinstance(part, Bit)]
    terms = []
    if bits:  # all have their values; or not all have the opposite ones
        value = _mask(bit.number for bit in bits if bit.value == together)
        terms.append(f"state & {_mask(bit.number for bit in bits)} {'==' if together else '!='} {value}")
    terms += [f"({possible(part)})" for part in parts if not isinstance(part, Bit)]
    return (" and " if together else " or ").join(terms) or str(together)


def after(transition: Transition) -> str:
    """The expression of the state after a step, of a `state` in which it is possible."""
    clears, sets = 0, 0
    copies: dict[int, int] = {}
    rest: list[str] = []
    for bit, value in transition.becomes:
        also = value.parts if isinstance(value, Any) else (value,)
        if Bit(bit, True) not in also:
            clears |= 1 << bit
        for part in also:
            if isinstance(part, bool):
                sets |= part << bit
            elif isinstance(part, Bit) and part.value:
                if part.number != bit:
                    copies[bit - part.number] = copies.get(bit - part.number, 0) | 1 << part.number
            else:
                rest.append(f"({1 << bit} if {possible(part)} else 0)")
    terms = [f"state & {~clears}" if clears else "state"]
    terms += [str(sets)] if sets else []
    terms += [f"(state & {mask}) {'<<' if left > 0 else '>>'} {abs(left)}" for left, mask in copies.items()]
    return " | ".join([*terms, *rest])


def _compiled(expression: str) -> object:
    return eval(compile(expression, "<condition>", "eval"))  # noqa: S307  # numbers of our own, and operators


def _mask(places: Iterable[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found
