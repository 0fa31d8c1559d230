"""The durability barrier and the deadlines that the components of a node share."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.effects import DATA, Change, SetTimer, Write
from dynamo.core.host import COMPACT_FROM, Host
from dynamo.core.ring import Ring
from tests.dynamo.core.cluster import Cluster

CHANGE = (Change(DATA, b"k", None),)


def host() -> Host:
    """A node's host, with nothing under way."""
    cluster = Cluster("abcd")
    found = cluster.nodes["a"].host
    found.effects = []
    found.seq = found.durable_seq = 0
    return found


def test_writes_are_numbered_one_after_another_and_emitted_at_once() -> None:
    one = host()
    assert [one.write(CHANGE) for _ in range(3)] == [1, 2, 3]
    assert one.effects == [Write(seq, CHANGE) for seq in (1, 2, 3)]


def test_what_is_durable_already_is_done_now() -> None:
    one = host()
    done: list[str] = []
    one.write(CHANGE)
    one.synced(1)
    one.when_durable(1, done.append, "now")
    one.when_durable(0, done.append, "never written")
    assert done == ["now", "never written"]


@given(st.lists(st.integers(1, 8), max_size=12), st.lists(st.integers(1, 8), min_size=1, max_size=4))
def test_nothing_is_done_before_its_write_is_durable(waiting: list[int], syncs: list[int]) -> None:
    one = host()
    for _ in range(8):
        one.write(CHANGE)
    done: list[int] = []
    for seq in waiting:
        one.when_durable(seq, done.append, seq)
    durable = 0
    for seq in syncs:
        one.synced(seq)
        durable = max(durable, seq)
        assert all(each <= durable for each in done)
    one.synced(8)
    assert sorted(done) == sorted(waiting)


@given(st.lists(st.integers(1, 6), max_size=12), st.integers(1, 6))
def test_what_waits_is_done_in_the_very_step_that_says_that_it_is_durable(waiting: list[int], synced: int) -> None:
    """`when_durable` may be asked for an older write after a newer one: a read of a record that was just written."""
    one = host()
    for _ in range(6):
        one.write(CHANGE)
    done: list[int] = []
    for seq in waiting:
        one.when_durable(seq, done.append, seq)
    one.synced(synced)
    assert sorted(done) == sorted(seq for seq in waiting if seq <= synced)


def test_what_is_done_may_write_and_wait_again() -> None:
    one = host()
    done: list[str] = []

    def again() -> None:
        one.when_durable(one.write(CHANGE), done.append, "second")

    one.when_durable(one.write(CHANGE), again)
    one.synced(1)
    assert done == []
    one.synced(2)
    assert done == ["second"]


def test_an_older_sync_that_is_told_late_takes_nothing_back() -> None:
    one = host()
    done: list[bool] = []
    for _ in range(3):
        one.write(CHANGE)
    one.synced(3)
    one.synced(1)
    one.when_durable(2, done.append, True)
    assert done == [True]


class Operation:
    def __init__(self) -> None:
        self.closed = False


@pytest.mark.parametrize("closes", [False, True])
def test_a_deadline_is_called_once_at_its_time_unless_the_operation_is_closed(closes: bool) -> None:
    one, operation = host(), Operation()
    called: list[Any] = []
    one.now_us = 100
    one.at(200, operation, called.append)
    assert one.effects == [SetTimer("deadlines", 200)]
    one.now_us = 199
    one.deadlines()
    assert called == []
    operation.closed = closes
    one.now_us = 200
    one.deadlines()
    one.deadlines()
    assert called == ([] if closes else [operation])


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_all_deadlines_share_one_timer_that_is_never_late(times: list[int]) -> None:
    one = host()
    one.now_us = 0
    called: list[int] = []

    def due(at_us: int) -> Callable[[Any], None]:
        return lambda _operation: called.append(at_us)

    for at_us in times:
        one.at(at_us, Operation(), due(at_us))
    while True:
        armed = [effect.at_us for effect in one.effects if isinstance(effect, SetTimer)]
        one.effects = []
        if not armed:
            break
        assert one.now_us < armed[-1]
        one.now_us = armed[-1]
        one.deadlines()
        assert sorted(called) == sorted(at_us for at_us in times if at_us <= one.now_us)
    assert called == sorted(times)


def test_operations_that_end_in_time_cost_no_wake_up() -> None:
    one = host()
    operations = [Operation() for _ in range(5)]
    for at, operation in enumerate(operations):
        one.at(100 + at, operation, lambda _operation: None)
    for operation in operations:
        operation.closed = True
    one.effects = []
    one.now_us = 100
    one.deadlines()
    assert one.effects == []


@pytest.mark.parametrize("seed", range(5))
def test_throwing_out_closed_operations_leaves_the_others_their_times(seed: int) -> None:
    random = Random(seed)
    one = host()
    one.now_us = 0
    called: list[int] = []
    open_until: list[int] = []
    for _ in range(COMPACT_FROM + 50):
        operation, due_us = Operation(), random.randrange(1, 1_000_000)
        operation.closed = random.random() < 0.9
        if not operation.closed:
            open_until.append(due_us)
        one.at(due_us, operation, lambda _operation, due_us=due_us: called.append(due_us))  # type: ignore[misc]
    assert len(one._deadlines) < COMPACT_FROM
    for now_us in range(50_000, 1_000_001, 50_000):
        one.now_us = now_us
        one.deadlines()
        assert called == sorted(due_us for due_us in open_until if due_us <= now_us)


def test_owners_and_partitions_follow_a_new_ring() -> None:
    cluster = Cluster("abcd")
    one = cluster.nodes["d"].host
    key = cluster.key()
    assert not one.owns(key)
    assert one.others(one.partition(key)) == ("a", "b", "c")
    one.new_ring(Ring(cluster.members[3:], 3, 2, 1))
    assert one.owns(key)
    assert one.others(one.partition(key)) == ()
