"""Clients with habits: they retry, lose their context, give up and die, and nobody ever speaks for a dead one."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from dynamo.core.context import decode_context, encode_context
from dynamo.core.effects import Asked, Reply
from dynamo.core.messages import DELETE, FAIL, GET, INFO, OK, PUT, Request, Response
from kept.lab import workload as w
from kept.lab.client import ATTEMPTS, PATIENCE_US, Client
from kept.lab.workload import Habits, Intent

SECOND = 1_000_000
SEEN = encode_context({"n1.0:0": 3})
FAITHFUL = Habits(loses_context=0.0, dies=0.0, gives_up=0.0)


class Script:
    """A workload that wants the given intents, one after another."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.left = list(kinds)

    def draw(self, _random: Any) -> Intent:
        return Intent(self.left.pop(0), b"k")


class Told:
    """A log that remembers."""

    def __init__(self) -> None:
        self.invoked: list[tuple[int, Request, Mapping[str, int]]] = []
        self.completed: list[tuple[int, Request, Response]] = []

    def invoke(self, process: int, request: Request, context: Mapping[str, int]) -> None:
        self.invoked.append((process, request, context))

    def complete(self, process: int, request: Request, response: Response) -> None:
        self.completed.append((process, request, response))


class Bench:
    """One client before three scripted nodes, which answer as `answer` says (None: not at all)."""

    def __init__(self, stage: Any, kinds: Iterable[str], habits: Habits = FAITHFUL, answer: Any = None, seed: int = 0):
        self.answer = answer or (lambda request: Response(request.id, OK, "", (b"old",), (), SEEN))
        self.staged = stage(react=self._react, seed=seed)
        self.world = self.staged.world
        self.log = Told()
        kinds = list(kinds)
        self.leave = 1_000
        self.finished = 0
        self.client = Client(
            self.world, 2, 10, Script(kinds), habits, self.log, 1_000, self._take, self._done  # type: ignore[arg-type]
        )
        self.wanted = len(kinds)
        self.client.begin()
        self.world.run(20 * SECOND)

    def _take(self) -> bool:
        self.leave -= 1
        return self.leave >= 0 and (bool(self.client.workload.left) or self.client.then is not None)  # type: ignore[attr-defined]

    def _done(self) -> None:
        self.finished += 1

    def _react(self, _node: Any, event: Any) -> list[Any]:
        if not isinstance(event, Asked):
            return []
        response = self.answer(event.request)
        return [] if response is None else [Reply(event.client, response)]

    def asked(self) -> list[tuple[str, Request]]:
        """What reached the nodes: (node, request)."""
        return [(name, event.request) for name in ("n1", "n2", "n3") for event in self.staged.node(name).of(Asked)]

    def requests(self) -> list[Request]:
        return [request for _, request, _ in self.log.invoked]


def silent(_request: Request) -> None:
    """No answer, ever."""


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
    bench = Bench(stage, kinds)
    assert [(request.kind, request.context) for request in bench.requests()] == operations
    assert [context for *_, context in bench.log.invoked] == [decode_context(seen) for _, seen in operations]
    assert bench.finished == 1
    assert [response.status for *_, response in bench.log.completed] == [OK] * len(operations)


def test_a_delete_of_a_key_where_nothing_is_becomes_a_put(stage: Any) -> None:
    bench = Bench(stage, [w.DELETE], answer=lambda request: Response(request.id, OK))
    assert [request.kind for request in bench.requests()] == [GET, PUT]


def test_a_cart_is_written_back_with_all_that_was_read(stage: Any) -> None:
    bench = Bench(stage, [w.CART], answer=lambda r: Response(r.id, OK, "", (b"x,y", b"y,z"), (), SEEN))
    get, put = bench.requests()
    assert put.value.split(b",") == sorted([b"x", b"y", b"z", put.id.encode()])
    assert get.value == b""


def test_a_value_names_its_put(stage: Any) -> None:
    bench = Bench(stage, [w.BLIND] * 50)
    puts = bench.requests()
    assert [put.value for put in puts] == [put.id.encode() for put in puts]
    assert len({put.id for put in puts}) == 50


def test_a_write_whose_read_failed_is_given_up(stage: Any) -> None:
    bench = Bench(stage, [w.UPDATE], answer=lambda request: Response(request.id, FAIL, "no"))
    assert [request.kind for request in bench.requests()] == [GET]
    assert bench.finished == 1


def test_a_client_stops_when_it_gets_no_leave_even_between_a_read_and_its_write(stage: Any) -> None:
    bench = Bench.__new__(Bench)
    bench.leave = 1
    Bench.__init__.__wrapped__ if False else None  # noqa: B018
