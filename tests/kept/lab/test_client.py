"""Clients with habits: they retry, lose their context, give up and die, and nobody ever speaks for a dead one."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from dynamo.core.context import encode_context
from dynamo.core.effects import Asked, Reply
from dynamo.core.messages import DELETE, FAIL, GET, INFO, OK, PUT, Request, Response
from kept.lab import workload as w
from kept.lab.client import ATTEMPTS, Client
from kept.lab.workload import Habits, Intent

SECOND = 1_000_000
SEEN = encode_context({"n1.0:0": 3})
FAITHFUL = Habits(loses_context=0.0, dies=0.0, gives_up=0.0)


NODES = ("n1", "n2", "n3")
Answer = Callable[[Request], Response | None]


def good(request: Request) -> Response:
    return Response(request.id, OK, "", (b"old",), (), SEEN)


def silent(_request: Request) -> None:
    """No answer, ever."""


class Script:
    """A workload that wants the given intents, one after another."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.left = list(kinds)

    def draw(self, _random: Any) -> Intent:
        return Intent(self.left.pop(0), b"k")


class Told:
    """A log that remembers."""

    def __init__(self) -> None:
        self.invoked: list[tuple[int, Request]] = []
        self.completed: list[tuple[int, Request, Response]] = []

    def invoke(self, process: int, request: Request) -> None:
        self.invoked.append((process, request))

    def complete(self, process: int, request: Request, response: Response) -> None:
        self.completed.append((process, request, response))


class Bench:
    """One client before three scripted nodes, which answer as `answer` says (None: not at all)."""

    def __init__(
        self,
        stage: Any,
        kinds: Iterable[str],
        leave: int,
        habits: Habits = FAITHFUL,
        answer: Answer | None = None,
        seed: int = 0,
        begin: bool = True,
    ) -> None:
        self.answer = answer or good
        self.staged = stage(react=self._react, seed=seed)
        self.world = self.staged.world
        self.log = Told()
        self.leave = leave
        self.finished = 0
        script: Any = Script(kinds)
        self.client = Client(self.world, 2, 10, script, habits, self.log, 1_000, self._take, self._done)
        if begin:
            self.run()

    def run(self) -> None:
        self.client.begin()
        self.world.run(60 * SECOND)

    def _take(self) -> bool:
        self.leave -= 1
        return self.leave >= 0

    def _done(self) -> None:
        self.finished += 1

    def _react(self, _node: Any, event: Any) -> list[Any]:
        if not isinstance(event, Asked):
            return []
        response = self.answer(event.request)
        return [] if response is None else [Reply(event.client, response)]

    def asked(self) -> list[tuple[str, Request]]:
        """What reached the nodes, by node: (node, request)."""
        return [(name, event.request) for name in NODES for event in self.staged.node(name).of(Asked)]

    def requests(self) -> list[Request]:
        return [request for _, request in self.log.invoked]


# Which operations


@pytest.mark.parametrize(
    ("kinds", "operations"),
    [
        ([w.GET], [(GET, b"")]),
        ([w.BLIND], [(PUT, b"")]),
        ([w.UPDATE], [(GET, b""), (PUT, SEEN)]),
        ([w.GET, w.UPDATE], [(GET, b""), (PUT, SEEN)]),
        ([w.UPDATE, w.UPDATE], [(GET, b""), (PUT, SEEN), (PUT, SEEN)]),
        ([w.GET, w.BLIND], [(GET, b""), (PUT, b"")]),
        ([w.DELETE], [(GET, b""), (DELETE, SEEN)]),
        ([w.GET, w.DELETE, w.DELETE], [(GET, b""), (DELETE, SEEN), (GET, b""), (DELETE, SEEN)]),
        ([w.CART], [(GET, b""), (PUT, SEEN)]),
        ([w.GET, w.CART], [(GET, b""), (GET, b""), (PUT, SEEN)]),
    ],
)
def test_an_intent_becomes_operations_with_the_context_that_the_client_has(
    stage: Any, kinds: list[str], operations: list[tuple[str, bytes]]
) -> None:
    """Updates and deletes use the context that was kept or get one first; a cart always reads; after a delete
    nothing is known."""
    bench = Bench(stage, kinds, len(operations))
    assert [(request.kind, request.context) for request in bench.requests()] == operations
    assert bench.finished == 1
    assert [response.status for *_, response in bench.log.completed] == [OK] * len(operations)


def test_a_delete_of_a_key_where_nothing_is_becomes_a_put(stage: Any) -> None:
    bench = Bench(stage, [w.DELETE], 2, answer=lambda request: Response(request.id, OK))
    assert [request.kind for request in bench.requests()] == [GET, PUT]


