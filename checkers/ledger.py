"""What a run says of each key: the writes of its history beside the siblings that its replicas ended with."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from histories.operation import Dot, Operation
from histories.replicas import ReplicaState
from histories.run import RecordedRun
from model.durability import Write
from model.reconcile import reconcile


class KeyLedger(NamedTuple):
    """One key's writes that took effect or may have, parallel as the model and the history see them."""

    writes: tuple[Write, ...]
    operations: tuple[Operation, ...]


def ledgers(run: RecordedRun) -> dict[str, KeyLedger]:
    """The writes of every key, in the order of their invocation.

    Failed writes are left out, and so is a put of unknown outcome that a whole trace does not name: it was never made.
    Without a trace, a put whose dot nobody told takes the dot under which a get returned its value, if no other put
    of unknown dot wrote that value to the key.
    """
    known = run.mintings_known
    per_key: dict[str, tuple[list[Write], list[Operation]]] = {}
    guesses = {} if known else _dots_seen(run)
    for op in run.operations:
        if op.kind == "get" or op.outcome == "fail":
            continue
        dot = op.named
        if op.kind == "put" and dot is None:
            if known:
                continue
            dot = guesses.get(op.index)
        writes, operations = per_key.setdefault(op.key, ([], []))
        writes.append(Write(op.context, op.outcome == "ok", op.value, dot if op.kind == "put" else None))
        operations.append(op)
    return {key: KeyLedger(tuple(writes), tuple(operations)) for key, (writes, operations) in per_key.items()}


def _dots_seen(run: RecordedRun) -> dict[int, Dot]:
    """For nameless puts of unknown outcome whose value no other such put wrote: the one dot that gets showed."""
    nameless: dict[tuple[str, str], list[int]] = defaultdict(list)
    named: set[tuple[str, Dot]] = set()
    for op in run.operations:
        if op.kind == "put" and op.value is not None:
            if op.named is not None:
                named.add((op.key, op.named))
            elif op.outcome != "fail":
                nameless[op.key, op.value].append(op.index)
    if not nameless:
        return {}
    shown: dict[tuple[str, str], set[Dot]] = defaultdict(set)
    for op in run.operations:
        for dot, value in zip(op.dots, op.values, strict=True):
            if (op.key, value) in nameless and (op.key, dot) not in named:
                shown[op.key, value].add(dot)
    return {
        nameless[place][0]: next(iter(dots))
        for place, dots in shown.items()
        if len(dots) == 1 and len(nameless[place]) == 1
    }


class FinalKey(NamedTuple):
    """One key at the end."""

    key: str
    siblings: Mapping[Dot, str]
    """All replicas and hints merged: the live siblings."""
    states: tuple[ReplicaState, ...]

    def holders(self, dot: Dot) -> tuple[str, ...]:
        """The nodes that hold the version, sorted."""
        return tuple(sorted({s.node for s in self.states if any(v.dot == dot for v in s.versions)}))


def final_keys(run: RecordedRun) -> dict[str, FinalKey]:
    """Every key that some replica holds, by what they all hold together."""
    assert run.replicas is not None, "the caller has looked: see `unjudgeable`"
    per_key: dict[str, list[ReplicaState]] = {}
    for state in run.replicas.states:
        per_key.setdefault(state.key, []).append(state)
    return {key: FinalKey(key, reconcile(states), tuple(states)) for key, states in per_key.items()}


NO_REPLICAS = "no final states of the replicas were recorded: record replicas.jsonl when the run has settled"


def unjudgeable(run: RecordedRun) -> str | None:
    """Why the end of this run cannot be held against its history, if so."""
    if run.replicas is None:
        return NO_REPLICAS
    if run.replicas.truncated:
        return "replicas.jsonl breaks off in the middle of a line: states may be missing; record the run again"
    if run.history.truncated:
        return "history.jsonl breaks off in the middle of a line: operations may be missing; record the run again"
    return None
