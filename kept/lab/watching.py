"""Looking on while a run is repeated: everything that happens to a few keys, on every node, as it happens.

A run is recorded as its clients saw it. To explain a counterexample the same schedule is executed once more with a
`KeyWatch`, which notes what each write and each crash changed, which messages carried the keys, who coordinated what
under which clock, and who had a version on disk when its put was acknowledged. Watching changes nothing: the history
stays the same to the byte.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dynamo.core import messages as m
from dynamo.core.effects import DATA, HINT, Change, Minted, split_hint_key
from dynamo.core.messages import Request, Response
from dynamo.core.siblings import NOTHING, Siblings
from dynamo.core.vector import Dot
from kept.lab.log import RunLog
from kept.lab.run import Lab
from kept.sim.disk import Disk
from kept.sim.world import World

Place = tuple[str, str]
"""Where a copy lies: the node, and the owner that it is kept for (empty: the node's own copy)."""


class Changed(NamedTuple):
    """What one node held of a key before and after a write, or a crash that took unsynced writes back."""

    at_us: int
    place: Place
    key: bytes
    before: Siblings
    after: Siblings
    crash: bool
    disk_lost: bool = False
    """The crash took the whole disk."""


class Sent(NamedTuple):
    """A message that carried a key."""

    at_us: int
    sender: str
    to: str
    key: bytes
    name: str
    state: Siblings | None


class Made(NamedTuple):
    """A put got its name."""

    at_us: int
    node: str
    request: str
    key: bytes
    dot: Dot
    ahead_us: int
    """How far the coordinator's wall clock was ahead of true time."""
    held: Siblings
    """What the coordinator held of the key when it had written the put."""


class Answered(NamedTuple):
    """A client heard the outcome of its request."""

    at_us: int
    request: str
    durable: tuple[Place, ...]
    """Put: who had the version on disk by then."""
    coordinator: str
    replies: Mapping[str, Siblings]
    """Get: what each replica that replied in time said it held."""


class Happened(NamedTuple):
    """A fault began, a node crashed, booted or went on."""

    at_us: int
    name: str
    fields: Mapping[str, Any]


class KeyWatch:
    """Notes everything about `keys`. It is the world's `Watch`, and hears of the rest through a `TappedLog`."""

    def __init__(self, keys: frozenset[bytes]) -> None:
        self.keys = keys
        self.world: World | None = None
        self.changes: list[Changed] = []
        self.departures: dict[tuple[bytes, Dot], list[Changed]] = {}
        """Every change in which a copy of the version went."""
        self.messages: list[Sent] = []
        self.made: dict[Dot, Made] = {}
        """How each dot was given first."""
        self.namings: list[Made] = []
        """Every time that a name was given."""
        self.answers: dict[str, Answered] = {}
        self.events: list[Happened] = []
        self._unsynced: dict[str, list[tuple[int, Place, bytes, Siblings]]] = {}
        """node -> its writes to the keys that may not be durable yet, by sequence number."""
        self._holds: dict[tuple[Place, bytes], Siblings] = {}
        self._durable: dict[tuple[bytes, Dot], dict[Place, None]] = {}
        self._reads: dict[int, bytes] = {}
        self._gets: dict[str, tuple[str, Any]] = {}
        """request -> its coordinator and the coordinator's own record of the get."""

    # The world's watch

    def wrote(self, time_us: int, node: str, disk: Disk, changes: tuple[Change, ...]) -> None:
        """A node writes; the disk still is as it was before."""
        seq = disk.last_seq + 1
        for space, stored, record in changes:
            if space not in (DATA, HINT):
                continue
            owner, key = split_hint_key(stored) if space == HINT else ("", stored)
            if key not in self.keys:
                continue
            before, after = disk.read(space, stored), record
            self._change(time_us, (node, owner), key, _state(before), _state(after), crash=False)
            self._unsynced.setdefault(node, []).append((seq, (node, owner), key, _state(after)))

    def sent(self, time_us: int, sender: str, to: str, message: Any) -> None:
        """A node sends; what it sends has been made durable before, so its disk is looked at."""
        self._synced(sender)
        if type(message) is m.Read:
            self._reads[message.op] = message.key
        for key, state in _carried(message, self._reads):
            if key in self.keys:
                self.messages.append(Sent(time_us, sender, to, key, type(message).__name__, state))
        if type(message) is m.Read and message.key in self.keys:
            assert self.world is not None
            node = self.world.machines[sender].node
            get = node.gets.pending.get(message.op) if node is not None else None
            if get is not None:
                self._gets[get.request.id] = (sender, get)

    # What the log hears

    def happened(self, time_us: int, name: str, fields: Mapping[str, Any]) -> None:
        """Any event but a minting."""
        self.events.append(Happened(time_us, name, dict(fields)))
        if name in ("crashed", "disk lost"):
            self._crashed(time_us, fields["node"], name == "disk lost")

    def minted(self, time_us: int, node: str, minted: Minted) -> None:
        """A put got its name."""
        if minted.key in self.keys:
            assert self.world is not None
            clock = self.world.machines[node].clock
            ahead_us = clock.read(time_us) + clock.offset_us - time_us
            last = self.changes[-1] if self.changes else None  # the put's own write came just before
            held = last.after if last is not None and (last.place[0], last.key) == (node, minted.key) else NOTHING
            made = Made(time_us, node, minted.request, minted.key, minted.dot, ahead_us, held)
            self.made.setdefault(minted.dot, made)
            self.namings.append(made)

    def completed(self, time_us: int, request: Request, response: Response) -> None:
        """A client heard an outcome."""
        if request.key not in self.keys:
            return
        for node in self._unsynced:
            self._synced(node)
        coordinator, replies = "", {}
        if request.id in self._gets:
            coordinator, get = self._gets[request.id]
            replies = dict(get.replies)
        durable: tuple[Place, ...] = ()
        if response.dot is not None:
            durable = tuple(self._durable.get((request.key, response.dot), {}))
            if response.dot in self.made:
                coordinator = self.made[response.dot].node
        self.answers[request.id] = Answered(time_us, request.id, durable, coordinator, replies)

    # Book-keeping

    def _change(
        self,
        time_us: int,
        place: Place,
        key: bytes,
        before: Siblings,
        after: Siblings,
        crash: bool,
        disk_lost: bool = False,
    ) -> None:
        change = Changed(time_us, place, key, before, after, crash, disk_lost)
        self.changes.append(change)
        self._holds[place, key] = after
        stays = {version.dot for version in after.versions}
        for version in before.versions:
            if version.dot not in stays:
                self.departures.setdefault((key, version.dot), []).append(change)

    def _synced(self, node: str) -> None:
        """Note what has become durable at `node`."""
        waiting = self._unsynced.get(node)
        if not waiting:
            return
        assert self.world is not None
        synced_seq = self.world.machines[node].disk.synced_seq
        while waiting and waiting[0][0] <= synced_seq:
            _, place, key, state = waiting.pop(0)
            self._keep(place, key, state)

    def _keep(self, place: Place, key: bytes, state: Siblings) -> None:
        for version in state.versions:
            self._durable.setdefault((key, version.dot), {}).setdefault(place)

    def _crashed(self, time_us: int, node: str, disk_lost: bool) -> None:
        """What the disk holds now is what survived."""
        assert self.world is not None
        self._unsynced.pop(node, None)
        disk = self.world.machines[node].disk
        for (place, key), held in list(self._holds.items()):
            if place[0] != node:
                continue
            stored = place[1].encode() + b"\0" + key if place[1] else key
            survived = _state(disk.read(HINT if place[1] else DATA, stored))
            self._keep(place, key, survived)
            if survived != held:
                self._change(time_us, place, key, held, survived, crash=True, disk_lost=disk_lost)


class TappedLog(RunLog):
    """Records as every run does, and tells the watch."""

    def __init__(self, lab: Lab, watch: KeyWatch) -> None:
        super().__init__(lab.recorder)
        self.clock = lab.world
        self.watch = watch

    def event(self, time_us: int, name: str, **fields: Any) -> None:
        super().event(time_us, name, **fields)
        self.watch.happened(time_us, name, fields)

    def minted(self, time_us: int, node: str, minted: Minted) -> None:
        super().minted(time_us, node, minted)
        self.watch.minted(time_us, node, minted)

    def complete(self, process: int, request: Request, response: Response) -> None:
        super().complete(process, request, response)
        self.watch.completed(self.clock.now_us, request, response)


def attach(watch: KeyWatch, lab: Lab) -> None:
    """Let `watch` look on while `lab`, which has not begun, executes."""
    watch.world = lab.world
    lab.world.watch = watch
    lab.log = lab.world.observer = TappedLog(lab, watch)


def _state(record: Any) -> Siblings:
    assert record is None or isinstance(record, Siblings), "only data and hints are watched"
    return record if record is not None else NOTHING


def _carried(message: Any, reads: Mapping[int, bytes]) -> Iterator[tuple[bytes, Siblings | None]]:
    """The keys that a message is about, each with the state that it carries. The reply to a read names only its
    operation; `reads` knows the key."""
    if type(message) is m.Handoff:
        yield from message.records
    elif type(message) is m.Forward:
        yield message.request.key, None
    elif type(message) is m.ReadReply:
        yield reads.get(message.op, b""), message.state
    elif type(message) in (m.Replicate, m.TreeRecord):
        yield message.key, message.state
    elif type(message) in (m.Read, m.ReapQuery, m.Reap):
        yield message.key, None
