"""Tombstones that go too early, or not everywhere."""

from dynamo.core.messages import Reap
from dynamo.core.reaping import Reaper
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class GraceIsEnough(Reaper):
    """Each node reaps by its own clock, asking nobody: the grace period is thought to be long enough."""

    def tick(self) -> None:
        old_us = self.host.now_us - self.host.config.reap_grace_us
        for key, since_us in list(self.replica.tombstones.items()):
            if since_us <= old_us:
                self.replica.reap(key)


class FirstOwnerOnly(Reaper):
    """The first owner forgets the tombstone; the others do not hear of it, or do not listen."""

    def reap(self, sender: str, message: Reap) -> None:
        if sender == self.host.name:
            super().reap(sender, message)


BUGS = (
    Bug(
        name="early-reaping",
        row=23,
        title="a tombstone is reaped before every replica has it",
        mechanism=(
            "Two owners reap after the grace period. The third was away for longer and still holds the deleted value, "
            "and anti-entropy spreads it as if it were new."
        ),
        breaks=("no-resurrection", "no-false-sibling", "fresh-deletes"),
        seed=replacing(reaper=GraceIsEnough),
        overrides={
            "workload": "delete",
            "sloppy": False,
            "clients": 3,
            "think_ms": 300,
            "faults": (kinds.CRASH, kinds.PARTITION),
            "fault_gap_ms": 1_500,
        },
        source="scylla#3560, #15243; Riak documentation, object deletion",
    ),
    Bug(
        name="half-reaping",
        row=25,
        title="only the first owner forgets a reaped tombstone",
        mechanism=(
            "One replica has purged the tombstone and the others have not. Anti-entropy finds the difference and "
            "brings the tombstone back, the grace period passes, and it is purged again, for ever."
        ),
        breaks=("convergence",),
        seed=replacing(reaper=FirstOwnerOnly),
        overrides={"workload": "delete", "clients": 3, "think_ms": 300, "faults": ORDINARY, "fault_gap_ms": 5_000},
        source="scylla#8970, #24332",
    ),
)