def test_a_cart_is_written_back_with_all_that_was_read(stage: Any) -> None:
    bench = Bench(stage, [w.CART], 2, answer=lambda r: Response(r.id, OK, "", (b"x,y", b"y,z"), (), SEEN))
    get, put = bench.requests()
    assert put.value.split(b",") == sorted([b"x", b"y", b"z", put.id.encode()])
    assert get.value == b""


def test_a_value_names_its_put(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND] * 50, 50)
    puts = bench.requests()
    assert [put.value for put in puts] == [put.id.encode() for put in puts]
    assert len({put.id for put in puts}) == 50


def test_a_write_whose_read_failed_is_given_up(stage: Any) -> None:
    bench = Bench(stage, [w.UPDATE, w.GET], 2, answer=lambda request: Response(request.id, FAIL, "no"))
    assert [request.kind for request in bench.requests()] == [GET, GET]


@pytest.mark.parametrize(("kinds", "leave"), [([w.UPDATE], 1), ([], 0), ([w.GET], 1), ([w.UPDATE, w.CART], 3)])
def test_a_client_stops_for_good_when_it_gets_no_leave_even_between_a_read_and_its_write(
    stage: Any, kinds: list[str], leave: int
) -> None:
    bench = Bench(stage, kinds, leave)
    assert len(bench.requests()) == leave
    assert bench.finished == 1


# Whom it asks


def test_clients_spread_over_the_nodes(stage: Any) -> None:
    bench = Bench(stage, [w.GET] * 300, 300)
    counts = [len(bench.staged.node(name).of(Asked)) for name in NODES]
    assert min(counts) > 60


def test_a_client_tries_another_node_where_one_accepts_no_connection(stage: Any) -> None:
    """Three tries among three nodes, one of which is dead: one in 27 stays with the dead one."""
    bench = Bench(stage, [w.GET] * 270, 270, Habits(0.0, 0.0, 1.0), begin=False)
    bench.world.machines["n1"].crash()
    bench.run()
    unheard = 270 - len(bench.asked())
    assert 1 <= unheard <= 30
    assert {name for name, _ in bench.asked()} == {"n2", "n3"}


def test_a_request_names_the_boot_that_it_is_for(stage: Any) -> None:
    bench = Bench(stage, [w.GET] * 30, 30, begin=False)
    bench.world.machines["n2"].crash()
    bench.world.machines["n2"].boot()
    bench.run()
    assert {(name, request.generation) for name, request in bench.asked()} == {("n1", 1), ("n2", 2), ("n3", 1)}


# Silence


def test_a_retry_is_the_same_request_at_the_same_node(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND], 1, answer=silent)
    asked = bench.asked()
    assert len(asked) == ATTEMPTS
    assert len(set(asked)) == 1, "same node, same id, same generation, same value"
    assert len(bench.requests()) == 1, "one invocation, however often it is sent"
    assert bench.world.counts == {"client retried": ATTEMPTS - 1, "client gave up": 1}


def test_a_retry_goes_to_the_boot_that_the_first_request_was_for(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND], 1, answer=silent, begin=False)
    bench.client.begin()
    machine = bench.world.machines[bench.client.node]
    machine.crash()
    machine.boot()
    bench.world.run(60 * SECOND)
    assert [request.generation for _, request in bench.asked()] == [1] * ATTEMPTS


def test_a_put_is_never_addressed_to_whatever_boot_may_come(stage: Any) -> None:
    """Generation 0 means "not known, accepted": two boots of a node may then both execute the same put."""
    for seed in range(5):
        bench = Bench(stage, [w.BLIND], 1, answer=silent, seed=seed, begin=False)
        for machine in bench.world.machines.values():
            machine.crash()
        bench.client.begin()
        for machine in bench.world.machines.values():
            machine.boot()
        bench.world.run(60 * SECOND)
        assert [request for _, request in bench.asked() if request.generation == 0] == []


def test_a_dead_node_refuses_the_connection_so_nothing_is_sent_and_nothing_happens(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND, w.GET], 2, begin=False)
    for machine in bench.world.machines.values():
        machine.crash()
    bench.client.begin()
    for machine in bench.world.machines.values():
        machine.boot()
    bench.world.run(60 * SECOND)
    assert [response.status for *_, response in bench.log.completed] == [FAIL, OK]
    assert [request.kind for _, request in bench.asked()] == [GET]
    assert {process for process, _ in bench.log.invoked} == {2}


@pytest.mark.parametrize(("kind", "status"), [(w.GET, FAIL), (w.BLIND, INFO)])
def test_giving_up_a_read_is_a_failure_and_giving_up_a_write_is_unknown(stage: Any, kind: str, status: str) -> None:
    bench = Bench(stage, [kind], 1, answer=silent)
    ((_, _, response),) = bench.log.completed
    assert (response.status, response.reason) == (status, "no answer in time")


