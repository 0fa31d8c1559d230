"""Greeting: a node that starts asks the others what they remember of it, before it serves anybody.

A disk can be old: an operator put an image back, a machine returns that was away, or the disk said "synced" and was
not. What is on it may have been deleted and forgotten since by everybody else, and names that it would give may have
been given. The others remember the boots and the heartbeats that they have heard of, and a node tells nobody of a
heartbeat that is not durable on its own disk. So a disk that is behind what they remember is old, and is treated like a
lost one: the node forgets what is on it, takes a new name for its actors, and recovers from the other owners. What a
disk loses within one heartbeat is not noticed.

A new boot of a peer is remembered durably at once, its heartbeats at least every half of the reaper's grace. What can
do harm on an old disk is a value that was deleted, and whose tombstone was reaped since; every member votes on that,
and only after the grace. So whoever took part in a reaping remembers durably, even after a restart, that a disk from
before the delete is old, and one answer that remembers this node at all is enough to tell.

The node waits for answers of more than half of the other members. If they do not come in time, one that remembers it
must do (one of any kind where the disk was lost altogether, for then only the ring must be learned); the node then goes
on with what it has, but under a new name. Where nobody answers it waits: alone it could not acknowledge a put with W>1
anyway. Only an operator, who knows that its disk is not an old one, can let it go on (`vouch`).

(No phase of a change begins before every member has reported the one before, so the table of any member is at most one
phase behind the newest; only one who was removed and does not know it can mislead.)
"""

from collections.abc import Callable, Iterable

from dynamo.core.effects import META, Change, Reply
from dynamo.core.host import Host
from dynamo.core.membership import Table, decode_table
from dynamo.core.messages import Hello, Operate, Operated, Welcome
from dynamo.core.participant import Participant

GENERATIONS = b"generations"
HEARTBEAT = b"heartbeat"
RESEND_US = 200_000


def encode_memory(memory: Iterable[tuple[str, tuple[int, int]]]) -> bytes:
    """What is remembered of peers, as it stands on the disk: a line for each, its name, boot and heartbeat."""
    return "\n".join(f"{name} {boot} {beat}" for name, (boot, beat) in memory).encode()


def decode_memory(saved: bytes | None) -> dict[str, tuple[int, int]]:
    """peer -> (boot, heartbeat): what `encode_memory` wrote."""
    rows = [row.rsplit(" ", 2) for row in saved.decode().split("\n")] if saved else []
    return {name: (int(boot), int(beat)) for name, boot, beat in rows}


def last_beat(saved: bytes | None, generation: int) -> tuple[int, int]:
    """The boot and the heartbeat that a disk remembers, of which the last boot was `generation`."""
    boot, _, beat = (saved or b"0 0").decode().partition(" ")
    return max((generation, 0), (int(boot), int(beat)))


