"""Last writer wins: one total order, and what it forgets."""

from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.siblings import NOTHING, Siblings
from dynamo.core.versioning import Versioning

LWW = LastWriterWins()
PORT: Versioning = LWW


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_whatever_the_order_of_delivery_the_greatest_stamp_wins(puts: list[tuple[int, bool]], random: object) -> None:
    written: list[Siblings] = []
    for n, (stamp_us, tombstone) in enumerate(puts):
        actor = f"put{n}"
        if tombstone:
            written.append(LWW.delete(NOTHING, {}, actor, stamp_us))
        else:
            written.append(LWW.update(NOTHING, {}, b"%d" % n, actor, stamp_us)[0])
    random.shuffle(written)  # type: ignore[attr-defined]
    merged = NOTHING
    for state in written:
        merged = LWW.merge(merged, state)
    winner = max((stamp_us, f"put{n}") for n, (stamp_us, _) in enumerate(puts))
    assert [(version.stamp_us, version.actor) for version in merged.versions] == [winner]
    assert merged.context == {winner[1]: 1}


def test_a_put_behind_a_fast_clock_is_acknowledged_and_lost() -> None:
    """The known anomaly: the client saw the first value, replaced it, got its dot, and the replacement is gone."""
    fast, _ = LWW.update(NOTHING, {}, b"old", "put1", stamp_us=60_000_000)
    state, version = LWW.update(fast, LWW.context(fast), b"new", "put2", stamp_us=1_000_000)
    assert version.value == b"new"
    assert version.dot == ("put2", 1)
    assert state is fast


def test_of_two_concurrent_puts_one_is_forgotten() -> None:
    one, _ = LWW.update(NOTHING, {}, b"1", "put1", 1)
    other, later = LWW.update(NOTHING, {}, b"2", "put2", 2)
    merged = LWW.merge(one, other)
    assert merged is other
    assert merged.versions == (later,)
    assert not LWW.context(merged).get("put1")


def test_equal_stamps_are_settled_by_the_actor() -> None:
    one, _ = LWW.update(NOTHING, {}, b"1", "put1", 1)
    other, _ = LWW.update(NOTHING, {}, b"2", "put2", 1)
    assert LWW.merge(one, other) is other
    assert LWW.merge(other, one) is other


def test_a_delete_is_a_tombstone_with_a_stamp() -> None:
    put, _ = LWW.update(NOTHING, {}, b"1", "put1", 5)
    deleted = LWW.delete(put, {}, "put2", 6)
    assert deleted.live == ()
    assert [(version.value, version.stamp_us) for version in deleted.versions] == [(None, 6)]
    assert LWW.merge(put, deleted) is deleted
    assert LWW.delete(put, LWW.context(put), "put2", 4) is put


def test_an_actor_that_is_used_again_never_repeats_a_dot() -> None:
    first, _ = LWW.update(NOTHING, {}, b"1", "put1", 1)
    _, second = LWW.update(first, {}, b"2", "put1", 2)
    assert second.dot == ("put1", 2)
