"""Barriers of a change of membership switched off one at a time, for directed runs (see `kept.zoo.guards`).

Behind two of the barriers the store has a second line of defence, which the abstract store has not: an old owner that
does not know of the plan serves no page of it, and a new owner asks *every* old owner. So that anything breaks, the
second line goes with the first.
"""

from dynamo.core import planning
from dynamo.core.membership import FLIP, PREPARE, Plan
from dynamo.core.messages import Operate, Progress, TransferPage, TransferPull
from dynamo.core.participant import Participant
from dynamo.core.puts import PendingPut, PutCoordinator
from dynamo.core.siblings import Siblings
from dynamo.core.steward import Steward
from dynamo.core.transfer import Transfer
from dynamo.core.transition import TransitionRing
from kept.zoo.bug import Bug, replacing
from kept.zoo.transfers import CompleteAtOnce, UnionQuorum

SOURCE = "a guard of the abstract store (docs/protocol-proof.md)"
_STRICT = {"sloppy": False, "faults": ("leave",)}


class OldListOnly(PutCoordinator):
    """During a change W of the old list are enough."""

    def _name(self, local: Siblings | None, put: PendingPut) -> None:
        put.lists = put.lists[:1]
        super()._name(local, put)


class AskedIsTransferred(Transfer):
    """A transfer counts when it has been asked for."""

    @property
    def complete(self) -> bool:
        return all(inflow.op or not inflow.partitions for inflow in self.inflows.values())

    def flipped(self, plan: Plan, ring: TransitionRing) -> tuple[int, ...]:
        super().flipped(plan, ring)
        return ()


class ServesAnyPlan(Transfer):
    """An old owner names what it holds though it knows of no change."""

    def pull(self, sender: str, message: TransferPull) -> None:
        if message.plan == self.plan:
            super().pull(sender, message)
            return
        entries, next_leaf = self.host.forest.page(message.partition, message.leaf, self.host.config.transfer_keys)
        self.host.send(sender, TransferPage(message.op, entries, next_leaf))


class FirstSourceOnly(Transfer):
    """A new owner asks one of the old owners."""

    def begin(self, plan: Plan, ring: TransitionRing) -> None:
        super().begin(plan, ring)
        for source in sorted(self.inflows)[1:]:
            inflow = self.inflows.pop(source)
            self.done[source].update(inflow.partitions)


class MajorityBarrier(Steward):
    """A phase is over when most of those involved have reported it."""

    def progressed(self, sender: str, message: Progress) -> None:
        super().progressed(sender, message)
        table = self.participant.table
        plan = table.plan
        mine = plan is not None and plan.driver == self.host.name and self.phase == (plan.id, plan.phase)
        if plan is not None and mine and 2 * len(self.reported) > len(table.involved):
            self._advance(table, plan)


class SeveralAtOnce(Steward):
    """Another member that is told to leave goes with the change under way, as long as nobody has done anything for it:
    the two lists of a key may then differ in several members."""

    def _begin(self, command: Operate) -> str:
        table = self.participant.table
        plan = table.plan
        if command.action != "leave" or plan is None or plan.phase != PREPARE or plan.driver != self.host.name:
            return super()._begin(command)
        what = f"{plan.what}, {command.node}"
        self._propose(table, what, planning.left(plan.target, command.node, self.host.config), plan.gone)
        return what


class OlderPutsGoOn(Participant):
    """A node reports that it writes to both lists while puts are under way that do not."""

    def _done(self, phase: str) -> bool:
        return phase == PREPARE or super()._done(phase)


class OlderGetsGoOn(Participant):
    """A node reports that it reads from the new list while gets are under way that ask the old one."""

    def _done(self, phase: str) -> bool:
        return phase == FLIP or super()._done(phase)


BARRIERS = tuple(
    Bug(name, 0, title, mechanism, ("fresh-reads",), seed, _STRICT, SOURCE)
    for name, title, mechanism, seed in (
        (
            "old-list-only",
            "W acknowledgements of the old list are enough during a change",
            "The new owners do not count, and may miss what was put after their transfer.",
            replacing(puts=OldListOnly),
        ),
        (
            "asked-is-transferred",
            "a transfer counts when it has been asked for",
            "The new owner says that it has everything before the first record has come.",
            replacing(transfer=AskedIsTransferred),
        ),
        (
            "majority-transfer",
            "a transfer begins before everybody writes to both lists",
            "Most have heard of the change; an old owner that has not is asked for what it holds, and goes on to "
            "acknowledge puts for the old list alone.",
            replacing(steward=MajorityBarrier, transfer=ServesAnyPlan),
        ),
        (
            "majority-close",
            "a change closes before everybody reads from the new list",
            "Most have flipped; who has not heard of it reads from an owner that is sent no puts any more.",
            replacing(steward=MajorityBarrier),
        ),
        (
            "older-puts-go-on",
            "a transfer begins while older puts are under way, and asks one old owner",
            "A put that began before the change is acknowledged by an old owner after that one was asked.",
            replacing(participant=OlderPutsGoOn, transfer=FirstSourceOnly),
        ),
        (
            "older-gets-go-on",
            "a change closes while older gets are under way",
            "A get that began before the flip asks an old owner when that one has given its records away.",
            replacing(participant=OlderGetsGoOn),
        ),
        (
            "batch-flip",
            "several members leave in one change, and gets ask the new owners before they have the records",
            "`flip-before-transfer` where the lists of a key differ in more than one member.",
            replacing(steward=SeveralAtOnce, transfer=CompleteAtOnce),
        ),
        (
            "batch-union",
            "several members leave in one change, and W of both lists together are enough",
            "`union-quorum` where the lists of a key differ in more than one member.",
            replacing(steward=SeveralAtOnce, puts=UnionQuorum),
        ),
    )
)
