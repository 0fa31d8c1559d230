"""kept.explore.machine: effects happen in their order, a crash takes what is not synced, and the clock moves only by
deadlines."""

import pytest

from dynamo.core.messages import OK, Request
from kept.explore.cluster import Cluster
from kept.explore.machine import EPOCH_US, Machine
from kept.explore.scope import KEY, Scope

PUT = Request("0.1", "put", KEY, b"v")


@pytest.fixture
def machine() -> Machine:
    return Cluster(Scope()).booted()[0]


def test_nothing_leaves_a_node_before_its_disk_has_synced(machine: Machine) -> None:
    asked = machine.ask("c0", PUT, EPOCH_US)
    assert (asked.sends, asked.replies, len(asked.minted), machine.unsynced) == ((), (), 1, 1)
    assert sorted(to for to, _ in machine.sync().sends) == ["n2", "n3"]
    assert machine.unsynced == 0


def test_a_crash_takes_the_writes_that_are_not_kept(machine: Machine) -> None:
    machine.ask("c0", PUT, EPOCH_US)
    assert machine.durable(KEY) == []
    machine.crash(keep=0)
    assert machine.node is None
    assert machine.durable(KEY) == []


def test_a_crash_may_leave_a_write_that_was_not_synced(machine: Machine) -> None:
    machine.ask("c0", PUT, EPOCH_US)
    machine.crash(keep=1)
    assert [state.versions[0].value for state in machine.durable(KEY)] == [b"v"]


def test_a_loaded_record_is_answered_within_the_step(machine: Machine) -> None:
    machine.ask("c0", PUT, EPOCH_US)
    machine.sync()
    assert machine.node is not None
    machine.node.replica.cache.clear()
    output = machine.ask("c0", Request("0.2", "get", KEY), EPOCH_US)
    assert [to for to, _ in output.sends] == ["n2", "n3"]
    assert not machine.node.replica.loading


def test_the_clock_goes_to_the_next_deadline_and_no_further(machine: Machine) -> None:
    machine.ask("c0", Request("0.1", "get", KEY), EPOCH_US)
    machine.deliver("n2", "nothing that a node knows")
    assert machine.now_us == EPOCH_US
    due_us = machine.next_deadline_us()
    assert due_us is not None
    machine.fire()
    assert machine.now_us == due_us
    output = machine.fire()
    assert [response.status for _, response in output.replies] != [OK]
    assert machine.next_deadline_us() is None
