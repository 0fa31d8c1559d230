"""The records that one node holds: its own replicas and, in another place, what it keeps for other owners.

Every change is a merge of what is here with what came in; nothing is ever assigned over. A record is known to the
rest of the cluster only once it is durable here (`dynamo.core.host`). Reads go through a bounded cache of recent
records; a key that is not in it is loaded from storage, and whoever asks meanwhile waits in line.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from dynamo.core.actors import Actors
from dynamo.core.effects import DATA, HINT, Change, Load, hint_key, split_hint_key
from dynamo.core.host import Host
from dynamo.core.siblings import NOTHING, Siblings
from dynamo.core.weight import state_bytes

EVICTED_AT_ONCE = 8
Entry = tuple[Siblings, int]
"""A state and the sequence number of the write that made it (0: it came from disk)."""


class Replica:
    """Loads, merges and forgets records. `then` callbacks get the state, or None where the copy here is damaged."""

    def __init__(self, host: Host, actors: Actors) -> None:
        self.host = host
        self.actors = actors
        self.cache: dict[bytes, Entry] = {}
        self.buffered: dict[bytes, int] = {}
        """key -> the write that must be durable before the record is shown, where its last write waits in a buffer."""
        self.loading: dict[bytes, list[tuple[Callable[..., None], tuple[Any, ...]]]] = {}
        self.damaged: dict[bytes, None] = {}
        """Keys whose record does not match its checksum; they are healed from the other owners, all of them."""
        self.recovering: dict[int, set[str]] = {}
        """Partitions that were lost with a disk, and the owners that have not yet confirmed that this copy is whole."""
        self.hints: dict[str, dict[bytes, Entry]] = {}
        """owner -> key -> what is kept for it."""
        self.hint_count = 0
        self.hint_bytes = 0
        self.handed_off_us: dict[bytes, int] = {}
        """When the last hint for a key was dropped: the reaper must not trust a key too soon after that."""
        self.all_handed_off_us = 0
        """The same for every key that `handed_off_us` does not name: the map is bounded."""
        self.strays: dict[bytes, None] = {}
        """Keys of records that are here although this node does not own them any more (`dynamo.core.evacuation`)."""
        self.misrouted: dict[tuple[str, bytes], None] = {}
        """Hints (owner, key) whose owner is none of the key's."""
        self.tombstones: dict[bytes, int] = {}
        """key -> since when its state is unchanged and shows nothing to clients."""

    def boot(
        self, data: Iterable[tuple[bytes, Siblings | None]], hints: Iterable[tuple[bytes, Siblings | None]]
    ) -> None:
        """Take up what survived on the disk."""
        host = self.host
        for key, state in data:
            if state is None:
                host.mark("damaged record found")
                self.damaged[key] = None
            else:
                self._index(key, state)
        for stored, state in hints:
            owner, key = split_hint_key(stored)
            if state is None:  # the owner's other replicas have it: anti-entropy brings it there
                host.mark("damaged hint dropped")
                host.write((Change(HINT, stored, None), *self.actors.forget(key, standing_in=True)))
            else:
                self.hints.setdefault(owner, {})[key] = (state, 0)
                self.hint_count += 1
                self.hint_bytes += state_bytes(state)
                host.mark("hint survived a restart")

    # Reading

    def fetch(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        """Call `then(state, *args)` with the node's own record of `key`: now if it is in memory, else when loaded."""
        entry = self.cache.get(key)
        if entry is not None:
            then(entry[0], *args)
        elif key in self.damaged:
            then(None, *args)
        elif key in self.loading:
            self.host.loads_waiting += 1
            self.loading[key].append((then, args))
        else:
            self.host.loads_waiting += 1
            self.loading[key] = [(then, args)]
            self.host.effects.append(Load(DATA, key))

    def loaded(self, key: bytes, state: Siblings | None, corrupt: bool) -> None:
        """Storage answered a load."""
        if corrupt:
            self.host.mark("damaged record found")
            self.damage(key)
        elif key not in self.cache:
            self._cache(key, state if state is not None else NOTHING, 0)
        waiting = self.loading.pop(key, [])
        self.host.loads_waiting -= len(waiting)
        self.host.loads_done += 1
        for then, args in waiting:
            self.fetch(key, then, *args)

    def fetch_durable(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        """Like `fetch`, but the state is handed out only once it is durable here."""
        entry = self.cache.get(key)
        if entry is not None and entry[1] <= self.host.durable_seq:
            then(entry[0], *args)
        else:
            self.fetch(key, self._durably, key, then, args)

    def fetch_shown(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        """Like `fetch_durable`, but a version that this node keeps in its buffer is handed out at once: it is durable
        at its coordinator (6.1)."""
        entry = self.cache.get(key)
        if entry is not None and self._shown_after(key) <= self.host.durable_seq:
            then(entry[0], *args)
        else:
            self.fetch(key, self._when_shown, key, then, args)

    def _when_shown(self, state: Siblings | None, key: bytes, then: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.host.when_durable(self._shown_after(key), then, state, *args)

    def _shown_after(self, key: bytes) -> int:
        return self.buffered.get(key, self.written(key))

    def _durably(self, state: Siblings | None, key: bytes, then: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.host.when_durable(self.written(key), then, state, *args)

    def written(self, key: bytes) -> int:
        """The write that must be durable before what is known of `key` may leave the node."""
        entry = self.cache.get(key)
        return entry[1] if entry is not None else 0

    def hinted(self, key: bytes) -> Entry | None:
        """Everything that is kept here of `key` for other owners, merged."""
        found: Entry | None = None
        for kept in self.hints.values():
            entry = kept.get(key)
            if entry is not None:
                if found is None:
                    found = entry
                else:
                    found = (self.host.versioning.merge(found[0], entry[0]), max(found[1], entry[1]))
        return found

    # Writing

    def merge(self, local: Siblings, key: bytes, state: Siblings, buffered: bool = False) -> int:
        """Merge `state` into the own record `local`; returns the write that must be durable to acknowledge it, or -1
        where the disk has no room for it. Where nobody waits for it, it may be `buffered`."""
        merged = self.host.versioning.merge(local, state)
        if merged is local:
            return self.written(key)
        if self.no_room(local, merged):
            return -1
        if not buffered or self.host.overload.behind():
            return self.put(key, merged)
        shown_after = self._shown_after(key)
        seq = self.host.write((Change(DATA, key, merged),), buffered=True)
        self.buffered[key] = shown_after
        self._cache(key, merged, seq)
        self._index(key, merged)
        return seq

    def take_over(self, local: Siblings, key: bytes, state: Siblings) -> int:
        """`merge`, where a copy elsewhere is dropped when this one is durable. So it is written even where nothing in
        it is new: what is on the disk may have rotted since it was written, and only the cache may know it still."""
        merged = self.host.versioning.merge(local, state)
        return -1 if self.no_room(local, merged) else self.put(key, merged)

    def no_room(self, held: Siblings, grown: Siblings) -> bool:
        """Whether the disk is low and `grown` would take more of it than `held` does."""
        if not self.host.disk_low or state_bytes(grown) <= state_bytes(held):
            return False
        self.host.mark("write refused: low disk")
        return True

    def put(self, key: bytes, state: Siblings, extra: tuple[Change, ...] = ()) -> int:
        """Write `state`, which includes everything that the own record had."""
        seq = self.host.write((Change(DATA, key, state), *extra) if extra else (Change(DATA, key, state),))
        if self.buffered:
            self.buffered.pop(key, None)
        self._cache(key, state, seq)
        self._index(key, state)
        return seq

    def keep_hint(self, owner: str, key: bytes, state: Siblings, extra: tuple[Change, ...] = ()) -> int:
        """Merge `state` into the hint for `owner`; returns the write to wait for, or -1 where the node is full."""
        config = self.host.config
        entry = self.hints.get(owner, {}).get(key)
        held = entry[0] if entry is not None else NOTHING
        merged = self.host.versioning.merge(held, state) if entry is not None else state
        if entry is not None and merged is held and not extra:
            return entry[1]
        growth = state_bytes(merged) - state_bytes(held)
        if entry is None and self.hint_count >= config.max_hints:
            self.host.mark("hint refused")
            return -1
        if growth > 0 and self.hint_bytes + growth > config.max_hint_bytes:
            self.host.mark("hint refused: too many bytes")
            return -1
        if self.no_room(held, merged):
            return -1
        if entry is None:
            self.hint_count += 1
            self.host.mark("hint stored")
            if owner not in self.host.keepers(self.host.partition(key)):  # the ring has changed under an operation
                self.misrouted[owner, key] = None
        self.hint_bytes += growth
        seq = self.host.write((Change(HINT, hint_key(owner, key), merged), *extra))
        self.hints.setdefault(owner, {})[key] = (merged, seq)
        return seq

    # Forgetting

    def drop_hint(self, owner: str, key: bytes, delivered: Siblings) -> bool:
        """Drop a hint whose `delivered` state its owner holds durably; False where it has grown since."""
        kept = self.hints.get(owner, {})
        entry = kept.get(key)
        if entry is None or entry[0] != delivered:
            return False
        self.withdraw(owner, key)
        # Another hint for the key may remain, without the dots that our actor made in this one: the actor dies.
        gone = self.actors.forget(key, standing_in=True)
        self.host.write((Change(HINT, hint_key(owner, key), None), *gone))
        return True

    def reap(self, key: bytes) -> None:
        """Forget the tombstone of `key`."""
        self.tombstones.pop(key, None)
        self.buffered.pop(key, None)
        self.host.forest.touch(self.host.partition(key), key, None)
        seq = self.host.write((Change(DATA, key, None), *self.actors.forget(key)))
        self._cache(key, NOTHING, seq)

    def damage(self, key: bytes) -> None:
        """The record of `key` cannot be read: nothing of it may be told, and its actor is dead."""
        self.damaged[key] = None
        self.cache.pop(key, None)
        self.buffered.pop(key, None)
        self.tombstones.pop(key, None)
        gone = self.actors.forget(key)
        if gone:
            self.host.write(gone)
        self.host.forest.touch(self.host.partition(key), key, None)

    # What changes of membership ask for

    def entrust(self, key: bytes, state: Siblings, owners: Iterable[str], extra: tuple[Change, ...]) -> int:
        """Keep `state` for each of `owners` but this node, merged into the hints that are there, in one batch with
        `extra`."""
        host, changes, kept = self.host, [], []
        for owner in owners:
            if owner != host.name:
                entry = self.hints.get(owner, {}).get(key)
                merged = state if entry is None else host.versioning.merge(entry[0], state)
                self.hint_count += entry is None
                self.hint_bytes += state_bytes(merged) - (state_bytes(entry[0]) if entry is not None else 0)
                kept.append((owner, merged))
                changes.append(Change(HINT, hint_key(owner, key), merged))
        seq = host.write((*changes, *extra))
        for owner, merged in kept:
            self.hints.setdefault(owner, {})[key] = (merged, seq)
        return seq

    def withdraw(self, owner: str, key: bytes) -> None:
        """A hint goes; whoever calls this writes that down."""
        state, _ = self.hints[owner].pop(key)
        if not self.hints[owner]:
            del self.hints[owner]
        self.hint_count -= 1
        self.hint_bytes -= state_bytes(state)
        self.left(key)

    def left(self, key: bytes) -> None:
        """Something of `key` went from here to another node just now."""
        if len(self.handed_off_us) >= max(1, self.host.config.max_hints):
            self.handed_off_us.clear()
            self.all_handed_off_us = self.host.now_us
        self.handed_off_us[key] = self.host.now_us

    def vacated(self, key: bytes) -> None:
        """The record of `key` went to others, in the last write."""
        self.tombstones.pop(key, None)
        self.buffered.pop(key, None)
        self.host.forest.touch(self.host.partition(key), key, None)
        self.left(key)
        self._cache(key, NOTHING, self.host.seq)

    def purge(self) -> None:
        """Forget everything that is here: it is from an earlier life of this node."""
        host = self.host
        keys = [key for partition in host.forest.partitions for key in host.forest.keys(partition)]
        changes = [Change(DATA, key, None) for key in dict.fromkeys((*keys, *self.damaged))]
        changes += [Change(HINT, hint_key(owner, key), None) for owner, kept in self.hints.items() for key in kept]
        changes += self.actors.forget_all()
        if not changes:
            return
        host.mark("earlier life forgotten")
        host.write(tuple(changes))
        for partition in host.forest.partitions:
            host.forest.drop(partition)
        for remembered in (self.cache, self.buffered, self.damaged, self.recovering, self.hints, self.strays):
            remembered.clear()
        self.misrouted.clear()
        self.tombstones.clear()
        self.hint_count = self.hint_bytes = 0

    # Memory

    def _cache(self, key: bytes, state: Siblings, seq: int) -> None:
        cache = self.cache
        cache.pop(key, None)  # it moves to the end: the front is what was written or loaded longest ago
        cache[key] = (state, seq)
        if len(cache) > self.host.config.cache_records:
            self._evict()

    def _evict(self) -> None:
        """Drop the oldest records that are on the disk, a few more than came in, so that a burst is worked off."""
        durable = self.host.durable_seq
        spare = len(self.cache) - self.host.config.cache_records
        front = islice(self.cache.items(), min(EVICTED_AT_ONCE, len(self.cache) - 1))  # never what has just come
        old = [key for key, (_, seq) in front if seq <= durable]
        for key in old[:spare]:
            del self.cache[key]
            self.buffered.pop(key, None)

    def _index(self, key: bytes, state: Siblings) -> None:
        host = self.host
        partition = host.partition(key)
        host.forest.touch(partition, key, state)
        if host.name not in host.ring.owners(partition):  # the ring has changed under an operation
            self.strays[key] = None
        if state.live:
            if key in self.tombstones:
                del self.tombstones[key]
        else:
            self.tombstones[key] = host.now_us
