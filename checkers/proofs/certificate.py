"""Check certificates with nothing but fractions: no solver, no other module of this project.

    python3 check.py < certificate.json

A certificate lists assumptions. Each is a choice between cases, and each case is constraints ``sum <= bound`` or
``sum = bound`` over the same unknowns. To show that all assumptions cannot hold at once, *every* way to choose one case
of each must be refuted: the constraints, times the multipliers, add up to ``0 <= a negative number``. To show that they
*can* hold at once, values are given, and of each assumption one case must be true of them.

To show that *for all* numbers of which some assumptions are true there are sizes that make others true, the sizes are
given as functions: each is the greatest of some whole sums of numbers and of sizes before it. Then every denial of
what is wanted must be refuted, whichever of its sums each size is. That all numbers and sizes are whole is used once:
what is not ``<= bound`` is ``>= bound + 1``.
"""

import json
import sys
from fractions import Fraction
from itertools import product


def check(document: dict) -> str:  # type: ignore[type-arg]  # it stands alone, and takes what json gives
    """Say what was checked. Raises ValueError for the first thing that is wrong."""
    if document.get("format") == "kept-witness-1":
        return _witnessed(document)
    if document.get("format") == "kept-sizes-1":
        return _sized(document)
    if document.get("format") != "kept-farkas-1":
        formats = "'kept-farkas-1', 'kept-sizes-1', 'kept-witness-1'"
        raise ValueError(f"format: {document.get('format')!r}; accepted: {formats}")
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


def _sized(document: dict) -> str:  # type: ignore[type-arg]
    given, wanted = document["given"], document["wanted"]
    numbers = {name for one in given for case in one["cases"] for constraint in case for name in constraint["sum"]}
    found = {tuple(way["case"]): way for way in document["ways"]}
    ways = list(product(*(range(len(one["cases"])) for one in given)))
    for way in ways:
        if way not in found:
            raise ValueError(f"case {list(way)}: no sizes")
        facts = [c for one, at in zip(given, way, strict=True) for c in one["cases"][at]]
        goals = [c for one, at in zip(wanted, found[way]["shown"], strict=True) for c in one["cases"][at]]
        _follow(facts, found[way]["sizes"], goals, found[way]["refutations"], numbers, list(way))
    return f"{document['name']}: in all {len(ways)} cases there are sizes that make all {len(wanted)} parts true"


def _follow(facts: list, sizes: list, goals: list, refutations: list, numbers: set, way: list) -> None:  # type: ignore[type-arg]
    known = set(numbers)
    for size in sizes:
        for term in size["greatest"]:
            if not set(term["sum"]) <= known or any(type(n) is not int for n in (*term["sum"].values(), term["plus"])):
                raise ValueError(f"case {way}: {size['name']} is no whole sum of what is known before it")
        if size["name"] in known or not size["greatest"]:
            raise ValueError(f"case {way}: {size['name']} is a number already, or the greatest of nothing")
        known.add(size["name"])
    if not {name for goal in goals for name in goal["sum"]} <= known:
        raise ValueError(f"case {way}: a size is not given")
    tasks = []
    for picks in product(*(range(len(size["greatest"])) for size in sizes)):
        chosen = [c for size, pick in zip(sizes, picks, strict=True) for c in _greatest(size, pick)]
        tasks += [[*facts, *chosen, denial] for goal in goals for denial in _denials(goal)]
    for constraints, multipliers in zip(tasks, refutations, strict=True):
        _refute(constraints, [Fraction(text) for text in multipliers], way)


def _greatest(size: dict, pick: int) -> list:  # type: ignore[type-arg]
    best = size["greatest"][pick]
    less = {name: -count for name, count in best["sum"].items()}
    found = [{"sum": {**less, size["name"]: 1}, "op": "=", "bound": best["plus"]}]
    for at, other in enumerate(size["greatest"]):
        if at != pick:
            rest = {name: other["sum"].get(name, 0) + less.get(name, 0) for name in {**other["sum"], **less}}
            found.append({"sum": rest, "op": "<=", "bound": best["plus"] - other["plus"]})
    return found


def _denials(goal: dict) -> list:  # type: ignore[type-arg]
    if goal["op"] not in ("<=", "=") or any(type(n) is not int for n in (*goal["sum"].values(), goal["bound"])):
        raise ValueError(f"{goal}: what is wanted is no comparison of whole sums")
    below = {name: -count for name, count in goal["sum"].items()}
    over = [{"sum": below, "op": "<=", "bound": -goal["bound"] - 1}]
    return over + ([{"sum": goal["sum"], "op": "<=", "bound": goal["bound"] - 1}] if goal["op"] == "=" else [])


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
