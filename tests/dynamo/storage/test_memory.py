"""dynamo.storage.memory: coming back to earlier states, and damage that is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.effects import SPACES, Change
from dynamo.core.errors import CallerError, CorruptRecord
from dynamo.core.siblings import Siblings, Version
from dynamo.storage.memory import MemoryEngine

RED, BLUE = (Siblings({"n1": n}, (Version("n1", n, value),)) for n, value in ((1, b"red"), (2, b"blue")))
CHANGES = st.one_of(
    st.builds(Change, st.sampled_from(["data", "hint"]), st.sampled_from([b"a", b"b"]), st.sampled_from([RED, None])),
    st.builds(Change, st.just("meta"), st.sampled_from([b"a", b"b"]), st.sampled_from([b"", b"x", None])),
)
BATCHES = st.lists(st.lists(CHANGES, max_size=4), max_size=6)


def contents(engine: MemoryEngine) -> list[object]:
    return [list(engine.scan(space)) for space in SPACES]


def rot(stored: bytes) -> bytes:
    return stored[:-1] + bytes([stored[-1] ^ 1])


@pytest.mark.parametrize("encoded", [False, True])
@given(batches=BATCHES)
def test_previous_batches_in_opposite_order_restore_every_earlier_state(
    encoded: bool, batches: list[list[Change]]
) -> None:
    engine = MemoryEngine(encoded=encoded)
    states, undo = [contents(engine)], []
    for batch in batches:
        undo.append(engine.previous(batch))
        engine.apply(batch)
        states.append(contents(engine))
    for before in reversed(undo):
        assert contents(engine) == states.pop()
        engine.apply(before)
    assert contents(engine) == states.pop() == [[], [], []]


def test_records_are_kept_as_they_are_unless_encoded() -> None:
    engine = MemoryEngine()
    engine.apply([Change("data", b"k", RED)])
    assert engine.read("data", b"k") is RED


def test_a_batch_changed_by_its_owner_afterwards_does_not_change_the_engine() -> None:
    engine = MemoryEngine()
    batch = [Change("data", b"k", RED)]
    engine.apply(batch)
    batch[0] = Change("data", b"k", BLUE)
    assert engine.read("data", b"k") == RED


def test_damage_is_found_by_read_and_by_scan_and_repaired_by_a_new_record() -> None:
    engine = MemoryEngine(encoded=True)
    engine.apply([Change("data", b"a", RED), Change("data", b"b", RED)])
    engine.damage("data", b"a", rot)
    with pytest.raises(CorruptRecord, match="the checksum does not match"):
        engine.read("data", b"a")
    assert list(engine.scan("data")) == [(b"a", None), (b"b", RED)]
    engine.apply([Change("data", b"a", BLUE)])
    assert list(engine.scan("data")) == [(b"a", BLUE), (b"b", RED)]


def test_a_swapped_record_is_found() -> None:
    engine = MemoryEngine(encoded=True)
    engine.apply([Change("data", b"a", RED), Change("data", b"b", BLUE)])
    taken: list[bytes] = []
    engine.damage("data", b"a", lambda stored: taken.append(stored) or stored)  # type: ignore[func-returns-value]
    assert engine.read("data", b"a") == RED
    engine.damage("data", b"b", lambda _: taken[0])
    with pytest.raises(CorruptRecord):
        engine.read("data", b"b")


def test_a_crash_that_undoes_a_repair_brings_the_damage_back() -> None:
    engine = MemoryEngine(encoded=True)
    engine.apply([Change("data", b"a", RED)])
    engine.damage("data", b"a", rot)
    before = engine.previous([Change("data", b"a", BLUE)])
    engine.apply([Change("data", b"a", BLUE)])
    engine.apply(before)
    with pytest.raises(CorruptRecord):
        engine.read("data", b"a")


@pytest.mark.parametrize(("encoded", "why"), [(True, "no record is stored there"), (False, "encoded=True")])
def test_damage_needs_stored_bytes(encoded: bool, why: str) -> None:
    engine = MemoryEngine(encoded=encoded)
    engine.apply([Change("data", b"a", RED)])
    with pytest.raises(CallerError, match=why):
        engine.damage("data", b"b" if encoded else b"a", rot)


def test_the_contents_stay_when_it_is_closed_as_on_a_disk() -> None:
    engine = MemoryEngine()
    engine.apply([Change("meta", b"id", b"n1")])
    engine.close()
    assert engine.read("meta", b"id") == b"n1"
