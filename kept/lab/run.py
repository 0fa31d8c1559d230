"""One run from configuration to verdicts: boot, work under faults, heal, settle, export, judge."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from checkers.registry import judge
from checkers.verdict import Verdict
from dynamo.core.host import AnyRing
from dynamo.core.membership import Table
from dynamo.core.node import Node
from dynamo.core.participant import ring_of
from dynamo.core.ring import Member, Ring
from dynamo.core.rules import Rules, rules_for
from dynamo.core.tokens import build_members
from histories.header import RunHeader
from histories.jsonl import read_run
from histories.recorder import Recorder
from histories.run import RecordedRun
from kept.lab.client import Client
from kept.lab.config import RunConfig
from kept.lab.fingerprint import code_fingerprint, created_by
from kept.lab.log import RunLog
from kept.lab.promises import promised
from kept.lab.script import Script
from kept.lab.settle import agreed, describe, export, settle, unrest
from kept.lab.steps import Step
from kept.lab.workload import Habits, Workload
from kept.sim.atlas import Terms
from kept.sim.census import lasting, newest
from kept.sim.entropy import stream
from kept.sim.faults import Fault
from kept.sim.nemesis import plan
from kept.sim.scheduler import PriorityQueue, Queue, TimedQueue
from kept.sim.tape import Tape
from kept.sim.world import LATENCY_US, Watch, World

Progress = Callable[[int, int], None]
"""Called now and then with the operations done and the operations wanted."""
MAX_WAITS = 5
FOUND_WORK = "anti-entropy found a difference"
PCT_LATENCY_US = (1, 90)
"""Less than a step: messages are ready at once, and the priorities alone decide who goes next."""
_RINGS = 32
"""Rings of a run that are remembered; each change of membership makes a few."""
_FIRST_FAULT_US = 300_000
_FOREVER_US = 1 << 60
_EVENTS_PER_OPERATION = 14
"""About how many steps a run has per operation, for PCT's change points."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to, before it is judged."""

    config: RunConfig
    settled_after_us: int | None
    """Virtual time from healing to rest; None where the bound was passed."""
    unrest: str
    counts: dict[str, int]
    """How often each fault really happened."""
    marks: dict[str, int]
    """How often each rare path of the store was taken."""
    outcomes: dict[str, int]
    """Operations by ok, fail, info."""
    events: int
    virtual_us: int
    faults: tuple[Fault, ...]
    tape: Tape
    script: Script | None
    """What the clients did of their intents, where it was noted or prescribed."""
    recorder: Recorder
    steps: tuple[Step, ...] = ()
    """What was done to the cluster step by step, where it was: of a stepped run."""


