"""Overload in simulated clusters: memory stays within its bounds, every claim holds, and broken rules are caught.

The bounds are those of docs/limits.md; here they are counted in running nodes, again and again, under more clients
than the nodes take on, disks that are slow and every fault.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from checkers.verdict import Invalid, Valid
from dynamo.core.admission import Admission
from dynamo.core.effects import DiskSpace
from dynamo.core.host import COMPACT_FROM, Host
from dynamo.core.messages import FAIL, GET, Request, Response
from dynamo.core.node import Node
from dynamo.core.overload import Overload
from dynamo.core.puts import PendingPut, PutCoordinator
from dynamo.core.request_memory import RequestMemory
from dynamo.core.rules import Rules, rules_for
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts
from kept.lab.swarm import swarm
from kept.sim import syncs

DVV = rules_for("dvv")
CROWD: dict[str, Any] = {"limits": "tight", "clients": 40, "think_ms": 2, "ops": 1_200, "keys": 60}
SAMPLE_US = 3_000


@pytest.fixture
def slow_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync takes 5 to 60 ms, and now and then far longer."""
    monkeypatch.setattr(syncs, "SYNC_US", (5_000, 60_000))
    monkeypatch.setattr(syncs, "SLOW_SYNC_US", (200_000, 900_000))


def broken(config: RunConfig, rules: Rules | None = None, change: Callable[[Lab], None] | None = None) -> set[str]:
    """The claims that a run of `config` violates."""
    lab = Lab(config, None, rules=rules)
    if change is not None:
        change(lab)
    found = verdicts(recorded(lab.execute(), None), promised(config))
    invalid = {claim for claim, verdict in found.items() if isinstance(verdict, Invalid)}
    assert invalid or all(isinstance(verdict, Valid) for verdict in found.values()), found
    return invalid


# Memory


def excess(node: Node, peers: int) -> dict[str, tuple[int, int]]:
    """collection -> (size, bound), of those that are larger than docs/limits.md allows."""
    host, config, replica = node.host, node.host.config, node.replica
    memory = host.overload.memory
    work = peers * config.max_peer_work
    waits = config.max_waiting + config.max_inflight + work + config.handoff_batch * peers
    bounds = {
        "requests under way": (memory.open, config.max_inflight),
        "operations coordinated": (len(node.puts.pending) + len(node.gets.pending), config.max_inflight),
        "puts remembered": (memory.puts(), config.max_requests),
        "requests remembered": (len(memory.taken), config.max_requests + config.max_inflight),
        "bytes of requests": (
            memory.bytes,
            config.max_queued_bytes + config.max_inflight * (config.max_value_bytes + config.max_key_bytes) * 4,
        ),
        "refusals remembered": (len(memory.refused), config.max_refusals),
        "work of peers": (sum(host.overload.peer_work.values()), work),
        "waiting for a sync": (len(host.waiting), waits),
        "waiting for a load": (host.loads_waiting, waits),
        "not durable": (host.seq - host.durable_seq, config.max_unsynced + waits),
        "hints": (replica.hint_count, config.max_hints),
        "bytes of hints": (replica.hint_bytes, config.max_hint_bytes),
        "times of dropped hints": (len(replica.handed_off_us), config.max_hints),
        "batches sent": (len(node.handoff.under_way), peers),
        "batches arriving": (len(node.handoff.arriving), peers),
        "ballots": (len(node.reaper.ballots), 32),
        "deadlines": (len(host._deadlines), COMPACT_FROM + 2 * config.max_inflight),
        "cache": (len(replica.cache), config.cache_records + config.max_unsynced + waits),
        "tasks": (len(host.admission._own), 6),
    }
    return {name: (size, bound) for name, (size, bound) in bounds.items() if size > bound}


def watched(config: RunConfig, rules: Rules | None = None) -> tuple[dict[str, tuple[int, int]], Lab]:
    """Run, and count the collections of every node every few milliseconds."""
    lab = Lab(config, None, rules=rules)
    found: dict[str, tuple[int, int]] = {}

    def look(_one: Any, _two: Any) -> None:
        for each in lab.world.machines.values():
            if each.node is not None:
                for name, (size, bound) in excess(each.node, config.nodes - 1).items():
                    found[name] = max(found.get(name, (0, 0)), (size, bound))
        lab.world.at(lab.world.now_us + SAMPLE_US, "test", look)

    lab.world.at(SAMPLE_US, "test", look)
    lab.execute()
    return found, lab


@pytest.mark.usefixtures("slow_disks")
@pytest.mark.parametrize("seed", range(6))
def test_whatever_clients_faults_and_slow_disks_do_no_collection_of_a_node_passes_its_bound(seed: int) -> None:
    found, lab = watched(RunConfig(seed=seed, **CROWD))
    assert found == {}
    assert sum(count for mark, count in lab.marks.items() if mark.startswith("request refused")) > 100


class Unbounded(Overload):
    """Takes on whatever comes."""

    def refusal(self, _request: Request) -> str:
        return ""

    def full(self) -> bool:
        return False


