"""Gets that are answered before what they tell is safe, or by who does not know."""

from collections.abc import Callable
from typing import Any

from dynamo.core.gets import GetCoordinator, PendingGet
from dynamo.core.siblings import NOTHING
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import SILENCE


class AnswersFirst(GetCoordinator):
    """Repair that is to block the answer comes after it, and nobody waits for its end."""

    def _block(self, get: PendingGet) -> None:
        self._answer(get)

    def _finish(self, get: PendingGet) -> None:
        super()._finish(get)
        for node, state in get.replies.items():
            if not get.targets[node] and state != get.state:
                self._repair(get, node)


class EmptyCopyAnswers(GetCoordinator):
    """A copy whose disk was lost answers with what it has."""

    def serve(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        if self.host.partition(key) in self.replica.recovering:
            self.replica.fetch_shown(key, self._empty, then, args)
        else:
            super().serve(key, then, *args)

    @staticmethod
    def _empty(state: Any, then: Callable[..., None], args: tuple[Any, ...]) -> None:
        then(state if state is not None else NOTHING, *args)


BUGS = (
    Bug(
        name="answer-before-repair",
        row=13,
        title="a get is answered before the stale replicas are repaired",
        mechanism=(
            "One replica has a put that did not reach W. A get meets it, answers, and the repair of the others is "
            "lost or late. The same client's next get asks those others, and goes back in time."
        ),
        breaks=("monotonic-reads",),
        seed=replacing(gets=AnswersFirst),
        overrides={
            "read_repair": "blocking",
            "sloppy": False,
            "r": 1,
            "w": 1,
            "workload": "register",
            "keys": 4,
            "think_ms": 10,
            "faults": SILENCE,
            "fault_gap_ms": 200,
        },
        source="Cassandra documentation, read repair (blocking); cassandra-dtest, test_monotonic_reads",
    ),
    Bug(
        name="recovering-answers",
        row=16,
        title="a copy that was lost answers reads before it has recovered",
        mechanism=(
            'A disk is replaced by an empty one. Its node says "not found" for what it held, and where R is met with '
            "that, a get misses an acknowledged put."
        ),
        breaks=("fresh-reads",),
        seed=replacing(gets=EmptyCopyAnswers),
        overrides={
            "sloppy": False,
            "r": 1,
            "w": 3,
            "read_repair": "off",
            "workload": "register",
            "keys": 20,
            "faults": (kinds.LOST_DISK,),
        },
        source='Riak documentation, "Replication properties" (notfound_ok); CASSANDRA-2434 (bootstrap consistency)',
    ),
)
