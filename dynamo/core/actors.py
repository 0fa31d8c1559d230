"""Actors: the names under which a node makes versions, so that a dot names one value forever.

The rule that this module keeps: **an actor is born when a node first writes a key of which it has no record, and dies
when the record is forgotten.** While it lives, the node's durable record of the key has seen every dot of the actor
that ever left the node, so a plain vector is an exact context. A dot that a crash took before it was durable left no
trace anywhere; it is not given again either, because every boot counts from a `floor` of its own. That is its
generation's, which grows even where the disk has forgotten a boot: a disk that lies cannot make one name of two.

After the record is gone (its tombstone was reaped, its hint was handed off, the disk damaged or lost it) the next put
brings a new actor to life; the counter of an old one can never start again (riak_kv#679 and its relatives).

An actor's name is ``<incarnation>:<birth>``. Births are counted once per disk, under a lease that is durable before
any number in it is used. The actor of a key is written in the same batch as the record that it makes.
"""

from collections.abc import Callable
from typing import Any

from dynamo.core.effects import META, Change
from dynamo.core.host import Host

BIRTHS = b"births"
ACTOR_PREFIX = b"actor:"
BOOT_SPAN = 1 << 24
"""Counters that one boot may use for one key; the first boot starts at 1."""


class Actors:
    """The living actors of one node."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.alive: dict[bytes, str] = {}
        """key -> actor: the actors that this node may still use."""
        self.next_birth = 0
        self.leased = 0
        """Births below this number are reserved on disk."""
        self.durable_lease = 0
        self.floor = 0
        """Counters of this boot are above it."""

    def boot(self, meta: dict[bytes, bytes]) -> None:
        """Take up what the disk knows."""
        self.next_birth = int(meta.get(BIRTHS, b"0"))
        for name, value in meta.items():
            if name.startswith(ACTOR_PREFIX):
                self.alive[name[len(ACTOR_PREFIX) :]] = value.decode()
        self.floor = (self.host.generation - 1) * BOOT_SPAN

    def lease(self) -> Change:
        """What reserves the next births; it goes into the boot's batch."""
        self.leased = self.next_birth + self.host.config.birth_lease
        return Change(META, BIRTHS, b"%d" % self.leased)

    def booted(self) -> None:
        """The boot's batch is durable."""
        self.durable_lease = self.leased

    def give(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        """Call `then(actor, changes, *args)`: the actor for a new version of `key`, and what to write with it."""
        host = self.host
        fresh = host.versioning.actor_per_put
        actor = None if fresh else self.alive.get(key)
        if actor is not None:
            then(actor, (), *args)
        elif self.next_birth < self.durable_lease:
            actor = f"{host.incarnation}:{self.next_birth}"
            self.next_birth += 1
            if self.leased - self.next_birth < host.config.birth_lease // 2:
                self._renew()
            if fresh:
                then(actor, (), *args)
            else:
                self.alive[key] = actor
                then(actor, (Change(META, ACTOR_PREFIX + key, actor.encode()),), *args)
        else:  # births come faster than the disk can reserve them: wait for the lease
            host.mark("birth waited for its lease")
            if self.leased == self.durable_lease:
                self._renew()
            host.when_durable(host.seq, self.give, key, then, *args)

    def forget(self, key: bytes) -> tuple[Change, ...]:
        """The record of `key` goes: its actor dies with it, in the same batch."""
        if self.alive.pop(key, None) is None:
            return ()
        return (Change(META, ACTOR_PREFIX + key, None),)

    def _renew(self) -> None:
        if self.leased > self.durable_lease:
            return  # one renewal is under way
        self.leased += self.host.config.birth_lease
        seq = self.host.write((Change(META, BIRTHS, b"%d" % self.leased),))
        self.host.when_durable(seq, self._renewed, self.leased)

    def _renewed(self, leased: int) -> None:
        self.durable_lease = max(self.durable_lease, leased)
