"""Witnesses: shortest cycles, and graphs that other programs read."""

import random

import networkx as nx
import numpy as np
import pytest

from checkers.ladder.accesses import readings
from checkers.ladder.acyclic import direct
from checkers.ladder.telling import Pattern, cycle
from checkers.ladder.witness import dot, graph, graphml, shortest_cycle


def test_the_cycle_is_a_shortest_one():
    chance = random.Random(2)
    for _ in range(300):
        count = chance.randrange(2, 9)
        edges = [(chance.randrange(count), chance.randrange(count)) for _ in range(12)]
        edges = [edge for edge in edges if edge[0] != edge[1]]
        before, after = np.array([edge[0] for edge in edges], int), np.array([edge[1] for edge in edges], int)
        lengths = [len(one) for one in nx.simple_cycles(nx.DiGraph(edges))]
        if not lengths:
            with pytest.raises(ValueError, match="no cycle"):
                shortest_cycle(before, after, count)
            continue
        found = [edges[at] for at in shortest_cycle(before, after, count)]
        assert len(found) == min(lengths)
        assert all(first[1] == second[0] for first, second in zip(found, found[1:] + found[:1], strict=True))


def witness(history):
    one = history("a: r y 2, w x 1", "b: r x 1, w y 2")
    accesses = next(readings(one).some(1))
    return graph(one, cycle(accesses, *direct(accesses), "cyclic-causes"))


def test_a_cycle_of_causes_is_a_graph_of_its_operations(history):
    found = witness(history)
    assert sorted(found.edges(data="label")) == [
        (0, 2, "before"), (1, 3, "before"), (2, 1, "read by"), (3, 0, "read by"),
    ]  # fmt: skip


def test_it_is_written_for_graphviz(history):
    text = dot(witness(history))
    assert text.splitlines()[:2] == ["digraph witness {", '  0 [label="read \\"y\\" 2 by client 0 (row 0)"];']
    assert '  2 -> 1 [label="read by"];' in text
    assert text.endswith("}\n")


def test_it_is_written_as_graphml_and_read_back(history):
    found = witness(history)
    again = nx.parse_graphml(graphml(found), node_type=int)
    assert sorted(again.edges(data="label")) == sorted(found.edges(data="label"))


def test_a_pattern_without_edges_is_its_operations(history):
    assert list(graph(history("a: w x 1"), Pattern("thin-air", (0,))).edges) == []
