"""A library of what states are made of, on disk: processes that explore together, or one after the other, share it.

A state that is written down names local states, messages and stories by their 64-bit digests. Each process appends what
it meets first to a file of its own; whoever reads an unknown digest looks for it in what the others have appended
since. A definition is in the library before any state that names it is given away.
"""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from struct import Struct
from typing import Any

LOCAL, MESSAGE, STORY = range(3)
_HEAD = Struct("<BQI")  # kind, digest, length
SUFFIX = ".parts"


class Unknown(Exception):
    """A state names something that is in no file of the library."""


class Library:
    """One process' view: it writes one file, and reads all."""

    def __init__(self, directory: Path, writer: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._own = directory / f"{writer}{SUFFIX}"
        self._new: list[bytes] = []
        self._read: dict[Path, int] = {}
        self._given: dict[tuple[int, int], None] = {}
        """What this process knows to be in the library."""

    def give(self, kind: int, digest: int, content: Callable[[], Any]) -> None:
        """Put something in, unless it is there as far as this process knows."""
        if (kind, digest) not in self._given:
            self._given[kind, digest] = None
            blob = pickle.dumps(content(), pickle.HIGHEST_PROTOCOL)
            self._new.append(_HEAD.pack(kind, digest, len(blob)) + blob)

    def sync(self) -> None:
        """Make durable what was given."""
        self.flush()
        if self._own.exists():
            with self._own.open("ab") as file:
                os.fsync(file.fileno())

    def flush(self) -> None:
        """Show the others what was given."""
        if self._new:
            with self._own.open("ab") as file:
                file.write(b"".join(self._new))
            self._new.clear()

    def news(self, learn: Callable[[int, int, Any], None]) -> None:
        """Call `learn(kind, digest, content)` for everything that was appended since this was asked last."""
        for path in sorted(self.directory.glob(f"*{SUFFIX}")):
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                while len(head := file.read(_HEAD.size)) == _HEAD.size:
                    kind, digest, length = _HEAD.unpack(head)
                    blob = file.read(length)
                    if len(blob) < length:
                        break  # its writer is not done with it
                    self._read[path] = file.tell()
                    self._given[kind, digest] = None
                    learn(kind, digest, pickle.loads(blob))  # noqa: S301  # only processes of this exploration write here
