"""Formulas as SMT-LIB 2 text. What is proved is this text: both solvers read it, and so may a sceptic's."""

from collections.abc import Iterable

from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Relation, Same, Sort, Var


def term(formula: Formula) -> str:  # noqa: C901, PLR0911 - one case for each form
    """`formula` as an SMT-LIB term."""
    match formula:
        case Atom(relation, args):
            return f"({relation} {' '.join(arg.name for arg in args)})" if args else relation
        case Same(left, right):
            return f"(= {left.name} {right.name})"
        case Not(body):
            return f"(not {term(body)})"
        case And(()):
            return "true"
        case Or(()):
            return "false"
        case And((part,)) | Or((part,)):
            return term(part)
        case And(parts):
            return f"(and {' '.join(map(term, parts))})"
        case Or((Not(cause), *rest)):
            return f"(=> {term(cause)} {term(Or(tuple(rest)))})"
        case Or(parts):
            return f"(or {' '.join(map(term, parts))})"
        case ForAll((), body) | Exists((), body):
            return term(body)
        case ForAll(bound, body):
            return f"(forall ({_bound(bound)}) {term(body)})"
        case Exists(bound, body):
            return f"(exists ({_bound(bound)}) {term(body)})"
    raise AssertionError(formula)


def _bound(bound: Iterable[Var]) -> str:
    return " ".join(f"({var.name} {var.sort.name})" for var in bound)


def declare_sort(sort: Sort) -> str:
    return f"(declare-sort {sort.name} 0)"


def declare_relation(relation: Relation) -> str:
    return f"(declare-fun {relation.name} ({' '.join(sort.name for sort in relation.sorts)}) Bool)"


def declare_constant(var: Var) -> str:
    return f"(declare-const {var.name} {var.sort.name})"


def assertion(name: str, formula: Formula) -> str:
    """A named assertion: unsat cores speak of `name`."""
    return f"(assert (! {term(formula)} :named |{name}|))"
