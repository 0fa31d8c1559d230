"""A protocol as data: sorts, relations, axioms, initial values, actions with guards and effects, invariants, goals.

Every step is one action with things chosen for its parameters. All its guards hold before; after it, each relation
that it updates holds of exactly the tuples of which the update's formula held *before*. Nothing else changes. So a
step is a function of the state, the action and its arguments, and all chance is in the choice of those.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from model.abstract.logic import FALSE, ForAll, Formula, Relation, Sort, Var, free


@dataclass(frozen=True, slots=True)
class Named:
    """A closed formula with a name and a sentence: an axiom, an invariant or a goal."""

    name: str
    formula: Formula
    sentence: str


def always(name: str, formula: Formula, sentence: str) -> Named:
    """`formula` for all values of its free variables."""
    return Named(name, ForAll(tuple(free(formula)), formula), sentence)


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold for an action to happen. Its free variables are parameters of the action."""

    name: str
    formula: Formula
    sentence: str


@dataclass(frozen=True, slots=True)
class Update:
    """`relation`(`bound`) holds afterwards iff `formula` held before."""

    relation: Relation
    bound: tuple[Var, ...]
    formula: Formula

    def __post_init__(self) -> None:
        assert tuple(var.sort for var in self.bound) == self.relation.sorts, self.relation.name
        assert not self.relation.rigid, f"{self.relation.name} is rigid"


def grow(relation: Relation, *bound: Var, by: Formula) -> Update:
    """`relation` keeps what it has and gains all `bound` for which `by` holds."""
    return Update(relation, bound, relation(*bound) | by)


def shrink(relation: Relation, *bound: Var, by: Formula) -> Update:
    """`relation` loses all `bound` for which `by` holds."""
    return Update(relation, bound, relation(*bound) & ~by)


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of step."""

    name: str
    params: tuple[Var, ...]
    guards: tuple[Guard, ...]
    updates: tuple[Update, ...]
    says: str
    """For people: what happened, with the parameters' names in braces."""
    details: tuple[tuple[Formula, str], ...] = ()
    """What to add to it where a formula held before."""

    def __post_init__(self) -> None:
        names = [update.relation.name for update in self.updates]
        assert len(names) == len(dict.fromkeys(names)), f"{self.name} updates a relation twice: {names}"
        params = frozenset(self.params)
        for guard in self.guards:
            assert params.issuperset(free(guard.formula)), f"{self.name}.{guard.name}: {list(free(guard.formula))}"
        for update in self.updates:
            known = params.union(update.bound)
            assert known.issuperset(free(update.formula)), f"{self.name}: {update.relation.name}"

    def guard(self, name: str) -> Guard:
        (found,) = (guard for guard in self.guards if guard.name == name)
        return found


@dataclass(frozen=True)
class Protocol:
    """A transition system over unboundedly many things."""

    name: str
    sorts: tuple[Sort, ...]
    relations: tuple[Relation, ...]
    axioms: tuple[Named, ...]
    """What is assumed of the rigid relations."""
    initial: tuple[Update, ...]
    """Initial values, over rigid relations; what is not listed is empty."""
    actions: tuple[Action, ...]
    invariants: tuple[Named, ...]
    properties: tuple[str, ...]
    """The invariants that are the point; the others carry the induction."""
    goals: tuple[Named, ...] = field(default=())
    """What must be reachable, so that nothing is proved of an empty set of states."""

    @cached_property
    def mutable(self) -> tuple[Relation, ...]:
        return tuple(relation for relation in self.relations if not relation.rigid)

    @cached_property
    def rigid(self) -> tuple[Relation, ...]:
        return tuple(relation for relation in self.relations if relation.rigid)

    def action(self, name: str) -> Action:
        (found,) = (action for action in self.actions if action.name == name)
        return found

    def invariant(self, name: str) -> Named:
        (found,) = (invariant for invariant in self.invariants if invariant.name == name)
        return found

    def goal(self, name: str) -> Named:
        (found,) = (goal for goal in self.goals if goal.name == name)
        return found

    def first(self, relation: Relation) -> Update:
        """The initial value of `relation`."""
        for update in self.initial:
            if update.relation == relation:
                return update
        bound = tuple(Var(f"x{i}", sort) for i, sort in enumerate(relation.sorts))
        return Update(relation, bound, FALSE)

    def with_action(self, changed: Action) -> "Protocol":
        """The same protocol with another action of this name."""
        self.action(changed.name)
        return replace(self, actions=tuple(changed if a.name == changed.name else a for a in self.actions))

    def without_guard(self, action: str, guard: str) -> "Protocol":
        """The same protocol, where `action` does not wait for `guard`."""
        old = self.action(action)
        removed = old.guard(guard)
        return self.with_action(replace(old, guards=tuple(g for g in old.guards if g is not removed)))
