"""Problems as SMT-LIB 2 scripts, every assumption named.

The scripts are written here and not by a solver: z3's `to_smt2` drops assumptions that were tracked, and what it
writes then reads back as satisfiable.
"""

from checkers.proofs.terms import Comparison, Every, Exists, Formula, Named, Not, Problem, Some, Switch, Term


def script(problem: Problem) -> str:
    """A whole script with `check-sat`. The answer that confirms the claim is a comment: as `:status`, cvc5 would take
    any other answer for an error."""
    has_quantifier = any(quantified(named.formula) for named in problem.assumptions)
    lines = [
        f"; {problem.name}: {problem.about}",
        f"; the answer that confirms it: {problem.expect}",
        "(set-option :produce-models true)",
        "(set-option :produce-unsat-cores true)",
        f"(set-logic {'LIA' if has_quantifier else 'QF_LIA'})",
        *declarations(problem),
        *(f"(assert (! {sexpr(named.formula)} :named {_symbol(named.name)}))" for named in problem.assumptions),
        "(check-sat)",
    ]
    return "\n".join(lines) + "\n"


def declarations(problem: Problem) -> list[str]:
    numbers = [f"(declare-const {name} Int)" for name in problem.names]
    return numbers + [f"(declare-const {name} Bool)" for name in problem.switches]


def assertion(named: Named) -> str:
    return f"(assert {sexpr(named.formula)})"


def sexpr(formula: Formula) -> str:
    """The formula in SMT-LIB's prefix notation."""
    match formula:
        case Comparison(left, op, right):
            return f"({op} {_term(left)} {_term(right)})"
        case Switch(name):
            return name
        case Every(parts):
            return _joined("and", [sexpr(part) for part in parts], "true")
        case Some(parts):
            return _joined("or", [sexpr(part) for part in parts], "false")
        case Exists(names, body):
            return f"(exists ({' '.join(f'({name} Int)' for name in names)}) {sexpr(body)})"
        case Not(part):
            return f"(not {sexpr(part)})"


def _term(term: Term) -> str:
    parts = [_times(count, name) for name, count in term.coefficients]
    parts += [_times(count, _least([_term(inner) for inner in terms])) for count, terms in term.least]
    parts += [f"(ite {sexpr(formula)} {_number(count)} 0)" for count, formula in term.counted]
    if term.constant or not parts:
        parts.append(_number(term.constant))
    return _joined("+", parts, "0")


def _least(terms: list[str]) -> str:
    first, *others = terms
    if not others:
        return first
    smallest = _least(others)
    return f"(ite (<= {first} {smallest}) {first} {smallest})"


def _times(count: int, what: str) -> str:
    return what if count == 1 else f"(* {_number(count)} {what})"


def _number(count: int) -> str:
    return str(count) if count >= 0 else f"(- {-count})"


def _joined(word: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else f"({word} {' '.join(parts)})"


def _symbol(name: str) -> str:
    assert "|" not in name, "a symbol in bars holds none"
    assert "\\" not in name, "nor a backslash"
    return f"|{name}|"


def quantified(formula: Formula) -> bool:
    """Whether the formula has a quantifier."""
    match formula:
        case Every(parts) | Some(parts):
            return any(quantified(part) for part in parts)
        case Exists() | Not(Exists()):
            return True
        case _:
            return False
