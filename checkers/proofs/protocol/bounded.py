"""Bounded checking: the shortest run of a finite instance from its initial state to where a formula holds.

Copies of the formula of one step are chained until the target can be met (Biere et al. 1999, "Symbolic model checking
without BDDs"). Every shorter length has then been refuted, so the run is as short as any run of this instance.
"""

from typing import Any

from checkers.proofs.protocol.grounding import Row, Transition
from model.abstract.instance import Instance
from model.abstract.interpreter import Step
from model.abstract.logic import Formula
from model.abstract.protocol import Protocol


class Chain:
    """The runs of an instance, as a solver that grows by one step at a time."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        import z3  # noqa: PLC0415

        self._z3 = z3
        self._transition = Transition(protocol, instance)
        self._solver = z3.SolverFor("QF_FD")
        self.length = 0
        now = self._at(0)
        for row, value in self._transition.first().items():
            self._solver.add(now[row] if value else z3.Not(now[row]))

    def _at(self, time: int) -> dict[Row, Any]:
        return {row: self._z3.Bool(f"{bit}@{time}") for row, bit in self._transition.before.items()}

    def _act(self, step: Step, time: int) -> Any:
        return self._z3.Bool(f"{self._transition.acts[step]}@{time}")

    def _shift(self, formula: Any, time: int) -> Any:
        now, then = self._at(time), self._at(time + 1)
        pairs = [(bit, now[row]) for row, bit in self._transition.before.items()]
        pairs += [(bit, then[row]) for row, bit in self._transition.after.items()]
        pairs += [(act, self._act(step, time)) for step, act in self._transition.acts.items()]
        return self._z3.substitute(formula, *pairs)

    def grow(self) -> None:
        """Allow one step more."""
        self._solver.add(self._shift(self._transition.formula, self.length))
        self.length += 1

    def meets(self, target: Formula) -> tuple[Step, ...] | None:
        """A run of exactly `length` steps to a state where the closed formula `target` holds; None if there is none."""
        z3 = self._z3
        wanted = self._transition.grounding.ground(target, {})
        if isinstance(wanted, bool):
            wanted = z3.BoolVal(wanted)
        self._solver.push()
        self._solver.add(self._shift(wanted, self.length))
        answer = self._solver.check()
        assert answer != z3.unknown, "propositional formulas are decided"
        steps = self._steps(self._solver.model()) if answer == z3.sat else None
        self._solver.pop()
        return steps

    def _steps(self, model: Any) -> tuple[Step, ...]:
        return tuple(
            next(step for step in self._transition.acts if self._z3.is_true(model[self._act(step, time)]))
            for time in range(self.length)
        )


def shortest(protocol: Protocol, instance: Instance, target: Formula, longest: int) -> tuple[Step, ...] | None:
    """A shortest run to a state where `target` holds; None if no run of at most `longest` steps reaches one."""
    chain = Chain(protocol, instance)
    while True:
        steps = chain.meets(target)
        if steps is not None or chain.length == longest:
            return steps
        chain.grow()