def test_a_client_that_gives_up_does_not_retry(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND], 1, Habits(0.0, 0.0, gives_up=1.0), silent)
    assert len(bench.asked()) == 1
    ((_, request, _),) = bench.log.completed
    assert request == bench.requests()[0]


def test_an_answer_that_comes_after_its_operation_has_ended_is_not_taken_for_the_next(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND, w.GET], 2, Habits(0.0, 0.0, 1.0), begin=False)
    bench.answer = lambda request: None if request.kind == PUT else good(request)
    bench.run()
    put, get = bench.requests()
    bench.client.request = get
    bench.client.replied(Response(put.id, OK), None)
    assert [response.id for *_, response in bench.log.completed] == [put.id, get.id]


def test_an_answer_that_comes_twice_counts_once(stage: Any) -> None:
    bench = Bench(stage, [w.GET, w.GET], 2, begin=False)
    bench.staged.react = lambda _node, event: (
        [Reply(event.client, good(event.request))] * 2 if isinstance(event, Asked) else []
    )
    bench.run()
    assert [response.id for *_, response in bench.log.completed] == [request.id for request in bench.requests()]


# New processes


def test_after_an_unknown_outcome_the_client_goes_on_as_a_new_process_that_knows_nothing(stage: Any) -> None:
    """As in Jepsen: the old process may still have an operation under way, so it says nothing more."""
    bench = Bench(stage, [w.GET, w.BLIND, w.UPDATE], 4, Habits(0.0, 0.0, 1.0), begin=False)
    bench.answer = lambda request: None if request.kind == PUT else good(request)
    bench.run()
    assert [(process, request.kind) for process, request in bench.log.invoked] == [
        (2, GET),
        (2, PUT),
        (12, GET),  # the update has lost the context that the first get brought
        (12, PUT),
    ]
    assert [request.id for request in bench.requests()] == ["2.1", "2.2", "12.3", "12.4"]
    assert [process for process, *_ in bench.log.completed] == [2, 2, 12, 12], "each completes its own"


def test_after_a_failure_the_process_is_the_same(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND] * 3, 3, answer=lambda request: Response(request.id, FAIL, "no"))
    assert {process for process, *_ in bench.log.invoked} == {2}


def test_a_client_that_dies_in_mid_call_leaves_an_unknown_outcome_and_a_new_process(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND] * 2, 2, Habits(0.0, dies=1.0, gives_up=0.0), silent)
    assert [(process, response.status) for process, _, response in bench.log.completed] == [(2, INFO), (12, INFO)]
    assert {response.reason for *_, response in bench.log.completed} == {"the client died"}
    assert bench.world.counts == {"client died in mid-call": 2}, "a dead client does not retry"
    assert len(bench.asked()) == 2, "what it asked for may still happen"


def test_processes_of_different_clients_never_meet(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND] * 40, 40, Habits(0.0, 0.5, 1.0), silent)
    assert {process % 10 for process, *_ in bench.log.invoked} == {2}
    processes = [process for process, *_ in bench.log.invoked]
    assert processes == sorted(set(processes)), "a new one after each unknown outcome"


# Habits


def test_a_client_that_loses_its_context_reads_again(stage: Any) -> None:
    bench = Bench(stage, [w.UPDATE] * 3, 6, Habits(1.0, 0.0, 0.0))
    assert [request.kind for request in bench.requests()] == [GET, PUT] * 3
    assert bench.world.counts == {"client lost its context": 2}


def test_habits_come_as_often_as_they_are_set(stage: Any) -> None:
    """Tolerance: five standard deviations of a share of 0.05 of 2,000 are 0.025."""
    bench = Bench(stage, [w.GET] * 2_000, 2_000, Habits(0.05, 0.0, 0.0))
    known = 2_000 - 1 - bench.world.counts["client lost its context"]
    assert bench.world.counts["client lost its context"] / known == pytest.approx(0.05, abs=0.025)


# Pauses


def test_between_two_operations_a_client_thinks_for_a_time_of_the_given_mean(stage: Any) -> None:
    """1,000 microseconds; tolerance: five standard deviations of a mean of 400 are 250."""
    bench = Bench(stage, [w.BLIND] * 400, 400, answer=lambda r: Response(r.id, FAIL, "no"), begin=False)
    paused: list[int] = []
    rest_until = bench.client.rest_until

    def told(due_us: int) -> None:
        paused.append(due_us - bench.world.now_us)
        rest_until(due_us)

    bench.client.rest_until = told  # type: ignore[method-assign]
    bench.run()
    assert len(paused) == 400
    assert sum(paused) / 400 == pytest.approx(1_000, abs=250)