class Lab:
    """Assembles a world for one run and drives it through its phases."""

    def __init__(
        self,
        config: RunConfig,
        directory: Path | None,
        rules: Rules | None = None,
        tape: Tape | None = None,
        faults: list[Fault] | None = None,
        watch: Watch | None = None,
        progress: Progress | None = None,
        script: Script | None = None,
    ) -> None:
        self.config = config
        self.store = config.store()
        self.rules = rules or rules_of(config)
        self.marks: dict[str, int] = {}
        header = RunHeader(seed=config.seed, config=config.document(), created_by=created_by(), code=code_fingerprint())
        self.recorder = Recorder(directory, header)
        self.log = RunLog(self.recorder)
        self.founders = _founders(config)
        """The members of each ring that is founded."""
        self.members = tuple(member for ring in self.founders for member in ring)
        self._rings: dict[tuple[Member, ...], Ring] = {}
        self._census: tuple[Table, AnyRing] | None = None
        """The newest membership table, and its ring."""
        self.world = World(
            config.seed,
            [member.name for member in self.members],
            self._build,
            _queue(config),
            tape or Tape(),
            self.log,
            watch,
            PCT_LATENCY_US if config.strategy == "pct" else LATENCY_US,
        )
        self.log.clock = self.world
        self.world.damage.ask(None if config.beyond else self._terms())
        self.planned: Iterator[Fault]
        if faults is None:
            draw = stream(config.seed, "nemesis")
            names = [member.name for member in self.members]
            least = max(config.n, config.nodes - 2)
            self.planned = plan(draw, names, frozenset(config.faults), config.fault_gap_ms * 1_000, least)
        else:
            self.planned = iter(faults)
        self.replaying = faults is not None
        self.injected: list[Fault] = []
        self.progress = progress
        self.script = script
        self.taken = 0
        self.working = config.clients

    def _build(self, name: str, choose: Callable[[int], int]) -> Node:
        founders = next((ring for ring in self.founders if any(member.name == name for member in ring)), ())
        table = None if founders else newest(self.world)
        known = self.founders if table is None else (table.members,)
        seeds = tuple(dict.fromkeys(seed for ring in known for seed in self._seeds(name, ring)))
        return Node(name, self.store, founders, self._rules_with_shared_rings(), choose, self.marks, seeds=seeds)

    def _seeds(self, name: str, ring: tuple[Member, ...]) -> list[str]:
        """The first and the last member of `ring`. The operator strikes out the dead; where that leaves nobody whom
        `name` could ask, he names those of the ring as it is now."""
        table = newest(self.world, ring[0].name)
        for members in (ring, table.members if table is not None else ()):
            ends = [members[at].name for at in (0, -1)] if members else []
            alive = [seed for seed in ends if not self.world.machines[seed].destroyed]
            if any(seed != name for seed in alive):
                return alive
        return [ring[at].name for at in (0, -1)]

    def _rules_with_shared_rings(self) -> Rules:
        """Rings are immutable, so the nodes of one simulated cluster share those of equal members."""
        make, rings = self.rules.ring, self._rings

        def shared(members: tuple[Member, ...], n: int, strategy: int, partitions: int) -> Ring:
            ring = rings.get(members)
            if ring is None:
                if len(rings) >= _RINGS:
                    rings.clear()
                ring = rings[members] = make(members, n, strategy, partitions)
            return ring

        return replace(self.rules, ring=shared)

    def _terms(self) -> Terms:
        """What the atlas of damage must know: the cluster as the operator meant it, without a seeded bug."""
        config = self.config
        fresh = 0
        if {"fresh-reads", "monotonic-reads"} & {*promised(config)}:
            fresh = config.n - (config.pr if config.sloppy else max(config.r, config.pr)) + 1
        return Terms(self._owners, fresh, lambda name: lasting(self.world, name))

    def _owners(self, key: bytes) -> tuple[str, ...]:
        """The owners of a key; while the membership changes, those who are owners before and after."""
        table = newest(self.world)
        if table is None:
            return ()
        if self._census is None or self._census[0] is not table:
            self._census = (table, ring_of(table, self._plain_ring))
        ring = self._census[1]
        first, *others = ring.quorums(ring.partition_of(key))
        return tuple(name for name in first if all(name in owners for owners in others))

    def _plain_ring(self, members: tuple[Member, ...]) -> Ring:
        return Ring(members, self.config.n, self.config.ring, self.config.partitions)

    # Phases

    def execute(self) -> Outcome:
        """Run all phases. What was recorded is on disk (or in memory) when this returns or raises."""
        with closing(self.log):
            self.begin()
            self._work()
            return self.conclude()

    def begin(self) -> None:
        """Boot the cluster, and let the clients come."""
        self.world.start()
        self._start_clients()

    def conclude(self) -> Outcome:
        """Heal, settle, and write down what every replica holds. The log is still open."""
        world = self.world
        working_us = world.now_us
        world.heal()
        settled_us, why = settle(world, self.config.settle_s * 1_000_000)
        if settled_us is not None:
            why = self._linger()
            settled_us = None if why else settled_us
        meant = describe(agreed(world) or self.founders[0], self.config.n, self.config.ring, self.config.partitions)
        snapshot = self.recorder.replicas(settled_us is not None, settled_us, meant)
        export(world, snapshot)
        return Outcome(
            config=self.config,
            settled_after_us=settled_us,
            unrest=why,
            counts=dict(sorted(world.counts.items())),
            marks=dict(sorted(self.marks.items())),
            outcomes=dict(self.log.outcomes),
            events=world.events,
            virtual_us=working_us,
            faults=tuple(self.injected),
            tape=world.network.tape,
            script=self.script,
            recorder=self.recorder,
        )

    def _linger(self) -> str:
        """Rest must last: long enough for tombstones to be reaped; nothing may come back after that, and there must
        be a while in which anti-entropy finds no work. Returns what went on instead, if anything did."""
        store, world = self.store, self.world
        while_us = store.reap_grace_us + 3 * store.reap_us  # a tombstone that comes back is voted on within this
        world.run(world.now_us + while_us)
        again = unrest(world)
        if again:
            return f"it had settled, and then {again}"
        for _ in range(MAX_WAITS):
            before = self.marks.get(FOUND_WORK, 0)
            world.run(world.now_us + while_us)
            if self.marks.get(FOUND_WORK, 0) == before:
                return unrest(world)
        return "anti-entropy still finds differences"

    def _start_clients(self) -> None:
        config = self.config
        workload = Workload(config.workload, config.keys, config.skew)
        for index in range(config.clients):
            client = self._client(index)(
                self.world,
                index,
                config.clients,
                workload,
                Habits(),
                self.log,
                config.think_ms * 1_000,
                self._take,
                self._client_done,
            )
            client.rest_until(50_000 + 137 * index)

    def _client(self, index: int) -> Callable[..., Client]:
        return Client if self.script is None else self.script.client(index)

    def _take(self) -> bool:
        """Leave for one more operation."""
        if self.taken >= self.config.ops:
            return False
        self.taken += 1
        if self.progress is not None and self.taken % 256 == 0:
            self.progress(self.taken, self.config.ops)
        return True

    def _client_done(self) -> None:
        self.working -= 1
        if self.working == 0:
            self.world.stopped = True

    def _work(self) -> None:
        """Let the clients work, and the faults happen at their times, until the last client has stopped."""
        world = self.world
        while self.working:
            fault = next(self.planned, None)
            if fault is None:
                world.run(_FOREVER_US)
                return
            if not self.replaying:
                fault = fault._replace(at_us=fault.at_us + _FIRST_FAULT_US)
            world.run(max(world.now_us, fault.at_us))
            if self.working:
                self.injected.append(fault)
                self.injected[-1] = world.inject(fault)


