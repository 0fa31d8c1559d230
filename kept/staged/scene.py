"""What a counterexample by counting says, and how its nodes are cast with those of a cluster."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from checkers.proofs.lemma import listed
from kept.lab.direction import Direction

Names = tuple[str, ...]
PARTITIONS = 64
"""Of a cluster on stage; with more nodes, as many as nodes."""


class Scene(NamedTuple):
    """A counterexample by counting."""

    lemma: str
    values: Mapping[str, int]
    nodes: Mapping[str, Names]
    """Set -> its members, as the counterexample names them."""
    per_machine: int = 1


class Staged(NamedTuple):
    """A run that shows a counterexample, not made yet."""

    claim: str
    """What the run must violate."""
    direction: Direction
    roles: Mapping[str, str]
    """Node of the counterexample -> node of the store."""
    note: str = ""
    """What else the names do not say."""

    @property
    def told(self) -> str:
        """Who is who, where the names differ, and the note; empty where everybody plays himself."""
        others = tuple(f"{role} is {node}" for role, node in self.roles.items() if role != node)
        return "; ".join(part for part in (listed(others) if others else "", self.note) if part)


class NotStaged(ValueError):
    """The store has nothing that the counterexample could happen to; the message says why."""


Stage = Callable[[Scene], Staged]


def cluster(scene: Scene, claim: str, **config: Any) -> Direction:
    """A cluster of N nodes under a strict quorum, so that each owns every key; `config` says what is otherwise."""
    values = scene.values
    fields: dict[str, Any] = {
        "nodes": values["N"],
        "n": values["N"],
        "r": values.get("R", 1),
        "w": values["W"],
        "sloppy": False,
    }
    fields |= config
    fields.setdefault("partitions", max(PARTITIONS, fields["nodes"]))
    return Direction((claim,), **fields)


def cast(scene: Scene, direction: Direction) -> dict[str, str]:
    """The owners of the counterexample, n1, n2, ..., are those of the key in the order of its preference list, and f1,
    f2, ... the next nodes of it. Where a key has the list n1, n2, ..., everybody plays himself."""
    config = direction.config
    try:
        direction.key = direction.key_of(tuple(f"n{at + 1}" for at in range(config.nodes)))
    except LookupError:
        direction.key = "k0"  # then some play others
    walk = direction.preference(direction.key)
    roles = dict.fromkeys(name for names in scene.nodes.values() for name in names)
    first = {"n": 0, "f": config.n}
    return {role: walk[first[role[0]] + int(role[1:]) - 1] for role in sorted(roles)}


def played(scene: Scene, roles: Mapping[str, str], *sets: str) -> Names:
    """The store's nodes in these sets of the counterexample."""
    return tuple(dict.fromkeys(roles[name] for one in sets for name in scene.nodes.get(one, ())))


def others(direction: Direction, names: Names) -> Names:
    """All nodes of the cluster but these."""
    return tuple(name for name in (f"n{at + 1}" for at in range(direction.config.nodes)) if name not in names)
