"""Each step of a trace is an action of the abstract store on one key, or none.

A step may do less than its action: a message that was sent earlier brings what its sender held then. So what travels
is taken from the message, and must have been at its sender when it was sent; what an action changes is then exactly
what the message brings, and its guards hold where it happens.
"""

from collections.abc import Iterable

from checkers.conformance.actions import Actions, Nonconforming, OutOfScope
from checkers.conformance.disks import EMPTY, Disks
from checkers.conformance.places import Content, Places
from checkers.conformance.reading import Reading
from checkers.conformance.reaping import Reaping
from checkers.conformance.recovery import Recovery
from checkers.conformance.reshaping import Reshaping
from checkers.conformance.writing import Writing
from histories.steps import (
    Answered,
    Asked,
    Beyond,
    Confirmed,
    Crashed,
    Durable,
    Lost,
    Made,
    Recovered,
    Sent,
    Step,
    Transferred,
    Turned,
    Wrote,
)

BROUGHT = {
    "replicate": "store", "repair": "repair", "handoff": "hand_off", "exchange": "exchange", "records": "transfer",
}  # fmt: skip
"""The action of a node that writes because of such a message."""


class Walk:
    """The steps of one key. `inside` is who is in the ring when the trace begins."""

    def __init__(self, places: Places, sloppy: bool, inside: tuple[str, ...]) -> None:
        self.places = places
        self.acts = Actions(places)
        self._messages: dict[int, Sent] = {}
        self.disks = Disks(self.acts, self._messages)
        self.ring = Reshaping(self.acts, inside)
        self.reading = Reading(self.acts, self.disks, self.ring, sloppy)
        self.writing = Writing(self.acts, self.ring, sloppy)
        self.recovery = Recovery(self.acts)
        self.reaping = Reaping(self.acts)

    def step(self, step: Step) -> None:  # noqa: C901, PLR0912 - one line for each kind of row
        """One step of this key, or of a node. Raises `Nonconforming` or `OutOfScope`."""
        self._named(step)
        match step:
            case Made():
                self.writing.make(step)
            case Wrote():
                self._wrote(step)
            case Durable():
                self._durable(step.node, step.batch)
            case Sent():
                self._sent(step)
            case Asked():
                self.reading.asked(step)
            case Answered(shown=None):
                self.writing.answered(step)
            case Answered():
                self.reading.answered(step)
            case Crashed():
                self._durable(step.node, step.batch)
                self._stopped(step.node)
                self.acts.take("crash", step.node)
                self.places.set_row("has", "gone", step.node, self.places.row("dur", "dgone", step.node))
            case Lost():
                self.disks.lost(step.node)
                self._stopped(step.node)
                self.recovery.lost(step.node)
            case Confirmed():
                self.recovery.confirmed(step)
            case Recovered():
                self.recovery.recovered(step)
            case Turned():
                self.ring.turned(step)
            case Transferred():
                self.ring.transferred(step)
            case Beyond():
                raise OutOfScope(step.why)

    def _named(self, step: Step) -> None:
        """Whoever and whatever the step names is there."""
        things = self.places.interpreter.instance.things
        nodes = {getattr(step, name, "") for name in ("node", "hint_for", "by", "source")}
        nodes.update(getattr(step, "acks", ()), getattr(step, "replies", ()))
        strange = sorted(node for node in nodes if node and node not in things["Node"])
        if strange:
            raise Nonconforming("crash", "effect", f"the header knows no node {strange[0]!r}")
        if isinstance(step, Sent):
            sort = "Write" if step.what in ("replicate", "stored") else ""
        else:
            sort = "" if not isinstance(step, Answered) else "Write" if step.shown is None else "Read"
        if sort and getattr(step, "request", "") not in things[sort]:
            nearest = "put" if sort == "Write" else "start_read"
            raise Nonconforming(nearest, "effect", f"nobody has begun {getattr(step, 'request', '')!r}")

    # Disks

    def _durable(self, node: str, batch: int) -> None:
        self.disks.durable(node, batch)
        self.recovery.settle(node)
        for name in self.disks.dropped:
            self.reaping.blocked(name)
        self.disks.dropped.clear()

    def _stopped(self, node: str) -> None:
        self.disks.stopped(node)
        self.writing.made.pop(node, None)
        self.recovery.stopped(node)
        self.reaping.blocked(node)

    # Records

    def _wrote(self, step: Wrote) -> None:
        made = self.writing.made.pop(step.node, None)
        unmade = [dot for dot in (step.held.dots if step.held is not None else ()) if dot not in self.places.dots]
        if unmade:
            raise Nonconforming("put", "effect", f"nobody made the version {unmade[0][0]}/{unmade[0][1]}")
        if not step.hint_for:
            if step.held is None:
                self._removed(step)
            else:
                self._record(step, made is not None)
        self.disks.write(step, made.request if made else "")

    def _removed(self, step: Wrote) -> None:
        """A node removes its record: it is kept in hints for its owners, or was handed over, or is forgotten."""
        places, node = self.places, step.node
        if self.disks.entrusted(step):
            self.ring.exile(node)
        elif self.ring.outside(node):
            self.ring.leave(node)
        else:
            message = None if step.message is None else self._messages.get(step.message)
            if message is None or message.what != "reap":
                self.reaping.won(node, self.ring.members)
            self.reaping.forget(node)
        places.set_row("has", "gone", node, EMPTY)

    def _record(self, step: Wrote, made: bool) -> None:
        places = self.places
        before, now = places.row("has", "gone", step.node), places.meaning(step.held)
        if made:
            wrong = (*places.puts(now).beyond(before), *places.puts(before).beyond(now))
            if wrong:
                raise Nonconforming("put", "effect", f"the record differs from what was merged in: {', '.join(wrong)}")
        else:
            self._grow(step, before, now)
        places.set_row("has", "gone", step.node, now)

    def _grow(self, step: Wrote, before: Content, now: Content) -> None:
        """A node's record takes up what a message brings."""
        places = self.places
        message = None if step.message is None else self._messages.get(step.message)
        if message is None or message.what not in BROUGHT:  # a coordinator repairs itself with what the replies said
            message, action, brought = None, "repair", self.reading.told_to(step.node)
        else:
            action, brought = BROUGHT[message.what], places.meaning(message.held)
        lost = places.puts(before).beyond(places.puts(now))
        if lost:
            raise Nonconforming(action, "effect", f"no action makes a node forget {', '.join(lost)}")
        more = places.puts(now).beyond(places.puts(before.and_(brought)))
        if more:
            raise Nonconforming(action, "effect", f"nobody had sent {', '.join(more)}")
        less = places.puts(brought).beyond(places.puts(now)) if message is not None else ()
        if less:
            raise Nonconforming(action, "effect", f"{', '.join(less)} had been sent, and was not taken up")
        if places.puts(now).within(before):
            return
        if action != "transfer":  # that is one action, when all of it is there
            self.acts.count(action)
        if message is not None and message.what == "replicate" and places.holds("expired", message.request):
            self.acts.refuse("store", "sent")
        if message is not None and message.what == "repair" and message.request in self.reaping.ended:
            self.acts.refuse("repair", "alive")
        if step.node not in self.ring.former:
            raise Nonconforming(action, "owner", "owners keep records")

    # Messages

    def _sent(self, step: Sent) -> None:  # noqa: C901 - one line for each kind of message
        self._messages.setdefault(step.message, step)
        places, node, said = self.places, step.node, self.places.meaning(step.held)
        disk, from_disk = places.row("dur", "dgone", node), self.reading.from_disk
        match step.what:
            case "replicate":
                self.writing.replicate(step)
                from_disk("replicate", node, said, places.row("sent", "sgone", step.request))
            case "stored":
                self.writing.acknowledge(step)
            case "reply":
                self.reading.replied(step)
            case "repair":
                from_disk("repair", node, said, self.reading.source(step))
            case "handoff":
                from_disk("hand_off", node, said, places.row("hint", "hgone", node))
            case "records":
                from_disk("transfer", node, said, disk)
            case "exchange":
                from_disk("exchange", node, said, disk)
            case "same":
                self.recovery.said(step)
            case "page":
                self.ring.page(step)
            case "query":
                self.reaping.called(step)
            case "vote":
                self.reaping.voted(step)
            case "reap":
                self.reaping.won(node, self.ring.members)


def steps_of_key(key: str, steps: Iterable[Step]) -> list[tuple[int, Step]]:
    """The steps that concern a key, with their positions: its own, and those of whole nodes."""
    return [(at, step) for at, step in enumerate(steps) if getattr(step, "key", key) == key]
