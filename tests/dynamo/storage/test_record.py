"""dynamo.storage.record: exact round trips, and every malformed input is a CorruptRecord."""

import struct
from contextlib import suppress
from hashlib import blake2b

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dynamo.core.effects import SPACES, Record
from dynamo.core.errors import CorruptRecord
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.storage.record import CHECKSUM_BYTES, OVERHEAD_BYTES, checked, decode, encode

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
INT64 = st.integers(-(2**63), 2**63 - 1)
CLOCKS = st.dictionaries(NAMES, INT64, max_size=3).map(lambda clock: tuple(sorted(clock.items())))
VERSIONS = st.builds(Version, NAMES, INT64, st.none() | st.binary(max_size=40), INT64, CLOCKS)
SIBLINGS = st.builds(
    lambda context, versions: Siblings(context, tuple(sorted(versions, key=lambda version: version.dot))),
    st.dictionaries(NAMES, INT64, max_size=4),
    st.lists(VERSIONS, max_size=4, unique_by=lambda version: version.dot),
)
KEYS = st.binary(max_size=12)
PLACED = st.one_of(
    st.tuples(st.sampled_from(["data", "hint"]), KEYS, SIBLINGS),
    st.tuples(st.just("meta"), KEYS, st.binary(max_size=60)),
)
TWO = Siblings(
    {"n1.0:5": 3, "n2.0": 1}, (Version("n1.0:5", 3, b"red", 17, (("n1.0:5", 3),)), Version("n2.0", 1, None, 18))
)


def forged(space: str, key: bytes, payload: bytes) -> bytes:
    """A record whose checksum is right whatever its payload, built from the documented format alone."""
    hashed = b"\x01" + space.encode() + b"\0" + str(len(key)).encode() + b":" + key + payload
    return b"\x01" + blake2b(hashed, digest_size=CHECKSUM_BYTES).digest() + payload


def refused(space: str, key: bytes, stored: bytes) -> str:
    with pytest.raises(CorruptRecord) as caught:
        decode(space, key, stored)
    assert (caught.value.space, caught.value.key) == (space, key)
    return caught.value.reason


@given(PLACED)
def test_every_record_comes_back_exactly(placed: tuple[str, bytes, Record]) -> None:
    space, key, record = placed
    back = decode(space, key, encode(space, key, record))
    assert back == record
    if isinstance(record, Siblings):
        assert isinstance(back, Siblings)
        assert back.digest == record.digest
        assert all(type(version) is Version for version in back.versions)


@pytest.mark.parametrize(
    "siblings",
    [NOTHING, TWO, Siblings({"n": 1}, (Version("n", 1, b""),)), Siblings({"n": 1}, (Version("n", 1, None),))],
    ids=["nothing", "two", "empty value", "tombstone"],
)
def test_an_empty_value_a_tombstone_and_nothing_are_three_different_records(siblings: Siblings) -> None:
    assert decode("data", b"k", encode("data", b"k", siblings)) == siblings


def test_the_stored_bytes_do_not_depend_on_the_order_of_the_context() -> None:
    one, other = Siblings({"a": 1, "b": 2}, ()), Siblings({"b": 2, "a": 1}, ())
    assert encode("data", b"k", one) == encode("data", b"k", other)


def test_the_stored_form_is_the_documented_one() -> None:
    payload = struct.pack("<5I", 2, 2, 2, 1, 10)  # names, context, versions, clocks, bytes of text
    payload += struct.pack("<2I", 6, 4) + struct.pack("<6I", 0, 1 + 3, 1, 1, 0, 0) + struct.pack("<I", 0)
    payload += struct.pack("<2q", 3, 1) + struct.pack("<4q", 3, 17, 1, 18) + struct.pack("<q", 3)
    payload += b"n1.0:5n2.0" + b"red"
    assert encode("data", b"user:1", TWO) == forged("data", b"user:1", payload)


@given(PLACED, st.data())
def test_any_flipped_bits_are_found(placed: tuple[str, bytes, Record], data: st.DataObject) -> None:
    space, key, record = placed
    stored = bytearray(encode(space, key, record))
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= data.draw(st.integers(1, 255))
    refused(space, key, bytes(stored))


