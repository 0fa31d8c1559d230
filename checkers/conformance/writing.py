"""Puts and deletes: who coordinates, what travels, who has acknowledged, and when they are answered."""

from checkers.conformance.actions import Actions, Nonconforming
from checkers.conformance.places import Content, context_of
from checkers.conformance.reshaping import Reshaping
from histories.steps import Answered, Held, Made, Sent


class Writing:
    """The writes of one key."""

    def __init__(self, acts: Actions, ring: Reshaping, sloppy: bool) -> None:
        self.acts = acts
        self.places = acts.places
        self.ring = ring
        self.sloppy = sloppy
        self.made: dict[str, Made] = {}
        """Per node the write that it has just made; the `wrote` of it follows."""
        self._stand_ins: set[tuple[str, str]] = set()
        """Who was asked to keep which write for another owner; an owner may be."""
        self._promised: set[tuple[str, str]] = set()
        """Who has ever acknowledged which write, as an owner."""

    def make(self, made: Made) -> None:
        """A version is made, or a delete executed."""
        places, context = self.places, context_of(made.request)
        self.acts.take("start_read", context, made.node)
        said = places.meaning(Held(context=made.context))
        places.set_row("got", "ggone", context, Content(places.puts(said).seen, frozenset()))
        self.made[made.node] = made
        if not made.fallback:
            named = [(made.request, made.node, owners, context) for owners in self.ring.in_use]
            self.acts.take("put", *next((args for args in named if not places.broken("put", *args)), named[0]))
            self._needs(made)

    def _needs(self, made: Made) -> None:
        """The lists that the coordinator says, of those that the abstract one would need. It may have begun before it
        knew of a change, but not after the transfers have."""
        told = [self.ring.list_of(owners) for owners in made.lists]
        if not any(told):
            return
        for owners in self.ring.in_use:
            needed = self.places.holds("needs", made.request, owners)
            if needed and owners not in told and (self.places.any("tr") or owners == self.ring.force):
                raise Nonconforming("put", "effect", f"it waits for no W of {', '.join(self.places.lists[owners])}")
            if not needed and owners in told:
                self.acts.count("need_more")
            self.places.let("needs", owners in told, made.request, owners)

    def replicate(self, step: Sent) -> None:
        """The version leaves its coordinator."""
        places = self.places
        if places.holds("home", step.request) and not places.holds("promised", step.node, step.request):
            self.acts.take("replicate", step.request, step.node)
            self._promised.add((step.node, step.request))
        if step.hint_for:
            self._stand_ins.add((step.to, step.request))

    def acknowledge(self, step: Sent) -> None:
        """A node says that it holds a write durably."""
        node, write, places = step.node, step.request, self.places
        if write in places.deletes:
            places.refresh(node)
        if node not in self.ring.former or (node, write) in self._stand_ins:
            if write not in places.related("hint", node) | places.related("dur", node):
                raise Nonconforming("keep_hint", "effect", f"{node} acknowledges a hint that is not on its disk")
            return
        broken = places.broken("ack", node, write)
        if "synced" in broken:
            self.acts.refuse("ack", "synced")
        if not broken:
            self.acts.take("ack", node, write)
            self._promised.add((node, write))

    def answered(self, step: Answered) -> None:
        """A put or delete is answered ok."""
        write, places = step.request, self.places
        if places.holds("coord", write, step.node) and places.holds("home", write) and not places.holds("out", write):
            self.acts.take("replicate", write, step.node)  # to nobody: it is the only owner
            self._promised.add((step.node, write))
        for node in step.acks:
            owes = node in self.ring.former and places.holds("home", write) and (node, write) not in self._stand_ins
            if owes and (node, write) not in self._promised:
                raise Nonconforming("complete", "quorum", f"{node} counts and has acknowledged nothing")
        before = places.state
        for node in self.ring.former:
            counts = node in step.acks and (node, write) in self._promised
            places.let("promised", counts, node, write)
        broken = places.broken("complete", write)
        places.state = before
        if not broken:
            self.acts.count("complete")
            places.take("complete", write)
        elif self.sloppy and any(not places.broken("complete_sloppily", write, node) for node in step.acks):
            node = next(node for node in step.acks if not places.broken("complete_sloppily", write, node))
            self.acts.take("complete_sloppily", write, node)
        else:
            self.acts.refuse("complete", broken[0])
