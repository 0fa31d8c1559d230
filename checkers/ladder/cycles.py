"""A shortest cycle among edges: what a violation comes down to."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.acyclic import left_over

Ints = NDArray[np.int64]

STARTS = 64
"""Nodes from which a shortest cycle is looked for."""


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
