"""Formulas as Python functions over a finite state.

A row is an integer: the value of one relation, where bit number i0 + |S0|*i1 + ... stands for the tuple of the things
with these numbers. Mutable rows come with the state, rigid ones are known beforehand.
"""

from collections.abc import Callable, Mapping
from itertools import product

from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Same, Var

State = tuple[int, ...]
Env = list[int]
"""The number of the thing that each variable stands for, by the variable's slot."""
Test = Callable[[State, Env], bool]


class Evaluation:
    """Compiles formulas for one instance."""

    def __init__(self, sizes: Mapping[str, int], rows: Mapping[str, int], rigid: Mapping[str, int]) -> None:
        self.sizes = sizes
        """How many things each sort has."""
        self.rows = rows
        """The place of each mutable relation in a state."""
        self.rigid = rigid
        self.width = 0
        """The slots that the widest formula so far needs."""

    def compile(self, formula: Formula, slots: Mapping[Var, int]) -> Test:  # noqa: PLR0911 - one for each form
        """`formula` as a function, with its free variables at `slots`; bound ones get slots above them."""
        self.width = max(self.width, len(slots))
        match formula:
            case Atom(relation, args):
                return self._atom(relation, args, slots)
            case Same(left, right):
                one, other = slots[left], slots[right]
                return lambda _, env: env[one] == env[other]
            case Not(body):
                inner = self.compile(body, slots)
                return lambda state, env: not inner(state, env)
            case And(parts):
                tests = tuple(self.compile(part, slots) for part in parts)
                return lambda state, env: all(test(state, env) for test in tests)
            case Or(parts):
                tests = tuple(self.compile(part, slots) for part in parts)
                return lambda state, env: any(test(state, env) for test in tests)
            case ForAll(bound, body):
                counter = self._some(bound, ~body, slots)
                return lambda state, env: not counter(state, env)
            case Exists(bound, body):
                return self._some(bound, body, slots)
        raise AssertionError(formula)

    def _atom(self, relation: str, args: tuple[Var, ...], slots: Mapping[Var, int]) -> Test:
        places, stride = [], 1
        for arg in args:
            places.append((slots[arg], stride))
            stride *= self.sizes[arg.sort.name]
        if relation in self.rigid:
            known = self.rigid[relation]
            return lambda _, env: bool(known >> sum([env[slot] * step for slot, step in places]) & 1)
        row = self.rows[relation]
        return lambda state, env: bool(state[row] >> sum([env[slot] * step for slot, step in places]) & 1)

    def _some(self, bound: tuple[Var, ...], body: Formula, slots: Mapping[Var, int]) -> Test:
        first = len(slots)
        # A bound variable that shadows another keeps the other's slot occupied: slots are never shared.
        inner = {Var(f"{var.name} ", var.sort) if var in bound else var: slot for var, slot in slots.items()}
        inner.update({var: first + at for at, var in enumerate(bound)})
        test = self.compile(body, inner)
        ranges = [range(self.sizes[var.sort.name]) for var in bound]
        last = first + len(bound)

        def some(state: State, env: Env) -> bool:
            for chosen in product(*ranges):
                env[first:last] = chosen
                if test(state, env):
                    return True
            return False

        return some
