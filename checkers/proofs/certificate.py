"""Check certificates with nothing but fractions: no solver, no other module of this project.

    python3 check.py < certificate.json

A certificate lists assumptions. Each is a choice between cases, and each case is constraints ``sum <= bound`` or
``sum = bound`` over the same unknowns. To show that all assumptions cannot hold at once, *every* way to choose one case
of each must be refuted: the constraints, times the multipliers, add up to ``0 <= a negative number``. To show that they
*can* hold at once, values are given, and of each assumption one case must be true of them.
"""

import json
import sys
from fractions import Fraction
from itertools import product


def check(document: dict) -> str:  # type: ignore[type-arg]  # it stands alone, and takes what json gives
    """Say what was checked. Raises ValueError for the first thing that is wrong."""
    if document.get("format") == "kept-witness-1":
        return _witnessed(document)
    if document.get("format") != "kept-farkas-1":
        raise ValueError(f"format: {document.get('format')!r}; accepted: 'kept-farkas-1', 'kept-witness-1'")
    assumptions, given = document["assumptions"], document["refutations"]
    refutations = {tuple(refutation["case"]): refutation["multipliers"] for refutation in given}
    ways = list(product(*(range(len(assumption["cases"])) for assumption in assumptions)))
    for way in ways:
        if way not in refutations:
            raise ValueError(f"case {list(way)}: not refuted")
        constraints = [c for assumption, at in zip(assumptions, way, strict=True) for c in assumption["cases"][at]]
        _refute(constraints, [Fraction(text) for text in refutations[way]], list(way))
    return f"{document['name']}: {len(assumptions)} assumptions contradict each other in all {len(ways)} cases"


def _witnessed(document: dict) -> str:  # type: ignore[type-arg]
    values = {name: Fraction(count) for name, count in document["values"].items()}
    if any(count.denominator != 1 for count in values.values()):
        raise ValueError("values: a fraction; accepted: whole numbers")
    for assumption in document["assumptions"]:
        if not any(all(_true(constraint, values) for constraint in case) for case in assumption["cases"]):
            raise ValueError(f"{assumption['name']}: not true of these values")
    return f"{document['name']}: {len(document['assumptions'])} assumptions hold at once"


def _true(constraint: dict, values: dict) -> bool:  # type: ignore[type-arg]
    found = sum((Fraction(count) * values[name] for name, count in constraint["sum"].items()), Fraction(0))
    bound = Fraction(constraint["bound"])
    return found == bound if constraint["op"] == "=" else constraint["op"] == "<=" and found <= bound


def _refute(constraints: list, multipliers: list, way: list) -> None:  # type: ignore[type-arg]
    if len(constraints) != len(multipliers):
        raise ValueError(f"case {way}: {len(multipliers)} multipliers for {len(constraints)} constraints")
    left: dict[str, Fraction] = {}
    bound = Fraction(0)
    for constraint, times in zip(constraints, multipliers, strict=True):
        if constraint["op"] not in ("<=", "="):
            raise ValueError(f"case {way}: {constraint['op']!r} is no comparison of a certificate")
        if constraint["op"] == "<=" and times < 0:
            raise ValueError(f"case {way}: a negative multiplier turns <= around")
        for name, count in constraint["sum"].items():
            left[name] = left.get(name, Fraction(0)) + times * Fraction(count)
        bound += times * Fraction(constraint["bound"])
    over = sorted(name for name, count in left.items() if count)
    if over:
        raise ValueError(f"case {way}: {', '.join(over)} does not cancel out")
    if bound >= 0:
        raise ValueError(f"case {way}: 0 <= {bound} is no contradiction")


if __name__ == "__main__":
    try:
        print(check(json.load(sys.stdin)))  # noqa: T201
    except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"not a proof: {error}")
