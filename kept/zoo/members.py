"""Nodes that do not agree who is in the ring."""

from dynamo.core.gossip import Gossip
from dynamo.core.greeting import Greeting
from dynamo.core.host import Host
from dynamo.core.membership import Table
from dynamo.core.participant import Participant
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import LINKS, SILENCE


class MergingParticipant(Participant):
    """Tables are merged member by member: whoever is in the older one and not in the newer is new."""

    def learn(self, theirs: Table) -> bool:
        mine = self.table
        if theirs.cluster == mine.cluster and theirs.epoch < mine.epoch and mine.plan is None:
            more = tuple(member for member in theirs.members if mine.member(member.name) is None)
            return bool(more) and self.adopt(mine._replace(members=tuple(sorted((*mine.members, *more)))))
        return super().learn(theirs)


class Faithless(Participant):
    """The plan of the greater rank is taken up, whatever this node has reported for another one."""

    def _bound(self, theirs: Table) -> bool:
        return False


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
            "A node that has missed the end of a change tells of the members that it knows. Lists are merged member by "
            "member, so whoever was removed is new, and the ring waits for the dead."
        ),
        breaks=("convergence",),
        seed=replacing(participant=MergingParticipant),
        overrides={
            "ring": 1,
            "nodes": 6,
            "faults": (kinds.REMOVE, kinds.REPLACE, kinds.JOIN, *LINKS),
            "fault_gap_ms": 400,
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
    Bug(
        name="promise-broken",
        row=37,
        title="a node that has reported for one plan takes up a rival",
        mechanism=(
            "Two operators begin at once. A node reports for one plan and then follows the other, of a greater rank. "
            "The first plan is decided by who has left it, and gets and puts go by different lists."
        ),
        breaks=("fresh-reads", "convergence"),
        seed=replacing(participant=Faithless),
        overrides={
            "sloppy": False,
            "workload": "register",
            "keys": 20,
            "think_ms": 20,
            "ops": 1_000,
            "faults": (kinds.RIVALS, *SILENCE),
            "fault_gap_ms": 300,
        },
        source="Lamport, Paxos made simple (2001): an acceptor that forgets its promise; CASSANDRA-18935",
    ),
)
