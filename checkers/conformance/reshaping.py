"""Changes of the ring: who knows which phase, what is transferred, and when the list to come is in force.

The first node that takes up a phase is the one that begins it: the driver of the change. Nodes that take no part know
every phase at once: they coordinate nothing. What a guard says is over is given up here, and refused if it ends well
after all.
"""

from checkers.conformance.actions import Actions, Nonconforming, OutOfScope
from checkers.conformance.places import LIST, Content
from histories.steps import Sent, Transferred, Turned

PHASES = ("prepare", "transfer", "flip", "close")
_KNOWN = {"prepare": "kprep", "flip": "kflip", "close": "kfin"}


class Reshaping:
    """The changes of one key's list."""

    def __init__(self, acts: Actions, inside: tuple[str, ...]) -> None:
        self.acts = acts
        self.places = acts.places
        self.force = LIST
        """The list in force."""
        self.to_come = ""
        """The list to come; empty: no change is under way."""
        self.members = inside
        """Who takes part in the ring, as the last node that took up a table has told."""
        self.former: set[str] = set(self.places.lists[LIST])
        """Whoever is or was an owner in a list in force or to come."""
        self._ended: set[str] = set()
        self._pages: dict[tuple[int, str], tuple[Content, tuple[str, ...]]] = {}
        """(page, new owner): what its sender held, and the guards of `transfer` that did not hold."""

    @property
    def in_use(self) -> tuple[str, ...]:
        """The list in force, and the list to come."""
        return (self.force, self.to_come) if self.to_come else (self.force,)

    def list_of(self, owners: tuple[str, ...]) -> str:
        """The list in use that has these owners; empty where none has."""
        return next((name for name in self.in_use if {*self.places.lists[name]} == {*owners}), "")

    # Who knows what

    def turned(self, step: Turned) -> None:
        """A node has taken up a table."""
        self.members = step.members or self.members
        if self.to_come and step.plan not in ("", self.to_come):
            raise OutOfScope("a change of the ring was given up for another")
        if not step.plan and self.to_come:
            self._end()
        elif step.plan in self.places.lists and step.plan not in self._ended:
            self._phase(step)

    def _phase(self, step: Turned) -> None:
        plan, acts = step.plan, self.acts
        if not self.to_come:
            self.to_come = plan
            acts.take("begin_change", plan)
            self.former.update(self.places.lists[plan])
            self._bystanders("learn_prepare")
        reached = PHASES[: PHASES.index(step.phase) + 1] if step.phase else ()
        self._learn("learn_prepare", "kprep", step.node)
        if "flip" in reached:
            if not self.places.any("flip"):
                self._give_up(plan, False)
                self._verify()
                acts.take("begin_flip", plan)
                self._bystanders("learn_flip")
            self._learn("learn_flip", "kflip", step.node)
        if "close" in reached:
            if not self.places.any("fin"):
                self._finish_older_reads()
                acts.take("begin_close", plan)
                self._bystanders("learn_close")
            self._learn("learn_close", "kfin", step.node)

    def _learn(self, action: str, known: str, node: str) -> None:
        if not self.places.holds(known, node):
            self.acts.take(action, node)

    def _bystanders(self, action: str) -> None:
        for node in self.places.nodes:
            if node not in self.members:
                self.places.take(action, node)

    def _end(self) -> None:
        if not self.places.any("fin"):
            raise OutOfScope("a change of the ring was given up")
        self._give_up(self.force, True)
        if "calm" in self.places.broken("end_change", self.force, self.to_come):
            raise OutOfScope("a change of the ring ended while a lost disk was being recovered")
        self.acts.take("end_change", self.force, self.to_come)
        self._ended.add(self.to_come)
        self.force, self.to_come = self.to_come, ""

    # What must be over

    def _give_up(self, owners: str, needing: bool) -> None:
        """Writes under way that need W of a list, or that do not, are given up."""
        places = self.places
        for write in places.writes:
            waits = places.holds("alive", write) and not places.holds("acked", write) and places.holds("home", write)
            if waits and places.holds("needs", write, owners) == needing:
                places.take("give_up", write)

    def _finish_older_reads(self) -> None:
        places = self.places
        for read in places.reads:
            waits = places.holds("live_read", read) and not places.holds("done", read)
            if waits and not places.holds("asks", read, self.to_come):
                places.take("end_read", read)

    # Who leaves

    def outside(self, node: str) -> bool:
        """Whether a node owns nothing, or knows that it will not."""
        places = self.places
        knows = bool(self.to_come) and places.holds("kfin", node) and node not in places.lists[self.to_come]
        return knows or not places.holds("member", node)

    def exile(self, node: str) -> None:
        """A node turns its record into hints for its owners."""
        broken = self.places.broken("exile", node)
        if "outside" in broken:
            self.acts.refuse("exile", "outside")
        if broken:
            what = "a lost disk was being recovered" if "calm" in broken else "it coordinated a write of it"
            raise OutOfScope(f"{node} gave a record away while {what}")

    def leave(self, node: str) -> None:
        """A node forgets its record, which an owner holds."""
        places = self.places
        if not places.row("has", "gone", node).seen:
            return
        broken = {b for owner in places.lists[self.force] for b in [places.broken("leave", node, owner)]}
        if () not in broken:
            self.acts.refuse("leave", "handed over" if any("handed over" in b for b in broken) else "outside")
        self.acts.count("leave")

    # What is transferred

    def page(self, step: Sent) -> None:
        """An old owner names what it holds."""
        if self.to_come:
            self._give_up(self.to_come, False)
            broken = self.places.broken("transfer", step.node, step.to, self.to_come)
            self._pages[step.message, step.to] = self.places.row("has", "gone", step.node), broken

    def transferred(self, step: Transferred) -> None:
        """A new owner has all of it."""
        if not self.to_come:
            return
        page = self._pages.get((step.message, step.node))
        if page is None:
            raise Nonconforming("transfer", "effect", f"{step.source} has named nothing to {step.node}")
        said, broken = page
        if broken:
            self.acts.refuse("transfer", broken[0])
        lacks = self.places.puts(said).beyond(self.places.row("dur", "dgone", step.node))
        if lacks:
            raise Nonconforming("transfer", "effect", f"{step.node} has not on its disk: {', '.join(lacks)}")
        self.acts.count("transfer")
        self.places.let("tr", True, step.node, step.source)
        self._verify()

    def _verify(self) -> None:
        """Every transfer that can be verified is."""
        places = self.places
        for node in places.lists[self.to_come]:
            if node in places.lists[self.force] or places.holds("ver", node):
                continue
            for quorum in places.quorums("read", self.force):
                if not places.broken("verify", node, self.force, self.to_come, quorum):
                    self.acts.take("verify", node, self.force, self.to_come, quorum)
                    break
