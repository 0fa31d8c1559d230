"""Each step of a trace is an action of the abstract store on one key, or none.

A step may do less than its action: a message that was sent earlier brings what its sender held then. So what travels
is taken from the message, and must have been at its sender when it was sent; what an action changes is then exactly
what the message brings, and its guards hold where it happens.
"""

from collections.abc import Iterable
from typing import NamedTuple

from checkers.conformance.places import LIST, Content, Places
from histories.steps import Answered, Asked, Crashed, Durable, Held, Made, Sent, Step, Wrote

EMPTY = Content()


class Mismatch(NamedTuple):
    """The first step that no action explains."""

    at: int
    """Its position in the trace, from 0."""
    action: str
    """The nearest action."""
    guard: str
    """Which of its guards does not hold, or what it would not do."""
    sentence: str


class Nonconforming(Exception):
    """A step that no action explains."""

    def __init__(self, action: str, guard: str, sentence: str) -> None:
        super().__init__(sentence)
        self.action, self.guard, self.sentence = action, guard, sentence


class OutOfScope(Exception):
    """From here on the key does what traces do not tell of."""


class _Batch(NamedTuple):
    """A change of a record that is not durable yet."""

    number: int
    step: Wrote
    made: str
    """The write that a coordinator made with it; empty: it was brought."""


