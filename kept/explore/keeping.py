"""The checkpoint of a search in a file, written so that an interruption leaves the previous one whole."""

import os
from pathlib import Path

from model.explorer.checkpoint import BadCheckpoint, Checkpoint, read


def write(path: Path, checkpoint: Checkpoint, identity: str) -> None:
    """Replace the file by this checkpoint, durably."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(checkpoint.write(identity))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


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
