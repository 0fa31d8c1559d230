"""Answers that do not say what is stored."""

from collections.abc import Callable
from typing import Any

from dynamo.core.gets import GetCoordinator, PendingGet
from dynamo.core.siblings import Siblings
from kept.zoo.bug import Bug, replacing

BUFFER_BYTES = 3
"""What is left of a value that was copied into an answer. The values of a run have three bytes and more."""


class OneSibling(GetCoordinator):
    """An interface of one value per key: the client is shown the first sibling, with the context of all of them."""

    def _answer(self, get: PendingGet) -> None:
        whole = get.state
        get.state = Siblings(whole.context, whole.versions[:1])
        super()._answer(get)
        get.state = whole


class ShortBuffer(GetCoordinator):
    """A replica copies a value into its reply through a buffer that is too short for some."""

    def serve(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        def reply(state: Siblings | None, *rest: Any) -> None:
            then(None if state is None else _cut(state), *rest)

        super().serve(key, reply, *args)


def _cut(state: Siblings) -> Siblings:
    cut = tuple(v if v.value is None else v._replace(value=v.value[:BUFFER_BYTES]) for v in state.versions)
    return state if cut == state.versions else Siblings(state.context, cut)


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
        overrides={"workload": "register", "keys": 8},
        source="found as a blind spot of these checkers; Dynamo, section 4.4, demands that a get return all branches",
    ),
    Bug(
        name="invented-value",
        row=0,
        title="a replica answers with a value that was cut off",
        mechanism=(
            "A replica copies values into its replies through a buffer that is too short. Under last-writer-wins no "
            "promise was about values, and read repair carries the stump to other replicas."
        ),
        breaks=("no-invented-value",),
        seed=replacing(gets=ShortBuffer),
        overrides={"versions": "lww"},
        source="found as a blind spot of these checkers",
    ),
)
