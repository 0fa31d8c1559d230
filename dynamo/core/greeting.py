"""Greeting: a node that starts asks the others what they remember of it, before it serves anybody.

A disk can be old: an operator put an image back, or a machine returns that was away. What is on it may have been
deleted and forgotten since by everybody else, and names that it would give may have been given. The others remember
the boots that they have heard of (durably), so the disk whose own count is behind theirs is old, and is treated like a
lost one: the node forgets what is on it, takes a new name for its actors, and recovers from the other owners.

The node waits for answers of more than half of the other members. If they do not come in time, it goes on with what it
has, but under a new name; with a disk that was lost altogether it waits until at least one has come, because it does
not know the ring. (No phase of a change begins before every member has reported the one before, so the table of any
member is at most one phase behind the newest; only one who was removed and does not know it can mislead.)
"""

from collections.abc import Callable

from dynamo.core.effects import META, Change
from dynamo.core.host import Host
from dynamo.core.membership import Table, decode_table, encode_table
from dynamo.core.messages import Hello, Welcome
from dynamo.core.participant import Participant

GENERATIONS = b"generations"
RESEND_US = 200_000


class Greeting:
    """One node's start, and its memory of the starts of others."""

    def __init__(self, host: Host, participant: Participant, seeds: tuple[str, ...]) -> None:
        self.host = host
        self.participant = participant
        self.seeds = seeds
        self.generation_of: dict[str, int] = {}
        """The latest boot of each peer that this node has heard of, durably."""
        self.closed = True
        """Whether nobody is being greeted (the host asks it of everything that has a deadline)."""
        self.old = False
        """Whether somebody remembers a later boot than the disk does."""
        self._op = 0
        self._mine = 0
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
        table = encode_table(self.participant.table)
        self.host.send(sender, Welcome(message.op, self.generation_of.get(sender, 0), table))

    # The own start

    def begin(self, generation: int, patient: bool, then: Callable[[bool], None]) -> None:
        """Ask the others, and call `then(sure)` once: when enough have answered (`sure`), or in time; where
        `patient`, not before one has answered. `generation` is the boot that the disk remembers."""
        host = self.host
        self._then = then
        self._mine = generation
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
                host.send(name, Hello(self._op, self._mine))
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
        self.old = self.old or message.generation > self._mine
        self.participant.learn(decode_table(message.table))
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
