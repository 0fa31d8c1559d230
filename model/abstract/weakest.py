"""The weakest precondition: what must hold before a step for a formula to hold after it.

Each update says what its relation holds of afterwards in terms of before, so the formula is had by writing that in
place of the relation (Dijkstra 1976, chapter 4).
"""

from collections.abc import Iterable, Mapping

from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Same, Var, free
from model.abstract.protocol import Action, Update


def weakest(formula: Formula, updates: Mapping[str, Update]) -> Formula:
    """`formula` with what `updates` (by the name of their relation) write in place of each relation.

    Bound variables are renamed where they would capture a variable of the update.
    """
    match formula:
        case Atom(relation, args):
            update = updates.get(relation)
            return formula if update is None else rename(update.formula, dict(zip(update.bound, args, strict=True)))
        case Same():
            return formula
        case Not(body):
            return ~weakest(body, updates)
        case And(parts):
            return And(tuple(weakest(part, updates) for part in parts))
        case Or(parts):
            return Or(tuple(weakest(part, updates) for part in parts))
        case ForAll(bound, body) | Exists(bound, body):
            written = [var for update in updates.values() for var in free(update.formula) if var not in update.bound]
            fresh = _fresh(bound, [*written, *free(formula)])
            return type(formula)(tuple(fresh.values()), weakest(rename(body, fresh), updates))
    raise AssertionError(formula)


def rename(formula: Formula, into: Mapping[Var, Var]) -> Formula:
    """`formula` with its free variables renamed, without capture."""
    match formula:
        case Atom(relation, args):
            return Atom(relation, tuple(into.get(arg, arg) for arg in args))
        case Same(left, right):
            return Same(into.get(left, left), into.get(right, right))
        case Not(body):
            return Not(rename(body, into))
        case And(parts):
            return And(tuple(rename(part, into) for part in parts))
        case Or(parts):
            return Or(tuple(rename(part, into) for part in parts))
        case ForAll(bound, body) | Exists(bound, body):
            inner = {old: new for old, new in into.items() if old not in bound}
            fresh = _fresh(bound, [inner.get(var, var) for var in free(formula)])
            return type(formula)(tuple(fresh.values()), rename(body, {**inner, **fresh}))
    raise AssertionError(formula)


def _fresh(bound: Iterable[Var], taken: Iterable[Var]) -> dict[Var, Var]:
    """For each bound variable one with a name that none of `taken` has."""
    names = {var.name for var in taken}
    fresh = {}
    for var in bound:
        name, count = var.name, 0
        while name in names:
            count += 1
            name = f"{var.name}{count}"
        names.add(name)
        fresh[var] = Var(name, var.sort)
    return fresh


def after(action: Action, formula: Formula) -> Formula:
    """What must hold before `action`, in terms of its parameters, for `formula` to hold after it."""
    return weakest(formula, {update.relation.name: update for update in action.updates})
