"""A scene: nodes with real disks that a test writes to by hand, under a `KeyWatch`, and a history beside it.

What a watch notes is decided by the scene alone, so explanations of it can be held against golden files.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dynamo.core import messages as m
from dynamo.core.effects import DATA, HINT, Change, Minted, hint_key
from dynamo.core.messages import Request, Response
from dynamo.core.siblings import NOTHING, Siblings, Version
from histories.operation import Dot, Operation
from kept.lab.watching import KeyWatch, Place
from kept.sim.clock import Clock
from kept.sim.disk import Disk

KEY = b"cart"
GOLDEN = Path(__file__).parent / "golden"


def version(dot: Dot, value: str | None, stamp_us: int = 0, clock: Mapping[str, int] | None = None) -> Version:
    written = None if value is None else value.encode()
    return Version(dot[0], dot[1], written, stamp_us, tuple(sorted((clock or {}).items())))


def state(*versions: Version, seen: Mapping[str, int] | None = None) -> Siblings:
    """The versions, with a context that covers them and what else was `seen`."""
    context = dict(seen or {})
    for one in versions:
        context[one.actor] = max(one.counter, context.get(one.actor, 0))
    return Siblings(context, tuple(sorted(versions, key=lambda one: one.dot)))


class Scene:
    """Writes, syncs, crashes and messages by hand; operations are collected as they are told."""

    def __init__(self, *names: str) -> None:
        self.machines = {name: SimpleNamespace(disk=Disk(f"{name}.0"), clock=Clock(), node=None) for name in names}
        self.watch = KeyWatch(frozenset([KEY]))
        self.watch.world = cast(Any, SimpleNamespace(machines=self.machines))
        self.operations: list[Operation] = []

    def write(self, at_us: int, place: Place, record: Siblings | None, synced: bool = True) -> None:
        node, owner = place
        disk: Disk = self.machines[node].disk
        change = Change(HINT, hint_key(owner, KEY), record) if owner else Change(DATA, KEY, record)
        self.watch.wrote(at_us, node, disk, (change,))
        disk.write(disk.last_seq + 1, (change,))
        if synced:
            disk.synced(disk.last_seq)

    def put(
        self, at_us: int, node: str, dot: Dot, record: Siblings, value: str, process: int, begun_us: int, ended_us: int,
        copies: Mapping[Place, int], context: Mapping[str, int] | None = None,
    ) -> Operation:  # fmt: skip
        """A put that `node` names and writes at `at_us`, that reaches `copies` at their times, and is acknowledged."""
        request = f"{process}.{len(self.operations)}"
        self.write(at_us, (node, ""), record)
        self.watch.minted(at_us, node, Minted(request, KEY, dot))
        for place, copied_us in copies.items():
            self.write(copied_us, place, record)
        operation = Operation(
            len(self.operations), process, "put", KEY.decode(), value, context or {}, request, begun_us, ended_us, "ok",
            dot=dot,
        )  # fmt: skip
        self.operations.append(operation)
        asked = Request(request, m.PUT, KEY, value.encode())
        self.watch.completed(ended_us, asked, Response(request, m.OK, dot=dot))
        return operation

    def get(
        self, node: str, replies: Mapping[str, Siblings], seen: Mapping[str, int], process: int, begun_us: int,
        ended_us: int,
    ) -> Operation:  # fmt: skip
        """A get that `node` coordinates and answers from `replies`."""
        request = f"{process}.{len(self.operations)}"
        pending = SimpleNamespace(request=SimpleNamespace(id=request), replies=dict(replies))
        self.machines[node].node = SimpleNamespace(gets=SimpleNamespace(pending={7: pending}))
        for other in replies:
            if other != node:
                self.watch.sent(begun_us, node, other, m.Read(7, KEY))
        operation = Operation(
            len(self.operations), process, "get", KEY.decode(), None, {}, request, begun_us, ended_us, "ok", seen=seen
        )
        self.operations.append(operation)
        self.watch.completed(ended_us, Request(request, m.GET, KEY), Response(request, m.OK))
        return operation

    def crash(self, at_us: int, node: str) -> None:
        self.machines[node].disk.crash(0, None)
        self.watch.happened(at_us, "crashed", {"node": node})

    @property
    def puts(self) -> dict[Dot, Operation]:
        return {op.dot: op for op in self.operations if op.dot is not None}

    version = staticmethod(version)
    state = staticmethod(state)
    nothing = NOTHING


@pytest.fixture
def scene() -> type[Scene]:
    """Builds a scene: `scene("n1", "n2")`."""
    return Scene


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; with KEPT_GOLDEN=write in the environment, write the file instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("KEPT_GOLDEN") == "write":
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return compare
