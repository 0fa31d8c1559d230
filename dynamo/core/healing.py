"""Healing a record whose checksum does not match: it is read from every other owner and written anew.

A damaged copy may be one of the W that an acknowledgement counted, so nothing is told of the key, and no write of it
acknowledged, until *all* other owners have answered; then their merge is at least what was lost, unless the damaged
copy was the last one.

Each owner answers with what it holds durably, also one that is recovering a lost disk and tells readers nothing: it
may have acknowledged a write since. An owner whose own copy is damaged answers that it cannot tell, and counts as
heard, else two owners would wait for each other for ever; as long as others are missing it is asked again.
"""

from dynamo.core.admission import starting_at
from dynamo.core.host import Host
from dynamo.core.messages import Read, ReadReply
from dynamo.core.replica import Replica
from dynamo.core.siblings import NOTHING, Siblings

HEALING_OP = 1 << 62
"""Set in the operation numbers of healing reads."""


class Healing:
    """Heals one node's damaged records."""

    def __init__(self, host: Host, replica: Replica) -> None:
        self.host = host
        self.replica = replica
        self.heard: dict[bytes, dict[str, Siblings | None]] = {}
        """key -> owner -> what it holds; None where its copy is damaged as well."""
        self._keys: dict[int, bytes] = {}
        self._op_of: dict[bytes, int] = {}
        self._ops = 0
        self._turned_away: bytes | None = None
        """The key that was not admitted last; it goes first."""

    def tick(self) -> None:
        """Ask the owners that have not answered yet, for every damaged key."""
        host = self.host
        for key in starting_at(list(self.replica.damaged), self._turned_away):
            if not host.admission.grant("healing"):
                self._turned_away = key
                break
            heard = self.heard.setdefault(key, {})
            others = host.others(host.partition(key))
            if all(name in heard for name in others):
                self._heal(key, heard)
                continue
            missing = [name for name in others if heard.get(name) is None]
            op = self._op_of.get(key)
            if op is None:
                self._ops += 1
                op = self._op_of[key] = HEALING_OP | host.boot_bits | self._ops
                self._keys[op] = key
            for name in missing:
                host.send(name, Read(op, key))

    def asked(self, sender: str, message: Read) -> None:
        """Another owner wants to heal its copy: tell what is durable here."""
        self.replica.fetch_durable(message.key, self._tell, message.op, sender)

    def _tell(self, state: Siblings | None, op: int, sender: str) -> None:
        if state is None:
            self.host.mark("two copies damaged")
        self.host.send(sender, ReadReply(op, b"", state))

    def replied(self, sender: str, reply: ReadReply) -> None:
        """An owner tells what it holds of a damaged key."""
        key = self._keys.get(reply.op)
        if key is None or key not in self.replica.damaged:
            return
        heard = self.heard.setdefault(key, {})
        heard[sender] = reply.state
        if all(name in heard for name in self.host.others(self.host.partition(key))):
            self._heal(key, heard)

    def _heal(self, key: bytes, heard: dict[str, Siblings | None]) -> None:
        host = self.host
        state = NOTHING
        for theirs in heard.values():
            if theirs is not None:
                state = host.versioning.merge(state, theirs)
        del self.replica.damaged[key]
        self.heard.pop(key, None)
        self._keys.pop(self._op_of.pop(key, 0), None)
        host.mark("damaged record healed")
        if state is NOTHING:
            self.replica.reap(key)
        else:
            self.replica.put(key, state, self.replica.actors.forget(key))
