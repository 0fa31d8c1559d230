"""The simulated network: latencies, losses, duplicates, reordering, long delays and cut links.

A message's fate is drawn from the stream of its sender and is numbered (`sender`, count), so it depends on what that
sender sent before and on nothing else. Fates other than a plain delivery are written to the tape, and on replay are
read from it instead.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from kept.sim.entropy import stream
from kept.sim.scheduler import Queue
from kept.sim.tape import DUPLICATE, LOSS, Tape
from kept.sim.weather import Weather

Deliver = Callable[[Any, Any], None]
LINK_LIFE_US = Tape.LIMIT_US
"""A message that a clogged link has held for longer is gone: no message is on its way for much longer."""


class Held(NamedTuple):
    """A message that a clogged link holds back."""

    sent_us: int
    takes_us: int
    """How long it is on its way once it is let go."""
    action: Callable[[Any, Any], None]
    one: Any
    two: Any


class Sender:
    """What one endpoint has sent so far, and the stream that its messages' fates come from."""

    __slots__ = ("count", "draw", "fate", "last_us")

    def __init__(self, seed: int, name: str) -> None:
        self.count = 0
        self.draw = stream(seed, "latency", name).random
        self.fate = stream(seed, "fate", name)
        self.last_us: dict[str, int] = {}
        """When the last message to each endpoint arrives."""


class Network:
    """All links. `deliver` callbacks are scheduled on the queue; a lost message is simply never scheduled."""

    def __init__(
        self, seed: int, queue: Queue, tape: Tape, counts: dict[str, int], latency_us: tuple[int, int]
    ) -> None:
        self.seed = seed
        self.queue = queue
        self.tape = tape
        self.counts = counts
        self.low_us, high_us = latency_us
        self.span_us = high_us - self.low_us
        self.weather = Weather()
        self.cut: dict[tuple[str, str], int] = {}
        """(from, to) -> how many partitions cut this direction now."""
        self.clogged: dict[tuple[str, str], int] = {}
        """(from, to) -> how many faults clog this direction now."""
        self._held: dict[tuple[str, str], deque[Held]] = {}
        self._senders: dict[str, Sender] = {}

    def send(self, sender: str, to: str, now_us: int, action: Deliver, one: Any, two: Any) -> None:
        """Carry a message from `sender` to `to`: `action(one, two)` when it arrives, if it does."""
        if self.cut and (sender, to) in self.cut:
            self.counts["messages cut off"] = self.counts.get("messages cut off", 0) + 1
            return
        known = self._senders.get(sender)
        if known is None:
            known = self._senders[sender] = Sender(self.seed, sender)
        known.count += 1
        due_us = now_us + self.low_us + int(known.draw() * self.span_us)
        copy_us = 0
        if self.weather.rough:
            fate = self.tape.fate(sender, known.count, self.weather, known.fate)
            if fate is not None:
                kind, extra_us = fate
                self.counts[kind] = self.counts.get(kind, 0) + 1
                if kind == LOSS:
                    return
                if kind == DUPLICATE:
                    copy_us = now_us + extra_us
                else:
                    due_us += extra_us
        if self.clogged and (sender, to) in self.clogged:
            self._hold((sender, to), Held(now_us, due_us - now_us, action, one, two))
            if copy_us:
                self._hold((sender, to), Held(now_us, copy_us - now_us, action, one, two))
            return
        due_us = self._in_turn(known, to, due_us)
        self.queue.push(due_us, to, action, one, two)
        if copy_us:
            self.queue.push(self._in_turn(known, to, max(copy_us, due_us)), to, action, one, two)

    def sent_by(self, sender: str) -> int:
        """How many messages of an endpoint have left it: the number of its last one."""
        known = self._senders.get(sender)
        return known.count if known is not None else 0

    # Links

    def sever(self, pair: tuple[str, str], sign: int) -> None:
        """One fault more (1) or less (-1) cuts this direction."""
        _add(self.cut, pair, sign)

    def clog(self, pair: tuple[str, str], sign: int, now_us: int) -> None:
        """One fault more or less clogs this direction; after the last one, what was held back and still lives goes its
        way."""
        if _add(self.clogged, pair, sign):
            return
        sender, to = pair
        for held in self._held.pop(pair, ()):
            due_us = now_us + held.takes_us
            if due_us - held.sent_us <= LINK_LIFE_US:
                due_us = self._in_turn(self._senders[sender], to, due_us)
                self.queue.push(due_us, to, held.action, held.one, held.two)

    def _hold(self, pair: tuple[str, str], held: Held) -> None:
        waiting = self._held.setdefault(pair, deque())
        while waiting and held.sent_us - waiting[0].sent_us > LINK_LIFE_US:
            waiting.popleft()  # it would be too old; so what waits is bounded by what is sent within a message's life
        waiting.append(held)
        self.counts["messages held back"] = self.counts.get("messages held back", 0) + 1

    def _in_turn(self, known: Sender, to: str, due_us: int) -> int:
        """When a message really arrives: not before what was sent earlier, unless messages overtake each other now."""
        last_us = known.last_us.get(to, 0)
        if due_us < last_us:
            if not self.weather.reorder:
                return last_us
            self.counts["reorder"] = self.counts.get("reorder", 0) + 1
        else:
            known.last_us[to] = due_us
        return due_us


def _add(faults: dict[tuple[str, str], int], pair: tuple[str, str], sign: int) -> int:
    """Count the faults of one direction; returns how many there are now."""
    count = faults.get(pair, 0) + sign
    if count:
        faults[pair] = count
    else:
        del faults[pair]
    return count
