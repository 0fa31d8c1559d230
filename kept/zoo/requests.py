"""Requests that are executed twice, or whose end is reported wrongly."""

from dynamo.core.messages import FAIL, INFO, Request, Response
from dynamo.core.requests import Asker, Requests, Taken
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class SecondForward(Requests):
    """Silence is taken for a refusal: the put goes to the next coordinator as well."""

    def _forward_expired(self, taken: Taken) -> None:
        if taken.response is None and not taken.refused_by:
            self.host.detector.missed(taken.forwarded_to, self.host.now_us)
            taken.refused_by.add(taken.forwarded_to)
            self._forward(taken, self.placement.targets(taken.request.key))
        else:
            super()._forward_expired(taken)


class NoMemory(Requests):
    """A request that comes again is a new request."""

    def _take(self, asker: Asker, request: Request) -> None:
        self.taken.pop(request.id, None)
        super()._take(asker, request)


class UnknownIsFailed(Requests):
    """A put that missed W is reported as failed, though replicas hold it."""

    def _answer(self, response: Response) -> None:
        super()._answer(response._replace(status=FAIL) if response.status == INFO else response)


BUGS = (
    Bug(
        name="second-forward",
        row=17,
        title="a put is forwarded again after silence",
        mechanism=(
            "A node forwards a put and hears nothing, because the answer was lost or the coordinator stands still. It "
            "forwards the put to another one, and both make a version of it."
        ),
        breaks=("unique-dots", "no-false-sibling"),
        seed=replacing(requests=SecondForward),
        overrides={
            "workload": "blind",
            "faults": (kinds.LOSS, kinds.DELAY, kinds.PAUSE, kinds.ONE_WAY),
            "fault_gap_ms": 300,
        },
        source="riak_kv#1754, PR#1755",
    ),
    Bug(
        name="retry-executed-twice",
        row=35,
        title="a retried request is executed twice",
        mechanism=(
            "A client's put is slow or its answer is lost; the client asks again with the same request id, the node "
            "does not remember it, and one put has two versions."
        ),
        breaks=("unique-dots", "no-false-sibling"),
        seed=replacing(requests=NoMemory),
        overrides={"workload": "blind", "faults": ORDINARY},
        source="gocql#1075; java-driver#538",
    ),
    Bug(
        name="failed-but-visible",
        row=12,
        title="a put that is reported failed takes effect",
        mechanism=(
            "W replicas did not acknowledge in time, so the client is told that the put failed. The replicas that did "
            "take it in keep it, and anti-entropy spreads it."
        ),
        breaks=("no-false-sibling",),
        seed=replacing(requests=UnknownIsFailed),
        overrides={"workload": "blind", "faults": ORDINARY},
        source="riak_kv#462; cassandra-dtest test_failed_read_repair",
    ),
)
