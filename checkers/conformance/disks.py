"""What of a node's writes is on its disk: records, hints, and what a crash or a lost disk leaves of them."""

from typing import NamedTuple

from checkers.conformance.actions import Actions, Nonconforming
from checkers.conformance.places import Content, context_of
from histories.steps import Sent, Wrote

EMPTY = Content()


class Batch(NamedTuple):
    """A change of a record that is not durable yet."""

    number: int
    step: Wrote
    made: str
    """The write that a coordinator made with it; empty: it was brought."""


class Disks:
    """The disks of all nodes, as far as they hold one key."""

    def __init__(self, acts: Actions, messages: dict[int, Sent]) -> None:
        self.acts = acts
        self.places = acts.places
        self.messages = messages
        self.ever: dict[str, Content] = {}
        """What a node has ever had on disk, as record or hint."""
        self.dropped: list[str] = []
        """Who has dropped a hint since somebody asked."""
        self._waiting: dict[str, list[Batch]] = {}
        """Per node what is not durable."""
        self._hints: dict[tuple[str, str], Content] = {}
        """(node, owner): what the hint says, on disk."""

    def write(self, step: Wrote, made: str) -> None:
        """A node writes."""
        self._waiting.setdefault(step.node, []).append(Batch(step.batch, step, made))

    def entrusted(self, step: Wrote) -> bool:
        """Whether the batch in which a record is removed keeps it in hints for others."""
        return any(
            batch.number == step.batch and batch.step.hint_for and batch.step.held is not None
            for batch in self._waiting.get(step.node, ())
        )

    def durable(self, node: str, number: int) -> None:
        """A node's batches up to this one are on its disk."""
        waiting = self._waiting.get(node, [])
        while waiting and waiting[0].number <= number:
            together = [batch for batch in waiting if batch.number == waiting[0].number]
            del waiting[: len(together)]
            self._synced(node, together)
        place = self.places.row("dur", "dgone", node).and_(self.places.row("hint", "hgone", node))
        self.ever[node] = self.ever.get(node, EMPTY).and_(place)

    def _synced(self, node: str, together: list[Batch]) -> None:
        """One batch is on the disk. Hints may keep what the same batch removes."""
        places = self.places
        own = self._removed(node, together)
        kept = EMPTY
        for batch in together:
            if batch.step.hint_for and batch.step.held is not None:
                kept = kept.and_(self._keep(batch, own))
        for batch in together:
            if batch.step.hint_for:
                if batch.step.held is None:
                    self._drop(batch, kept)
                continue
            if batch.step.held is not None:
                self.acts.count("sync")
            elif kept.seen:
                self.acts.count("exile")
            places.set_row("dur", "dgone", node, places.meaning(batch.step.held))
            if batch.step.held is None:
                places.relate("promised", node, ())
        self._sum_up(node)

    def _removed(self, node: str, together: list[Batch]) -> Content:
        own = EMPTY
        for batch in together:
            if batch.step.held is None:
                here = self._hints.get((node, batch.step.hint_for), EMPTY)
                own = own.and_(here if batch.step.hint_for else self.places.row("dur", "dgone", node))
        return own

    def _keep(self, batch: Batch, own: Content) -> Content:
        """A hint is on disk."""
        node, owner, places = batch.step.node, batch.step.hint_for, self.places
        before = self._hints.get((node, owner), EMPTY)
        now = places.meaning(batch.step.held)
        if batch.made:
            self.acts.take("stand_in", batch.made, node, context_of(batch.made))
            now = places.meaning(batch.step.held)
            self._no_more("stand_in", now, before.and_(places.row("sent", "sgone", batch.made)))
        elif batch.step.message is None and own.seen:
            self._no_more("entrust", now, before.and_(own))
            self.acts.count("entrust")
        else:
            message = None if batch.step.message is None else self.messages.get(batch.step.message)
            brought = EMPTY if message is None else places.meaning(message.held)
            if message is not None and message.what == "replicate":
                self.acts.require("keep_hint", node, message.request)
            self._no_more("keep_hint", now, before.and_(brought).and_(own))
            self.acts.count("keep_hint")
        self._hints[node, owner] = now
        return now

    def _drop(self, batch: Batch, kept: Content) -> None:
        """A hint is gone from the disk."""
        node, owner, places = batch.step.node, batch.step.hint_for, self.places
        before = self._hints.pop((node, owner), EMPTY)
        if places.puts(before).within(kept):
            return  # it is kept for others
        places.set_row("hint", "hgone", node, before)
        self.acts.require("drop_hint", node, owner)
        self.acts.count("drop_hint")
        self.dropped.append(node)

    def _sum_up(self, node: str) -> None:
        kept = EMPTY
        for (who, _), content in self._hints.items():
            kept = kept.and_(content) if who == node else kept
        self.places.set_row("hint", "hgone", node, kept)

    def _no_more(self, action: str, now: Content, source: Content) -> None:
        more = self.places.puts(now).beyond(source)
        if more:
            raise Nonconforming(action, "effect", f"nobody had sent {', '.join(more)}")

    def stopped(self, node: str) -> None:
        """A node has stopped: what is not durable is gone, and versions that nobody else saw are nowhere."""
        places = self.places
        self._void(node, places.related("dur", node))
        places.void.update(batch.made for batch in self._waiting.get(node, ()) if batch.made and batch.step.hint_for)
        self._waiting.pop(node, None)

    def _void(self, node: str, kept: frozenset[str]) -> None:
        places = self.places
        for write in (*places.names, *places.deletes):
            if places.holds("coord", write, node) and not places.holds("out", write) and write not in kept:
                places.void.add(write)

    def lost(self, node: str) -> None:
        """A node's disk is gone."""
        self.stopped(node)
        self._void(node, frozenset())
        for held in [pair for pair in self._hints if pair[0] == node]:
            del self._hints[held]
