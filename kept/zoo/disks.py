"""Disks that are not what they were, and nodes that do not notice."""

from dynamo.core.greeting import Greeting
from dynamo.core.healing import Healing
from dynamo.core.messages import ReadReply, Welcome
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing


class TrustsItsDisk(Greeting):
    """Takes the membership from the others, but what they remember of this node is not looked at."""

    def welcome(self, sender: str, message: Welcome) -> None:
        super().welcome(sender, message._replace(generation=0, beat=0))


class FirstOwnerHeals(Healing):
    """A damaged record is written anew from whichever owner answers first."""

    def replied(self, sender: str, reply: ReadReply) -> None:
        key = self._keys.get(reply.op)
        if key is not None and key in self.replica.damaged and reply.state is not None:
            self._heal(key, {sender: reply.state})


BUGS = (
    Bug(
        name="old-disk-trusted",
        row=1,
        title="a node that returns on an old disk goes on from it",
        mechanism=(
            "An image of a disk is put back. The node goes on under its old names from records that are behind: its "
            "next versions cover names that it has forgotten, and the others drop what it had named so."
        ),
        breaks=("no-lost-write", "honest-contexts"),
        seed=replacing(greeting=TrustsItsDisk),
        overrides={
            "workload": "blind",
            "keys": 8,
            "faults": (kinds.OLD_DISK,),
            "fault_gap_ms": 1_000,
        },
        source="riak_kv#679 (local loss); Dynamo says nothing of disks that come back",
    ),
    Bug(
        name="healed-by-one",
        row=34,
        title="a damaged record is healed from the first owner that answers",
        mechanism=(
            "The damaged copy was one of the W of an acknowledged put, and the first owner to answer was not. The "
            "node is whole again without the put, and R replies miss it."
        ),
        breaks=("fresh-reads",),
        seed=replacing(healing=FirstOwnerHeals),
        overrides={
            "sloppy": False,
            "read_repair": "off",
            "anti_entropy": False,
            "workload": "register",
            "keys": 12,
            "ops": 1_500,
            "faults": (kinds.BIT_ROT, kinds.CRASH, kinds.PARTIAL),
            "fault_gap_ms": 150,
        },
        source="Ganesan et al., Redundancy does not imply fault tolerance (FAST 2017)",
    ),
)
