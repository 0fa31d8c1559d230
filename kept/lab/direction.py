"""Directed runs: who asks which node for what, and which fault strikes when, written down instead of drawn.

A direction becomes a schedule like any other: faults in their order and a script of intents, and nothing else. Clients
choose the node that they ask by their own streams, so each act winds its client's stream to a place from where it
goes to the wanted node, patiently and without dying. A cue looks for the moment of a message in a run of what is
directed so far: what happened until then happens again, whatever is added after it.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from dynamo.core.effects import Change
from dynamo.core.ring import Ring
from kept.lab.case import Case, NotingTape
from kept.lab.client import ATTEMPTS
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab
from kept.lab.script import STOP, Planned, Script
from kept.lab.trial import Trial, configured, prepare
from kept.lab.workload import BLIND, GET, Habits
from kept.sim import faults as kinds
from kept.sim.disk import Disk
from kept.sim.entropy import stream
from kept.sim.faults import DELAY, Fault
from kept.sim.network import Network
from kept.sim.tape import Fate

MS = 1_000
SECOND = 1_000 * MS
_PLACES = 50_000
"""So far a client's stream is searched for a place that suits an act."""
KEYS = 512
"""So many keys are looked at for one with a wanted preference list."""
SEED = 0
"""Under which a direction is made that names no seed: chance decides delays, and what nobody has written down."""
_HABITS = Habits()


class Act(NamedTuple):
    """What one client asks for, and where."""

    client: int
    at_us: int
    kind: str
    nodes: tuple[str, ...]
    """Whom it asks; an update or delete without a context first gets, maybe at another node."""
    key: str


class Direction:
    """A run that is being written. `config` are fields of `RunConfig`; clients, operations and keys follow from the
    acts, and no fault is drawn."""

    def __init__(self, claims: Iterable[str], key: str = "k0", **config: Any) -> None:
        self.claims = tuple(claims)
        self.key = key
        self.acts: list[Act] = []
        self.faults: list[Fault] = []
        self.fates: list[tuple[tuple[str, int], Fate]] = []
        self.given = dict(config)
        self._config = {"seed": SEED, "keys": 1, "faults": (), "fault_gap_ms": 3_600_000, "think_ms": 0, **config}
        self._ends_us = 0

    def preference(self, key: str) -> tuple[str, ...]:
        """The preference list of a key on the ring that is founded, extended to every node."""
        return self._ring().preference(key.encode())

    def key_of(self, walk: tuple[str, ...]) -> str:
        """A key with this preference list, or one that begins so. LookupError: there is none."""
        ring = self._ring()
        keys = (f"k{at}" for at in range(KEYS))
        found = next((key for key in keys if ring.preference(key.encode())[: len(walk)] == walk), None)
        if found is None:
            raise LookupError(f"no key below k{KEYS} has the preference list {', '.join(walk)}")
        return found

    def _ring(self) -> Ring:
        config = self.config
        lab = Lab(config, None)
        return lab.rules.ring(lab.founders[0], config.n, config.ring, config.partitions)

    # What clients do

    def ask(self, at_us: int, kind: str, *nodes: str, client: int | None = None, key: str | None = None) -> int:
        """A client asks at a time; a new one, where none is named. Returns its number."""
        number = max((act.client for act in self.acts), default=-1) + 1 if client is None else client
        self.acts.append(Act(number, at_us, kind, nodes, self.key if key is None else key))
        return number

    def put(self, at_us: int, node: str) -> int:
        """A put that has seen nothing."""
        return self.ask(at_us, BLIND, node)

    def get(self, at_us: int, node: str, client: int | None = None) -> int:
        return self.ask(at_us, GET, node, client=client)

    def until(self, end_us: int) -> None:
        """The run lasts until then, though nobody asks for anything."""
        self._ends_us = max(self._ends_us, end_us)

    # What befalls the cluster

    def fault(self, kind: str, at_us: int, for_us: int, *nodes: str, **fields: Any) -> None:
        self.faults.append(Fault(kind, at_us, for_us, nodes, **fields))

    def part(self, at_us: int, for_us: int, *groups: Iterable[str]) -> None:
        """Nobody of one group talks to anybody of another."""
        sides = [tuple(group) for group in groups]
        pairs = tuple((a, b) for one in sides for other in sides if one is not other for a in one for b in other)
        if pairs:
            self.fault(kinds.PARTITION, at_us, for_us, pairs=pairs)

    def cut(self, at_us: int, for_us: int, *pairs: tuple[str, str]) -> None:
        """These directions are cut, and no others."""
        self.fault(kinds.PARTIAL, at_us, for_us, pairs=pairs)

    def clog(self, at_us: int, for_us: int, *pairs: tuple[str, str]) -> None:
        """These directions hold everything back for a while."""
        self.fault(kinds.CLOGGED, at_us, for_us, pairs=pairs)

    def crash(self, at_us: int, for_us: int, *nodes: str) -> None:
        """The nodes stop, and lose what was not synced."""
        self.fault(kinds.CRASH, at_us, for_us, *nodes)

    def lose_disks(self, at_us: int, for_us: int, *nodes: str) -> None:
        """The nodes stop, and come back with empty disks."""
        for node in nodes:
            self.fault(kinds.LOST_DISK, at_us, for_us, node)

    def slow_disks(self, at_us: int, for_us: int, *nodes: str, by_us: int = 400 * MS) -> None:
        """Every sync of the nodes takes so much longer."""
        for node in nodes:
            self.fault(kinds.SLOW_DISK, at_us, for_us, node, number=float(by_us))

    def leave(self, at_us: int, node: str, driver: str) -> None:
        """The node leaves the ring; the operator tells `driver`, who drives the change."""
        self.fault(kinds.LEAVE, at_us, 1, node, pairs=((node, driver),))

    # The run

    @property
    def config(self) -> RunConfig:
        """The configuration of the run."""
        clients = max((act.client for act in self.acts), default=-1) + 2
        operations = 2 * len(self.acts) + 1  # an update may get first, and the last client only waits
        return configured(RunConfig.model_validate({**self._config, "clients": clients, "ops": operations}))

    def case(self) -> Case:
        """What decides the run."""
        config = self.config
        intents = [self._planned(config, act) for act in sorted(self.acts, key=lambda act: (act.at_us, act.client))]
        intents.append(Planned(config.clients - 1, self._ends_us, STOP, "", 0))
        faults = tuple(sorted(self.faults, key=lambda fault: fault.at_us))
        return Case(config, faults, tuple(self.fates), tuple(intents))

    def run(self, directory: Path | None = None) -> Trial:
        """Make the run, and judge what its configuration promises and the claims of the direction."""
        case = self.case()
        claims = tuple(dict.fromkeys((*self.claims, *promised(case.config))))
        return case.run(claims, directory=directory)

    def _planned(self, config: RunConfig, act: Act) -> Planned:
        came = sum(fault.kind in kinds.NEWCOMER_AT and fault.at_us <= act.at_us for fault in self.faults)
        names = [f"n{at + 1}" for at in range(config.nodes + came)]
        wanted = [names.index(node) for node in act.nodes]
        earlier = [a for a in self.acts if a.client == act.client and a.at_us < act.at_us and a.key == act.key]
        context = bool(earlier) and act.kind not in (GET, BLIND)
        asked = wanted[-1:] if context else wanted
        draws = aimed(config.seed, act.client, asked, len(names), knows=bool(earlier))
        return Planned(act.client, act.at_us, act.kind, act.key, draws)

    # Cues

    def moment(self, of: Callable[[Any], bool], sender: str, to: str, after_us: int = 0) -> int:
        """When `sender` sends `to` the first such message after a time, in the run so far. LookupError: never."""
        return self._met(of, sender, to, after_us).at_us

    def late(
        self, of: Callable[[Any], bool], sender: str, to: str, after_us: int, by_us: int, kind: str = DELAY
    ) -> int:
        """The first such message after a time is `by_us` late, or with ``duplicate`` arrives once more then; others
        overtake it. Returns when it was sent. LookupError: it never is."""
        met = self._met(of, sender, to, after_us)
        self.fates.append(((sender, met.count), (kind, by_us)))
        self.fault(kind, met.at_us - 1, 2, number=1.0)
        self.fault(kinds.REORDER, met.at_us - 1, by_us + 10 * MS)
        return met.at_us

    def _met(self, of: Callable[[Any], bool], sender: str, to: str, after_us: int) -> "_Met":
        cue = _Cue(lambda at, a, b, message: at >= after_us and (a, b) == (sender, to) and of(message))
        case = self.case()
        tape = NotingTape(dict(case.fates))
        lab = prepare(case.config, tape=tape, faults=list(case.faults), script=Script(case.intents), watch=cue)
        cue.network = lab.world.network
        try:
            lab.execute()
        except _Met as met:
            return met
        raise LookupError(f"{sender} sends {to} no such message after {after_us} us")


