"""Disks of a staged world with something on them, and an atlas that is asked."""

from typing import Any

from dynamo.core.effects import DATA, META, Change
from dynamo.core.siblings import Siblings, Version
from kept.sim.atlas import Terms

SECOND = 1_000_000
KEYS = (b"a", b"b", b"c", b"d")


def state(number: int) -> Siblings:
    return Siblings({"n2.0:0": number}, (Version("n2.0:0", number, b"v%d" % number),))


def fill(staged: Any, *names: str) -> Any:
    """Each of these disks has four records that were written twice, and the node's own."""
    for name in names:
        disk = staged.world.machines[name].disk
        changes = [Change(DATA, key, state(version)) for version in (1, 2) for key in KEYS]
        changes.append(Change(META, b"incarnation", f"{name}.0".encode()))
        for seq, change in enumerate(changes, start=1):
            disk.write(seq, (change,))
        disk.synced(len(changes))
    return staged


def judged(staged: Any) -> Any:
    staged.world.damage.ask(Terms(lambda _key: ("n1", "n2", "n3")))
    return staged
