"""The order around a violation as a graph, for people and for other programs.

A `Witness` is plain data, made of the few operations of a counterexample. Edges say what comes before what, and why:

| label | the first comes before the second because |
|---|---|
| session | one client did both, in this order |
| reads-from | the second returned what the first wrote |
| context | the second's context covers the first |
| transitively | of operations that are not drawn |
| real time | the first had ended when the second began |
| must precede | some read demands it (the label says which) |

Edges of the last kind are no observation: they are what the level asks for. Where they and the others form a cycle
there is no order, and a shortest one of what is drawn in full is marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import networkx as nx

SESSION, READS_FROM, CONTEXT, TRANSITIVELY = "session", "reads-from", "context", "transitively"
REAL_TIME, MUST_PRECEDE = "real time", "must precede"


@dataclass(frozen=True, slots=True)
class Node:
    """An operation."""

    row: int
    """Its row in the history, its index in this store's own."""
    label: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One thing that comes before another."""

    first: int
    """A row."""
    second: int
    label: str
    cycle: bool = False
    """Whether it lies on the shortest cycle."""


class Witness(NamedTuple):
    """The operations of a counterexample and their order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def cycle(self) -> tuple[Edge, ...]:
        """The edges of the shortest cycle, none where there is no cycle."""
        return tuple(edge for edge in self.edges if edge.cycle)


def witness(nodes: Iterable[Node], edges: Iterable[Edge]) -> Witness:
    """A graph of these, each edge once, with its shortest cycle marked."""
    import numpy as np  # noqa: PLC0415 - whoever only reads a report does without

    from checkers.ladder.cycles import shortest_cycle  # noqa: PLC0415

    told = tuple(sorted(nodes, key=lambda node: node.row))
    firsts: dict[tuple[int, int], Edge] = {}
    for edge in edges:
        if edge.first != edge.second:
            firsts.setdefault((edge.first, edge.second), edge)
    found = [firsts[place] for place in sorted(firsts)]
    places = {node.row: place for place, node in enumerate(told)}
    drawn = [at for at, edge in enumerate(found) if edge.label != TRANSITIVELY]
    before = np.array([places[found[at].first] for at in drawn], dtype=np.int64)
    after = np.array([places[found[at].second] for at in drawn], dtype=np.int64)
    try:
        for place in shortest_cycle(before, after, len(told)):
            found[drawn[place]] = replace(found[drawn[place]], cycle=True)
    except ValueError:  # there is none
        pass
    return Witness(told, tuple(found))


Named = Sequence[tuple[str, Witness]]
"""Several graphs, each with a name of its own."""


def digraph(graphs: Named) -> "nx.DiGraph[str]":
    """All graphs as one, whose nodes are called ``name:row``. Nodes have `label`, `group` (the name) and `row`, edges
    have `label` and `cycle`."""
    import networkx as nx  # noqa: PLC0415 - only who asks for a graph waits for it

    found: Any = nx.DiGraph()
    for name, one in graphs:
        for node in one.nodes:
            found.add_node(f"{name}:{node.row}", label=node.label, group=name, row=node.row)
        for edge in one.edges:
            found.add_edge(f"{name}:{edge.first}", f"{name}:{edge.second}", label=edge.label, cycle=edge.cycle)
    return found


def graphml(graphs: Named) -> str:
    """All graphs in one GraphML document."""
    import networkx as nx  # noqa: PLC0415

    return "\n".join(nx.generate_graphml(digraph(graphs))) + "\n"


def dot(graphs: Named) -> str:
    """All graphs in the language of Graphviz, each in a box of its own; the cycle is bold."""
    lines = ["digraph counterexample {", "  node [shape=box];"]
    for number, (name, one) in enumerate(graphs):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(name)};"]
        lines += [f"    n{number}_{node.row} [label={_quoted(node.label)}];" for node in one.nodes]
        for edge in one.edges:
            style = f"label={_quoted(edge.label)}" + (", style=bold, color=red" if edge.cycle else "")
            lines.append(f"    n{number}_{edge.first} -> n{number}_{edge.second} [{style}];")
        lines.append("  }")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    """A quoted string of DOT: nothing in it ends it, and nothing is taken for markup or an escape of a label."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
