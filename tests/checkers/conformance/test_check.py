"""Real nodes conform under every fault that a trace tells of, and the zoo's bugs do not."""

import pytest

from benchmarks.conformance import COVERED, of_bug
from checkers.conformance.check import conforms
from kept.lab.config import RunConfig
from kept.lab.stepping import stepped

CONFIGURATIONS = [
    {"sloppy": False, "workload": "register"},
    {"sloppy": False, "workload": "delete"},
    {"sloppy": False, "read_repair": "blocking"},
    {"workload": "mixed"},
    {"limits": "tight"},
]


@pytest.mark.parametrize("fields", CONFIGURATIONS)
def test_each_step_of_real_nodes_is_one_of_the_protocol_or_none(fields):
    config = RunConfig(seed=7, ops=80, keys=3, clients=4, fault_gap_ms=300, faults=COVERED, **fields)
    found = conforms(stepped(config))
    assert found.mismatch is None
    assert found.actions["replicate"] > 10
    assert found.actions["finish_read"] > 10


@pytest.mark.parametrize("fields", [{"r": 1, "w": 1, "sloppy": False}, {"versions": "lww"}])
def test_what_the_protocol_does_not_speak_of_is_left_out_and_told(fields):
    found = conforms(stepped(RunConfig(ops=40, keys=2, faults=(), **fields)))
    assert found.mismatch is None
    assert not found.actions
    assert found.left_out


BUGS = [
    ("no-barrier", "replicate", "durable"),
    ("early-replication", "replicate", "durable"),
    ("replica-acknowledges-from-memory", "ack", "synced"),
    ("hint-deleted-on-send", "drop_hint", "delivered"),
    ("notfound-votes", "finish_read", "quorum"),
    ("hidden-sibling", "finish_read", "effect"),
    ("handoff-overwrites", "hand_off", "effect"),
    ("sibling-explosion", "put", "effect"),
    ("false-dominance", "put", "effect"),
]


@pytest.mark.parametrize(("name", "action", "guard"), BUGS)
def test_a_bug_with_a_counterpart_in_the_protocol_takes_a_step_that_is_none(name, action, guard):
    found = of_bug(name, seed=0)
    assert found.mismatch is not None
    assert (found.mismatch.action, found.mismatch.guard) == (action, guard)
