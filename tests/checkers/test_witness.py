"""Witnesses as graphs that other programs read: what they say, and that hostile text stays text."""

import networkx as nx
import pytest

from checkers.ladder.causality import around
from checkers.ladder.climb import climb
from checkers.witness import Edge, Node, digraph, dot, graphml, witness
from histories.columns import Row, from_rows

HOSTILE = ['"]; evil [label="', "<b>&amp;</b>", "a\\N\\", "line\nbreak\0", "]]>", "\ud800", "ünïcode"]


@pytest.fixture
def cycle():
    rows = [Row(0, "read", "y", result=2, start=0, end=1), Row(1, "read", "x", result=1, start=2, end=3)]
    rows += [Row(0, "write", "x", 1, start=4, end=5), Row(1, "write", "y", 2, start=6, end=7)]
    one = from_rows(rows)
    return around(one, climb(one, ["causal-consistency"]).verdicts["causal-consistency"].counterexample)


def test_a_cycle_of_causes_is_marked_and_shortest():
    nodes = [Node(row, "") for row in range(5)]
    found = witness(nodes, [Edge(0, 1, "a"), Edge(1, 2, "b"), Edge(2, 0, "c"), Edge(3, 4, "d"), Edge(2, 3, "e")])
    assert [(edge.first, edge.second) for edge in found.cycle] == [(0, 1), (1, 2), (2, 0)]
    assert witness(nodes, [Edge(0, 1, "a"), Edge(1, 2, "b")]).cycle == ()


def test_an_edge_is_drawn_once_for_the_first_reason_that_is_told():
    found = witness([Node(0, ""), Node(1, "")], [Edge(0, 1, "session"), Edge(0, 1, "context"), Edge(1, 1, "session")])
    assert found.edges == (Edge(0, 1, "session"),)


def test_it_is_a_networkx_graph(cycle):
    found = digraph([("causal-consistency", cycle)])
    name = "causal-consistency"
    assert sorted(found.edges(data="label")) == [
        (f"{name}:0", f"{name}:2", "session"),
        (f"{name}:1", f"{name}:3", "session"),
        (f"{name}:2", f"{name}:1", "reads-from"),
        (f"{name}:3", f"{name}:0", "reads-from"),
    ]
    assert all(data["cycle"] for _, _, data in found.edges(data=True))
    assert nx.find_cycle(found)


def test_it_is_written_for_graphviz(cycle):
    text = dot([("one", cycle)])
    assert text.splitlines()[:3] == ["digraph counterexample {", "  node [shape=box];", "  subgraph cluster_0 {"]
    assert '    n0_0 [label="read \\"y\\" 2 by client 0 (row 0)"];' in text.splitlines()
    assert '    n0_2 -> n0_1 [label="reads-from", style=bold, color=red];' in text.splitlines()
    assert text.endswith("}\n")


def test_it_is_written_as_graphml_and_read_back(cycle):
    again = nx.parse_graphml(graphml([("one", cycle), ("two", cycle)]))
    assert dict(again.edges) == dict(digraph([("one", cycle), ("two", cycle)]).edges)
    assert {data["group"] for _, data in again.nodes(data=True)} == {"one", "two"}


def unquoted(text):
    """The strings of a DOT text, read by the rules of its language; everything else must be plain."""
    strings, rest, at = [], "", 0
    while at < len(text):
        if text[at] != '"':
            rest += text[at]
            at += 1
            continue
        at, found = at + 1, ""
        while text[at] != '"':
            at, found = (at + 2, found + text[at : at + 2]) if text[at] == "\\" else (at + 1, found + text[at])
        at += 1
        strings.append(found)
    return strings, rest


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_keys_values_and_clients_stay_text(text):
    rows = [Row(text, "write", text, text, start=0, end=1), Row(text + "2", "read", text, result=1, start=2, end=3)]
    one = from_rows(rows)
    found = around(one, climb(one, ["regular"]).verdicts["regular"].counterexample)
    strings, rest = unquoted(dot([(text, found)]))
    assert len(strings) == 1 + len(found.nodes) + len(found.edges)
    assert rest.isascii()
    assert rest.isprintable() or set(rest) <= set(" \n{}[]=;_->,abcdefghijklmnopqrstuvwxyz0123456789")
    assert "evil" not in rest
    assert not any(character < " " for label in strings[1:] for character in label)
    again = nx.parse_graphml(graphml([("one", found)]))
    assert sorted(data["label"] for _, data in again.nodes(data=True)) == sorted(node.label for node in found.nodes)
