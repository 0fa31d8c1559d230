"""Greeting: a node that starts asks the others what they remember of it, before it serves anybody.

A disk can be old: an operator put an image back, a machine returns that was away, or the disk said "synced" and was
not. What is on it may have been deleted and forgotten since by everybody else, and names that it would give may have
been given. The others remember the boots (durably) and the heartbeats that they have heard of, and a node tells nobody
of a heartbeat that is not durable on its own disk. So a disk that is behind what they remember is old, and is treated
like a lost one: the node forgets what is on it, takes a new name for its actors, and recovers from the other owners.
What a disk loses within one heartbeat is not noticed.

The node waits for answers of more than half of the other members. If they do not come in time, it goes on with what it
has, but under a new name; with a disk that was lost altogether it waits until at least one has come, because it does
not know the ring. (No phase of a change begins before every member has reported the one before, so the table of any
member is at most one phase behind the newest; only one who was removed and does not know it can mislead.)
"""

from collections.abc import Callable

from dynamo.core.effects import META, Change
from dynamo.core.host import Host
from dynamo.core.membership import Table, decode_table
from dynamo.core.messages import Hello, Welcome
from dynamo.core.participant import Participant

GENERATIONS = b"generations"
HEARTBEAT = b"heartbeat"
RESEND_US = 200_000


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
        self._op = 0
        self._mine = (0, 0)
        self._answered: set[str] = set()
        self._until_us = 0
        self._patient = False
        self._then: Callable[[bool], None] = lambda _sure: None

    # What is remembered of others

    def boot(self, saved: bytes | None) -> None:
        """What an earlier boot of this node remembered."""
        if saved is not None:
            for row in saved.decode().split("\n"):
                name, _, generation = row.rpartition(" ")
                self.generation_of[name] = int(generation)

    def heard(self, name: str, generation: int) -> None:
        """A peer was heard of in this boot."""
        if generation > self.generation_of.get(name, 0):
            self.generation_of[name] = generation
            rows = "\n".join(f"{peer} {boot}" for peer, boot in sorted(self.generation_of.items()))
            self.host.write((Change(META, GENERATIONS, rows.encode()),))

    def hello(self, sender: str, message: Hello) -> None:
        """A peer starts. It is answered even before this node serves: when all start at once, somebody must begin."""
        table = self.participant.encoded
        self.host.send(sender, Welcome(message.op, *self.known(sender), table))

    def known(self, name: str) -> tuple[int, int]:
        """The latest boot and heartbeat of a peer that this node has heard of."""
        return max((self.generation_of.get(name, 0), 0), self.heartbeats.get(name, (0, 0)))

    def beat(self, generation: int, beat: int) -> int:
        """Write this node's own heartbeat; returns the write after which it may be told."""
        return self.host.write((Change(META, HEARTBEAT, b"%d %d" % (generation, beat)),))

    # The own start

    def begin(self, last: tuple[int, int], patient: bool, then: Callable[[bool], None]) -> None:
        """Ask the others, and call `then(sure)` once: when enough have answered (`sure`), or in time; where
        `patient`, not before one has answered. `last` are the boot and the heartbeat that the disk remembers."""
        host = self.host
        self._then = then
        self._mine = last
        self._op = host.boot_bits
        self.closed = False
        self._patient = patient
        self._until_us = host.now_us + host.config.greeting_us
        if not self._enough():
            self._ask()

    def _others(self, table: Table) -> list[str]:
        return [name for name in table.involved if name != self.host.name]

    def _ask(self) -> None:
        host = self.host
        asked = dict.fromkeys((*self._others(self.participant.table), *self.seeds))
        for name in asked:
            if name != host.name and name not in self._answered:
                host.send(name, Hello(self._op, *self._mine))
        host.at(host.now_us + min(RESEND_US, host.config.greeting_us), self, self._again)

    def _again(self, _: "Greeting") -> None:
        if self.host.now_us >= self._until_us and (self._answered or not self._patient):
            self.host.mark("start without enough answers")
            self._close(sure=False)
        elif not self._enough():
            self._ask()

    def welcome(self, sender: str, message: Welcome) -> None:
        """A peer tells what it remembers."""
        if self.closed or message.op != self._op:
            return
        self._answered.add(sender)
        self.old = self.old or (message.generation, message.beat) > self._mine
        self.participant.learn(decode_table(message.table), sender)
        self._enough()

    def _enough(self) -> bool:
        """Go on if more than half of the others have answered."""
        others = self._others(self.participant.table)
        if not others and not self._answered and any(seed != self.host.name for seed in self.seeds):
            return False
        if 2 * sum(name in self._answered for name in others) <= len(others) and others:
            return False
        self._close(sure=True)
        return True

    def _close(self, sure: bool) -> None:
        self.closed = True
        self._then(sure)
