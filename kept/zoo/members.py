"""Nodes that do not agree who is in the ring."""

from dynamo.core.gossip import Gossip
from dynamo.core.greeting import Greeting
from dynamo.core.host import Host
from dynamo.core.membership import Table
from dynamo.core.participant import Participant
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import LINKS


class MergingParticipant(Participant):
    """Tables are merged member by member, not by their rank: whoever is in either of two is in both."""

    def learn(self, theirs: Table, sender: str = "") -> bool:
        mine = self.table
        if not mine.cluster or theirs.cluster != mine.cluster or theirs.plan is not None or mine.rank > theirs.rank:
            return super().learn(theirs, sender)
        more = tuple(member for member in mine.members if theirs.member(member.name) is None)
        merged = theirs._replace(members=tuple(sorted((*theirs.members, *more))))
        return merged != mine and self.adopt(merged)


def _gossip_of_friends(host: Host, participant: Participant, greeting: Greeting, _seeds: tuple[str, ...]) -> Gossip:
    return Gossip(host, participant, greeting, ())


def _greeting_of_friends(host: Host, participant: Participant, _seeds: tuple[str, ...]) -> Greeting:
    return Greeting(host, participant, ())


BUGS = (
    Bug(
        name="removed-regossiped",
        row=37,
        title="a member that was removed is gossiped back into the ring",
        mechanism=(
            "A dead member is removed. Those who hear of the new list merge it with their own member by member, so the "
            "dead one is in it again, and the ring waits for it."
        ),
        breaks=("convergence",),
        seed=replacing(participant=MergingParticipant),
        overrides={
            "ring": 1,
            "nodes": 6,
            "think_ms": 120,
            "faults": (kinds.REMOVE, kinds.LOSS),
            "fault_gap_ms": 1_500,
        },
        source="CASSANDRA-5916, -8801 and the dtests of assassinate; Dynamo, section 4.8.1",
    ),
    Bug(
        name="no-seeds",
        row=37,
        title="two rings never hear of each other",
        mechanism=(
            "Gossip meets members only. Two rings that were founded apart stay apart for ever, and both take puts for "
            "the same keys."
        ),
        breaks=("convergence",),
        seed=replacing(gossip=_gossip_of_friends, greeting=_greeting_of_friends),
        overrides={"nodes": 6, "rings": 2, "faults": LINKS},
        source="Dynamo, section 4.8.2 (seeds prevent logical partitions)",
    ),
)