class Walk:
    """The steps of one key."""

    def __init__(self, key: str, places: Places, sloppy: bool) -> None:
        self.key = key
        self.places = places
        self.sloppy = sloppy
        self.taken: dict[str, int] = {}
        """How often each action happened."""
        self._made: dict[str, Made] = {}
        """Per node the write that it has just made."""
        self._waiting: dict[str, list[_Batch]] = {}
        """Per node what is not durable."""
        self._messages: dict[int, Sent] = {}
        self._hints: dict[tuple[str, str], Content] = {}
        """(node, owner): what the hint says, on disk."""
        self._ever: dict[str, Content] = {}
        """What a node has ever had on disk, as record or hint."""
        self._stand_ins: set[tuple[str, str]] = set()
        """Who was asked to keep which write for another owner; an owner may be."""
        self._known: dict[str, Content] = {}
        """What replies have told of a read."""

    def step(self, step: Step) -> None:
        """One step of this key, or of a node. Raises `Nonconforming` or `OutOfScope`."""
        self._named(step)
        match step:
            case Made():
                self._make(step)
            case Wrote():
                self._wrote(step)
            case Durable():
                self._durable(step.node, step.batch)
            case Sent():
                self._sent(step)
            case Asked():
                self._take("start_read", step.request, step.node)
            case Answered(shown=None):
                self._written(step)
            case Answered():
                self._read(step)
            case Crashed():
                self._crash(step)

    def _named(self, step: Step) -> None:
        """Whoever and whatever the step names is there."""
        things = self.places.interpreter.instance.things
        nodes = {getattr(step, "node", ""), getattr(step, "hint_for", "")}
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

    # Writes

    def _make(self, made: Made) -> None:
        context = context_of(made.request)
        self._take("start_read", context, made.node)
        said = self.places.meaning(Held(context=made.context))
        self.places.set_row("got", "ggone", context, Content(self.places.puts(said).seen, frozenset()))
        self._made[made.node] = made
        if not made.fallback:
            self._take("put", made.request, made.node, LIST, context)

    def _wrote(self, step: Wrote) -> None:
        made = self._made.pop(step.node, None)
        self._waiting.setdefault(step.node, []).append(_Batch(step.batch, step, made.request if made else ""))
        if step.hint_for:
            return  # a hint counts once it is on disk
        if step.held is None:
            raise OutOfScope
        before, now = self._memory(step.node), self.places.meaning(step.held)
        if made is not None:
            wrong = (*self.places.puts(now).beyond(before), *self.places.puts(before).beyond(now))
            if wrong:
                raise Nonconforming("put", "effect", f"the record differs from what was merged in: {', '.join(wrong)}")
        else:
            self._grow(step, before, now)
        self.places.set_row("has", "gone", step.node, now)

    def _memory(self, node: str) -> Content:
        return self.places.row("has", "gone", node)

    def _grow(self, step: Wrote, before: Content, now: Content) -> None:
        """A node's record takes up what a message brings."""
        lost = self.places.puts(before).beyond(self.places.puts(now))
        action, brought = self._brought(step)
        if lost:
            raise Nonconforming(action, "effect", f"no action makes a node forget {', '.join(lost)}")
        more = self.places.puts(now).beyond(self.places.puts(before.and_(brought)))
        if more:
            raise Nonconforming(action, "effect", f"nobody had sent {', '.join(more)}")
        message = None if step.message is None else self._messages.get(step.message)
        whole = message is not None and message.what != "reply"
        less = self.places.puts(brought).beyond(self.places.puts(now)) if whole else ()
        if less:
            raise Nonconforming(action, "effect", f"{', '.join(less)} had been sent, and was not taken up")
        if self.places.puts(now).within(before):
            return
        self._count(action)
        if step.node not in self.places.owners:
            raise Nonconforming(action, "owner", self.places.sentence(action, "owner"))

    def _brought(self, step: Wrote) -> tuple[str, Content]:
        """The action of the message because of which a node writes, and what that brings."""
        message = None if step.message is None else self._messages.get(step.message)
        if message is None or message.what == "reply":  # a coordinator repairs itself with what the replies said
            return "repair", self._told_to(step.node)
        action = {"replicate": "store", "repair": "repair", "handoff": "hand_off", "exchange": "exchange"}[message.what]
        return action, self.places.meaning(message.held)

    def _told_to(self, node: str) -> Content:
        """What the reads that a node coordinates have been told."""
        told = EMPTY
        for read, content in self._known.items():
            told = told.and_(content) if self.places.holds("reader", read, node) else told
        return told

    def _written(self, step: Answered) -> None:
        """A put or delete is answered ok."""
        write, places = step.request, self.places
        for node in step.acks:
            owes = node in places.owners and places.holds("home", write) and (node, write) not in self._stand_ins
            if owes and not places.holds("promised", node, write):
                raise Nonconforming("complete", "quorum", f"{node} counts and has acknowledged nothing")
        before = places.state
        for node in places.owners:
            if node not in step.acks:
                places.relate("promised", node, places.related("promised", node) - {write})
        broken = places.broken("complete", write)
        places.state = before
        if not broken:
            self._take("complete", write)
        elif self.sloppy and any(not places.broken("complete_sloppily", write, node) for node in step.acks):
            node = next(node for node in step.acks if not places.broken("complete_sloppily", write, node))
            self._take("complete_sloppily", write, node)
        else:
            raise Nonconforming("complete", broken[0], places.sentence("complete", broken[0]))

    # Reads

    def _read(self, step: Answered) -> None:
        read, places = step.request, self.places
        for node, held in step.replies.items():
            said = places.meaning(held)
            if node in places.owners:
                self._allowed("respond", read, node)
                self._from_disk("respond", node, said, self._ever.get(node, EMPTY))
                self._count("respond")
                self._respond(read, node)
            else:
                self._allowed("respond_from_hint", read, node)
                self._from_disk("respond_from_hint", node, said, self._ever.get(node, EMPTY))
                self._count("respond_from_hint")
            places.set_row("got", "ggone", read, places.row("got", "ggone", read).and_(said))
            self._learn(read, said)
        self._finish(step)
        assert step.shown is not None, "a get shows something"
        got, shown = places.puts(places.row("got", "ggone", read)), places.puts(places.meaning(step.shown))
        wrong = (*shown.beyond(got), *got.beyond(shown))
        if wrong:
            raise Nonconforming("finish_read", "effect", f"the answer differs from the replies: {', '.join(wrong)}")

    def _respond(self, read: str, node: str) -> None:
        """A node replies, with what its message says and no more."""
        places = self.places
        held = places.row("got", "ggone", read)
        places.take("respond", read, node)
        places.set_row("got", "ggone", read, held)

    def _finish(self, step: Answered) -> None:
        places = self.places
        replied = {node for node in step.replies if node in places.owners}
        quorums = places.interpreter.instance.rigid["in_read"]
        names = places.interpreter.instance.things["ReadQuorum"]
        whole = [name for name in names if all(node in replied for quorum, node in quorums if quorum == name)]
        if whole:
            self._take("finish_read", step.request, LIST, whole[0])
        elif not self.sloppy:
            raise Nonconforming("finish_read", "quorum", f"{len(replied)} owners had replied")

    def _learn(self, read: str, said: Content) -> None:
        self._known[read] = self._known.get(read, EMPTY).and_(said)

    # Messages

    def _sent(self, step: Sent) -> None:
        self._messages.setdefault(step.message, step)
        places, said = self.places, self.places.meaning(step.held)
        disk = places.row("dur", "dgone", step.node)
        if step.what == "replicate":
            if places.holds("home", step.request) and not places.holds("promised", step.node, step.request):
                self._take("replicate", step.request, step.node)
            if step.hint_for:
                self._stand_ins.add((step.to, step.request))
            self._from_disk("replicate", step.node, said, places.row("sent", "sgone", step.request))
        elif step.what == "stored":
            self._acknowledge(step)
        elif step.what == "reply":
            kept = places.row("hint", "hgone", step.node)
            self._from_disk("respond", step.node, said, disk if step.node in places.owners else kept)
            self._learn(step.request, said)
        elif step.what == "repair":
            self._from_disk("repair", step.node, said, self._source(step))
        elif step.what == "handoff":
            self._from_disk("hand_off", step.node, said, places.row("hint", "hgone", step.node))
        else:
            self._from_disk("exchange", step.node, said, disk)

    def _source(self, step: Sent) -> Content:
        """What a coordinator may repair with: the replies, and its own copy, which is one of them."""
        return self._known.get(step.request, EMPTY).and_(self._ever.get(step.node, EMPTY))

    def _from_disk(self, action: str, node: str, said: Content, source: Content) -> None:
        more = self.places.puts(said).beyond(source)
        if more:
            raise Nonconforming(action, "effect", f"{node} tells of {', '.join(more)}, which it has not on its disk")

    def _acknowledge(self, step: Sent) -> None:
        node, write, places = step.node, step.request, self.places
        if write in places.deletes:
            places.refresh(node)
        if node not in places.owners or (node, write) in self._stand_ins:
            if write not in places.related("hint", node) | places.related("dur", node):
                raise Nonconforming("keep_hint", "effect", f"{node} acknowledges a hint that is not on its disk")
            return
        broken = places.broken("ack", node, write)
        if "synced" in broken:
            raise Nonconforming("ack", "synced", places.sentence("ack", "synced"))
        if not broken:
            self._take("ack", node, write)

    # Disks

    def _durable(self, node: str, batch: int) -> None:
        waiting = self._waiting.get(node, [])
        while waiting and waiting[0].number <= batch:
            now = waiting.pop(0)
            if now.step.hint_for:
                self._hint(now)
            else:
                self._count("sync")
                self.places.set_row("dur", "dgone", node, self.places.meaning(now.step.held))
            place = self.places.row("dur", "dgone", node).and_(self.places.row("hint", "hgone", node))
            self._ever[node] = self._ever.get(node, EMPTY).and_(place)

    def _hint(self, batch: _Batch) -> None:
        """A hint is on disk, or gone from there."""
        node, owner, places = batch.step.node, batch.step.hint_for, self.places
        before = self._hints.get((node, owner), EMPTY)
        if batch.step.held is None:
            places.set_row("hint", "hgone", node, before)
            broken = places.broken("drop_hint", node, owner)
            if broken:
                raise Nonconforming("drop_hint", broken[0], places.sentence("drop_hint", broken[0]))
            self._count("drop_hint")
            now = EMPTY
        elif batch.made:
            self._take("stand_in", batch.made, node, context_of(batch.made))
            now = places.meaning(batch.step.held)
            self._no_more("stand_in", now, before.and_(places.row("sent", "sgone", batch.made)))
        else:
            message = None if batch.step.message is None else self._messages.get(batch.step.message)
            now = places.meaning(batch.step.held)
            brought = EMPTY if message is None else places.meaning(message.held)
            if message is not None and message.what == "replicate":
                self._allowed("keep_hint", node, message.request)
            self._no_more("keep_hint", now, before.and_(brought))
            self._count("keep_hint")
        self._hints[node, owner] = now
        kept = EMPTY
        for (who, _), content in self._hints.items():
            kept = kept.and_(content) if who == node else kept
        places.set_row("hint", "hgone", node, kept)

    def _no_more(self, action: str, now: Content, source: Content) -> None:
        more = self.places.puts(now).beyond(source)
        if more:
            raise Nonconforming(action, "effect", f"nobody had sent {', '.join(more)}")

    def _crash(self, step: Crashed) -> None:
        self._durable(step.node, step.batch)
        places = self.places
        for write in (*places.names, *places.deletes):
            unseen = places.holds("coord", write, step.node) and not places.holds("out", write)
            if unseen and write not in places.related("dur", step.node):
                places.void.add(write)
        places.void.update(
            batch.made for batch in self._waiting.get(step.node, ()) if batch.made and batch.step.hint_for
        )
        self._waiting.pop(step.node, None)
        self._made.pop(step.node, None)
        self._take("crash", step.node)

    # Actions

    def _take(self, action: str, *args: str) -> None:
        self._allowed(action, *args)
        self._count(action)
        self.places.take(action, *args)

    def _allowed(self, action: str, *args: str) -> None:
        broken = self.places.broken(action, *args)
        if broken:
            raise Nonconforming(action, broken[0], self.places.sentence(action, broken[0]))

    def _count(self, action: str) -> None:
        self.taken[action] = self.taken.get(action, 0) + 1


def context_of(request: str) -> str:
    """The read that stands for what the client of a put had seen."""
    return f"context of {request}"


def steps_of_key(key: str, steps: Iterable[Step]) -> list[tuple[int, Step]]:
    """The steps that concern a key, with their positions: its own, and those of whole nodes."""
    return [(at, step) for at, step in enumerate(steps) if getattr(step, "key", key) == key]
