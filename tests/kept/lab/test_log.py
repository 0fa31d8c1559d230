"""What a run writes down: every operation as its client saw it, and every name that the store ever gave."""

from types import SimpleNamespace

import pytest

from dynamo.core import messages as m
from dynamo.core.context import encode_context
from dynamo.core.effects import Minted
from dynamo.core.messages import Request, Response
from histories.header import RunHeader
from histories.recorder import Recorder
from histories.run import RecordedRun
from kept.lab.config import RunConfig
from kept.lab.log import RunLog
from kept.lab.run import Lab, recorded

FIRST, SECOND = ("n1.0:0", 1), ("n2.0:0", 1)


class Notes:
    """A log in memory, at a time that each call moves on."""

    def __init__(self) -> None:
        self.log = RunLog(Recorder(None, RunHeader(seed=0, config={}, created_by="tests", code="tests")))
        self.world = self.log.clock = SimpleNamespace(now_us=0)

    def invoke(self, kind: str = m.PUT, context: bytes = b"", name: str = "0.1") -> Request:
        self.world.now_us += 10
        request = Request(name, kind, b"k", b"v" if kind == m.PUT else b"", context)
        self.log.invoke(0, request)
        return request

    def minted(self, dot: tuple[str, int], name: str = "0.1") -> None:
        self.world.now_us += 10
        self.log.minted(self.world.now_us, "n1", Minted(name, b"k", dot))

    def complete(self, request: Request, status: str, dot: tuple[str, int] | None = None) -> None:
        self.world.now_us += 10
        context = encode_context({dot[0]: dot[1]} if dot else {"n9.0:0": 4})
        self.log.complete(0, request, Response(request.id, status, "why", (b"v",), (FIRST,), context, dot))

    def read(self) -> RecordedRun:
        self.log.close()
        return self.log.recorder.recorded()


def names(run: RecordedRun) -> list[tuple[str, int]]:
    assert run.trace is not None
    return [minting.dot for minting in run.trace.mintings]


def test_an_acknowledged_put_stands_with_its_name_in_the_history_and_not_in_the_trace() -> None:
    notes = Notes()
    put = notes.invoke(context=encode_context({"n7.0:0": 2}))
    notes.minted(FIRST)
    notes.complete(put, m.OK, FIRST)
    run = notes.read()
    (operation,) = run.operations
    assert (operation.kind, operation.key, operation.value, operation.outcome) == ("put", "k", "v", "ok")
    assert (operation.dot, dict(operation.context)) == (FIRST, {"n7.0:0": 2})
    assert (operation.start_us, operation.end_us) == (10, 30)
    assert names(run) == []


@pytest.mark.parametrize("status", [m.FAIL, m.INFO])
def test_the_name_of_a_put_that_was_not_acknowledged_stands_in_the_trace(status: str) -> None:
    notes = Notes()
    put = notes.invoke()
    notes.minted(FIRST)
    notes.complete(put, status)
    run = notes.read()
    assert (run.operations[0].outcome, run.operations[0].reason, run.operations[0].minted) == (status, "why", FIRST)
    assert names(run) == [FIRST]


@pytest.mark.parametrize("status", [m.FAIL, m.INFO])
def test_so_does_a_name_that_was_given_when_nobody_waited_any_more(status: str) -> None:
    notes = Notes()
    put = notes.invoke()
    notes.complete(put, status)
    notes.minted(FIRST)
    assert names(notes.read()) == [FIRST]


def test_a_put_that_was_never_named_has_no_name() -> None:
    notes = Notes()
    notes.complete(notes.invoke(), m.INFO)
    run = notes.read()
    assert names(run) == []
    assert run.operations[0].minted is None
    assert run.mintings_known


@pytest.mark.parametrize("acknowledged", [FIRST, SECOND])
def test_every_name_but_the_acknowledged_one_stands_in_the_trace(acknowledged: tuple[str, int]) -> None:
    """A put with two names breaks `unique-dots`, and the checker must be able to see it."""
    notes = Notes()
    put = notes.invoke()
    notes.minted(FIRST)
    notes.minted(SECOND)
    notes.complete(put, m.OK, acknowledged)
    assert set(names(notes.read())) | {acknowledged} == {FIRST, SECOND}


def test_a_second_name_after_the_acknowledgement_stands_in_the_trace() -> None:
    notes = Notes()
    put = notes.invoke()
    notes.minted(FIRST)
    notes.complete(put, m.OK, FIRST)
    notes.minted(SECOND)
    assert names(notes.read()) == [SECOND]


def test_both_names_of_a_put_without_a_known_outcome_stand_in_the_trace() -> None:
    notes = Notes()
    put = notes.invoke()
    notes.minted(FIRST)
    notes.minted(SECOND)
    notes.complete(put, m.INFO)
    assert sorted(names(notes.read())) == [FIRST, SECOND]


def test_closing_names_what_is_still_under_way() -> None:
    notes = Notes()
    notes.invoke()
    notes.minted(FIRST)
    run = notes.read()
    assert names(run) == [FIRST]
    assert run.operations[0].outcome == "info", "an operation without a completion may still happen"


def test_gets_and_deletes_are_written_as_their_clients_saw_them() -> None:
    notes = Notes()
    get = notes.invoke(m.GET)
    notes.complete(get, m.OK)
    delete = notes.invoke(m.DELETE, encode_context({"n7.0:0": 2}), "0.2")
    notes.complete(delete, m.OK)
    first, second = notes.read().operations
    assert (first.kind, first.values, first.dots, dict(first.seen)) == ("get", ("v",), (FIRST,), {"n9.0:0": 4})
    assert (second.kind, second.outcome, dict(second.context)) == ("delete", "ok", {"n7.0:0": 2})


def test_outcomes_are_counted() -> None:
    notes = Notes()
    for number, status in enumerate((m.OK, m.OK, m.FAIL, m.INFO)):
        notes.complete(notes.invoke(m.GET, name=f"0.{number}"), status)
    assert notes.log.outcomes == {m.OK: 2, m.FAIL: 1, m.INFO: 1}


@pytest.mark.parametrize("seed", range(6))
def test_every_version_that_any_disk_holds_at_the_end_has_a_name_that_was_written_down(seed: int) -> None:
    """And the name is that of the put whose value it holds: values are unique."""
    run = recorded(Lab(RunConfig(seed=seed, ops=300, fault_gap_ms=150), None).execute(), None)
    assert run.replicas is not None
    assert run.trace is not None
    value_of = {op.request: op.value for op in run.operations}
    named = {op.dot: op.value for op in run.operations if op.kind == "put" and op.outcome == "ok"}
    named |= {minting.dot: value_of[minting.request] for minting in run.trace.mintings}
    held = {version.dot: version.value for state in run.replicas.states for version in state.versions}
    assert held
    assert {dot: named.get(dot) for dot in held} == held
