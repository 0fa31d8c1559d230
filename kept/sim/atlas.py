"""The atlas of damage: which damage the promises survive, decided by one who sees all disks at once.

The store promises to lose no acknowledged write while fewer than W disks are lost since the acknowledgement, and a
damaged record is a small lost disk. Counting disks would be too coarse both ways: a write soon has more than W copies,
and after an unhealed damage it has fewer. So the atlas counts copies. A *recoverable* run asks it before anything
that was durable changes; what it refuses does not happen, and is counted.

**Sound copies** of a key are the records, and the hints for its owners, that (a) are really durable: not in a batch
that waits for its sync, nor in one of which a lying disk only said so; (b) pass their checksum; (c) are not taken for
damaged by the node that runs on them, which will overwrite them; and, of hints, (d) are not kept for a node that was
damaged within the last `TRUST_US`, nor for the one that is about to be: its answer "I have it" may be on its way, and
the hint is dropped when it arrives, although the damage has taken what was delivered.

**Found damage** (rot, a lost disk, a failed read: the node knows that it does not know) may take a record if all other
sound copies of its key together know what it knows: their merge with the record is their merge without it. Then by
induction nothing that was ever durable is lost from the merge of all sound copies: damage keeps the merge, and all
else that removes a copy leaves another one first (a hint is dropped when its owner has the record, and (d) says when
that can be trusted; a tombstone is reaped when nothing that it covers exists anywhere). An acknowledged put is in that
merge from its acknowledgement on, because its coordinator's disk had it; where that disk lied, it is not, and then no
lying disk may lose it. Whether a put was acknowledged does not matter here: the answer may still be on its way. Healing
reads all other owners, so where reads must be fresh, the copies that cover must be owners' records and not hints.
The node's own records (its names, its boots) have no copy: where one of them is found damaged the node takes a new
name, which loses nothing; rot may take them.

**Silent damage** (a lying disk loses power, a write went elsewhere: the node goes on with an older record and does
not know) may take a record back if found damage might, and if beyond that
* it loses no name that this disk has given: its node would count on from the older record, and the next name's context
  would cover the lost ones unseen (ADR 3 ties names to the disk). So nothing of the node's own records goes back;
* it brings nothing back that was deleted: a hint or tombstone that was dropped had been voted on;
* where reads must be fresh, N-R+1 other owners hold all of it (PR in the place of R where PR makes them fresh), so
  that every quorum still meets one of them.

The first of these is the store's limit and not the nature of the thing: see docs/faults.md.

Damage that the atlas would refuse can still be had: in a run *beyond* (`RunConfig.beyond`), which asks for what no
damage may break.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import NamedTuple

from dynamo.core.effects import DATA, HINT, META, Record, split_hint_key
from dynamo.core.siblings import NOTHING, Siblings
from kept.sim.disk import Batch
from kept.sim.faults import Place
from kept.sim.knowledge import Knowledge
from kept.sim.machine import Machine

TRUST_US = 5_000_000
"""How long a damaged node's earlier promise to hold something may still be on its way: longer than a message is held
back (1 s), waits at a node that stands still (1.5 s) or is slow, and is taken in."""
INCARNATION = b"incarnation"


class Terms(NamedTuple):
    """What the atlas must know of the cluster."""

    owners: Callable[[bytes], tuple[str, ...]]
    """The N owners of a key."""
    fresh: int = 0
    """How many other owners must hold what is silently lost, where reads must be fresh; 0: they need not be."""
    lasting: Callable[[str], bool] = lambda _name: True
    """Whether a machine keeps what it holds. One that is only joining forgets it if the plan comes to nothing."""


class Atlas:
    """Judges damage to the disks of `machines`. Without terms (a run beyond) it permits everything."""

    def __init__(self, machines: Mapping[str, Machine], terms: Terms | None) -> None:
        self.machines = machines
        self.terms = terms
        self._harmed_us: dict[str, int] = {}
        """When a node last lost something durable."""

    def harmed(self, node: str, now_us: int) -> None:
        """A node has lost something durable."""
        self._harmed_us[node] = now_us

    # Found damage

    def spares(self, node: str, places: Iterable[Place], now_us: int) -> bool:
        """Whether found damage may take these records of `node`'s disk."""
        if self.terms is None:
            return True
        disk = self.machines[node].disk
        taken = dict.fromkeys(places)
        left = disk.pending(told=True)
        asked: list[tuple[bytes, Siblings]] = []
        for place in taken:
            record = left[place] if place in left else disk.read(*place)
            if isinstance(record, Siblings):
                asked.append((_key(place), record))
        if not asked:
            return True
        views = self._views(node, taken, now_us)
        return all(self._covered(key, state, views) for key, state in asked)

    def spares_disk(self, node: str, now_us: int) -> bool:
        """Whether all of `node`'s disk may be lost."""
        disk = self.machines[node].disk
        places = [(space, key) for space in (DATA, HINT) for key, _ in disk.engine.scan(space)]
        return self.spares(node, [*places, *disk.pending(told=True)], now_us)

    def _views(self, node: str, taken: Mapping[Place, None], now_us: int) -> list["_View"]:
        """What is sound on every disk, without what is about to be taken from `node`."""
        assert self.terms is not None
        views = []
        for name, machine in self.machines.items():
            if not self.terms.lasting(name):
                continue
            view = _View(machine, taken if name == node else {})
            if not self.terms.fresh:
                harmed = {owner for owner, at_us in self._harmed_us.items() if now_us - at_us < TRUST_US} | {node}
                view.look_for_hints(harmed)
            views.append(view)
        return views

    def _covered(self, key: bytes, state: Siblings, views: list["_View"]) -> bool:
        """Whether the sound copies of a key know together all that `state` knows."""
        assert self.terms is not None
        owners = self.terms.owners(key)
        known = Knowledge()
        for view in views:
            if view.machine.name in owners or not self.terms.fresh:
                own = view.record(key)
                if own is not None:
                    known.add(own)
            for place in view.hints.get(key, ()):
                hint = view.sound(place)
                if hint is not None:
                    known.add(hint)
        return known.covers(state)

    # Silent damage

    def spares_silently(self, node: str, place: Place, then: Record | None, now_us: int) -> bool:
        """Whether one durable record of `node` may silently be again what it was `then`."""
        now = self.machines[node].disk.read(*place)
        return self._may_fall_back(node, {place: (then, now)}, now_us)

    def keeps(self, node: str, now_us: int) -> int:
        """How many of the batches about which `node`'s disk has lied must survive a power failure; the others go."""
        disk = self.machines[node].disk
        lied = disk.lied()
        if self.terms is None or not lied:
            return 0
        falls: dict[Place, tuple[Record | None, Record | None]] = {}
        keep = len(lied)
        while keep:
            batch = lied[keep - 1]
            if any(space == META or record is None for space, _, record in batch.changes) or _was_dead(batch):
                break
            for space, key, record in batch.before:
                place = (space, key)
                falls[place] = (record, falls[place][1] if place in falls else _written(batch, place))
            if not self._may_fall_back(node, falls, now_us):
                break
            keep -= 1
        return keep

    def _may_fall_back(
        self, node: str, falls: Mapping[Place, tuple[Record | None, Record | None]], now_us: int
    ) -> bool:
        """Whether all these records of `node` may silently be what they were, each (then, now)."""
        if self.terms is None:
            return True
        prefix = self._names(node)
        if prefix is None or not all(_falls(prefix, place, *states) for place, states in falls.items()):
            return False
        views = self._views(node, dict.fromkeys(falls), now_us)
        for place, (_, now) in falls.items():
            assert isinstance(now, Siblings), "the node's own records never fall back"
            key = _key(place)
            if self.terms.fresh and self._holders(node, key, now, views) < self.terms.fresh:
                return False
            if not self._covered(key, now, views):
                return False
        return True

    def _names(self, node: str) -> str | None:
        """What the names begin with that this disk's node gives."""
        incarnation = self.machines[node].disk.read(META, INCARNATION)
        return f"{incarnation.decode()}:" if isinstance(incarnation, bytes) else None

    def _holders(self, node: str, key: bytes, state: Siblings, views: list["_View"]) -> int:
        """How many other owners hold all of `state`."""
        assert self.terms is not None
        count = 0
        for view in views:
            theirs = view.record(key)
            if theirs is not None and view.machine.name != node and view.machine.name in self.terms.owners(key):
                known = Knowledge()
                known.add(theirs)
                count += known.covers(state)
        return count


