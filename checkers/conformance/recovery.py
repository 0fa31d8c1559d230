"""Lost disks: a node starts empty, hears from every other owner that it holds what they hold, and answers again.

A confirmation speaks of what its sender held when it was sent, and counts here as soon as all of that is on the disk of
the node that recovers. A crash before that takes it away, as it does in the store.
"""

from checkers.conformance.actions import Actions, Nonconforming, OutOfScope
from checkers.conformance.places import Content
from histories.steps import Confirmed, Recovered, Sent


class Recovery:
    """The lost disks of one key."""

    def __init__(self, acts: Actions) -> None:
        self.acts = acts
        self.places = acts.places
        self._said: dict[int, Content] = {}
        """What the sender of a confirmation held then."""
        self._heard: dict[str, list[tuple[str, Content]]] = {}
        """Per node: who has confirmed it, and what must be on its disk for that to count."""
        self._over: set[str] = set()
        """Who has said that it answers again."""

    def lost(self, node: str) -> None:
        """A node's disk is gone."""
        places = self.places
        if not places.holds("member", node):
            self.acts.take("lose_other_disk", node)
            return
        if "one" in places.broken("lose_disk", node):
            raise OutOfScope("a disk was lost while another one was being recovered")
        if places.broken("lose_disk", node):
            raise OutOfScope("a disk was lost, and W=1")
        self.acts.take("lose_disk", node)

    def stopped(self, node: str) -> None:
        """What a node had heard and not written down is forgotten."""
        self._heard.pop(node, None)
        self._over.discard(node)

    def said(self, step: Sent) -> None:
        """An owner tells a node that it holds the same."""
        self._said[step.message] = self.places.row("has", "gone", step.node)

    def confirmed(self, step: Confirmed) -> None:
        """A node takes the confirmation for true."""
        places = self.places
        if not places.holds("rec", step.node):
            return
        said = self._said.get(step.message)
        if said is None:
            raise Nonconforming("confirm", "effect", f"{step.by} has confirmed nothing")
        lacks = places.puts(said).beyond(places.row("has", "gone", step.node))
        if lacks:
            raise Nonconforming("confirm", "whole", f"{step.node} lacks {', '.join(lacks)}, which {step.by} has")
        self._heard.setdefault(step.node, []).append((step.by, said))
        self.settle(step.node)

    def recovered(self, step: Recovered) -> None:
        """A node answers again."""
        if self.places.holds("rec", step.node):
            self._over.add(step.node)
            self.settle(step.node)

    def settle(self, node: str) -> None:
        """More of a node is on its disk: what counts now?"""
        places = self.places
        if not places.holds("rec", node):
            return
        waiting = []
        for by, said in self._heard.pop(node, []):
            if places.puts(said).within(places.row("dur", "dgone", node)):
                self.acts.count("confirm")
                places.let("conf", True, node, by)
            else:
                waiting.append((by, said))
        if waiting:
            self._heard[node] = waiting
        elif node in self._over:
            if places.any("prep") and places.broken("recover", node):
                raise OutOfScope("a lost disk was recovered during a change of the ring")
            self.acts.take("recover", node)
            self._over.discard(node)
