"""The parts of a search in processes of their own, one on each core (`model.explorer.breadth.Crew`).

Each process holds the states whose fingerprints fall to it, and nodes of its own. States travel as bytes between them,
by way of the process that leads the search; the library in their directory says what the bytes stand for.
"""

import traceback
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kept.explore.judging import Judge
from kept.explore.lines import Line
from kept.explore.scope import Scope
from kept.explore.written import WrittenNodes
from model.explorer.part import Part


class LostPart(Exception):
    """A process of the search has died, or raised an error."""


class Member(Part):
    """One part, with what else is asked of it."""

    def __init__(self, scope: Scope, claims: tuple[str, ...], part: int, parts: int, directory: Path) -> None:
        self.nodes = WrittenNodes(scope, directory, f"part-{part}")
        self.judge = Judge(self.nodes, claims)
        super().__init__(self.nodes, self.judge.properties(), part, parts)

    def told(self) -> tuple[dict[str, int], dict[str, str], int, frozenset[Line]]:
        """Marks that were left, claims without a verdict, how often a node really ran, and which lines of it."""
        local = self.nodes.locals
        return dict(self.nodes.cluster.marks), self.judge.undecided, local.materialised, frozenset(local.lines.seen)


class Processes:
    """A crew of processes. Close it, whatever happens."""

    def __init__(self, scope: Scope, claims: tuple[str, ...], parts: int, directory: Path) -> None:
        context = get_context("spawn")
        self.parts = parts
        self._pipes: list[Connection] = []
        self._processes = []
        for part in range(parts):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_serve, args=(theirs, scope, claims, part, parts, directory), daemon=True, name=f"part-{part}"
            )
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def each(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of every part at once."""
        for pipe, given in zip(self._pipes, arguments, strict=True):
            pipe.send((method, given))
        return [self._answer(part) for part in range(self.parts)]

    def one(self, part: int, method: str, *arguments: Any) -> Any:
        """Call a method of one part."""
        self._pipes[part].send((method, arguments))
        return self._answer(part)

    def close(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=5)
            if process.is_alive():
                process.terminate()
                process.join()

    def _answer(self, part: int) -> Any:
        try:
            error, result = self._pipes[part].recv()
        except (EOFError, OSError):
            raise LostPart(f"process {part} of {self.parts} has died") from None
        if error:
            raise LostPart(f"process {part} of {self.parts}: {error}")
        return result


def _serve(pipe: Connection, scope: Scope, claims: tuple[str, ...], part: int, parts: int, directory: Path) -> None:
    """What a process does: one call after the other, until nobody calls any more."""
    member = Member(scope, claims, part, parts, directory)
    while True:
        try:
            method, arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = ("", getattr(member, method)(*arguments))
        except Exception as error:  # the leader tells it
            place = traceback.extract_tb(error.__traceback__)[-1]
            answer = (f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}", None)
        pipe.send(answer)
