"""A search between two levels, as bytes: to go on from there later, or elsewhere.

A checkpoint is a magic word and a version, the length and CRC of the rest, a JSON header, and the arrays of each part.
It says of which search it is: system, bounds and properties as the caller names them (`identity`).
"""

import json
import zlib
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

_MAGIC = b"keptexp1"
_HEAD = Struct("<8sIQ")  # magic, CRC-32 of the rest, its length
_SIZE = Struct("<Q")


class BadCheckpoint(ValueError):
    """Bytes that are no checkpoint, or not one of this search: one line says what is wrong."""


class Checkpoint(NamedTuple):
    """Where a search stood before a level."""

    levels: tuple[int, ...]
    found: tuple[tuple[str, str, int], ...]
    """Name, reason and state."""
    parts: tuple[dict[str, Any], ...]
    """What each part needs to go on: numbers, names, and arrays as bytes."""

    def write(self, identity: str) -> bytes:
        """As bytes, which `read` accepts for the same `identity`."""
        blobs: list[bytes] = []
        described = [_describe(part, blobs) for part in self.parts]
        header = json.dumps({"identity": identity, "levels": self.levels, "found": self.found, "parts": described})
        body = b"".join(_SIZE.pack(len(blob)) + blob for blob in (header.encode(), *blobs))
        return _HEAD.pack(_MAGIC, zlib.crc32(body), len(body)) + body


def read(data: bytes, identity: str) -> Checkpoint:
    """The checkpoint that was written. Raises `BadCheckpoint`."""
    if len(data) < _HEAD.size or data[: len(_MAGIC)] != _MAGIC:
        raise BadCheckpoint(f"this is no checkpoint: it begins with {data[:8]!r}, not {_MAGIC!r}")
    _, crc, length = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if len(body) != length or zlib.crc32(body) != crc:
        raise BadCheckpoint(f"the checkpoint is damaged: {len(body)} bytes of {length}, or their checksum is wrong")
    blobs = []
    at = 0
    while at < len(body):
        (size,) = _SIZE.unpack_from(body, at)
        at += _SIZE.size
        blobs.append(body[at : at + size])
        at += size
    header = json.loads(blobs[0])
    if header["identity"] != identity:
        raise BadCheckpoint(f"the checkpoint is of another search: {header['identity']!r}, not {identity!r}")
    parts = tuple({name: _restore(value, blobs) for name, value in part.items()} for part in header["parts"])
    found = tuple((name, reason, number) for name, reason, number in header["found"])
    return Checkpoint(tuple(header["levels"]), found, parts)


def _describe(part: dict[str, Any], blobs: list[bytes]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for name, value in part.items():
        if isinstance(value, np.ndarray):
            blobs.append(value.tobytes())
            described[name] = {"blob": len(blobs), "dtype": value.dtype.str, "shape": value.shape}
        elif isinstance(value, bytes):
            blobs.append(value)
            described[name] = {"blob": len(blobs)}
        else:
            described[name] = {"value": value}
    return described


def _restore(value: dict[str, Any], blobs: list[bytes]) -> Any:
    if "value" in value:
        return value["value"]
    blob = blobs[value["blob"]]
    if "dtype" not in value:
        return blob
    return np.frombuffer(blob, value["dtype"]).reshape(value["shape"]).copy()
