"""A protocol on a finite instance as propositional formulas: one variable for each tuple of each relation, and for each
step that may be taken.

This is the second engine that executes a protocol; `model.abstract.interpreter` is the first. They share the formulas
and nothing else, and are held against each other in the tests.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from model.abstract.instance import Instance
from model.abstract.interpreter import Step
from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Same, Var
from model.abstract.protocol import Action, Protocol

Names = Mapping[Var, str]
Row = tuple[str, ...]
"""The name of a relation and of the things in one of its tuples."""


class Grounding:
    """Writes formulas of one instance as propositional ones, over a variable for each tuple of each relation."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self.protocol = protocol
        self.instance = instance
        self.before = self._bits("")
        self.after = self._bits("'")

    def _bits(self, mark: str) -> dict[Row, Any]:
        return {
            (relation.name, *chosen): self._z3.Bool(f"{relation.name}({','.join(chosen)}){mark}")
            for relation in self.protocol.mutable
            for chosen in self.tuples(sort.name for sort in relation.sorts)
        }

    def tuples(self, sorts: Iterable[str]) -> Iterator[tuple[str, ...]]:
        yield from product(*(self.instance.things[sort] for sort in sorts))

    def ground(self, formula: Formula, names: Names) -> Any:  # noqa: PLR0911 - one for each form
        """True, False, or a z3 formula over `before`."""
        match formula:
            case Atom(relation, args):
                chosen = tuple(names[arg] for arg in args)
                bit = self.before.get((relation, *chosen))
                return chosen in self.instance.rigid.get(relation, ()) if bit is None else bit
            case Same(left, right):
                return names[left] == names[right]
            case Not(body):
                inner = self.ground(body, names)
                return not inner if isinstance(inner, bool) else self._z3.Not(inner)
            case And(parts):
                return self._all((self.ground(part, names) for part in parts), True)
            case Or(parts):
                return self._all((self.ground(part, names) for part in parts), False)
            case ForAll(bound, body):
                return self._all(self._instances(bound, body, names), True)
            case Exists(bound, body):
                return self._all(self._instances(bound, body, names), False)
        raise AssertionError(formula)

    def _instances(self, bound: tuple[Var, ...], body: Formula, names: Names) -> Iterator[Any]:
        for chosen in self.tuples(var.sort.name for var in bound):
            yield self.ground(body, {**names, **dict(zip(bound, chosen, strict=True))})

    def _all(self, parts: Iterable[Any], neutral: bool) -> Any:
        """The conjunction of `parts` where `neutral` is true, else the disjunction; stops at the first that decides."""
        open_parts = []
        for part in parts:
            if isinstance(part, bool):
                if part != neutral:
                    return part
            else:
                open_parts.append(part)
        if not open_parts:
            return neutral
        if len(open_parts) == 1:
            return open_parts[0]
        return self._z3.And(open_parts) if neutral else self._z3.Or(open_parts)


class Transition:
    """All single steps of an instance: one formula over `before`, `after` and `acts`, exactly one of which is true."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self.grounding = Grounding(protocol, instance)
        self.before = self.grounding.before
        self.after = self.grounding.after
        self.acts: dict[Step, Any] = {}
        """The variable of each step that some state allows."""
        parts: list[Any] = []
        writers: dict[Row, list[tuple[Any, Any]]] = {}
        for action in protocol.actions:
            for chosen in self.grounding.tuples(var.sort.name for var in action.params):
                self._add(action, Step(action.name, chosen), parts, writers)
        for row, old in self.before.items():
            new = self.after[row]
            written = writers.get(row, [])
            parts += [z3.Implies(act, self._equal(new, value)) for act, value in written]
            parts.append(z3.Or([*(act for act, _ in written), new == old]))
        acts = list(self.acts.values())
        self.formula: Any = z3.And([*parts, z3.Or(acts), z3.PbLe([(act, 1) for act in acts], 1)])

    def _add(self, action: Action, step: Step, parts: list[Any], writers: dict[Row, list[tuple[Any, Any]]]) -> None:
        ground = self.grounding.ground
        names = dict(zip(action.params, step.args, strict=True))
        guard = ground(And(tuple(guard.formula for guard in action.guards)), names)
        if guard is False:
            return
        act = self.acts[step] = self._z3.Bool(f"{action.name}({','.join(step.args)})!")
        if guard is not True:
            parts.append(self._z3.Implies(act, guard))
        for update in action.updates:
            for chosen in self.grounding.tuples(var.sort.name for var in update.bound):
                value = ground(update.formula, {**names, **dict(zip(update.bound, chosen, strict=True))})
                row = (update.relation.name, *chosen)
                if value is not self.before[row]:
                    writers.setdefault(row, []).append((act, value))

    def _equal(self, new: Any, value: Any) -> Any:
        if isinstance(value, bool):
            return new if value else self._z3.Not(new)
        return new == value

    def first(self) -> dict[Row, bool]:
        """The initial state."""
        known = {relation.name: self.grounding.protocol.first(relation) for relation in self.grounding.protocol.mutable}
        values = {}
        for name, *chosen in self.before:
            update = known[name]
            value = self.grounding.ground(update.formula, dict(zip(update.bound, chosen, strict=True)))
            assert isinstance(value, bool), f"the initial value of {name} is not rigid"
            values[(name, *chosen)] = value
        return values
