"""Real nodes conform under every fault that a trace tells of, and the zoo's bugs do not."""

import pytest

from benchmarks.conformance import COVERED, of_bug
from checkers.conformance.check import conforms
from histories.steps import Answered, Asked
from kept.lab.config import RunConfig
from kept.lab.stepping import stepped
from tests.checkers.conformance.stories import NOTHING, sent, told

CONFIGURATIONS = [
    {"sloppy": False, "workload": "register"},
    {"sloppy": False, "workload": "delete"},
    {"sloppy": False, "read_repair": "blocking"},
    {"workload": "mixed"},
    {"limits": "tight"},
    {"sloppy": False, "workload": "delete", "think_ms": 200, "fault_gap_ms": 1_500, "ops": 60},
]


@pytest.mark.parametrize("fields", CONFIGURATIONS)
def test_each_step_of_real_nodes_is_one_of_the_protocol_or_none(fields):
    usual = {"seed": 7, "ops": 80, "keys": 3, "clients": 4, "fault_gap_ms": 300, "faults": COVERED}
    found = conforms(stepped(RunConfig.model_validate({**usual, **fields})))
    assert found.mismatch is None
    assert found.actions["replicate"] > 10
    assert found.actions["finish_read"] > 10


SMALL = {"sloppy": False, "ops": 60, "keys": 2, "clients": 3, "workload": "register"}
LOST = {**SMALL, "faults": ("lost-disk", "crash"), "fault_gap_ms": 1_000}
MOVED = {**SMALL, "nodes": 4, "faults": ("join", "leave"), "fault_gap_ms": 500}
REAPED = {**SMALL, "workload": "delete", "think_ms": 200, "faults": ("loss",)}


@pytest.mark.parametrize(
    ("fields", "actions"),
    [
        (LOST, ("lose_disk", "lose_other_disk", "confirm", "recover")),
        (MOVED, ("begin_change", "transfer", "verify", "begin_flip", "begin_close", "exile", "end_change")),
        (REAPED, ("call", "vote", "decide", "forget")),
    ],
)
def test_lost_disks_changes_of_the_ring_and_reaping_are_followed_to_the_end(fields, actions):
    found = conforms(stepped(RunConfig(seed=7, **fields)))
    assert found.mismatch is None
    assert found.left_out == ()
    assert all(found.actions.get(action) for action in actions)


def test_what_the_abstract_store_has_no_action_for_ends_the_trace_and_is_told():
    found = conforms(stepped(RunConfig(seed=7, **{**SMALL, "nodes": 5, "faults": ("remove",), "fault_gap_ms": 400})))
    assert found.mismatch is None
    assert found.left_out
    assert all(why.endswith(": destroyed") for why in found.left_out)


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
    found = of_bug(name, seed=0, ops=150 if name == "notfound-votes" else 100)
    assert found.mismatch is not None
    assert (found.mismatch.action, found.mismatch.guard) == (action, guard)


UNDER_WAY = [
    ("recovered-by-one", {**LOST, "faults": ("lost-disk", "loss"), "fault_gap_ms": 600}, "recover", "confirmed"),
    ("recovering-answers", {**LOST, "faults": ("lost-disk",), "fault_gap_ms": 600}, "respond", "whole"),
    ("early-reaping", REAPED, "forget", "agreed"),
    ("live-reaped", REAPED, "call", "dead"),
    ("union-quorum", MOVED, "complete", "quorum"),
    ("old-list-only", MOVED, "put", "effect"),
    ("stray-dropped", MOVED, "leave", "outside"),
    ("older-puts-go-on", {**MOVED, "faults": ("join", "leave", "slow-disk"), "fault_gap_ms": 400}, "begin_flip",
     "verified"),
    ("majority-transfer", {**MOVED, "nodes": 5, "faults": ("join", "leave", "pause"), "fault_gap_ms": 400}, "transfer",
     "barrier"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fields", "action", "guard"), UNDER_WAY)
def test_a_bug_of_recovery_of_reaping_or_of_a_change_takes_a_step_that_is_none(name, fields, action, guard):
    found = conforms(stepped(RunConfig(seed=0, bug=name, **fields)))
    assert found.mismatch is not None
    assert (found.mismatch.action, found.mismatch.guard) == (action, guard)


def test_a_key_that_nobody_wrote_is_followed_and_one_of_which_nothing_is_known_is_left_out():
    asked = Asked(node="n2", key="k", request="get")
    reply = sent("n3", "n2", 1, "reply", NOTHING, request="get")
    answer = Answered(node="n2", key="k", request="get", replies={"n2": NOTHING, "n3": NOTHING}, shown=NOTHING)
    found = told([asked, reply, answer])
    assert (found.mismatch, found.left_out, found.actions["finish_read"]) == (None, (), 1)
    assert told([asked]).left_out == ("k: nothing happened",)
