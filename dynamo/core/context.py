"""The opaque context that a client carries from a get to its next put (Dynamo, section 4.1).

Layout, all integers big-endian: format (1 byte), CRC-32 of the rest (4), number of actors (4), their counters (8
each), their names in UTF-8 separated by NUL, sorted. The empty context is the empty byte string. One vector has one
encoding, so contexts may be compared as bytes.

A context comes back from a client, so nothing in it is trusted: whatever does not decode is the caller's error. The
checksum finds accidents, not forgery. A client that makes a context up can only replace versions of that same key,
which it may overwrite or delete anyway; `MAX_COUNTER` keeps it from pushing an actor's counter out of 64 bits.
"""

from struct import Struct
from zlib import crc32

from dynamo.core.errors import CallerError
from dynamo.core.vector import EMPTY, Vector

MAX_CONTEXT_BYTES = 65_536
"""The longest context that is decoded: room for more than a thousand actors."""
MAX_COUNTER = 1 << 62
"""The greatest counter that is decoded. Boots are numbered by the second (31 bits), and each may count to 2^24."""

_FORMAT = 1
_HEAD = Struct(">BII")  # format, checksum, number of actors
_BODY_AT = 5  # the checksum covers everything from here
_COUNTERS = tuple(Struct(f">I{n}Q") for n in range(9))  # the number of actors and their counters, for common sizes
_SEALS = Struct(">BI")


def encode_context(vector: Vector) -> bytes:
    """One byte string per vector; b"" for the empty one. Never refuses a vector that a policy made."""
    if not vector:
        return b""
    actors = sorted(vector)
    names = "\0".join(actors)
    size = len(actors)
    assert names.count("\0") == size - 1, f"an actor name contains NUL: {actors}"
    assert actors[0], "an actor name is empty"
    counters = _COUNTERS[size] if size < len(_COUNTERS) else Struct(f">I{size}Q")
    body = counters.pack(size, *map(vector.__getitem__, actors)) + names.encode()
    return _SEALS.pack(_FORMAT, crc32(body)) + body


def decode_context(data: bytes) -> Vector:
    """The vector that `encode_context` encoded. Raises CallerError, and nothing else, for any other bytes."""
    if not data:
        return EMPTY
    length = len(data)
    if length < _HEAD.size or length > MAX_CONTEXT_BYTES:
        raise _malformed(f"it has {length} bytes, not {_HEAD.size} to {MAX_CONTEXT_BYTES}")
    form, checksum, size = _HEAD.unpack_from(data)
    if form != _FORMAT:
        raise _malformed(f"its format is {form}, not {_FORMAT}")
    if checksum != crc32(data[_BODY_AT:]):
        raise _malformed("its checksum does not match")
    names_at = _HEAD.size + 8 * size
    if not size or names_at >= length:
        raise _malformed(f"it has no room for {size} actors")
    counters = (_COUNTERS[size] if size < len(_COUNTERS) else Struct(f">I{size}Q")).unpack_from(data, _BODY_AT)[1:]
    try:
        actors = data[names_at:].decode().split("\0")
    except UnicodeDecodeError:
        raise _malformed("its actor names are not UTF-8") from None
    if len(actors) != size or "" in actors:
        raise _malformed(f"it does not name {size} actors")
    if min(counters) < 1 or max(counters) > MAX_COUNTER:
        raise _malformed(f"its counters are not all in 1 to {MAX_COUNTER}")
    vector = dict(zip(actors, counters, strict=True))
    if size > 1 and (len(vector) != size or actors != sorted(actors)):
        raise _malformed("its actors are not sorted and distinct")
    return vector


def _malformed(reason: str) -> CallerError:
    return CallerError(f"context: {reason}; pass back the bytes of a get unchanged, or none for a blind put")
