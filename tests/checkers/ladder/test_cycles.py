"""The cycle that is shown is a shortest one, as networkx finds it among all."""

import random

import networkx as nx
import numpy as np
import pytest

from checkers.ladder.cycles import shortest_cycle


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
