"""Whether read quorums meet write quorums, for explicit systems of hundreds of nodes, by the complement trick.

Overlap fails exactly when some set X holds a read quorum while its complement holds a write quorum; and the complement
holds none of E's quorums exactly when X holds one of E's dual. So one vector of switches suffices, and no quorum is
ever listed. Sums that several thresholds share are one number: that is what keeps majorities of hundreds of nodes easy.
"""

from typing import NamedTuple

from checkers.proofs.quorum import (
    Expression,
    Node,
    cheapest,
    dual,
    is_quorum,
    names,
    shrunk,
    simple,
)
from checkers.proofs.solving import Outcome, Solvers
from checkers.proofs.terms import (
    Formula,
    Named,
    Not,
    Problem,
    Switch,
    Term,
    count_true,
    equal,
    every,
    negation,
    some,
    total,
    var,
)


class Disjoint(NamedTuple):
    """A read quorum and a write quorum without a common node."""

    read: tuple[str, ...]
    write: tuple[str, ...]
    smallest: bool
    """Whether no other such pair has fewer nodes in all."""


class Overlap(NamedTuple):
    """Whether the quorums of two expressions always meet."""

    outcome: Outcome
    disjoint: Disjoint | None


class Encoding:
    """Formulas of expressions over one vector of switches."""

    def __init__(self, members: tuple[str, ...], prefix: str = "in") -> None:
        self.switches = {name: Switch(f"{prefix}.{at}") for at, name in enumerate(members, 1)}
        self.prefix = prefix
        self._sums: dict[tuple[tuple[Formula, int], ...], Term] = {}
        self.definitions: list[Named] = []

    def formula(self, expression: Expression) -> Formula:
        """True where the switches that are on hold a quorum."""
        if isinstance(expression, Node):
            return self.switches[expression.name]
        parts = tuple((self.formula(part), weight) for part, weight in expression.parts)
        if expression.plain and expression.need == 1:
            return some(*(part for part, _ in parts))
        if expression.plain and expression.need == len(parts):
            return every(*(part for part, _ in parts))
        return self._sum(parts) >= expression.need

    def _sum(self, parts: tuple[tuple[Formula, int], ...]) -> Term:
        if parts not in self._sums:
            number = var(f"{self.prefix}.sum.{len(self._sums) + 1}")
            self._sums[parts] = number
            summed = total(count_true(part) * weight for part, weight in parts)
            self.definitions.append(Named(f"{number} is a sum", equal(number, summed)))
        return self._sums[parts]

    def chosen(self, values: dict[str, int]) -> tuple[str, ...]:
        """The nodes that are on; a switch that nothing depends on is off."""
        return tuple(name for name, switch in self.switches.items() if values.get(switch.name, 0))


def misses(reads: Expression, writes: Expression) -> tuple[Problem, Encoding]:
    """Can a read quorum avoid a write quorum?"""
    encoding = Encoding(_all_names(reads, writes))
    holds_read = Named("a read quorum within", encoding.formula(reads))
    holds_write = Named("a write quorum outside", negation(encoding.formula(dual(writes))))
    about = f"some set holds a quorum of {_short(reads)}, its complement one of {_short(writes)}; in.K is node K of "
    about += ", ".join(encoding.switches)
    return Problem("quorums.meet", about, (*encoding.definitions, holds_read, holds_write), "unsat"), encoding


def overlap(reads: Expression, writes: Expression, solvers: Solvers) -> Overlap:
    """Whether every read quorum meets every write quorum; where one does not, the smallest such pair that was found."""
    problem, encoding = misses(reads, writes)
    outcome = solvers.ask(problem)
    if outcome.result != "refuted":
        return Overlap(outcome, None)
    inside = encoding.chosen(next(answer for answer in outcome.answers if answer.status == "sat").values)
    outside = tuple(name for name in encoding.switches if name not in inside)
    found = Disjoint(shrunk(reads, inside), shrunk(writes, outside), False)
    return Overlap(outcome, _smaller(reads, writes, found, solvers))


def _smaller(reads: Expression, writes: Expression, found: Disjoint, solvers: Solvers) -> Disjoint:
    """Look for pairs with fewer and fewer nodes until there is none; what a solver cannot decide in time ends it."""
    members = _all_names(reads, writes)
    read, write = Encoding(members, "r"), Encoding(members, "w")
    parts = [
        Named("a read quorum", read.formula(reads)),
        Named("a write quorum", write.formula(writes)),
        *(Named(f"{name} in one", some(Not(read.switches[name]), Not(write.switches[name]))) for name in members),
    ]
    size = count_true(*read.switches.values()) + count_true(*write.switches.values())
    least = _lower_bound(reads) + _lower_bound(writes)
    while True:
        most = len(found.read) + len(found.write) - 1
        if most < least:
            return found._replace(smallest=True)
        fewer = Named("fewer nodes", size <= most)
        problem = Problem("quorums.smaller", "", (*read.definitions, *write.definitions, *parts, fewer), "sat")
        outcome = Solvers(("z3",), min(solvers.timeout_ms, 1_000)).ask(problem)
        if outcome.result != "proved":
            return found._replace(smallest=outcome.result == "refuted")
        values = outcome.answers[0].values
        found = Disjoint(shrunk(reads, read.chosen(values)), shrunk(writes, write.chosen(values)), False)


def _lower_bound(expression: Expression) -> int:
    return cheapest(expression) if simple(expression) else 1


def smallest_quorum(expression: Expression, solvers: Solvers) -> int | None:
    """How many nodes the smallest quorum has; None where the solver gives up."""
    if simple(expression):
        return cheapest(expression)
    members = names(expression)
    size = len(shrunk(expression, members))
    while size > 1:
        encoding = Encoding(members)
        quorum = Named("a quorum", encoding.formula(expression))
        fewer = Named("fewer nodes", count_true(*encoding.switches.values()) <= size - 1)
        problem = Problem("quorum.smaller", "", (*encoding.definitions, quorum, fewer), "sat")
        outcome = solvers.ask(problem)
        if outcome.result == "refuted":
            return size
        if outcome.result != "proved":
            return None
        size = len(shrunk(expression, encoding.chosen(outcome.answers[0].values)))
    return size


def resilience(expression: Expression, solvers: Solvers) -> int | None:
    """How many nodes may fail, whichever they are, with a quorum left. None where the solver gives up.

    A set of failures that leaves no quorum is one that meets every quorum, so a quorum of the dual.
    """
    smallest = smallest_quorum(dual(expression), solvers)
    return None if smallest is None else smallest - 1


def survivors(expression: Expression, failed: frozenset[str]) -> bool:
    """Whether a quorum is left when these nodes fail."""
    return is_quorum(expression, frozenset(names(expression)) - failed)


def _all_names(reads: Expression, writes: Expression) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names(reads), *names(writes))))


def _short(expression: Expression) -> str:
    text = str(expression)
    return text if len(text) <= 60 else f"{text[:57]}..."