class _Met(Exception):
    """The moment that was looked for has come."""

    def __init__(self, at_us: int, count: int) -> None:
        super().__init__(at_us, count)
        self.at_us = at_us
        self.count = count
        """How manieth message of its sender it is."""


class _Cue:
    """A watch that stops the run at a message."""

    def __init__(self, meets: Callable[[int, str, str, Any], bool]) -> None:
        self.meets = meets
        self.network: Network | None = None

    def sent(self, time_us: int, sender: str, to: str, message: Any) -> None:
        if self.meets(time_us, sender, to, message):
            assert self.network is not None, "set when the world is there"
            raise _Met(time_us, self.network.sent_by(sender))

    def wrote(self, time_us: int, node: str, disk: Disk, changes: tuple[Change, ...]) -> None:
        """Writes are no cue."""


def aimed(seed: int, client: int, wanted: Sequence[int], names: int, knows: bool = False) -> int:
    """From which place on a client's stream sends it to these nodes, one after the other, of so many: it keeps a
    context that it `knows`, lives, and waits as long as it can."""
    draw = stream(seed, "client", client)
    numbers = [draw.random() for _ in range(_PLACES)]
    tests = tuple(_wishes(wanted, names, knows))
    for place in range(_PLACES - len(tests)):
        if all(test(numbers[place + at]) for at, test in enumerate(tests)):
            return place
    raise LookupError(f"no place below {_PLACES} in the stream of client {client} leads to {list(wanted)} of {names}")


def _wishes(wanted: Sequence[int], names: int, knows: bool) -> Iterator[Callable[[float], bool]]:
    """What the next numbers of a stream must be."""
    if knows:
        yield partial(operator.le, _HABITS.loses_context)
    for at in wanted:
        yield partial(_picks, at, names)
        yield partial(operator.le, _HABITS.dies)
    for _ in range(ATTEMPTS - 1):
        yield partial(operator.le, _HABITS.gives_up)


def _picks(wanted: int, names: int, number: float) -> bool:
    """Whether a client that draws this number asks the wanted one of so many nodes."""
    return int(number * names) == wanted
