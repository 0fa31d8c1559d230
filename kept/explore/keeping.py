"""Checkpoints of a search in a file, written so that an interruption leaves the previous one whole."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from model.explorer.breadth import Search
from model.explorer.checkpoint import BadCheckpoint, Checkpoint, read

EVERY_S = 60.0


def keep(path: Path, identity: str, every_s: float = EVERY_S) -> Callable[[Search], None]:
    """For `at_level` of a search: write a checkpoint to `path`, at most every `every_s` seconds."""
    last = time.monotonic()

    def at_level(search: Search) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s:
            write(path, search.save(), identity)
            last = time.monotonic()

    return at_level


def write(path: Path, checkpoint: Checkpoint, identity: str) -> None:
    """Replace the file by this checkpoint, durably."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(checkpoint.write(identity))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def kept(path: Path, identity: str) -> Checkpoint:
    """The checkpoint in a file. Raises `BadCheckpoint`, with the file's name, where there is none of this search."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadCheckpoint(f"{path}: {error.strerror}") from None
    try:
        return read(data, identity)
    except BadCheckpoint as error:
        raise BadCheckpoint(f"{path}: {error}") from None
