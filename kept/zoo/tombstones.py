"""Tombstones that go too early."""

from dynamo.core.reaping import Reaper
from kept.zoo.bug import Bug, replacing


class GraceIsEnough(Reaper):
    """Each node reaps by its own clock, asking nobody: the grace period is thought to be long enough."""

    def tick(self) -> None:
        old_us = self.host.now_us - self.host.config.reap_grace_us
        for key, since_us in list(self.replica.tombstones.items()):
            if since_us <= old_us:
                self.replica.reap(key)


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
            "faults": ("crash", "partition"),
            "fault_gap_ms": 1_500,
        },
        source="scylla#3560, #15243; Riak documentation, object deletion",
    ),
)
