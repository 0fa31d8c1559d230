"""Preference lists with the wrong nodes in them."""

from dynamo.core.ring import Ring
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class AdjacentTokens(Ring):
    """The owners are the holders of the next N tokens, and one node may hold two of them."""

    def owners(self, partition: int) -> tuple[str, ...]:
        circle = sorted((token, member.name) for member in self.members for token in member.tokens)
        names = [circle[(partition + step) % len(circle)][1] for step in range(self.n)]
        return tuple(dict.fromkeys(names))


class RackBlind(Ring):
    """The owners are the first N nodes clockwise, whatever racks they stand in."""

    def walk(self, partition: int) -> tuple[str, ...]:
        return self._clockwise(partition, len(self.names))


BUGS = (
    Bug(
        name="adjacent-tokens",
        row=32,
        title="a preference list names one node twice",
        mechanism=(
            "Positions on the ring are not skipped where two neighbouring tokens belong to one node, so that some keys "
            "have fewer than N copies."
        ),
        breaks=("placement",),
        seed=replacing(ring=AdjacentTokens),
        overrides={"ring": 1, "faults": ORDINARY},
        source="Dynamo, section 4.3; riak_core docs/claim-fixes.md",
    ),
    Bug(
        name="rack-blind",
        row=32,
        title="the copies of a key share a rack",
        mechanism=(
            "The owners are taken clockwise without a look at their racks, so the failure of one rack takes more "
            "copies than it must."
        ),
        breaks=("placement",),
        seed=replacing(ring=RackBlind),
        overrides={"ring": 1, "racks": 3, "nodes": 6, "faults": ORDINARY},
        source="Dynamo, section 4.6; riak_core docs/claim-fixes.md",
    ),
)
