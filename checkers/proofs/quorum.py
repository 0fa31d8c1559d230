"""Explicit quorum systems: expressions over named nodes, such as ``a*b + c*d`` or ``choose(2, a, b, c)``.

Everything is one kind of node, a threshold: so much weight of the parts is needed. `*` needs all parts, `+` one,
`choose(k, ...)` k of them, `weights(k, a=2, b=1)` parts that weigh k together. The dual of a threshold is a threshold,
so the sets that meet every quorum of an expression are again the quorums of one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """One named node."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Threshold:
    """Parts whose weights come to `need`."""

    need: int
    parts: tuple[tuple["Expression", int], ...]

    @property
    def weight(self) -> int:
        return sum(weight for _, weight in self.parts)

    @property
    def plain(self) -> bool:
        """Whether every part weighs the same 1."""
        return all(weight == 1 for _, weight in self.parts)

    def __str__(self) -> str:
        inner = [str(part) for part, _ in self.parts]
        if not self.plain:
            named = ((f"{part}" if isinstance(part, Node) else f"({part})", weight) for part, weight in self.parts)
            shown = ", ".join(f"{text}={weight}" for text, weight in named)
            return f"weights({self.need}, {shown})"
        if self.need == len(self.parts):
            wrapped = [
                f"({text})" if _is_sum(part) else text for text, (part, _) in zip(inner, self.parts, strict=True)
            ]
            return "*".join(wrapped)
        return " + ".join(inner) if self.need == 1 else f"choose({self.need}, {', '.join(inner)})"


Expression = Node | Threshold


def node(name: str) -> Expression:
    return Node(name)


def choose(need: int, parts: Iterable[Expression]) -> Expression:
    """Any `need` of the parts. ValueError where that is none or more than there are."""
    return weighted(need, ((part, 1) for part in parts))


def weighted(need: int, parts: Iterable[tuple[Expression, int]]) -> Expression:
    """Parts that weigh at least `need`. ValueError for a need that nothing or everything meets."""
    found = tuple(parts)
    total = sum(weight for _, weight in found)
    if any(weight < 0 for _, weight in found):
        raise ValueError("a weight below 0")
    if not 1 <= need <= total:
        raise ValueError(f"{need} of {total}")
    merged: dict[Expression, int] = {}  # a part that stands there twice counts twice
    for part, weight in found:
        if weight:
            merged[part] = merged.get(part, 0) + weight
    if len(merged) == 1:
        return next(iter(merged))
    if need in (1, total):  # any of them, or all of them, whatever they weigh
        return Threshold(1 if need == 1 else len(merged), tuple((part, 1) for part in merged))
    return Threshold(need, tuple(merged.items()))


def majority(parts: Iterable[Expression]) -> Expression:
    found = tuple(parts)
    return choose(len(found) // 2 + 1, found)


def every(parts: Iterable[Expression]) -> Expression:
    found = tuple(parts)
    return choose(len(found), found)


def some(parts: Iterable[Expression]) -> Expression:
    return choose(1, parts)


def grid(rows: int, columns: int, prefix: str = "n") -> tuple[Expression, Expression]:
    """Cheung, Ammar and Ahamad's grid: a get hears a whole row, a put a node of every row. The two always meet."""
    cells = [[node(f"{prefix}{row}.{column}") for column in range(1, columns + 1)] for row in range(1, rows + 1)]
    reads = some(every(row) for row in cells)
    return reads, dual(reads)


def hierarchy(groups: Iterable[Iterable[str]]) -> Expression:
    """A majority of groups, in each a majority of its nodes (Kumar, 1991). It meets itself."""
    return majority(majority(node(name) for name in group) for group in groups)


def dual(expression: Expression) -> Expression:
    """The expression whose quorums are the sets that meet every quorum of this one.

    X meets every quorum of E exactly when the complement of X holds none. A threshold of which less than `need` may
    be left over is one of which `weight - need + 1` must be taken.
    """
    if isinstance(expression, Node):
        return expression
    parts = tuple((dual(part), weight) for part, weight in expression.parts)
    return Threshold(expression.weight - expression.need + 1, parts)


def names(expression: Expression) -> tuple[str, ...]:
    """Every node once, in the order of first appearance."""
    return tuple(dict.fromkeys(leaves(expression)))


def leaves(expression: Expression) -> tuple[str, ...]:
    """Every appearance of a node."""
    if isinstance(expression, Node):
        return (expression.name,)
    return tuple(name for part, _ in expression.parts for name in leaves(part))


def simple(expression: Expression) -> bool:
    """Whether no node appears twice."""
    found = leaves(expression)
    return len(set(found)) == len(found)


def is_quorum(expression: Expression, members: frozenset[str]) -> bool:
    if isinstance(expression, Node):
        return expression.name in members
    return sum(weight for part, weight in expression.parts if is_quorum(part, members)) >= expression.need


def shrunk(expression: Expression, members: Iterable[str]) -> tuple[str, ...]:
    """A quorum within `members` of which no node can be spared. `members` hold a quorum."""
    left = list(members)
    assert is_quorum(expression, frozenset(left)), "there is a quorum to shrink"
    for name in tuple(reversed(left)):
        fewer = [other for other in left if other != name]
        if is_quorum(expression, frozenset(fewer)):
            left = fewer
    return tuple(left)


def cheapest(expression: Expression) -> int:
    """The size of the smallest quorum, where no node appears twice."""
    if isinstance(expression, Node):
        return 1
    costs = tuple((cheapest(part), weight) for part, weight in expression.parts)
    return _knapsack(costs, expression.need)


@lru_cache(maxsize=1024)
def _knapsack(costs: tuple[tuple[int, int], ...], need: int) -> int:
    """The least cost at which weights come to `need`."""
    if all(weight == 1 for _, weight in costs):
        return sum(sorted(cost for cost, _ in costs)[:need])
    heaviest = [0] + [-1] * sum(cost for cost, _ in costs)  # by cost; weights may be large, costs are nodes
    for cost, weight in costs:
        for spent in range(len(heaviest) - 1, cost - 1, -1):
            if heaviest[spent - cost] >= 0:
                heaviest[spent] = max(heaviest[spent], heaviest[spent - cost] + weight)
    return next(spent for spent, weight in enumerate(heaviest) if weight >= need)


def from_quoracle(given: Any) -> Expression:
    """One of quoracle's expressions (Whittaker et al., PaPoC 2021), known by the shape of its object.

    `TypeError` for anything else.
    """
    match type(given).__name__:
        case "Node":
            return node(str(given.x))
        case "And":
            return every(from_quoracle(part) for part in given.es)
        case "Or":
            return some(from_quoracle(part) for part in given.es)
        case "Choose":
            return choose(given.k, (from_quoracle(part) for part in given.es))
        case other:
            raise TypeError(f"{other} is no expression of quoracle's")


def renamed(expression: Expression, called: Mapping[str, str]) -> Expression:
    """The same expression over other names."""
    if isinstance(expression, Node):
        return Node(called[expression.name])
    return Threshold(expression.need, tuple((renamed(part, called), weight) for part, weight in expression.parts))


def _is_sum(expression: Expression) -> bool:
    return isinstance(expression, Threshold) and expression.plain and expression.need == 1
