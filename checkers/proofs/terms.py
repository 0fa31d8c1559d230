"""The language of the counting layer: linear terms over whole numbers, with `min`, and formulas of comparisons.

Explicit quorum systems add one switch per node, and terms that count which formulas are true. The language is
evaluated, printed and split into cases without any solver, so that one text is what a person reads, what a solver is
asked, and what plain Python can check.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Op = Literal["<", "<=", "=", ">=", ">"]
Expect = Literal["sat", "unsat"]
_OPPOSITE: dict[Op, Op] = {"<": ">=", "<=": ">", ">=": "<", ">": "<="}


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of whole multiples of variables, a constant, least values, and counts of what is true."""

    coefficients: tuple[tuple[str, int], ...] = ()
    """Each variable once, never with 0, in the order in which it is printed."""
    constant: int = 0
    least: tuple[tuple[int, tuple["Term", ...]], ...] = ()
    """(k, terms): k times the smallest of the terms."""
    counted: tuple[tuple[int, "Formula"], ...] = ()
    """(k, formula): k where the formula is true, else 0."""

    def __add__(self, other: "Term | int") -> "Term":
        right = _term(other)
        sums = dict(self.coefficients)
        for name, count in right.coefficients:
            sums[name] = sums.get(name, 0) + count
        kept = tuple((name, count) for name, count in sums.items() if count)
        return Term(kept, self.constant + right.constant, self.least + right.least, self.counted + right.counted)

    def __radd__(self, other: int) -> "Term":
        return _term(other) + self

    def __sub__(self, other: "Term | int") -> "Term":
        return self + _term(other) * -1

    def __rsub__(self, other: int) -> "Term":
        return _term(other) - self

    def __mul__(self, factor: int) -> "Term":
        if factor == 0:
            return Term()
        return Term(
            tuple((name, count * factor) for name, count in self.coefficients),
            self.constant * factor,
            tuple((count * factor, terms) for count, terms in self.least),
            tuple((count * factor, formula) for count, formula in self.counted),
        )

    def __rmul__(self, factor: int) -> "Term":
        return self * factor

    def __lt__(self, other: "Term | int") -> "Comparison":
        return Comparison(self, "<", _term(other))

    def __le__(self, other: "Term | int") -> "Comparison":
        return Comparison(self, "<=", _term(other))

    def __gt__(self, other: "Term | int") -> "Comparison":
        return Comparison(self, ">", _term(other))

    def __ge__(self, other: "Term | int") -> "Comparison":
        return Comparison(self, ">=", _term(other))

    def __str__(self) -> str:
        parts = [(count, name) for name, count in self.coefficients]
        parts += [_extreme(count, terms) for count, terms in self.least]
        parts += [(count, f"[{formula}]") for count, formula in self.counted]
        text = ""
        for count, name in parts:
            sign = ("-" if count < 0 else "") if not text else (" - " if count < 0 else " + ")
            text += sign + (f"{abs(count)}*" if abs(count) != 1 else "") + name
        if not text:
            return str(self.constant)
        return text if not self.constant else f"{text} {'-' if self.constant < 0 else '+'} {abs(self.constant)}"


def _extreme(count: int, terms: tuple[Term, ...]) -> tuple[int, str]:
    """A least value with its factor; the opposite of the least of opposites is the greatest."""
    opposites = all(factor < 0 for term in terms for _, factor in term.coefficients)
    if count < 0 and opposites:
        return -count, f"max({', '.join(str(term * -1) for term in terms)})"
    return count, f"min({', '.join(str(term) for term in terms)})"


class Comparison(NamedTuple):
    """`left` against `right`."""

    left: Term
    op: Op
    right: Term

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


class Switch(NamedTuple):
    """A variable that is true or false."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts; of none, true."""

    parts: tuple["Formula", ...]

    def __str__(self) -> str:
        return " and ".join(_grouped(part) for part in self.parts) or "true"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts; of none, false."""

    parts: tuple["Formula", ...]

    def __str__(self) -> str:
        return " or ".join(_grouped(part) for part in self.parts) or "false"


@dataclass(frozen=True, slots=True)
class Exists:
    """Some whole numbers make the body true."""

    names: tuple[str, ...]
    body: "Formula"

    def __str__(self) -> str:
        return f"for some {', '.join(self.names)}: {self.body}"


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false. `negation` moves every other one inwards."""

    part: Exists | Switch

    def __str__(self) -> str:
        return f"not ({self.part})"


Formula = Comparison | Switch | Every | Some | Exists | Not
TRUE, FALSE = Every(()), Some(())


