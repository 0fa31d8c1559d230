"""`reference-model`: every completed operation and every final state is one that the reference model allows.

`model.store` is a store of a few hundred lines, written from docs/promises.md alone. It is fed with the invocations
and completions of the run in their order, and objects to the first that a store which keeps the promises of the run's
configuration (as its header tells it) cannot give. This claim asks no other checker, and asks more than they do: what a
get shows is exactly the maximal versions of what its context covers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checkers.ledger import unjudgeable
from checkers.verdict import Unknown, Valid, Verdict, refute
from checkers.wording import describe, plural
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from model.store.ending import finish
from model.store.reference import Reference
from model.store.terms import Terms, terms_of
from model.store.write import Refusal

CLAIM = "reference-model"


@dataclass(frozen=True, slots=True)
class Refused:
    """The reference model does not allow what happened."""

    rule: str
    clause: str
    operations: tuple[Operation, ...]

    def sentence(self) -> str:
        who = f"{describe(self.operations[-1])}: " if self.operations else ""
        return f"{who}{self.clause} ({self.rule})"


def check(run: RecordedRun) -> Verdict:
    """Judge `reference-model` under the promises of the configuration in the run's header."""
    return check_under(run, terms_of(run.history.header.config))


def check_under(run: RecordedRun, terms: Terms) -> Verdict:
    """As `check`, under `terms`."""
    reference = observed(run, terms)
    if reference.refusals:
        return _refute(run, reference.refusals[0])
    why = unjudgeable(run)
    if why is not None:
        return Unknown(f"{plural(reference.answered, 'operation')} conform to the reference model, but {why}")
    assert run.replicas is not None, "`unjudgeable` has looked"
    wrong = finish(reference, run.replicas)
    if wrong:
        return _refute(run, wrong[0])
    return Valid(
        f"{plural(reference.answered, 'completed operation')} and the final states of "
        f"{plural(len(reference.keys), 'key')} are those of the reference model"
    )


def observed(run: RecordedRun, terms: Terms) -> Reference:
    """The reference model after all operations of the run, or after the first that it objects to. Where an end and a
    start of two clients have one time, they are concurrent: the start comes first."""
    reference = Reference(terms, names_known=run.mintings_known)
    again = _second_names(run)
    for op, ends in _in_order(run.operations):
        if not ends:
            name = op.named if op.kind == "put" else None
            reference.invoke(op.index, op.process, op.kind, op.key, op.value, op.context, name)
            if op.request in again:
                reference.name(op.index, again[op.request])
        elif op.outcome == "fail":
            reference.fail(op.index)
        elif op.outcome == "info":
            reference.unknown(op.index)
        elif op.kind == "get":
            shown = dict(zip(op.dots, op.values, strict=True))
            reference.answer(op.index, shown, op.seen, len(shown) != len(op.dots))
        else:
            reference.acknowledge(op.index, op.dot, op.seen)
        if reference.refusals:
            break
    return reference


def _second_names(run: RecordedRun) -> dict[str, Dot]:
    """Names that the trace gives to requests that have another one."""
    if run.trace is None:
        return {}
    first = run.trace.dots()
    first.update((op.request, op.dot) for op in run.operations if op.dot is not None and op.request in first)
    return {given.request: given.dot for given in run.trace.mintings if given.dot != first[given.request]}


def _in_order(operations: tuple[Operation, ...]) -> Iterator[tuple[Operation, bool]]:
    """Each operation at its invocation (False) and at its completion (True), in time; a client ends one before it
    begins the next."""
    ended = sorted((op for op in operations if op.end_us is not None), key=_end)
    last = len(ended)
    at = 0
    before: dict[int, Operation] = {}
    early: set[int] = set()
    for op in operations:
        while at < last and _end(ended[at]) < op.start_us:
            if ended[at].index not in early:
                yield ended[at], True
            at += 1
        own = before.get(op.process)
        if own is not None and own.end_us == op.start_us:
            early.add(own.index)
            yield own, True
        before[op.process] = op
        yield op, False
    for op in ended[at:]:
        if op.index not in early:
            yield op, True


def _end(op: Operation) -> int:
    assert op.end_us is not None, "only what has ended is sorted"
    return op.end_us


def _refute(run: RecordedRun, refusal: Refusal) -> Verdict:
    operations = tuple(run.operations[number] for number in refusal.operations)
    return refute(CLAIM, [Refused(refusal.rule, refusal.clause, operations)], operations)
