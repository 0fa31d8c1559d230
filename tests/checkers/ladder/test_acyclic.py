"""Cycles are found, and nothing else."""

import random

import networkx as nx
import numpy as np

from checkers.ladder.accesses import readings
from checkers.ladder.acyclic import direct, left_over


def test_something_is_left_over_exactly_where_there_is_a_cycle():
    chance = random.Random(5)
    cyclic = 0
    for _ in range(500):
        count = chance.randrange(1, 8)
        edges = [(chance.randrange(count), chance.randrange(count)) for _ in range(chance.randrange(9))]
        graph = nx.DiGraph(edges)
        before, after = np.array([edge[0] for edge in edges], int), np.array([edge[1] for edge in edges], int)
        left = set(left_over(before, after, count).tolist())
        behind = {node for cycle in nx.simple_cycles(graph) for start in cycle for node in nx.descendants(graph, start)}
        behind |= {node for cycle in nx.simple_cycles(graph) for node in cycle}
        assert left == behind
        cyclic += bool(left)
    assert 50 < cyclic < 450


def test_a_pending_write_follows_its_session_and_precedes_nothing_of_it(history):
    accesses = next(readings(history("a: w y 1, w? x 2, w y 3", "b: r x 2, r y 1, r y 3")).some(1))
    edges = {(int(a), int(b)) for a, b in zip(*direct(accesses), strict=True)}
    assert edges == {(0, 1), (0, 2), (3, 4), (4, 5), (1, 3), (0, 4), (2, 5)}
    only = {(int(a), int(b)) for a, b in zip(*direct(accesses, sources_of=0), strict=True)}
    assert only == {(0, 1), (0, 2), (3, 4), (4, 5)}
