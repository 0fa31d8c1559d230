"""Actors: the names under which a node makes versions, so that a dot names one value forever.

The rule that this module keeps: **an actor is born when a node first writes a key of which it has no record, and dies
when the record is forgotten.** While it lives, the node's durable record of the key has seen every dot of the actor
that ever left the node, so a plain vector is an exact context. A dot that a crash took before it was durable left no
trace anywhere; it is not given again either, because every boot counts from a `floor` of its own. That is its
generation's, which grows even where the disk has forgotten a boot: a disk that lies cannot make one name of two.

After the record is gone (its tombstone was reaped, its hint was handed off, the disk damaged or lost it) the next put
brings a new actor to life; the counter of an old one can never start again (riak_kv#679 and its relatives).

A node may be an owner of a key now and have been a stand-in before, or the other way round, while the ring changes. Its
own record and its hints are different records, and neither has seen what the other has: each has an actor of its own.

An actor's name is ``<incarnation>:<birth>``. Births are counted once per disk, under a lease that is durable before
any number in it is used. The actor of a key is written in the same batch as the record that it makes.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from dynamo.core.effects import META, Change
from dynamo.core.host import Host

BIRTHS = b"births"
ACTOR_PREFIX = b"actor:"
HINT_ACTOR_PREFIX = b"hint-actor:"
BOOT_SPAN = 1 << 24
"""Counters that one boot may use for one key; the first boot starts at 1."""


class Actors:
    """The living actors of one node."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.alive: dict[bytes, str] = {}
        """key -> actor: the actors that this node may still use for its own records."""
        self.standing_in: dict[bytes, str] = {}
        """key -> actor: the same for its hints."""
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
            elif name.startswith(HINT_ACTOR_PREFIX):
                self.standing_in[name[len(HINT_ACTOR_PREFIX) :]] = value.decode()
        self.floor = (self.host.generation - 1) * BOOT_SPAN

    def lease(self) -> Change:
        """What reserves the next births; it goes into the boot's batch."""
        self.leased = self.next_birth + self.host.config.birth_lease
        return Change(META, BIRTHS, b"%d" % self.leased)

    def booted(self) -> None:
        """The boot's batch is durable."""
        self.durable_lease = self.leased

    def give(self, key: bytes, then: Callable[..., None], *args: Any, standing_in: bool = False) -> None:
        """Call `then(actor, changes, *args)`: the actor for a new version of `key`, in a hint where this node is
        `standing_in` for an owner; and what to write with it."""
        host = self.host
        fresh = host.versioning.actor_per_put
        alive, prefix = self._role(standing_in)
        actor = None if fresh else alive.get(key)
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
                alive[key] = actor
                then(actor, (Change(META, prefix + key, actor.encode()),), *args)
        else:  # births come faster than the disk can reserve them: wait for the lease
            host.mark("birth waited for its lease")
            if self.leased == self.durable_lease:
                self._renew()
            host.when_durable(host.seq, partial(self.give, standing_in=standing_in), key, then, *args)

    def forget(self, key: bytes, standing_in: bool = False) -> tuple[Change, ...]:
        """The record of `key`, or the hint where this node was `standing_in`, goes: its actor dies with it, in the same
        batch."""
        alive, prefix = self._role(standing_in)
        if alive.pop(key, None) is None:
            return ()
        return (Change(META, prefix + key, None),)

    def forget_all(self) -> tuple[Change, ...]:
        """Nothing is left of what the actors made, or the node has another name now."""
        own = [change for key in list(self.alive) for change in self.forget(key)]
        hinted = [change for key in list(self.standing_in) for change in self.forget(key, standing_in=True)]
        return (*own, *hinted)

    def _role(self, standing_in: bool) -> tuple[dict[bytes, str], bytes]:
        return (self.standing_in, HINT_ACTOR_PREFIX) if standing_in else (self.alive, ACTOR_PREFIX)

    def _renew(self) -> None:
        if self.leased > self.durable_lease:
            return  # one renewal is under way
        self.leased += self.host.config.birth_lease
        seq = self.host.write((Change(META, BIRTHS, b"%d" % self.leased),))
        self.host.when_durable(seq, self._renewed, self.leased)

    def _renewed(self, leased: int) -> None:
        self.durable_lease = max(self.durable_lease, leased)
