"""Evacuation: records that are in the wrong place after the ring has changed are brought to where they belong.

A node that has lost a partition turns each record of it into hints for *all* its owners, in one batch with the record's
deletion, and hinted handoff does the rest: a hint goes only when its owner holds the record durably. A hint whose owner
does not own the key any more is turned into hints for those who do. So a record is nowhere dropped before it is where
it belongs, whatever two nodes think of the ring meanwhile.
"""

from itertools import islice

from dynamo.core.effects import DATA, HINT, Change, hint_key
from dynamo.core.host import Host
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings


class Evacuation:
    """Moves what is in the wrong place, a batch per handoff interval."""

    def __init__(self, host: Host, replica: Replica) -> None:
        self.host = host
        self.replica = replica

    @property
    def finished(self) -> bool:
        """Whether nothing is in the wrong place that has a better one."""
        return not self.replica.misrouted and not any(self._has_a_place(key) for key in self.replica.strays)

    def _has_a_place(self, key: bytes) -> bool:
        """Whether a record that is not ours can go to somebody; not so if all its owners are dead."""
        return self.host.name not in self.host.keepers(self.host.partition(key))

    def look(self) -> None:
        """The ring has changed, or the node has started: find what is in the wrong place."""
        host, replica = self.host, self.replica
        replica.strays.clear()
        replica.misrouted.clear()
        if not host.involved:
            return
        for partition in host.forest.partitions:
            if host.name not in host.ring.owners(partition):
                replica.strays.update(dict.fromkeys(host.forest.keys(partition)))
        replica.strays.update({key: None for key in replica.damaged if not host.owns(key)})
        for owner, kept in replica.hints.items():
            for key in kept:
                if owner not in host.keepers(host.partition(key)):
                    replica.misrouted[owner, key] = None

    def tick(self) -> None:
        """Move one batch, if there is room for its hints."""
        host, replica, config = self.host, self.replica, self.host.config
        if host.disk_low:  # hints take room before the record leaves it
            return
        waiting = len(replica.strays) + len(replica.misrouted)
        left = host.admission.take("evacuation", min(waiting, config.handoff_batch))
        for key in list(islice(filter(self._has_a_place, replica.strays), left)):
            if not replica.hint_count or replica.hint_count + config.n <= config.max_hints:
                left -= 1
                replica.fetch(key, self._exile, key)
        for owner, key in list(replica.misrouted)[:left]:
            replica.fetch(key, self._reroute, owner, key)

    def _exile(self, state: Siblings | None, key: bytes) -> None:
        """The record of a key that is not ours becomes hints for those whose it is."""
        host, replica = self.host, self.replica
        if key not in replica.strays or not self._has_a_place(key):
            return
        del replica.strays[key]
        if state is None:  # there is nothing to bring; the owners have their own
            host.mark("damaged stray dropped")
            replica.damaged.pop(key, None)
            replica.reap(key)
        else:
            host.mark("stray evacuated")
            gone = (Change(DATA, key, None), *replica.actors.forget(key))
            replica.entrust(key, state, host.keepers(host.partition(key)), gone)
            replica.vacated(key)

    def _reroute(self, local: Siblings | None, owner: str, key: bytes) -> None:
        """A hint for somebody who does not own the key any more becomes hints for those who do."""
        host, replica = self.host, self.replica
        if (owner, key) not in replica.misrouted:
            return
        kept = replica.hints.get(owner, {}).get(key)
        owners = host.keepers(host.partition(key))
        if kept is None or owner in owners:
            del replica.misrouted[owner, key]
            return
        if host.name in owners and (local is None or replica.take_over(local, key, kept[0]) < 0):
            return  # once the own copy is healed, or there is room
        del replica.misrouted[owner, key]
        host.mark("hint rerouted")
        replica.withdraw(owner, key)
        gone = (Change(HINT, hint_key(owner, key), None), *replica.actors.forget(key, standing_in=True))
        replica.entrust(key, kept[0], owners, gone)
