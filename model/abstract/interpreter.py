"""Executes a protocol on a finite instance, straight from its definition.

A state is a tuple of integers, one for each mutable relation in the protocol's order (`model.abstract.evaluation` says
which bit is which tuple). So states are cheap to compare, to hash and to keep.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from model.abstract.evaluation import Env, Evaluation, State, Test
from model.abstract.instance import Instance, Rows
from model.abstract.logic import Formula, Relation, Var
from model.abstract.protocol import Action, Protocol, Update


class Step(NamedTuple):
    """An action and the names of the things chosen for its parameters."""

    action: str
    args: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.action}({', '.join(self.args)})"


class _Effect(NamedTuple):
    row: int
    first: int
    """The slot of the first bound variable."""
    tuples: tuple[tuple[int, ...], ...]
    """The numbers for the bound variables, in the order of bits."""
    holds: Test


class _Rule(NamedTuple):
    action: Action
    guards: tuple[Test, ...]
    effects: tuple[_Effect, ...]


class Interpreter:
    """One protocol on one instance. ValueError where the instance breaks an axiom."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        self.protocol = protocol
        self.instance = instance
        self._numbers = {sort: {name: at for at, name in enumerate(names)} for sort, names in instance.things.items()}
        self._evaluation = Evaluation(
            {sort: len(names) for sort, names in instance.things.items()},
            {relation.name: at for at, relation in enumerate(protocol.mutable)},
            {r.name: self._pack(r, instance.rigid.get(r.name, frozenset())) for r in protocol.rigid},
        )
        self._rules = {action.name: self._rule(action) for action in protocol.actions}
        self._tests: dict[tuple[Formula, tuple[Var, ...]], Test] = {}
        empty: State = (0,) * len(protocol.mutable)
        starts = [self._effect(protocol.first(relation), ()) for relation in protocol.mutable]
        self.initial: State = tuple(self._value(effect, empty, self._env(())) for effect in starts)
        for axiom in protocol.axioms:
            if not self.holds(self.initial, axiom.formula):
                raise ValueError(f"the instance breaks the axiom {axiom.name!r}: {axiom.sentence}")

    # Asking

    def holds(self, state: State, formula: Formula, given: Mapping[Var, str] | None = None) -> bool:
        """Whether `formula` holds in `state`, where its free variables stand for the `given` things."""
        env = given or {}
        key = (formula, tuple(env))
        test = self._tests.get(key)
        if test is None:
            test = self._tests[key] = self._evaluation.compile(formula, {var: at for at, var in enumerate(env)})
        return test(state, self._env(self._numbers[var.sort.name][name] for var, name in env.items()))

    def value(self, state: State, relation: str) -> Rows:
        """The tuples of which a mutable relation holds."""
        row = self._evaluation.rows[relation]
        names = [self.instance.things[sort.name] for sort in self.protocol.mutable[row].sorts]
        backwards = product(*reversed(names))
        return frozenset(chosen[::-1] for bit, chosen in enumerate(backwards) if state[row] >> bit & 1)

    def state(self, values: Mapping[str, Rows]) -> State:
        """The state in which the mutable relations have these values; those not named are empty."""
        return tuple(self._pack(r, values.get(r.name, frozenset())) for r in self.protocol.mutable)

    # Stepping

    def arguments(self, action: str) -> Iterator[tuple[str, ...]]:
        """Every choice of things for the parameters of `action`."""
        yield from product(*(self.instance.things[var.sort.name] for var in self._rules[action].action.params))

    def broken(self, state: State, step: Step) -> tuple[str, ...]:
        """The names of the guards of `step` that do not hold in `state`; it is possible where there are none."""
        rule, env = self._bind(step)
        return tuple(g.name for g, test in zip(rule.action.guards, rule.guards, strict=True) if not test(state, env))

    def apply(self, state: State, step: Step) -> State:
        """The state after `step`, whether or not it is possible."""
        rule, env = self._bind(step)
        after = list(state)
        for effect in rule.effects:
            after[effect.row] = self._value(effect, state, env)
        return tuple(after)

    def successors(self, state: State) -> Iterator[tuple[Step, State]]:
        """Every step that is possible in `state`, and the state after it, in the order of the protocol's actions."""
        for name, rule in self._rules.items():
            for args in self.arguments(name):
                step = Step(name, args)
                _, env = self._bind(step)
                if all(guard(state, env) for guard in rule.guards):
                    yield step, self.apply(state, step)

    # Inside

    def _bind(self, step: Step) -> tuple[_Rule, Env]:
        rule = self._rules[step.action]
        params = rule.action.params
        return rule, self._env(self._numbers[v.sort.name][name] for v, name in zip(params, step.args, strict=True))

    def _env(self, numbers: Iterator[int] | tuple[int, ...]) -> Env:
        env = [0] * (self._evaluation.width + 1)
        for at, number in enumerate(numbers):
            env[at] = number
        return env

    def _value(self, effect: _Effect, state: State, env: Env) -> int:
        packed = 0
        for bit, numbers in enumerate(effect.tuples):
            env[effect.first : effect.first + len(numbers)] = numbers
            if effect.holds(state, env):
                packed |= 1 << bit
        return packed

    def _rule(self, action: Action) -> _Rule:
        slots = {var: at for at, var in enumerate(action.params)}
        guards = tuple(self._evaluation.compile(guard.formula, slots) for guard in action.guards)
        return _Rule(action, guards, tuple(self._effect(update, action.params) for update in action.updates))

    def _effect(self, update: Update, params: tuple[Var, ...]) -> _Effect:
        slots = {var: at for at, var in enumerate((*params, *update.bound))}
        assert len(slots) == len(params) + len(update.bound), f"{update.relation.name}: a bound variable is a parameter"
        ranges = [range(self._evaluation.sizes[var.sort.name]) for var in update.bound]
        tuples = tuple(chosen[::-1] for chosen in product(*reversed(ranges)))
        row = self._evaluation.rows[update.relation.name]
        return _Effect(row, len(params), tuples, self._evaluation.compile(update.formula, slots))

    def _pack(self, relation: Relation, rows: Rows) -> int:
        packed = 0
        for row in rows:  # order-free: bits are or-ed together
            bit, stride = 0, 1
            for sort, name in zip(relation.sorts, row, strict=True):
                bit += stride * self._numbers[sort.name][name]
                stride *= len(self._numbers[sort.name])
            packed |= 1 << bit
        return packed
