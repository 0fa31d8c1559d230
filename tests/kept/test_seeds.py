"""The sweep: many seeds of the default configuration and of the other strategies, and no promise broken.

A sweep proves nothing about paths that it never takes. So the second half demands that every kind of fault really
happened and that every rare path of the store was taken, each by the default configuration or, where that cannot
reach it, by the configuration or the test that the table names.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checkers.verdict import Invalid, Valid
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, Outcome, recorded, verdicts
from kept.lab.swarm import swarm
from kept.sim.faults import ALL

ROOT = Path(__file__).resolve().parents[2]
OPS = 2_000
SEEDS, BLOCK = 240, 30
"""Blocks are tests of their own, so that they can be spread over workers."""


def broken(outcome: Outcome) -> dict[str, str]:
    """The promises of the configuration that this run does not keep, each with its counterexample."""
    found = verdicts(recorded(outcome, None), promised(outcome.config))
    return {
        claim: verdict.counterexample.sentence if isinstance(verdict, Invalid) else str(verdict)
        for claim, verdict in found.items()
        if not isinstance(verdict, Valid)
    }


def violations(seeds: range, **fields: Any) -> dict[int, dict[str, str]]:
    """seed -> what it breaks, of all seeds that break anything."""
    configs = [swarm(RunConfig(**{"ops": OPS, **fields, "seed": seed})) for seed in seeds]
    found = {config.seed: broken(Lab(config, None).execute()) for config in configs}
    return {seed: claims for seed, claims in found.items() if claims}


# No promise is broken


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_no_seed_of_the_default_configuration_breaks_a_promise(first: int) -> None:
    assert violations(range(first, first + BLOCK)) == {}


@pytest.mark.slow
def test_no_seed_of_the_swarm_breaks_a_promise() -> None:
    assert violations(range(30), strategy="swarm", ops=1_000) == {}


@pytest.mark.slow
def test_no_seed_of_a_strict_quorum_breaks_a_promise() -> None:
    assert "fresh-reads" in promised(RunConfig(sloppy=False))
    assert violations(range(30), sloppy=False, ops=1_000) == {}


@pytest.mark.slow
@pytest.mark.parametrize("quorum", [{"r": 1, "w": 1}, {"r": 2, "w": 2}, {"r": 3, "w": 1}], ids=str)
def test_no_seed_of_blocking_repair_reads_backwards_whatever_the_quorums_are(quorum: dict[str, int]) -> None:
    assert "monotonic-reads" in promised(RunConfig(sloppy=False, read_repair="blocking", **quorum))
    assert violations(range(20), sloppy=False, read_repair="blocking", ops=600, keys=6, **quorum) == {}


@pytest.mark.slow
def test_no_seed_under_priorities_breaks_a_promise() -> None:
    assert violations(range(20), strategy="pct", ops=1_000) == {}


FOUND: dict[str, dict[str, Any]] = {
    "a copy of a refusal was taken for the answer to the second forward": {"seed": 1025, "ops": 2_000},
    "two damaged copies of one record waited for each other for ever": {"seed": 4, "ops": 2_000},
    "two boots gave one name, because a lying disk had forgotten the first of them": {
        "seed": 106,
        "ops": 600,
        "fault_gap_ms": 100,
        "beyond": True,
    },
}
"""Runs that once broke a promise, and what was wrong."""


@pytest.mark.parametrize("what", FOUND)
def test_a_run_that_once_broke_a_promise_keeps_it(what: str) -> None:
    assert broken(Lab(RunConfig(**FOUND[what]), None).execute()) == {}


@pytest.mark.parametrize("seed", range(1, 41))
def test_no_promise_is_broken_where_nodes_crash_faster_than_clients_retry(seed: int) -> None:
    """A retry then often meets another boot than the request did; nothing may be executed twice."""
    config = RunConfig(
        seed=seed, ops=300, nodes=3, faults=("crash", "delay", "mid-step-crash"), fault_gap_ms=60, think_ms=20,
        clients=20, workload="blind", keys=5,
    )  # fmt: skip
    assert broken(Lab(config, None).execute()) == {}


# Every fault happened, every path was taken

BESIDES = (
    "failed reads",
    "messages cut off",
    "messages held back",
    "node stopped by a full disk",
    "stale record left behind",
    "synced writes lost",
    "unsynced writes lost",
)
"""What faults do, counted beside their kinds."""

DEFAULT_MARKS = {
    "anti-entropy exchanged a key",
    "anti-entropy found a difference",
    "background work held back",
    "batch of hints came before the last was durable",
    "change superseded",
    "change taken over",
    "damaged hint dropped",
    "damaged record found",
    "damaged record healed",
    "earlier life forgotten",
    "fallback coordinated a put",
    "forward refused",
    "forward unanswered",
    "forward without a generation",
    "get missed R",
    "handoff sent again",
    "hint answered a read",
    "hint delivered",
    "hint grew while it was delivered",
    "hint refused: no member yet",
    "hint rerouted",
    "hint sent",
    "hint sent late",
    "hint stored",
    "hint survived a restart",
    "late acknowledgement",
    "late read reply",
    "lost disk noticed",
    "membership changed",
    "membership phase done",
    "membership table changed",
    "node is outside now",
    "old disk noticed",
    "operation outlived its time",
    "partition recovered",
    "partition transferred",
    "peer held to be down was asked",
    "plan held back by a promise",
    "put for an earlier boot",
    "put forwarded",
    "put missed W",
    "put not coordinated: low disk",
    "put refused: damaged record",
    "put refused: too few healthy nodes",
    "read asked a fallback",
    "read repair",
    "reaping refused by a member",
    "record transferred",
    "replica could not tell",
    "replica refused",
    "replica refused: not an owner",
    "request at a node in no ring",
    "request came twice",
    "rival plan met",
    "rival plan released",
    "start waits for an answer",
    "start without enough answers",
    "stranger not listened to",
    "stray evacuated",
    "tombstone reaped",
    "transfer waits for a copy that is being healed",
    "write refused: low disk",
}
"""What forty seeds of the default configuration must reach."""


def store(**changes: Any) -> Callable[[Lab], None]:
    """Another limit of the store, which a run has no flag for."""

    def change(lab: Lab) -> None:
        lab.store = replace(lab.store, **changes)

    return change


def nothing(_lab: Lab) -> None:
    """The flags are enough."""


TIGHT: dict[str, Any] = {"limits": "tight", "clients": 16, "think_ms": 20, "ops": 1_000}
ROOM = "nodes have room for all that a default run asks of them"
ONE_RING = "all founders of a default run are in one ring"
TWO_RINGS: dict[str, Any] = {"rings": 2, "nodes": 6, "faults": ()}
CRASHES: dict[str, Any] = {"faults": ("crash",), "fault_gap_ms": 200, "think_ms": 10, "ops": 2_000}
OTHER_MARKS: dict[str, tuple[str, dict[str, Any], Callable[[Lab], None]]] = {
    "acknowledged from memory": ("all replicas write durably by default", {"durable_copies": 1}, nothing),
    "blocking read repair": ("repair comes after the reply by default", {"read_repair": "blocking"}, nothing),
    "birth waited for its lease": ("a hundred births are leased at a time", {}, store(birth_lease=1)),
    "hint refused": ("a node keeps a hundred thousand hints", {}, store(max_hints=1)),
    "hint refused: too many bytes": (ROOM, TIGHT, nothing),
    "answer to a get forgotten early": (ROOM, TIGHT, nothing),
    "peer's work refused": (ROOM, TIGHT, nothing),
    "put missed W: replicas refused": (
        ROOM,
        {**TIGHT, "faults": ("crash", "partition", "pause")},
        store(max_hints=0),
    ),
    "refusal not remembered": (ROOM, TIGHT, store(max_inflight=1, max_refusals=1)),
    "refused request came again": (ROOM, {**TIGHT, "faults": ("duplicate",), "fault_gap_ms": 50}, nothing),
    "request refused: memory of requests full": (ROOM, TIGHT, nothing),
    "request refused: the disk is behind": (ROOM, {**TIGHT, "clients": 32}, nothing),
    "request refused: too many bytes": (ROOM, {**TIGHT, "workload": "cart", "keys": 8}, nothing),
    "request refused: too many under way": (ROOM, TIGHT, nothing),
    "another ring met": (ONE_RING, TWO_RINGS, nothing),
    "nodes of another ring let in": (ONE_RING, TWO_RINGS, nothing),
    "ring given up for another": (ONE_RING, TWO_RINGS, nothing),
    "two copies damaged": (
        "two damages seldom meet at one key",
        {"faults": ("bit-rot", "misdirected-write", "lost-disk"), "fault_gap_ms": 60, "sloppy": False},
        nothing,
    ),
}
"""What the default configuration cannot reach: why, and the configuration that does."""

OWN_CODE = "all nodes of a run speak the protocol"
ELSEWHERE: dict[str, tuple[str, str]] = {
    "asked again to be let in": (
        "needs two rings, and that the plan which lets a node in is given up just then",
        "test_participant_rings.py::test_who_has_come_over_and_is_outside_asks_again_to_be_let_in",
    ),
    "damaged stray dropped": (
        "needs damage to a record between a change and its evacuation",
        "test_evacuation.py::test_a_damaged_record_has_nothing_to_bring_and_goes",
    ),
    "flipped before the transfer was complete": (
        "needs a lost disk between a report and the next phase",
        "test_transfer.py::test_whoever_lost_its_disk_between_the_transfer_and_the_flip_answers_no_reads_until_it_recovers",
    ),
    "peer's message refused": (
        OWN_CODE,
        "test_node.py::test_a_message_that_breaks_the_protocol_is_refused_and_stops_nobody",
    ),
    "start vouched for": (
        "the simulated operator vouches only where all who remembered a node have lost their own disks",
        "test_greeting.py::test_an_operator_can_vouch_for_the_disk_of_a_node_that_waits",
    ),
    "table without a ring refused": (
        OWN_CODE,
        "test_gossip.py::test_a_table_without_a_whole_ring_leaves_the_ring_before_it_in_force",
    ),
}
"""What no run can reach: why, and the test of the store (under tests/dynamo/core) that does."""


def marks_in_the_source() -> set[str]:
    """Every mark that the store can leave."""
    sources = sorted((ROOT / "dynamo" / "core").rglob("*.py"))
    return {mark for path in sources for mark in re.findall(r'\.mark\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))}


def test_every_mark_of_the_store_is_reached_somewhere_that_is_named() -> None:
    tables = [DEFAULT_MARKS, set(OTHER_MARKS), set(ELSEWHERE)]
    assert marks_in_the_source() == set().union(*tables)
    assert sum(map(len, tables)) == len(marks_in_the_source()), "each in one table"


@pytest.mark.parametrize("mark", ELSEWHERE)
def test_a_path_that_no_run_can_take_has_its_test(mark: str) -> None:
    file, _, name = ELSEWHERE[mark][1].partition("::")
    text = (ROOT / "tests" / "dynamo" / "core" / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text


@cache
def counted() -> Counter[str]:
    """Faults and marks of forty seeds of the default configuration."""
    total: Counter[str] = Counter()
    for seed in range(1_000, 1_040):
        outcome = Lab(RunConfig(seed=seed, ops=OPS), None).execute()
        total.update(outcome.counts)
        total.update(outcome.marks)
    return total


@pytest.mark.slow
def test_forty_seeds_suffer_every_kind_of_fault_and_clients_show_every_habit() -> None:
    habits = ("client died in mid-call", "client gave up", "client lost its context", "client retried")
    wanted = [*ALL, *habits, *BESIDES]
    assert [name for name in wanted if not counted()[name]] == []


@pytest.mark.slow
def test_forty_seeds_take_every_path_that_the_default_configuration_can_take() -> None:
    assert sorted(mark for mark in DEFAULT_MARKS if not counted()[mark]) == []


@pytest.mark.slow
def test_the_default_configuration_does_not_take_the_paths_that_it_is_said_not_to_take() -> None:
    """Else the tables are out of date. What is only said to be seldom may happen."""
    seldom = (
        "two copies damaged", "damaged stray dropped", "flipped before the transfer was complete",
        "refused request came again",
    )  # fmt: skip
    never = [mark for mark in [*OTHER_MARKS, *ELSEWHERE] if mark not in seldom]
    assert sorted(mark for mark in never if counted()[mark]) == []


@pytest.mark.parametrize("mark", OTHER_MARKS)
def test_what_the_default_configuration_cannot_reach_another_one_does(mark: str) -> None:
    _, fields, change = OTHER_MARKS[mark]
    reached = 0
    for seed in range(3):
        lab = Lab(RunConfig(**{"seed": seed, "ops": 400, **fields}), None)
        change(lab)
        outcome = lab.execute()
        reached += outcome.marks.get(mark, 0)
        assert mark == "hint refused" or broken(outcome) == {}
    assert reached > 0


# Beyond recovery


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults",
    [
        ALL,
        ("bit-rot", "lost-disk", "io-error", "disk-full", "crash", "torn-write"),
        ("lying-sync", "old-disk", "crash"),
    ],
    ids=["all", "noticed", "silent"],
)
def test_no_damage_breaks_what_is_promised_beyond_recovery(faults: tuple[str, ...]) -> None:
    assert violations(range(15), faults=faults, beyond=True, ops=400, fault_gap_ms=100) == {}


def test_beyond_recovery_acknowledged_writes_are_lost_so_the_atlas_is_what_keeps_them() -> None:
    """The same seeds within recovery lose nothing."""
    fields: dict[str, Any] = {"ops": 400, "fault_gap_ms": 50, "faults": ("lost-disk",)}
    lost = 0
    for seed in range(3):
        outcome = Lab(RunConfig(seed=seed, beyond=True, **fields), None).execute()
        lost += isinstance(verdicts(recorded(outcome, None), ("no-lost-write",))["no-lost-write"], Invalid)
        assert broken(Lab(RunConfig(seed=seed, **fields), None).execute()) == {}
    assert lost == 3
