"""Stores that never come to rest: bugs for the property that a cluster which is left to itself settles."""

from dynamo.core.handoff import HintedHandoff
from dynamo.core.messages import Handoff
from dynamo.core.replica import Replica
from kept.zoo.bug import Bug, replacing

SOURCE = "the liveness of hinted handoff (docs/explore-real.md)"
_SLOPPY = {"sloppy": True, "n": 2, "r": 1, "w": 2}


class PassesOn(HintedHandoff):
    """Whoever takes a hint in keeps one for the node that brought it, lest that one be behind."""

    def received(self, sender: str, message: Handoff) -> None:
        super().received(sender, message)
        for key, state in message.records:
            self.replica.keep_hint(sender, key, state)


class NeverDone(Replica):
    """A hint stays when it is delivered, lest the owner lose it."""

    def drop_hint(self, *_: object) -> bool:
        return False


LIVELOCKS: dict[str, Bug] = {
    bug.name: bug
    for bug in (
        Bug(
            name="hints-go-round",
            row=0,
            title="two nodes hand a hint to each other for ever",
            mechanism="Who takes a hint in keeps one for whoever brought it; its handoff makes another one there.",
            breaks=("convergence",),
            seed=replacing(handoff=PassesOn),
            overrides=_SLOPPY,
            source=SOURCE,
        ),
        Bug(
            name="hints-stay",
            row=0,
            title="a hint is handed off for ever",
            mechanism="A hint that was delivered is kept, so it is delivered again at every interval.",
            breaks=("convergence",),
            seed=replacing(replica=NeverDone),
            overrides=_SLOPPY,
            source=SOURCE,
        ),
    )
}
