"""The register of Attiya, Bar-Noy and Dolev as one would write it down first, explored by copying whole states.

It shares no code with `model.abstract.register` or the explorer: what both count, two people have counted.
"""

import copy
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Tag = tuple[int, str]
START: Tag = (0, "")


class Operation:
    """A put or a get, and what its coordinator knows."""

    def __init__(self, kind: str, waits_for: str | None) -> None:
        self.kind = kind
        self.waits_for = waits_for
        self.phase = "idle"
        self.asked: set[str] = set()
        self.replies: dict[str, Tag] = {}
        self.heard: set[str] = set()
        self.best: Tag | None = None
        self.chosen: Tag | None = None
        self.stored: set[str] = set()
        self.acknowledged: set[str] = set()
        self.floor: set[Tag] = set()

    def key(self) -> tuple[Any, ...]:
        sets = (self.asked, self.heard, self.stored, self.acknowledged, self.floor)
        return (self.phase, self.best, self.chosen, tuple(sorted(self.replies.items())), *map(frozenset, sets))


class Register:
    """A whole state: servers and operations."""

    def __init__(self, clients: Mapping[str, Sequence[str]], servers: int) -> None:
        self.holds: dict[str, Tag] = {f"s{number}": START for number in range(servers)}
        self.operations: dict[str, Operation] = {}
        for client, kinds in clients.items():
            before = None
            for number, kind in enumerate(kinds):
                name = f"{client}{number}"
                self.operations[name] = Operation(kind, before)
                before = name

    def key(self) -> tuple[Any, ...]:
        return (*self.holds.values(), *(operation.key() for operation in self.operations.values()))

    def possible(self) -> Iterator[tuple[str, ...]]:
        """The steps: what happens, to which operation, at which server."""
        majority = len(self.holds) // 2 + 1
        for name, one in self.operations.items():
            if one.phase == "idle" and (one.waits_for is None or self.operations[one.waits_for].phase == "done"):
                yield "begin", name
            if one.phase == "asking":
                yield from (("answer", name, server) for server in self.holds if server not in one.asked)
                yield from (("hear", name, server) for server in one.replies)
                if len(one.heard) >= majority:
                    yield "choose", name
            if one.phase in ("storing", "done"):
                yield from (("store", name, server) for server in self.holds if server not in one.stored)
            if one.phase == "storing":
                yield from (("acknowledge", name, server) for server in sorted(one.stored - one.acknowledged))
                if len(one.acknowledged) >= majority:
                    yield "finish", name

    def take(self, what: str, name: str, server: str = "") -> None:
        """Change this state by a step."""
        one = self.operations[name]
        if what == "begin":
            one.phase, one.best = "asking", START
            one.floor = {other.chosen for other in self.operations.values() if other.phase == "done" and other.chosen}
        elif what == "answer":
            one.asked.add(server)
            one.replies[server] = self.holds[server]
        elif what == "hear":
            one.heard.add(server)
            one.best = max(one.best or START, one.replies.pop(server))
        elif what == "choose":
            assert one.best is not None
            one.chosen = (one.best[0] + 1, name) if one.kind == "put" else one.best
            older = [tag for tag in one.floor if tag > one.chosen or (one.kind == "put" and tag == one.chosen)]
            assert not older, "an operation goes back behind one that was answered before it began"
            one.phase, one.best, one.asked, one.replies, one.heard = "storing", None, set(), {}, set()
        elif what == "store":
            assert one.chosen is not None
            one.stored.add(server)
            self.holds[server] = max(self.holds[server], one.chosen)
        elif what == "acknowledge":
            one.acknowledged.add(server)
        else:
            one.phase, one.acknowledged = "done", set()


def explore_by_copying(clients: Mapping[str, Sequence[str]], servers: int = 3) -> tuple[int, int, list[int]]:
    """States, transitions, and states by their distance from the start; every step on a deep copy."""
    start = Register(clients, servers)
    depths = {start.key(): 0}
    waiting = deque([start])
    transitions = 0
    while waiting:
        state = waiting.popleft()
        depth = depths[state.key()]
        for step in state.possible():
            transitions += 1
            after = copy.deepcopy(state)
            after.take(*step)
            key = after.key()
            if key not in depths:
                depths[key] = depth + 1
                waiting.append(after)
    counts = [0] * (max(depths.values()) + 1)
    for depth in depths.values():
        counts[depth] += 1
    return len(depths), transitions, counts
