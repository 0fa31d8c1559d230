"""The order of effects is part of the protocol: a crash between any two of them breaks no promise."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.effects import SPACES, Effect, Send, Write, hint_key, split_hint_key
from dynamo.core.messages import OK, PUT
from dynamo.core.siblings import Siblings
from dynamo.core.vector import Dot
from tests.dynamo.core.cluster import SECOND, Cluster, Died

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES, st.binary(max_size=20))
def test_the_key_of_a_hint_says_for_whom_and_what(owner: str, key: bytes) -> None:
    assert split_hint_key(hint_key(owner, key)) == (owner, key)


@given(st.tuples(NAMES, st.binary(max_size=9)), st.tuples(NAMES, st.binary(max_size=9)))
def test_two_hints_have_two_keys(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert (hint_key(*one) == hint_key(*other)) == (one == other)


def test_a_key_that_contains_the_separator_stays_whole() -> None:
    assert split_hint_key(hint_key("n1", b"\0a\0b")) == ("n1", b"\0a\0b")


def test_there_are_three_name_spaces() -> None:
    assert SPACES == ("data", "hint", "meta")


# A crash at every boundary


def states(effect: Effect) -> list[Siblings]:
    """The records that an effect carries."""
    carried: tuple[Any, ...] = ()
    if isinstance(effect, Send) and isinstance(effect.message, tuple):
        carried = tuple(effect.message)
    elif isinstance(effect, Write):
        carried = tuple(change.record for change in effect.changes)
    return [each for each in carried if isinstance(each, Siblings)]


def one_value_for_each_dot(cluster: Cluster) -> bool:
    """Whether whatever was ever written or sent, durably or not, agrees on what every dot names."""
    values: dict[Dot, set[bytes | None]] = {}
    for _, effect in cluster.log:
        for state in states(effect):
            for version in state.versions:
                values.setdefault(version.dot, set()).add(version.value)
    return all(len(each) == 1 for each in values.values())


def until_death(cluster: Cluster, key: bytes, effects: int) -> bool:
    """Put b"first" through `a`, which dies after so many effects; False where it outlives the operation
    and three seconds of gossip, handoff and anti-entropy after it."""
    cluster.mortal["a"] = effects
    try:
        cluster.ask("a", PUT, key, b"first", id="first")
        cluster.settle()
        cluster.run(3 * SECOND)
    except Died:
        return True
    finally:
        cluster.mortal.clear()
    return False


def rest(cluster: Cluster, key: bytes, first: str) -> None:
    """After the death of `a`: back to life, another put, quiescence, and the promises."""
    boots = len(cluster.log)
    cluster.boot("a")
    cluster.settle()
    assert len(cluster.log) > boots
    cluster.now_us += 1
    cluster.put("a", key, b"second", w=1)
    cluster.run(40 * SECOND)
    assert cluster.nodes["a"].replica.recovering == {}
    assert one_value_for_each_dot(cluster)
    assert len({minted.dot for minted in cluster.minted}) == len(cluster.minted)
    held = [cluster.held(name, key) for name in "abc"]
    assert held[0] == held[1] == held[2]
    values = cluster.get("b", key, r=3).values
    assert b"second" in values
    if first == OK:
        assert b"first" in values, "an acknowledged put is lost"


@pytest.mark.parametrize("fate", ["crash", "lost disk", "crash in the boot"])
@pytest.mark.parametrize("before", [0, 1])
def test_a_coordinator_may_die_after_any_effect_and_with_any_prefix_of_its_unsynced_writes(
    fate: str, before: int
) -> None:
    """One put on three nodes, W=2. `before`: how many puts through the same node came first."""
    deaths = 0
    acknowledged = 0
    for effects in range(200):
        kept = 0
        while True:
            cluster = Cluster("abc")
            key = cluster.key()
            for _ in range(before):
                cluster.put("a", key, b"before")
            if not until_death(cluster, key, effects):
                assert deaths > 20, "the loop has seen the whole operation"
                assert acknowledged > 0
                return
            deaths += 1
            unsynced = len(cluster.disks["a"].unsynced)
            cluster.crash("a", keep=kept)
            if fate == "lost disk":
                cluster.lose_disk("a")
            elif fate == "crash in the boot":
                cluster.boot("a")
                cluster.crash("a", keep=kept % 2)
            cluster.settle()
            first = cluster.replies.get("first", [])
            acknowledged += len(first)
            rest(cluster, key, first[0].status if first else "")
            kept += 1
            if kept > unsynced:
                break
    raise AssertionError("the operation does not end")
