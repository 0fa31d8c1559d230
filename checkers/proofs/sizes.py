"""Certificates that a condition is necessary: for all numbers without it, sizes of the regions that make the failure.

Such a claim has a quantifier inside: "for some sizes". Its certificate names the sizes as functions of the numbers,
each the greatest of some sums, so what is left to check is linear again: with these sizes every part of the failure
follows. The functions are found by eliminating one size after another (Fourier and Motzkin): each is the least that
the others allow. Coefficients of one keep that exact over whole numbers; where there are others, there is none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import Any, NamedTuple

from checkers.proofs.farkas import document, multipliers
from checkers.proofs.linear import Case, Constraint, cases
from checkers.proofs.terms import Every, Exists, Formula, Named, Not, Problem

FORMAT = "kept-sizes-1"
GRID, POINTS = 20_000, 400
"""So many combinations of small numbers are looked at for points, and so many points are kept."""
ALONE, ROWS = 4, 200
"""So many sizes are tried alone; an elimination with more rows is given up."""
Sum = tuple[dict[str, int], int]
"""Whole multiples of numbers and sizes, and a constant."""


class Size(NamedTuple):
    """What one region holds."""

    name: str
    greatest: tuple[Sum, ...]
    """Over numbers and over sizes that stand before it."""


class Need(NamedTuple):
    """What of the failure is to be shown: a name and its cases, of which one must be true."""

    named: Named
    cases: tuple[Case, ...]


def certificate(problem: Problem) -> dict[str, Any] | None:
    """The certificate of a problem whose last assumption says that no sizes make the failure; None where none was
    found, or where the problem is another."""
    *given, last = problem.assumptions
    if not (isinstance(last.formula, Not) and isinstance(last.formula.part, Exists)):
        return None
    hidden, body = last.formula.part.names, last.formula.part.body
    parts = body.parts if isinstance(body, Every) else (body,)
    needs = tuple(Need(Named(str(part), part), cases(part)) for part in parts)
    alternatives = [cases(named.formula) for named in given]
    ways = []
    for chosen in product(*(range(len(found)) for found in alternatives)):
        facts = tuple(c for found, at in zip(alternatives, chosen, strict=True) for c in found[at])
        way = _way(facts, needs, hidden)
        if way is None:
            return None
        ways.append({"case": list(chosen), **way})
    return {
        "format": FORMAT,
        "name": problem.name,
        "about": problem.about,
        "given": [
            _assumption(named.name, named.formula, found) for named, found in zip(given, alternatives, strict=True)
        ],
        "wanted": [_assumption(need.named.name, need.named.formula, need.cases) for need in needs],
        "ways": ways,
    }


def _assumption(name: str, formula: Formula, found: Iterable[Case]) -> dict[str, Any]:
    return {"name": name, "text": str(formula), "cases": [[document(c) for c in case] for case in found]}


def _way(facts: Case, needs: Sequence[Need], hidden: Sequence[str]) -> dict[str, Any] | None:
    """Sizes for numbers of which these facts are true, and how each part of the failure follows."""
    points = _points(facts)
    for shown in product(*(range(len(need.cases)) for need in needs)):
        wanted = tuple(c for need, at in zip(needs, shown, strict=True) for c in need.cases[at])
        for sizes in _candidates(wanted, hidden, points):
            refutations = _refutations(facts, wanted, sizes)
            if refutations is not None:
                rows = [
                    {"name": size.name, "greatest": [{"sum": terms, "plus": plus} for terms, plus in size.greatest]}
                    for size in sizes
                ]
                return {"sizes": rows, "shown": list(shown), "refutations": refutations}
    return None


def _refutations(facts: Case, wanted: Case, sizes: Sequence[Size]) -> list[list[str]] | None:
    """Multipliers for every denial of what is wanted, whichever sums are the greatest."""
    found = []
    for picks in product(*(range(len(size.greatest)) for size in sizes)):
        known = (*facts, *(c for size, pick in zip(sizes, picks, strict=True) for c in picked(size, pick)))
        for denial in denials(wanted):
            factors = multipliers((*known, denial))
            if factors is None:
                return None
            found.append(factors)
    return found


def picked(size: Size, pick: int) -> Iterator[Constraint]:
    """The size where this one of its sums is the greatest."""
    terms, plus = size.greatest[pick]
    yield _constraint({size.name: 1}, terms, -1, "=", plus)
    for at, (other, constant) in enumerate(size.greatest):
        if at != pick:
            yield _constraint(other, terms, -1, "<=", plus - constant)


def denials(wanted: Iterable[Constraint]) -> Iterator[Constraint]:
    """What would be true of whole numbers if a constraint were not; an equation is denied in two ways."""
    for one in wanted:
        below = tuple((name, -count) for name, count in one.coefficients)
        yield Constraint(below, "<=", -one.bound - 1)
        if one.op == "=":
            yield Constraint(one.coefficients, "<=", one.bound - 1)


def _points(facts: Case) -> list[dict[str, int]]:
    """Some small numbers of which the facts are true: what does not hold of them needs no proof that it does not."""
    names = tuple(dict.fromkeys(name for one in facts for name, _ in one.coefficients))
    most = next(most for most in (5, 4, 3, 2, 1) if (most + 1) ** len(names) <= GRID or most == 1)
    grid = (dict(zip(names, row, strict=True)) for row in product(range(most + 1), repeat=len(names)))
    return list(islice((point for point in grid if all(_true(one, point) for one in facts)), POINTS))


def _true(one: Constraint, point: Mapping[str, int]) -> bool:
    found = sum(count * point[name] for name, count in one.coefficients)
    return found == one.bound if one.op == "=" else found <= one.bound


def _candidates(wanted: Case, hidden: Sequence[str], points: Sequence[dict[str, int]]) -> Iterator[list[Size]]:
    """Functions that are right at the points: first with as few sums as these need, then with all. As many sizes as
    possible are nought; with all others allowed the elimination may meet coefficients that it cannot treat, so where
    that fails a few sizes are tried alone."""
    forced = tuple(dict.fromkeys(_forced(wanted, hidden)))
    free = [name for name in hidden if name not in forced]
    kept = tuple(free)
    if _eliminated(wanted, kept, hidden, points) is None:
        few = (some for count in range(1, ALONE + 1) for some in combinations(free, count))
        kept = next((some for some in few if _eliminated(wanted, some, hidden, points) is not None), ())
    for name in kept:
        fewer = tuple(one for one in kept if one != name)
        if _eliminated(wanted, fewer, hidden, points) is not None:
            kept = fewer
    found = _eliminated(wanted, kept, hidden, points)
    if found is not None:
        yield _pruned(found, points)
        yield found


def _forced(wanted: Case, hidden: Sequence[str]) -> Iterator[str]:
    """Sizes that are nought because they add up to nought."""
    for one in wanted:
        if one.op == "=" and not one.bound and all(n in hidden and count > 0 for n, count in one.coefficients):
            yield from (name for name, _ in one.coefficients)


def _pruned(sizes: Sequence[Size], points: Sequence[dict[str, int]]) -> list[Size]:
    """The sizes without the sums that are not needed at the points."""
    known = [dict(point) for point in points]
    found = []
    for size in sizes:
        values = [[_value(one, point) for one in size.greatest] for point in known]
        left = list(range(len(size.greatest)))
        for at in reversed(range(len(size.greatest))):
            fewer = [one for one in left if one != at]
            if fewer and all(max(row[one] for one in fewer) == max(row) for row in values):
                left = fewer
        found.append(Size(size.name, tuple(size.greatest[at] for at in left)))
        for point, row in zip(known, values, strict=True):
            point[size.name] = max(row)
    return found


def _value(one: Sum, point: Mapping[str, int]) -> int:
    terms, plus = one
    return plus + sum(count * point[name] for name, count in terms.items())


def _eliminated(
    wanted: Case, kept: Sequence[str], hidden: Sequence[str], points: Sequence[dict[str, int]]
) -> list[Size] | None:
    """The sizes where all but those that are kept are nought; None where some point has none."""
    nought = [name for name in hidden if name not in kept]
    left = [({n: k for n, k in c.coefficients if n not in nought}, c.op, c.bound) for c in wanted]
    rest = list(kept)
    found = [Size(name, (({}, 0),)) for name in reversed(nought)]
    while rest:
        name = min(rest, key=lambda one: _work(left, one))
        rest.remove(name)
        if any(abs(sums.get(name, 0)) > 1 for sums, _, _ in left):
            return None
        lower = _without(left, name)
        if lower is None or len(lower[0]) > ROWS:
            return None
        left, terms = lower
        found.append(Size(name, terms))
    rows = [Constraint(tuple(sums.items()), op, bound) for sums, op, bound in left]
    return found[::-1] if all(_true(row, point) for point in points for row in rows) else None


Row = tuple[dict[str, int], Any, int]


def _work(rows: Sequence[Row], name: str) -> tuple[int, int]:
    """How much an elimination makes of the rows: those with an equation first."""
    if any(op == "=" and sums.get(name) for sums, op, _ in rows):
        return (0, sum(bool(sums.get(name)) for sums, _, _ in rows))
    ups = sum(sums.get(name, 0) > 0 for sums, _, _ in rows)
    downs = sum(sums.get(name, 0) < 0 for sums, _, _ in rows)
    return (1, ups * downs)


def _without(rows: Sequence[Row], name: str) -> tuple[list[Row], tuple[Sum, ...]] | None:
    """The rows without this size, and the sums of which it is the greatest; None where nothing holds it from below."""
    equation = next((row for row in rows if row[1] == "=" and row[0].get(name)), None)
    others = [row for row in rows if not row[0].get(name)]
    if equation is not None:
        value = _solved(equation, name)
        for sums, op, bound in rows:
            if sums.get(name) and (sums, op, bound) != equation:
                others.append(_placed((sums, op, bound), name, value))
        return others, (value,)
    downs = [_solved(row, name) for row in rows if row[0].get(name, 0) < 0]
    ups = [row for row in rows if row[0].get(name, 0) > 0]
    if not downs:
        return None
    for row in ups:
        for value in downs:
            fresh = _placed(row, name, value)
            if fresh not in others and not (not fresh[0] and fresh[2] >= 0):
                others.append(fresh)
    unique = [value for at, value in enumerate(downs) if value not in downs[:at]]
    return others, tuple(unique)


def _solved(row: Row, name: str) -> Sum:
    """The size by itself, from a row in which its coefficient is one or minus one."""
    sums, _, bound = row
    sign = sums[name]
    return {other: -sign * count for other, count in sums.items() if other != name}, sign * bound


def _placed(row: Row, name: str, value: Sum) -> Row:
    """The row with a sum in the place of the size."""
    sums, op, bound = row
    times = sums[name]
    found = {other: count for other, count in sums.items() if other != name}
    for other, count in value[0].items():
        found[other] = found.get(other, 0) + times * count
    return {other: count for other, count in found.items() if count}, op, bound - times * value[1]


def _constraint(left: dict[str, int], right: dict[str, int], times: int, op: Any, bound: int) -> Constraint:
    sums = dict(left)
    for name, count in right.items():
        sums[name] = sums.get(name, 0) + times * count
    return Constraint(tuple((name, count) for name, count in sums.items() if count), op, bound)
