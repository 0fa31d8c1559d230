"""The canary: a store that acknowledges and throws away. A pipeline in which it survives a single run is broken."""

from dynamo.core.dotted import DottedVectors
from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class Forgetful(DottedVectors):
    """Names every version and keeps none."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        _, version = super().update(local, context, value, actor, stamp_us, floor)
        return local, version


BUGS = (
    Bug(
        name="canary",
        row=0,
        title="every put is acknowledged and thrown away",
        mechanism="The coordinator names the new version and answers ok, but its state stays what it was.",
        breaks=("no-lost-write",),
        seed=replacing(versioning=Forgetful()),
        overrides={"faults": ORDINARY},
        source="the canary in the coal mine: it must fail under every seed",
    ),
)
