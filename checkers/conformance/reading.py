"""Gets: whom they ask, what the replies bring, and what is answered and repaired with."""

from checkers.conformance.actions import Actions, Nonconforming
from checkers.conformance.disks import EMPTY, Disks
from checkers.conformance.places import LIST, Content
from checkers.conformance.reshaping import Reshaping
from histories.steps import Answered, Asked, Sent


class Reading:
    """The gets of one key."""

    def __init__(self, acts: Actions, disks: Disks, ring: Reshaping, sloppy: bool) -> None:
        self.acts = acts
        self.places = acts.places
        self.disks = disks
        self.ring = ring
        self.sloppy = sloppy
        self._known: dict[str, Content] = {}
        """What replies have told of a read."""

    def asked(self, step: Asked) -> None:
        """A coordinator begins a get."""
        places, read = self.places, step.request
        self.acts.take("start_read", read, step.node)
        told = self.ring.list_of(step.readers) if step.readers else ""
        if not told or places.holds("asks", read, told):
            return
        if told == self.ring.to_come or places.any("fin"):
            raise Nonconforming("start_read", "effect", f"it asks {', '.join(step.readers)}")
        for owners in self.ring.in_use:
            places.let("asks", owners == told, read, owners)

    def replied(self, step: Sent) -> None:
        """A node sends what it holds."""
        places, node = self.places, step.node
        said = places.meaning(step.held)
        disk, kept = places.row("dur", "dgone", node), places.row("hint", "hgone", node)
        owns = places.holds("member", node)
        if owns and places.holds("rec", node) and not self._from_hints(said, kept):
            self.acts.refuse("respond", "whole")
        changed = self.ring.to_come or self.ring.force != LIST
        self.from_disk("respond", node, said, disk.and_(kept) if changed else disk if owns else kept)
        self._learn(step.request, said)

    def _from_hints(self, said: Content, kept: Content) -> bool:
        return bool(said.seen) and self.places.puts(said).within(kept)

    def from_disk(self, action: str, node: str, said: Content, source: Content) -> None:
        """What a node says must have been on its disk."""
        more = self.places.puts(said).beyond(source)
        if more:
            raise Nonconforming(action, "effect", f"{node} tells of {', '.join(more)}, which it has not on its disk")

    def source(self, step: Sent) -> Content:
        """What a coordinator may repair with: the replies, and its own copy, which is one of them."""
        return self._known.get(step.request, EMPTY).and_(self.disks.ever.get(step.node, EMPTY))

    def told_to(self, node: str) -> Content:
        """What the reads that a node coordinates have been told."""
        told = EMPTY
        for read, content in self._known.items():
            told = told.and_(content) if self.places.holds("reader", read, node) else told
        return told

    def answered(self, step: Answered) -> None:
        """A get is answered ok."""
        read, places = step.request, self.places
        for node, held in step.replies.items():
            said = places.meaning(held)
            owns = places.holds("member", node)
            action = "respond" if owns else "respond_from_hint"
            broken = [guard for guard in places.broken(action, read, node) if guard != "whole"]
            if broken:
                self.acts.refuse(action, broken[0])
            if owns and node == step.node and places.holds("rec", node):
                self.acts.refuse("respond", "whole")
            self.from_disk(action, node, said, self.disks.ever.get(node, EMPTY))
            self.acts.count(action)
            brought = places.row("got", "ggone", read).and_(said)
            places.take(action, read, node)
            places.set_row("got", "ggone", read, brought)
            self._learn(read, said)
        self._finish(step)
        assert step.shown is not None, "a get shows something"
        got, shown = places.puts(places.row("got", "ggone", read)), places.puts(places.meaning(step.shown))
        wrong = (*shown.beyond(got), *got.beyond(shown))
        if wrong:
            raise Nonconforming("finish_read", "effect", f"the answer differs from the replies: {', '.join(wrong)}")

    def _finish(self, step: Answered) -> None:
        """R of the list that it asks have replied, or the quorum is a sloppy one."""
        places, read = self.places, step.request
        asked = next((owners for owners in self.ring.in_use if places.holds("asks", read, owners)), "")
        quorums = places.quorums("read", asked) if asked else {}
        whole = [name for name, nodes in quorums.items() if step.replies.keys() >= {*nodes}]
        if whole:
            self.acts.take("finish_read", read, asked, whole[0])
        elif not self.sloppy:
            owners = places.lists[asked] if asked else ()
            replied = sum(node in owners for node in step.replies)
            raise Nonconforming("finish_read", "quorum", f"{replied} owners had replied")

    def _learn(self, read: str, said: Content) -> None:
        self._known[read] = self._known.get(read, EMPTY).and_(said)
