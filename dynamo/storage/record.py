"""The stored form of a record: a format byte, a checksum and a payload.

    byte 0      the format, 1
    bytes 1-8   BLAKE2b, 8 bytes, over format, space, length of the key, key and payload
    bytes 9-    the payload: the bytes themselves (space `meta`) or the packed `Siblings` (`data` and `hint`)

The checksum covers the space and the key, so a record that a disk wrote to the wrong place is found as well as
rotten bits. The key's length is hashed too: no byte can move from the key into the payload unseen. BLAKE2b costs
about 0.3 us more than CRC-32 for a record of 100 bytes, and misses damage of any shape once in 2^64 and not in 2^32.
It is no signature: it finds accidents and not forgers.

The payload of `Siblings`, little endian (u4, s8: integers of 4 bytes without and 8 bytes with a sign)::

    u4  names, context, versions, clocks, text      five counts; the last one in bytes
    u4  length in characters                        of each name; the first `context` names are the context's actors
    u4  actor, 1 + length of value, clock           of each version: the index of a name; 0 for a tombstone; entries
    u4  actor                                       of each clock entry, version by version
    s8  counter                                     of each actor of the context
    s8  counter, stamp_us                           of each version
    s8  counter                                     of each clock entry
    the names in UTF-8, then the values, both without separators
"""

import struct
from hashlib import blake2b

from dynamo.core.effects import META, SPACES, Record
from dynamo.core.errors import CorruptRecord
from dynamo.core.siblings import Siblings, Version

FORMAT = 1
CHECKSUM_BYTES = 8
OVERHEAD_BYTES = 1 + CHECKSUM_BYTES

_FORMAT_BYTE = bytes([FORMAT])
_SEEDS = {space: _FORMAT_BYTE + space.encode() + b"\0" for space in SPACES}
_COUNTS = struct.Struct("<5I")


def encode(space: str, key: bytes, record: Record) -> bytes:
    """The bytes to keep for `record` under `key` in `space`. Equal records give equal bytes.

    Counters and stamps must fit 64 bits with a sign, and names UTF-8: they are our own.
    """
    if isinstance(record, bytes):
        assert space == META, f"{space} keeps siblings, not bytes"
        payload = record
    else:
        assert space != META, "meta keeps bytes, not siblings"
        payload = _pack(record)
    return b"%b%b%b" % (_FORMAT_BYTE, _checksum(space, key, payload), payload)


def decode(space: str, key: bytes, stored: bytes) -> Record:
    """The record that `encode` was given.

    Raises CorruptRecord, and nothing else, where `stored` is damaged, malformed or was stored elsewhere.
    """
    payload = checked(space, key, stored)
    if space == META:
        return payload
    try:
        return _unpack(payload)
    except (ValueError, IndexError, struct.error) as error:  # a UnicodeDecodeError is a ValueError
        raise CorruptRecord(space, key, f"the checksum matches, but the payload is malformed: {error}") from None


def checked(space: str, key: bytes, stored: bytes) -> bytes:
    """The payload of `stored`, not yet decoded. Raises CorruptRecord where the checksum does not match."""
    if len(stored) < OVERHEAD_BYTES:
        raise CorruptRecord(space, key, f"{len(stored)} bytes stored, a record has at least {OVERHEAD_BYTES}")
    if stored[0] != FORMAT:
        raise CorruptRecord(space, key, f"format {stored[0]}, this version reads format {FORMAT}")
    payload = stored[OVERHEAD_BYTES:]
    if stored[1:OVERHEAD_BYTES] != _checksum(space, key, payload):
        raise CorruptRecord(space, key, "the checksum does not match")
    return payload


def _checksum(space: str, key: bytes, payload: bytes) -> bytes:
    return blake2b(b"%b%d:%b%b" % (_SEEDS[space], len(key), key, payload), digest_size=CHECKSUM_BYTES).digest()


def _pack(siblings: Siblings) -> bytes:
    context, versions = sorted(siblings.context.items()), siblings.versions
    assert _is_ordered(versions), "versions are sorted by dot, without duplicates"
    index: dict[str, int] = {}
    counters: list[int] = []
    for actor, counter in context:
        index[actor] = len(index)
        counters.append(counter)
    heads: list[int] = []
    entries: list[int] = []
    entry_counters: list[int] = []
    values: list[bytes] = []
    for actor, counter, value, stamp_us, clock in versions:
        heads += (index.setdefault(actor, len(index)), 0 if value is None else len(value) + 1, len(clock))
        counters += (counter, stamp_us)
        if value:
            values.append(value)
        for name, seen in clock:
            entries.append(index.setdefault(name, len(index)))
            entry_counters.append(seen)
    text = "".join(index).encode()
    small = (len(index), len(context), len(versions), len(entries), len(text), *map(len, index), *heads, *entries)
    large = (*counters, *entry_counters)
    return struct.pack(f"<{len(small)}I{len(large)}q", *small, *large) + text + b"".join(values)


def _unpack(payload: bytes) -> Siblings:
    """Raises ValueError, IndexError or struct.error where `payload` is not what `_pack` returns."""
    names, contexts, versions, clocks, text_bytes = _COUNTS.unpack_from(payload)
    smalls, larges = names + 3 * versions + clocks, contexts + 2 * versions + clocks
    text_at = _COUNTS.size + 4 * smalls + 8 * larges
    values_at = text_at + text_bytes
    if values_at > len(payload):  # checked before anything of that size is built
        raise ValueError(f"the counts ask for {values_at} bytes of {len(payload)}")
    if contexts > names:
        raise ValueError(f"{contexts} context entries, but {names} names")
    fields = struct.unpack_from(f"<{smalls}I{larges}q", payload, _COUNTS.size)
    actors = _split(payload[text_at:values_at].decode(), fields[:names])
    context = dict(zip(actors, fields[smalls : smalls + contexts], strict=False))
    if len(set(actors)) != names or list(context) != sorted(context):
        raise ValueError("the names are not distinct, or the context's are not sorted")

    found: list[Version] = []
    head, entry = names, names + 3 * versions
    large, seen = smalls + contexts, smalls + contexts + 2 * versions
    at = values_at
    for _ in range(versions):
        actor, size, clock_size = fields[head], fields[head + 1], fields[head + 2]
        value = payload[at : at + size - 1] if size else None
        at += size - 1 if size else 0
        clock: tuple[tuple[str, int], ...] = ()
        if clock_size:
            if entry + clock_size > smalls:
                raise ValueError("more clock entries than counted")
            clock = tuple([(actors[fields[entry + i]], fields[seen + i]) for i in range(clock_size)])
            entry, seen = entry + clock_size, seen + clock_size
        found.append(Version(actors[actor], fields[large], value, fields[large + 1], clock))
        head, large = head + 3, large + 2
    if at != len(payload) or entry != smalls:
        raise ValueError("the lengths do not add up to the payload")
    result = tuple(found)
    if not _is_ordered(result):
        raise ValueError("the versions are not sorted by dot, without duplicates")
    return Siblings(context, result)


def _split(text: str, lengths: tuple[int, ...]) -> list[str]:
    names: list[str] = []
    at = 0
    for length in lengths:
        names.append(text[at : at + length])
        at += length
    if at != len(text):
        raise ValueError("the lengths of the names do not add up")
    return names


def _is_ordered(versions: tuple[Version, ...]) -> bool:
    return len(versions) < 2 or all(versions[i - 1][:2] < versions[i][:2] for i in range(1, len(versions)))