class _View:
    """What is sound on one disk."""

    def __init__(self, machine: Machine, taken: Mapping[Place, None]) -> None:
        self.machine = machine
        self.left = machine.disk.pending()
        self.taken = taken
        self.hints: dict[bytes, list[Place]] = {}
        """key -> where hints for it are."""
        replica = getattr(machine.node, "replica", None)
        self.doubted: Mapping[bytes, None] = replica.damaged if replica is not None else {}
        """Keys whose record the node that runs there takes for damaged."""

    def look_for_hints(self, harmed: Set[str]) -> None:
        """Find the hints, but for those whose owners are `harmed`."""
        places = {(HINT, stored): None for stored, _ in self.machine.disk.engine.scan(HINT)}
        places.update(dict.fromkeys(place for place in self.left if place[0] == HINT))
        for place in places:
            owner, key = split_hint_key(place[1])
            if owner not in harmed:
                self.hints.setdefault(key, []).append(place)

    def record(self, key: bytes) -> Siblings | None:
        """The sound record of a key."""
        return None if key in self.doubted else self.sound((DATA, key))

    def sound(self, place: Place) -> Siblings | None:
        """What is durable at a place, if it passes its checksum and is not about to be taken."""
        disk = self.machine.disk
        if place in self.taken or place in disk.damaged:
            return None
        record = self.left[place] if place in self.left else disk.read(*place)
        return record if isinstance(record, Siblings) else None


def _key(place: Place) -> bytes:
    """The key that a record or a hint is about."""
    return split_hint_key(place[1])[1] if place[0] == HINT else place[1]


def _falls(prefix: str, place: Place, then: Record | None, now: Record | None) -> bool:
    """Whether a record may go back from `now` to `then` as far as names and deletions go."""
    before = then if isinstance(then, Siblings) else NOTHING
    if place[0] == META or not isinstance(now, Siblings) or (before.live and not now.live):
        return False
    given = [name for name, seen in now.context.items() if seen > before.context.get(name, 0)]
    return not any(name.startswith(prefix) for name in given)


def _written(batch: Batch, place: Place) -> Record | None:
    """What a batch wrote at a place, the last time."""
    return next(record for space, key, record in reversed(batch.changes) if (space, key) == place)


def _was_dead(batch: Batch) -> bool:
    """Whether a record that the batch wrote or replaced shows nothing to clients: it may have been voted on."""
    return any(isinstance(record, Siblings) and not record.live for _, _, record in (*batch.before, *batch.changes))