class Greeting:
    """One node's start, and its memory of the starts of others."""

    def __init__(self, host: Host, participant: Participant, seeds: tuple[str, ...]) -> None:
        self.host = host
        self.participant = participant
        self.seeds = seeds
        self.generation_of: dict[str, int] = {}
        """The latest boot of each peer that this node has heard of, durably."""
        self.heartbeats: dict[str, tuple[int, int]] = {}
        """node -> (boot, heartbeat): the latest that this node has heard of."""
        self.closed = True
        """Whether nobody is being greeted (the host asks it of everything that has a deadline)."""
        self.old = False
        """Whether somebody remembers a later boot than the disk does."""
        self._remembered: dict[str, tuple[int, int]] = {}
        """What earlier boots of this node remembered of its peers. They are asked too: of those that its table or its
        configuration names, all may have been replaced."""
        self._wrote_us = 0
        self._op = 0
        self._mine = (0, 0)
        self._answered: set[str] = set()
        self._recalled = False
        """Whether one has answered that remembers this node."""
        self._until_us = 0
        self._lost = False
        self._then: Callable[[bool], None] = lambda _sure: None

    # What is remembered of others

    def boot(self, saved: bytes | None) -> None:
        """What earlier boots of this node remembered."""
        self._remembered = decode_memory(saved)
        self._wrote_us = self.host.now_us
        self.generation_of.update((name, boot) for name, (boot, _) in self._remembered.items())

    def heard(self, name: str, generation: int) -> None:
        """A peer was heard of in this boot."""
        if generation > self.generation_of.get(name, 0):
            self.generation_of[name] = generation
            self.host.write((self._remember(),))

    def hello(self, sender: str, message: Hello) -> None:
        """A peer starts. It is answered even before this node serves: when all start at once, somebody must begin."""
        table = self.participant.encoded
        self.host.send(sender, Welcome(message.op, *self.known(sender), table))

    def known(self, name: str) -> tuple[int, int]:
        """The latest boot and heartbeat of a peer that this node has heard of."""
        heard = self.heartbeats.get(name, (0, 0))
        return max((self.generation_of.get(name, 0), 0), self._remembered.get(name, (0, 0)), heard)

    def _remember(self) -> Change:
        self._wrote_us = self.host.now_us
        return Change(META, GENERATIONS, encode_memory((peer, self.known(peer)) for peer in sorted(self.generation_of)))

    def beat(self, generation: int, beat: int) -> int:
        """Write this node's own heartbeat, and now and then those of others; returns the write after which it may be
        told."""
        own = Change(META, HEARTBEAT, b"%d %d" % (generation, beat))
        due = self.host.now_us - self._wrote_us >= self.host.config.reap_grace_us // 2
        return self.host.write((own, self._remember()) if due and self.generation_of else (own,))

    # The own start

    def begin(self, last: tuple[int, int], lost: bool, then: Callable[[bool], None]) -> None:
        """Ask the others, and call `then(sure)` once: when enough have answered (`sure`), or when the time is over and
        somebody has. `last` are the boot and the heartbeat that the disk remembers; `lost`: there is nothing on it."""
        host = self.host
        self._then = then
        self._mine = last
        self._op = host.boot_bits
        self.closed = False
        self._lost = lost
        self._until_us = host.now_us + host.config.greeting_us
        if not self._enough():
            self._ask()

    def _others(self, table: Table) -> list[str]:
        return [name for name in table.involved if name != self.host.name]

    def _ask(self) -> None:
        host = self.host
        asked = dict.fromkeys((*self._others(self.participant.table), *self.seeds, *self._remembered))
        for name in asked:
            if name != host.name and name not in self._answered:
                host.send(name, Hello(self._op, *self._mine))
        host.at(host.now_us + min(RESEND_US, host.config.greeting_us), self, self._again)

    def _again(self, _: "Greeting") -> None:
        homeless = not self.participant.table.members
        somebody = bool(self._answered) if self._lost else self._recalled
        if self.host.now_us >= self._until_us and (somebody or homeless):
            self.host.mark("start without enough answers")
            self._close(sure=False)
        elif not self._enough():
            if self.host.now_us >= self._until_us:
                self.host.mark("start waits for an answer")
            self._ask()

    def operate(self, client: str, command: Operate) -> None:
        """Before a node serves, an operator can only vouch that its disk is not an old one."""
        reason, status = "it goes on with what it has", "ok"
        if command.action != "vouch" or self.closed:
            reason, status = "the node is starting", "refused"
        elif self._lost and self.participant.table.members and not self._answered:
            reason, status = "its disk is empty: it must hear from a member what the ring is", "refused"
        self.host.effects.append(Reply(client, Operated(command.id, status, reason)))
        if status == "ok":
            self.host.mark("start vouched for")
            self._close(sure=False)

    def welcome(self, sender: str, message: Welcome) -> None:
        """A peer tells what it remembers."""
        if self.closed or message.op != self._op:
            return
        self._answered.add(sender)
        self._recalled = self._recalled or message.generation > 0
        self.old = self.old or (message.generation, message.beat) > self._mine
        self.participant.learn(decode_table(message.table), sender)
        self._enough()

    def _enough(self) -> bool:
        """Go on if more than half of the others have answered."""
        others = self._others(self.participant.table)
        if not others and not self._answered and {*self.seeds, *self._remembered} - {self.host.name}:
            return False
        if 2 * sum(name in self._answered for name in others) <= len(others) and others:
            return False
        self._close(sure=True)
        return True

    def _close(self, sure: bool) -> None:
        self.closed = True
        self._then(sure)
