"""What the limits are counted in: never less than the bytes that were put, and growing with every one of them."""

from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.dotted import DottedVectors
from dynamo.core.messages import PUT, Request, Response
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.core.weight import OBJECT_BYTES, request_bytes, response_bytes, state_bytes

BYTES = st.binary(max_size=50)


@given(BYTES, BYTES, BYTES)
def test_a_request_weighs_what_it_carries_and_a_little_more(key: bytes, value: bytes, context: bytes) -> None:
    weight = request_bytes(Request("x", PUT, key, value, context))
    assert weight == OBJECT_BYTES + len(key + value + context)


@given(st.lists(BYTES, max_size=5), BYTES)
def test_an_answer_weighs_more_with_every_sibling(values: list[bytes], more: bytes) -> None:
    before = response_bytes(Response("x", "ok", values=tuple(values)))
    after = response_bytes(Response("x", "ok", values=(*values, more)))
    assert after == before + OBJECT_BYTES + len(more)
    assert response_bytes(Response("x", "ok", values=tuple(values), context=more)) == before + len(more)


@given(st.lists(BYTES, max_size=5))
def test_a_record_weighs_more_with_every_version(values: list[bytes]) -> None:
    versions = tuple(Version(f"a{at}", 1, value) for at, value in enumerate(values))
    record = Siblings({version.actor: 1 for version in versions}, versions)
    assert state_bytes(record) == sum(2 * OBJECT_BYTES + len(value) for value in values)


def test_nothing_weighs_nothing_and_what_a_delete_leaves_less_than_what_it_took() -> None:
    assert state_bytes(NOTHING) == 0
    held = Siblings({"a": 1}, (Version("a", 1, b"v"),))
    deleted = DottedVectors().delete(held, {"a": 1}, "", 0, 0)
    assert 0 < state_bytes(deleted) < state_bytes(held)


def test_a_tombstone_that_is_a_version_weighs_as_one_with_its_clock() -> None:
    tombstone = Siblings({"a": 2}, (Version("a", 2, None, 0, (("a", 2), ("b", 1))),))
    assert state_bytes(tombstone) == 4 * OBJECT_BYTES