class Named(NamedTuple):
    """A formula and the name under which an unsat core or a certificate speaks of it."""

    name: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class Problem:
    """One question to a solver: can all assumptions hold at once?"""

    name: str
    about: str
    """What an answer means, in one line."""
    assumptions: tuple[Named, ...]
    expect: Expect
    """The answer that confirms the claim."""
    names: tuple[str, ...] = field(init=False)
    """The free whole numbers, in the order of their first appearance."""
    switches: tuple[str, ...] = field(init=False)
    """The free switches, likewise."""

    def named(self, name: str) -> "Problem":
        """The same problem under another name."""
        return Problem(name, self.about, self.assumptions, self.expect)

    @property
    def linear(self) -> bool:
        """Whether a Farkas certificate can speak of it."""
        return all(linear(named.formula) for named in self.assumptions)

    def __post_init__(self) -> None:
        assert len({named.name for named in self.assumptions}) == len(self.assumptions), "assumptions have own names"
        found = Free()
        for named in self.assumptions:
            found.visit(named.formula)
        object.__setattr__(self, "names", tuple(found.names))
        object.__setattr__(self, "switches", tuple(found.switches))
        variables = {*found.names, *found.switches}
        assert not any(named.name in variables for named in self.assumptions), "SMT-LIB has one space of names"


class Free:
    """Collects the free variables of formulas, in the order of their first appearance."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.switches: dict[str, None] = {}

    def visit(self, formula: Formula, bound: tuple[str, ...] = ()) -> None:
        match formula:
            case Comparison(left, _, right):
                self._term(left, bound)
                self._term(right, bound)
            case Switch(name):
                self.switches[name] = None
            case Every(parts) | Some(parts):
                for part in parts:
                    self.visit(part, bound)
            case Exists(names, body):
                self.visit(body, bound + names)
            case Not(part):
                self.visit(part, bound)

    def _term(self, term: Term, bound: tuple[str, ...]) -> None:
        self.names.update((name, None) for name, _ in term.coefficients if name not in bound)
        for _, terms in term.least:
            for inner in terms:
                self._term(inner, bound)
        for _, formula in term.counted:
            self.visit(formula, bound)


def linear(formula: Formula) -> bool:
    """Whether it is made of comparisons alone: no quantifier, no switch, nothing counted."""
    match formula:
        case Comparison(left, _, right):
            return not any(_counts(term) for term in (left, right))
        case Every(parts) | Some(parts):
            return all(linear(part) for part in parts)
        case _:
            return False


def _counts(term: Term) -> bool:
    return bool(term.counted) or any(_counts(inner) for _, terms in term.least for inner in terms)


def var(name: str) -> Term:
    """The term of one variable."""
    return Term(((name, 1),))


def total(terms: Iterable[Term]) -> Term:
    """The sum of the terms."""
    found = Term()
    for term in terms:
        found = found + term
    return found


def least(*terms: Term | int) -> Term:
    """The smallest of the terms."""
    return Term(least=((1, tuple(_term(term) for term in terms)),))


def greatest(*terms: Term | int) -> Term:
    """The greatest of the terms."""
    return least(*(_term(term) * -1 for term in terms)) * -1


def count_true(*formulas: Formula) -> Term:
    """How many of the formulas are true."""
    return Term(counted=tuple((1, formula) for formula in formulas))


def equal(left: Term | int, right: Term | int) -> Comparison:
    return Comparison(_term(left), "=", _term(right))


def every(*parts: Formula) -> Formula:
    return parts[0] if len(parts) == 1 else Every(parts)


def some(*parts: Formula) -> Formula:
    return parts[0] if len(parts) == 1 else Some(parts)


def negation(formula: Formula) -> Formula:
    """The formula that is true where the other is false."""
    match formula:
        case Comparison(left, "=", right):
            return some(left < right, left > right)
        case Comparison(left, op, right):
            return Comparison(left, _OPPOSITE[op], right)
        case Every(parts):
            return some(*(negation(part) for part in parts))
        case Some(parts):
            return every(*(negation(part) for part in parts))
        case Not(part):
            return part
        case Exists() | Switch():
            return Not(formula)


def implies(condition: Formula, conclusion: Formula) -> Formula:
    return some(negation(condition), conclusion)


def value(term: Term, values: Mapping[str, int]) -> int:
    """The term's value. KeyError where a variable has none."""
    found = term.constant + sum(count * values[name] for name, count in term.coefficients)
    found += sum(count * min(value(inner, values) for inner in terms) for count, terms in term.least)
    return found + sum(count for count, formula in term.counted if holds(formula, values))


def holds(formula: Formula, values: Mapping[str, int]) -> bool:
    """Whether a formula without quantifiers is true of these values; a switch is true where it is not 0."""
    match formula:
        case Comparison(left, op, right):
            difference = value(left, values) - value(right, values)
            if op == "=":
                return difference == 0
            return {"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0}[op]
        case Every(parts):
            return all(holds(part, values) for part in parts)
        case Some(parts):
            return any(holds(part, values) for part in parts)
        case Switch(name):
            return values[name] != 0
        case Not(Switch(name)):
            return values[name] == 0
        case _:
            raise AssertionError("a quantified formula is for solvers")


def _term(given: Term | int) -> Term:
    return given if isinstance(given, Term) else Term(constant=given)


def _grouped(formula: Formula) -> str:
    return str(formula) if isinstance(formula, Comparison | Switch) else f"({formula})"