@pytest.mark.usefixtures("slow_disks")
def test_a_node_that_refuses_nothing_passes_its_bounds() -> None:
    found, _ = watched(RunConfig(seed=1, **CROWD), replace(DVV, overload=Unbounded))
    assert {"requests under way", "puts remembered"} <= set(found)


# Claims


def tight(seed: int) -> RunConfig:
    """Tight limits under conditions of which every seed draws its own."""
    drawn = swarm(RunConfig(seed=seed, strategy="swarm", ops=250, clients=8 + 8 * (seed % 4)))
    return drawn.model_copy(update={"limits": "tight", "sloppy": seed % 3 > 0})


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_no_claim_is_broken_where_nodes_refuse_much_of_what_they_are_asked(first: int) -> None:
    assert {seed: claims for seed in range(first, first + 25) if (claims := broken(tight(seed)))} == {}


@pytest.mark.usefixtures("slow_disks")
@pytest.mark.parametrize("seed", range(6))
def test_no_claim_is_broken_where_the_disks_are_slow_as_well(seed: int) -> None:
    assert broken(RunConfig(seed=seed, **CROWD)) == set()


def filling(lab: Lab) -> None:
    """Disks run low one after the other, two at a time, and have room again before the run is over."""
    names = list(lab.world.machines)

    def tell(name: str, low: bool) -> None:
        if lab.world.machines[name].node is not None:
            lab.world.machines[name].step(DiskSpace(low))

    for turn, name in enumerate(names * 3):
        lab.world.at(200_000 + turn * 150_000, "test", tell, name, True)
        lab.world.at(500_000 + turn * 150_000, "test", tell, name, False)


@pytest.mark.parametrize("seed", range(15))
def test_no_claim_is_broken_where_disks_run_low(seed: int) -> None:
    config = RunConfig(seed=seed, ops=400, think_ms=20, sloppy=seed % 2 > 0, limits="tight" if seed % 3 else "ample")
    assert broken(config, change=filling) == set()


# Broken rules are caught


class Forgetful(RequestMemory):
    """A refused put is told to have failed, and its copy finds room."""

    def refuse(self, _request_id: str) -> bool:
        return True


class Thrifty(RequestMemory):
    """Executed puts are forgotten to make room for others."""

    def take(self, taken: Any) -> None:
        while len(self._puts) >= 4:
            self._drop(self._puts.popleft()[1])
        super().take(taken)


def remembering(memory: Callable[[Host], RequestMemory]) -> Callable[[Host], Overload]:
    def overload(host: Host) -> Overload:
        built = Overload(host)
        built.memory = memory(host)
        return built

    return overload


class RefusesLate(PutCoordinator):
    """Notices that there is no room after the version was made, and still calls it a refusal."""

    def _replicate(self, put: PendingPut) -> None:
        memory = self.host.overload.memory
        if memory.open >= self.host.config.max_inflight - 1 and not put.answered:
            put.answered = True
            put.answer(Response(put.request.id, FAIL, "overloaded: nothing was done"))
        super()._replicate(put)


class Starving(Admission):
    """Background work has no floor, and one read is pressure enough."""

    def take(self, task: str, wanted: int) -> int:
        return 0 if self.host.overload.memory.taken else super().take(task, wanted)

    def grant(self, task: str, cost: int = 1) -> bool:
        return not self.host.overload.memory.taken and super().grant(task, cost)


VARIANTS: dict[str, tuple[Rules, dict[str, Any], str]] = {
    "a refused put is forgotten": (
        replace(DVV, overload=remembering(Forgetful)),
        {"workload": "blind", "faults": ("duplicate", "crash"), "fault_gap_ms": 50, "clients": 16, "think_ms": 30},
        "no-false-sibling",
    ),
    "an executed put is forgotten": (
        replace(DVV, overload=remembering(Thrifty)),
        {"workload": "blind", "faults": ("duplicate", "loss"), "fault_gap_ms": 50, "clients": 24, "think_ms": 5},
        "unique-dots",
    ),
    "a put is refused after its version was made": (
        replace(DVV, puts=RefusesLate),
        {"workload": "blind", "clients": 24, "think_ms": 5},
        "no-false-sibling",
    ),
    "background work starves": (replace(DVV, admission=Starving), {"settle_s": 15}, "convergence"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_node_with_a_broken_rule_is_caught_and_the_store_is_not(name: str) -> None:
    rules, fields, claim = VARIANTS[name]
    for seed in range(20):
        config = RunConfig(**{"seed": seed, "ops": 500, "limits": "tight", **fields})
        if claim in broken(config, rules):
            assert broken(config) == set()
            return
    pytest.fail(f"no seed below 20 shows it: {claim}")


def test_a_refused_request_has_its_reason_in_the_history_and_no_name() -> None:
    lab = Lab(RunConfig(seed=3, **CROWD), None)
    run = recorded(lab.execute(), None)
    refused = [op for op in run.operations if "overloaded" in op.reason]
    assert len([op for op in refused if op.kind != GET]) > 50
    assert {op.outcome for op in refused} <= {"fail", "info"}
    assert all("nothing was done" in op.reason or "before" in op.reason for op in refused if op.outcome == "fail")
