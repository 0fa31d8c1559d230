"""Answers that do not say what is stored, and records that do not say what was put."""

from dynamo.core.gets import GetCoordinator, PendingGet
from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY

BUFFER_BYTES = 3
"""What is left of a value that was copied into a record. The values of a run have three bytes and more."""


class OneSibling(GetCoordinator):
    """An interface of one value per key: the client is shown the first sibling, with the context of all of them."""

    def _answer(self, get: PendingGet) -> None:
        whole = get.state
        get.state = Siblings(whole.context, whole.versions[:1])
        super()._answer(get)
        get.state = whole


class ShortBuffer(LastWriterWins):
    """A value that does not fit is cut off, and what is left is a version of its own: it has a name that nobody was
    given, so that no two values share one."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        state, version = super().update(local, context, value, actor, stamp_us, floor)
        if len(value) <= BUFFER_BYTES or state.versions != (version,):
            return state, version
        stump = version._replace(counter=version.counter + 1, value=value[:BUFFER_BYTES])
        return Siblings({stump.actor: stump.counter}, (stump,)), version


BUGS = (
    Bug(
        name="hidden-sibling",
        row=0,
        title="a get shows one sibling of several, with the context of all",
        mechanism=(
            "The coordinator picks one sibling for a client that expects one value, but hands out the whole context. "
            "The client's next put replaces all that the context covers, and so erases what it was never shown."
        ),
        breaks=("honest-contexts",),
        seed=replacing(gets=OneSibling),
        overrides={"workload": "register", "keys": 8, "faults": ORDINARY},
        source="found as a blind spot of these checkers; Dynamo, section 4.4, demands that a get return all branches",
    ),
    Bug(
        name="invented-value",
        row=0,
        title="a value that was cut off is stored as a version of its own",
        mechanism=(
            "The coordinator copies the value into its record through a buffer that is too short, and names what came "
            "out of it once more. The replicas agree on the stump, and no claim about dots sees two values under one."
        ),
        breaks=("no-invented-value",),
        seed=replacing(versioning=ShortBuffer()),
        overrides={"versions": "lww", "faults": ORDINARY},
        source="found as a blind spot of these checkers",
    ),
)
