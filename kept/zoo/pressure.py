"""Limits that are enforced too late, or for ever."""

from dynamo.core.admission import Admission
from dynamo.core.messages import FAIL, Response
from dynamo.core.puts import PendingPut, PutCoordinator
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class RefusesLate(PutCoordinator):
    """Notices that there is no room after the version was made, and still calls it a refusal."""

    def _replicate(self, put: PendingPut) -> None:
        memory = self.host.overload.memory
        if memory.open >= self.host.config.max_inflight - 1 and not put.answered:
            put.answered = True
            put.answer(Response(put.request.id, FAIL, "overloaded: nothing was done"))
        super()._replicate(put)


class NoFloor(Admission):
    """Background work has nothing of its own, and what the foreground took from it never comes back."""

    def _refill(self, task: str) -> None:
        before = self.slots
        super()._refill(task)
        self.slots = min(self.slots, before)
        self._shared = min(self._shared, self.slots)
        self._own = dict.fromkeys(self._own, 0)


BUGS = (
    Bug(
        name="late-refusal",
        row=12,
        title="a put is refused after its version was made",
        mechanism=(
            "The coordinator is at its limit and says that nothing was done. But the version is on its disk, and is "
            "replicated all the same."
        ),
        breaks=("no-false-sibling", "no-invented-value"),
        seed=replacing(puts=RefusesLate),
        overrides={"workload": "blind", "limits": "tight", "clients": 24, "think_ms": 5, "faults": ORDINARY},
        source="riak_kv#462; the refusals of docs/limits.md",
    ),
    Bug(
        name="starved-background",
        row=0,
        title="background work has no share of its own and starves",
        mechanism=(
            "Admission control halves the share of the background when the foreground suffers. Without a floor and a "
            "way back it comes to nothing: hints stay, replicas stay apart."
        ),
        breaks=("convergence",),
        seed=replacing(admission=NoFloor),
        overrides={"limits": "tight", "settle_s": 30, "faults": (kinds.SLOW_DISK, kinds.PARTITION, kinds.LOSS)},
        source="the controller of Dynamo, section 6.5, without what docs/limits.md adds to it",
    ),
)