def test_each_single_flipped_bit_is_found() -> None:
    stored = encode("data", b"k", TWO)
    for bit in range(8 * len(stored)):
        bad = bytearray(stored)
        bad[bit // 8] ^= 1 << bit % 8
        refused("data", b"k", bytes(bad))


def test_every_truncation_is_found() -> None:
    stored = encode("data", b"k", TWO)
    for length in range(len(stored)):
        refused("data", b"k", stored[:length])
    refused("data", b"k", stored + b"\0")


@given(PLACED, st.sampled_from(SPACES), KEYS)
def test_a_record_read_at_another_place_is_found(placed: tuple[str, bytes, Record], space: str, key: bytes) -> None:
    assume((space, key) != placed[:2])
    assert refused(space, key, encode(*placed)) == "the checksum does not match"


def test_no_byte_moves_between_key_and_payload_unseen() -> None:
    stored = encode("meta", b"ab", b"cd")
    refused("meta", b"abc", stored[:OVERHEAD_BYTES] + b"d")
    refused("meta", b"a", stored[:OVERHEAD_BYTES] + b"bcd")


@given(st.sampled_from(SPACES), KEYS, st.binary(max_size=80))
def test_arbitrary_bytes_are_no_record(space: str, key: bytes, stored: bytes) -> None:
    refused(space, key, stored)


@settings(max_examples=300)
@given(KEYS, SIBLINGS, st.data())
def test_a_malformed_payload_under_a_right_checksum_raises_nothing_but_corrupt_record(
    key: bytes, siblings: Siblings, data: st.DataObject
) -> None:
    payload = bytearray(encode("data", key, siblings)[OVERHEAD_BYTES:])
    for _ in range(data.draw(st.integers(1, 3))):  # small numbers, so that counts become plausible but wrong
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 5) | st.integers(0, 255))
    del payload[data.draw(st.integers(0, len(payload))) :]
    try:
        found = decode("data", key, forged("data", key, bytes(payload)))
    except CorruptRecord:
        return
    assert isinstance(found, Siblings)
    assert decode("data", key, encode("data", key, found)) == found  # what is accepted is a well-formed record


@given(KEYS, st.binary(max_size=80))
def test_arbitrary_payloads_under_a_right_checksum_raise_nothing_but_corrupt_record(key: bytes, payload: bytes) -> None:
    with suppress(CorruptRecord):
        assert isinstance(decode("hint", key, forged("hint", key, payload)), Siblings)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "requires a buffer"),
        (struct.pack("<5I", 2**32 - 1, 0, 2**32 - 1, 2**32 - 1, 2**32 - 1), "the counts ask for"),
        (struct.pack("<5I", 0, 1, 0, 0, 0) + struct.pack("<q", 1), "1 context entries, but 0 names"),
        (struct.pack("<5I", 2, 2, 0, 0, 2) + struct.pack("<2I2q", 1, 1, 1, 1) + b"aa", "not distinct"),
        (struct.pack("<5I", 2, 2, 0, 0, 2) + struct.pack("<2I2q", 1, 1, 1, 1) + b"ba", "not sorted"),
        (struct.pack("<5I", 1, 1, 0, 0, 1) + struct.pack("<I1q", 1, 1) + b"\xff", "utf-8"),
        (struct.pack("<5I", 1, 1, 0, 0, 2) + struct.pack("<I1q", 1, 1) + b"ab", "lengths of the names"),
        (struct.pack("<5I", 1, 1, 1, 0, 1) + struct.pack("<4I3q", 1, 7, 0, 0, 1, 1, 0) + b"a", "out of range"),
        (struct.pack("<5I", 1, 1, 1, 0, 1) + struct.pack("<4I3q", 1, 0, 9, 0, 1, 1, 0) + b"a", "do not add up"),
        (struct.pack("<5I", 1, 1, 1, 0, 1) + struct.pack("<4I3q", 1, 0, 0, 9, 1, 1, 0) + b"a", "clock entries"),
        (struct.pack("<5I", 1, 0, 2, 0, 1) + struct.pack("<7I4q", 1, *[0] * 6, 2, 0, 1, 0) + b"a", "sorted by dot"),
        (
            struct.pack("<5I", 1, 0, 2, 0, 1) + struct.pack("<7I4q", 1, *[0] * 6, 1, 0, 1, 0) + b"a",
            "without duplicates",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_payload_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    assert reason in refused("data", b"k", forged("data", b"k", payload))


def test_an_unknown_format_is_named() -> None:
    assert refused("meta", b"k", b"\x02" + encode("meta", b"k", b"v")[1:]) == "format 2, this version reads format 1"


def test_the_checksum_alone_can_be_asked_for() -> None:
    assert checked("meta", b"k", encode("meta", b"k", b"v")) == b"v"
    with pytest.raises(CorruptRecord, match="the checksum does not match"):
        checked("meta", b"l", encode("meta", b"k", b"v"))


@pytest.mark.parametrize(
    ("space", "record"),
    [("data", b"bytes"), ("meta", NOTHING), ("data", Siblings({}, (Version("n", 2, b""), Version("n", 1, b""))))],
)
def test_a_record_that_does_not_belong_into_its_space_is_a_bug_of_the_caller(space: str, record: Record) -> None:
    with pytest.raises(AssertionError):
        encode(space, b"k", record)
