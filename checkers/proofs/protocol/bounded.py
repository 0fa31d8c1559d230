"""Bounded checking: the shortest run of a finite instance from its initial state to a state that breaks a formula.

The steps of the instance become one propositional formula over "the state before" and "the state after"; copies of it
are chained until the target can be met (Biere et al. 1999, "Symbolic model checking without BDDs"). Every shorter
length has then been refuted, so the run is as short as any run of this instance.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from model.abstract.instance import Instance
from model.abstract.interpreter import Step
from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Same, Var
from model.abstract.protocol import Protocol

Names = Mapping[Var, str]


class Grounding:
    """Writes formulas of one instance as propositional ones, over a variable for each tuple of each relation."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self.protocol = protocol
        self.instance = instance
        self.before = self._bits("")
        self.after = self._bits("'")

    def _bits(self, mark: str) -> dict[tuple[str, ...], Any]:
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


class Chain:
    """The runs of an instance, as a z3 solver that grows by one step at a time."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self._grounding = Grounding(protocol, instance)
        self._acts: dict[Step, Any] = {}
        self._step = self._transition(protocol)
        self._solver = z3.SolverFor("QF_FD")
        self.length = 0
        for (name, *chosen), bit in self._at(0).items():
            first = protocol.first(next(r for r in protocol.mutable if r.name == name))
            value = self._grounding.ground(first.formula, dict(zip(first.bound, chosen, strict=True)))
            assert isinstance(value, bool), f"the initial value of {name} is not rigid"
            self._solver.add(bit if value else z3.Not(bit))

    def _transition(self, protocol: Protocol) -> Any:
        z3, ground = self._z3, self._grounding
        parts: list[Any] = []
        writers: dict[tuple[str, ...], list[tuple[Any, Any]]] = {}
        for action in protocol.actions:
            for chosen in ground.tuples(var.sort.name for var in action.params):
                names = dict(zip(action.params, chosen, strict=True))
                guard = ground.ground(And(tuple(g.formula for g in action.guards)), names)
                if guard is False:
                    continue
                step = Step(action.name, chosen)
                act = self._acts[step] = z3.Bool(f"{action.name}({','.join(chosen)})!")
                if guard is not True:
                    parts.append(z3.Implies(act, guard))
                for update in action.updates:
                    for row in ground.tuples(var.sort.name for var in update.bound):
                        value = ground.ground(update.formula, {**names, **dict(zip(update.bound, row, strict=True))})
                        key = (update.relation.name, *row)
                        if value is not ground.before[key]:
                            writers.setdefault(key, []).append((act, value))
        for key, old in ground.before.items():
            new = ground.after[key]
            written = writers.get(key, [])
            for act, value in written:
                parts.append(z3.Implies(act, new if value is True else z3.Not(new) if value is False else new == value))
            quiet = [z3.Not(act) for act, _ in written]
            parts.append(z3.Or([*(act for act, _ in written), new == old]) if quiet else new == old)
        acts = list(self._acts.values())
        parts += [z3.Or(acts), z3.PbLe([(act, 1) for act in acts], 1)]
        return z3.And(parts)

    def _at(self, time: int) -> dict[tuple[str, ...], Any]:
        return {key: self._z3.Bool(f"{bit}@{time}") for key, bit in self._grounding.before.items()}

    def _shift(self, formula: Any, time: int) -> Any:
        z3 = self._z3
        now, then = self._at(time), self._at(time + 1)
        pairs = [(bit, now[key]) for key, bit in self._grounding.before.items()]
        pairs += [(bit, then[key]) for key, bit in self._grounding.after.items()]
        pairs += [(act, z3.Bool(f"{act}@{time}")) for act in self._acts.values()]
        return z3.substitute(formula, *pairs)

    def grow(self) -> None:
        """Allow one step more."""
        self._solver.add(self._shift(self._step, self.length))
        self.length += 1

    def meets(self, target: Formula) -> tuple[Step, ...] | None:
        """A run of exactly `length` steps to a state where the closed formula `target` holds; None if there is none."""
        z3 = self._z3
        wanted = self._grounding.ground(target, {})
        wanted = z3.BoolVal(wanted) if isinstance(wanted, bool) else self._shift(wanted, self.length)
        self._solver.push()
        self._solver.add(wanted)
        answer = self._solver.check()
        steps = None
        if answer == z3.sat:
            model = self._solver.model()
            steps = tuple(
                next(step for step, act in self._acts.items() if z3.is_true(model[z3.Bool(f"{act}@{time}")]))
                for time in range(self.length)
            )
        self._solver.pop()
        return steps


def shortest(protocol: Protocol, instance: Instance, target: Formula, longest: int) -> tuple[Step, ...] | None:
    """A shortest run to a state where `target` holds; None if no run of at most `longest` steps reaches one."""
    chain = Chain(protocol, instance)
    while True:
        steps = chain.meets(target)
        if steps is not None or chain.length == longest:
            return steps
        chain.grow()
