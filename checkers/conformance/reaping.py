"""Reaping: a ballot is an abstract vote once it has been won, and is held against what was so when it was called.

Whoever calls a ballot cannot know what others hold, so a ballot that nobody wins is no step. Of one that is won, what
the abstract call says must have been true then; what it says is over by then is ended here, and refused if it goes on.
"""

from checkers.conformance.actions import Actions, Nonconforming
from histories.steps import Sent
from model.abstract.evaluation import State


class _Ballot:
    """A vote that a node has called."""

    def __init__(self, state: State, inside: frozenset[str]) -> None:
        self.state = state
        """The store when it was called."""
        self.inside = inside
        """What the caller's record had seen: that is voted on."""
        self.asked: set[str] = set()
        self.agreed: set[str] = set()
        self.blocked: set[str] = set()
        """Who has dropped a hint or stopped since."""


class Reaping:
    """The ballots of one key."""

    def __init__(self, acts: Actions) -> None:
        self.acts = acts
        self.places = acts.places
        self.ended: set[str] = set()
        """Reads that are over, by what a ballot says."""
        self._ballots: dict[tuple[str, int], _Ballot] = {}

    def called(self, step: Sent) -> None:
        """The caller asks one member. Its earlier ballot is over."""
        ballot = self._ballots.get((step.node, step.ballot))
        if ballot is None:
            self._ballots = {pair: kept for pair, kept in self._ballots.items() if pair[0] != step.node}
            for node in self.places.nodes:
                self.places.refresh(node)
            inside = self.places.related("has", step.node)
            ballot = self._ballots[step.node, step.ballot] = _Ballot(self.places.state, inside)
        ballot.asked.add(step.to)

    def blocked(self, node: str) -> None:
        """A node has dropped a hint, or stopped."""
        for ballot in self._ballots.values():
            ballot.blocked.add(node)

    def voted(self, step: Sent) -> None:
        """A member says yes."""
        ballot = self._ballots.get((step.to, step.ballot))
        if ballot is not None:
            self._may(step.node, ballot)
            ballot.agreed.add(step.node)

    def _may(self, node: str, ballot: _Ballot) -> None:
        """Raises `Nonconforming` where the abstract store would not let the node vote yes."""
        places, before = self.places, self.places.state
        places.let("ballot", True)
        places.assign("blocked", *((name,) for name in sorted(ballot.blocked)))
        broken = places.broken("vote", node)
        places.state = before
        if broken:
            self.acts.refuse("vote", broken[0])

    def won(self, caller: str, members: tuple[str, ...]) -> None:
        """A caller says that its last ballot is won. `members` are all who must have agreed."""
        pair = next((pair for pair in self._ballots if pair[0] == caller), None)
        if pair is None:
            return  # forgetting will be refused, unless an earlier ballot allows it
        ballot = self._ballots.pop(pair)
        ballot.agreed.add(caller)
        self._may(caller, ballot)
        silent = sorted({*members} - ballot.agreed)
        if silent:
            raise Nonconforming("decide", "unanimous", f"{silent[0]} has not voted")
        for node in self.places.nodes:
            if node not in ballot.agreed:
                self._may(node, ballot)
        self._end_older(ballot)
        places, now = self.places, self.places.state
        places.state = ballot.state
        self._end_older(ballot)
        broken = places.broken("call", caller)
        places.state = now
        if broken:
            self.acts.refuse("call", broken[0])
        self.acts.count("call")
        for _ in ballot.agreed:
            self.acts.count("vote")
        places.let("ballot", True)
        places.assign("inb", *((write,) for write in sorted(ballot.inside)))
        places.assign("yes", *((node,) for node in places.nodes))
        self.acts.take("decide")

    def _end_older(self, ballot: _Ballot) -> None:
        """Writes and reads that carry an older state are over."""
        places = self.places
        for write in places.writes:
            shows = ballot.inside & (places.related("sent", write) - places.related("sgone", write))
            if shows and not places.holds("expired", write):
                places.take("expire", write)
        for read in places.reads:
            shows = ballot.inside & (places.related("got", read) - places.related("ggone", read))
            if shows and places.holds("live_read", read):
                self.ended.add(read)
                places.take("end_read", read)

    def forget(self, node: str) -> None:
        """A node forgets its record. Its disk does when that is durable."""
        places = self.places
        places.set_row("has", "gone", node, places.puts(places.row("has", "gone", node)))
        self.acts.require("forget", node)
        self.acts.count("forget")