def rules_of(config: RunConfig) -> Rules:
    """The store's own rules, or with the seeded bug among them."""
    rules = rules_for(config.versions)
    if not config.bug:
        return rules
    from kept.zoo import catalogue  # noqa: PLC0415  # the store's mistakes are loaded only where one is wanted

    return catalogue.seeded(config, rules)


def _founders(config: RunConfig) -> tuple[tuple[Member, ...], ...]:
    specs = [
        Member(f"n{i + 1}", (), rack=f"rack{i % config.racks + 1}" if config.racks else "") for i in range(config.nodes)
    ]
    cut = config.nodes // config.rings
    rings = [specs] if config.rings == 1 else [specs[:cut], specs[cut:]]
    return tuple(
        build_members(ring, config.ring, config.tokens, config.partitions, salt="kept", spread=min(config.n, len(ring)))
        for ring in rings
    )


def _queue(config: RunConfig) -> Queue:
    if config.strategy == "pct":
        return PriorityQueue(stream(config.seed, "pct"), config.depth, config.ops * _EVENTS_PER_OPERATION)
    return TimedQueue()


def recorded(outcome: Outcome, directory: Path | None) -> RecordedRun:
    """What the checkers see: read back from where it was written."""
    return outcome.recorder.recorded() if directory is None else read_run(directory)


def verdicts(run: RecordedRun, claims: tuple[str, ...]) -> dict[str, Verdict]:
    """Judge the claims over a recorded run."""
    return judge(run, claims)
