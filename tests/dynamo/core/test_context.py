"""The context a client carries: one encoding per vector, and nothing but CallerError for anything else."""

from struct import pack
from zlib import crc32

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dynamo.core.context import MAX_CONTEXT_BYTES, MAX_COUNTER, decode_context, encode_context
from dynamo.core.errors import CallerError
from dynamo.core.vector import Vector

names = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=8)
vectors = st.dictionaries(names, st.integers(1, MAX_COUNTER), max_size=12)


def sealed(size: int, counters: list[int], actors: bytes, form: int = 1) -> bytes:
    """A forged context: any content under a checksum that matches."""
    body = pack(f">I{len(counters)}Q", size, *counters) + actors
    return pack(">BI", form, crc32(body)) + body


@given(vectors)
def test_what_was_encoded_decodes_to_the_same_vector(vector: Vector) -> None:
    assert decode_context(encode_context(vector)) == vector


@given(vectors)
def test_the_order_of_the_dictionary_does_not_show(vector: Vector) -> None:
    assert encode_context(dict(reversed(list(vector.items())))) == encode_context(vector)


@given(vectors, vectors)
def test_different_vectors_have_different_encodings(one: Vector, other: Vector) -> None:
    assert (encode_context(one) == encode_context(other)) == (one == other)


def test_the_format_is_fixed() -> None:
    expected = "0149011cb700000002000000000000000700000000000000016e312e303a35006e32"
    assert encode_context({"n2": 1, "n1.0:5": 7}).hex() == expected


def test_the_empty_context_is_the_empty_byte_string() -> None:
    assert encode_context({}) == b""
    assert decode_context(b"") == {}


@given(st.binary(max_size=80) | st.builds(bytes.__add__, st.just(b"\1"), st.binary(min_size=8, max_size=60)))
def test_arbitrary_bytes_are_refused_in_one_line(data: bytes) -> None:
    if not data:
        return
    with pytest.raises(CallerError) as refused:
        decode_context(data)
    assert "\n" not in str(refused.value)


@given(st.integers(0, 4), st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=4), st.binary(max_size=12))
@example(2, [1, 1], b"a\0b")
def test_a_forged_context_is_refused_or_is_the_one_encoding_of_its_vector(
    size: int, counters: list[int], actors: bytes
) -> None:
    data = sealed(size, counters, actors)
    try:
        vector = decode_context(data)
    except CallerError:
        return
    assert encode_context(vector) == data


def test_every_flipped_bit_and_every_cut_is_noticed() -> None:
    data = encode_context({"n1.0:5": 7, "n2.0:7": 1})
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(CallerError):
            decode_context(bytes(flipped))
    for length in range(1, len(data)):
        with pytest.raises(CallerError):
            decode_context(data[:length])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x", "1 bytes"),
        (b"\1" * (MAX_CONTEXT_BYTES + 1), "65537 bytes"),
        (sealed(1, [1], b"a", form=2), "format is 2"),
        (b"\1" + bytes(20), "checksum"),
        (sealed(0, [], b"a"), "no room for 0 actors"),
        (sealed(2**32 - 1, [1], b"a"), "no room for 4294967295 actors"),
        (sealed(1, [1], b""), "no room for 1 actors"),
        (sealed(1, [1], b"\xff"), "UTF-8"),
        (sealed(1, [1], b"a\0b"), "does not name 1 actors"),
        (sealed(2, [1, 1], b"a\0"), "does not name 2 actors"),
        (sealed(1, [0], b"a"), "counters"),
        (sealed(1, [MAX_COUNTER + 1], b"a"), "counters"),
        (sealed(2, [1, 1], b"b\0a"), "sorted"),
        (sealed(2, [1, 1], b"a\0a"), "sorted"),
    ],
)
def test_a_refusal_says_what_is_wrong(data: bytes, reason: str) -> None:
    with pytest.raises(CallerError, match=reason):
        decode_context(data)


def test_more_actors_than_usual_are_carried_too() -> None:
    vector = {f"n{n}.0:{n}": n for n in range(1, 1000)}
    assert decode_context(encode_context(vector)) == vector


@pytest.mark.parametrize("vector", [{"a\0b": 1}, {"": 1}])
def test_an_actor_that_cannot_be_encoded_is_a_bug(vector: Vector) -> None:
    with pytest.raises(AssertionError, match="actor name"):
        encode_context(vector)
