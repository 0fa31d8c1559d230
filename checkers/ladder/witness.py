"""Witnesses as graphs, for people: a shortest cycle, and what a counterexample says comes before what.

The checkers compute on arrays; a networkx graph is only made of what was found to be wrong.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.acyclic import left_over
from checkers.ladder.telling import Pattern, observed
from histories.columns import Columns

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]

STARTS = 64
"""Accesses from which a shortest cycle is looked for."""


def shortest_cycle(before: Ints, after: Ints, count: int) -> list[int]:
    """The edges (by place) of a shortest cycle through one of `STARTS` nodes that lie on cycles. Raises ValueError
    where the edges have none."""
    core = _core(before, after, count)
    edges = np.flatnonzero(np.isin(before, core) & np.isin(after, core))
    followers: dict[int, list[tuple[int, int]]] = {}
    for edge in edges.tolist():
        followers.setdefault(int(before[edge]), []).append((int(after[edge]), edge))
    best: list[int] = []
    for start in sorted(followers)[:: max(1, len(followers) // STARTS)]:
        found = _back_to(start, followers, len(best))
        if found and (not best or len(found) < len(best)):
            best = found
    if not best:
        raise ValueError("the edges have no cycle")
    return best


def _core(before: Ints, after: Ints, count: int) -> Ints:
    """The nodes that lie on cycles or between them."""
    behind = left_over(before, after, count)
    inside = np.isin(before, behind) & np.isin(after, behind)
    ahead = left_over(after[inside], before[inside], count)
    return np.intersect1d(behind, ahead)


def _back_to(start: int, followers: dict[int, list[tuple[int, int]]], shorter: int) -> list[int]:
    """The edges of a shortest way from `start` to itself."""
    came: dict[int, tuple[int, int]] = {}
    waiting = deque([(start, 0)])
    while waiting:
        node, steps = waiting.popleft()
        if shorter and steps + 1 >= shorter:
            return []
        for other, edge in followers.get(node, []):
            if other == start:
                found = [edge]
                while node != start:
                    node, last = came[node]
                    found.append(last)
                return found[::-1]
            if other not in came:
                came[other] = (node, edge)
                waiting.append((other, steps + 1))
    return []


def graph(history: Columns, pattern: Pattern) -> "nx.DiGraph[int]":
    """The operations of `pattern` as nodes (`label`), and what comes before what as edges (`label`: why)."""
    import networkx as nx  # noqa: PLC0415 - only who asks for a witness waits for it

    found: Any = nx.DiGraph()
    for row in sorted(set(pattern.rows)):
        seen = observed(history, row)
        found.add_node(row, label=f"{seen.what} by client {seen.client} ({seen.where})")
    for first, second, why in pattern.edges:
        found.add_edge(first, second, label=why)
    return found


def graphml(witness: "nx.DiGraph[int]") -> str:
    """The witness as GraphML."""
    import networkx as nx  # noqa: PLC0415

    return "\n".join(nx.generate_graphml(witness)) + "\n"


def dot(witness: "nx.DiGraph[int]") -> str:
    """The witness in the language of Graphviz."""
    lines = ["digraph witness {"]
    lines += [f"  {node} [label={_quoted(data['label'])}];" for node, data in sorted(witness.nodes(data=True))]
    edges = sorted(witness.edges(data=True), key=lambda edge: edge[:2])
    lines += [f"  {first} -> {second} [label={_quoted(data['label'])}];" for first, second, data in edges]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
