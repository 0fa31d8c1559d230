"""What admission control (the paper's section 6.5) does for gets while hints and anti-entropy run hard.

Virtual time, so the numbers are a property of the protocol and of the disk's model and not of the machine. Every disk
serves one request at a time, in the order of arrival: a record that is not cached is read in `READ_US`, a sync takes
`SYNC_US` and `BATCH_US` for every batch that it covers. One node is dead while clients write; then it comes back with
a new disk: every other node hands its hints off and exchanges every partition with it, as fast as the controller lets
it. Gets are measured from the node's return until all replicas agree.
"""

from collections.abc import Callable
from dataclasses import replace
from statistics import quantiles
from typing import Any, NamedTuple

from dynamo.core.admission import Admission
from dynamo.core.effects import Load
from dynamo.core.node import Node
from dynamo.core.rules import Rules, rules_for
from kept.lab.client import Client
from kept.lab.config import RunConfig
from kept.lab.run import Lab
from kept.lab.workload import Habits, Workload
from kept.sim.machine import Machine
from kept.sim.syncs import Syncs
from kept.sim.world import World

READ_US = 1_500
SYNC_US = 800
BATCH_US = 150
KEYS = 6_000
CLIENTS = 12
SEEDS = 5
CALM_US, LOSS_US = 1_000_000, 6_000_000
"""Between these everything is well; at the second one a node is lost."""
RETURN_US = 12_000_000
HORIZON_US = 120_000_000
STEP_US = 250_000


class QueuedSyncs(Syncs):
    """Syncs that wait in line with the reads of their machine's disk."""

    def _sync(self) -> None:
        self._syncing = True
        machine = self.machine
        assert isinstance(machine, BusyDisk)
        due_us = machine.serve(SYNC_US + BATCH_US * machine.disk.unsynced)
        self.world.queue.push(due_us, machine.name, self.done, machine.disk.last_seq, machine.boots)


class BusyDisk(Machine):
    """A machine whose disk serves one request after the other."""

    free_us = 0

    def __init__(self, world: World, name: str, build: Callable[..., Node]) -> None:
        super().__init__(world, name, build)
        self.syncs = QueuedSyncs(self)

    def serve(self, cost_us: int) -> int:
        self.free_us = max(self.free_us, self.world.now_us) + cost_us
        return self.free_us

    def _load(self, load: Load) -> None:
        self.world.queue.push(self.serve(READ_US), self.name, self._loaded, load, self.boots)

    def _loaded(self, load: Load, boots: int) -> None:
        if boots == self.boots and self.node is not None:
            super()._load(load)


class Ungoverned(Admission):
    """Background work goes as fast as its own settings let it."""

    def take(self, _task: str, wanted: int) -> int:
        return wanted

    def grant(self, _task: str, _cost: int = 1) -> bool:
        return True


class Measured(NamedTuple):
    calm_p99_us: float
    """Before anything went wrong."""
    median_us: float
    p99_us: float
    fails: int
    """Gets that were not answered with ok."""
    agreed_us: int
    """From the node's return until the replicas agreed."""


class Stopwatch(Client):
    """A client that notes how long its gets took."""

    times_us: list[tuple[int, int, bool]]
    """(when it ended, how long it took, whether it was answered with ok)"""

    def _issue(self, kind: str, key: bytes, value: bytes, context: bytes) -> None:
        self.begun_us = self.world.now_us
        super()._issue(kind, key, value, context)

    def _complete(self, response: Any) -> None:
        assert self.request is not None
        if self.request.kind == "get":
            now_us = self.world.now_us
            self.times_us.append((now_us, now_us - self.begun_us, response.status == "ok"))
        super()._complete(response)


def measured(seed: int, rules: Rules) -> Measured:
    """One run: work, lose a node, work on, get it back with an empty disk, and see what its return costs."""
    config = RunConfig(
        seed=seed, ops=10_000_000, clients=CLIENTS, keys=KEYS, skew=0.0, think_ms=20, workload="register", faults=()
    )
    lab = Lab(config, None, rules)
    lab.store = replace(
        lab.store, cache_records=200, handoff_us=100_000, handoff_batch=64, exchange_us=250_000, exchange_keys=512,
        admission_threshold_us=20_000, admission_window_us=2_000_000, admission_slots=128, admission_floor=4,
    )  # fmt: skip
    world = lab.world
    world.machines = {name: BusyDisk(world, name, lab._build) for name in world.machines}
    times_us: list[tuple[int, int, bool]] = []
    Stopwatch.times_us = times_us
    world.start()
    workload = Workload(config.workload, config.keys, config.skew)
    habits = Habits(loses_context=0.0, dies=0.0)
    for index in range(CLIENTS):
        client = Stopwatch(
            world, index, CLIENTS, workload, habits, lab.log, config.think_ms * 1_000, lambda: True, lambda: None
        )
        client.rest_until(50_000 + 137 * index)
    world.run(LOSS_US)
    victim = world.machines["n2"]
    victim.crash()
    world.run(RETURN_US)
    victim.lose_disk()
    victim.boot()
    agreed_us = HORIZON_US
    while world.now_us < RETURN_US + HORIZON_US:
        world.run(world.now_us + STEP_US)
        node = victim.node
        assert node is not None
        if node.serving and not node.replica.recovering and not any(_hints(each) for each in world.machines.values()):
            agreed_us = world.now_us - RETURN_US
            break
    gets = [(took_us, ok) for at_us, took_us, ok in times_us if RETURN_US < at_us <= RETURN_US + agreed_us]
    took = [took_us for took_us, _ in gets]
    cuts = quantiles(took, n=100)
    calm = quantiles([took_us for at_us, took_us, _ in times_us if CALM_US < at_us <= LOSS_US], n=100)
    return Measured(calm[98], cuts[49], cuts[98], sum(not ok for _, ok in gets), agreed_us)


def _hints(machine: Machine) -> int:
    return machine.node.replica.hint_count if machine.node is not None else 0


def admission() -> None:
    """Print the table, seed by seed, and the ratios."""
    governed, ungoverned = rules_for("dvv"), replace(rules_for("dvv"), admission=Ungoverned)
    print("gets while a node that lost its disk is filled again (virtual time; 5 nodes, 12 clients, serial disks)")
    print(f"  {'':16}{'without admission control':>42}{'with it':>42}")
    columns = "".join(f"{name:>{width}}" for name, width in COLUMNS)
    print(f"  {'seed':6}{'calm p99':>10}{columns}{columns}{'p99 ratio':>12}")
    ratios = []
    for seed in range(SEEDS):
        without, with_it = measured(seed, ungoverned), measured(seed, governed)
        ratios.append(without.p99_us / with_it.p99_us)
        print(
            f"  {seed:<6}{with_it.calm_p99_us / 1e3:10.1f}{_row(without)}{_row(with_it)}{ratios[-1]:12.2f}", flush=True
        )
    ratios.sort()
    print(
        f"  p99 without / with: median {ratios[len(ratios) // 2]:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}); times in ms"
    )


COLUMNS = (("median", 10), ("p99", 10), ("failed", 10), ("agreed s", 12))


def _row(one: Measured) -> str:
    return f"{one.median_us / 1e3:10.1f}{one.p99_us / 1e3:10.1f}{one.fails:10}{one.agreed_us / 1e6:12.2f}"
