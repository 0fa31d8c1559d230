"""`unique-dots`: a dot (actor, counter) names one value of one put to one key, forever.

Looked at together: acknowledgements, the trace's mintings, every get, every final state. One dot has one key, one
request and one value; one request has one dot. And a dot is new when it is given: no context that was handed out or
supplied for that key before the put began, its own included, covers it already (a counter that went back).
"""

from typing import NamedTuple

from checkers.facts import SeenBefore, Twice
from checkers.verdict import Invalid, Valid, Verdict, refute
from checkers.wording import describe, dot_name, plural, quote
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from model.causality import covers, grow

CLAIM = "unique-dots"

UNTOLD = object()
"""Stands for a value that an observation does not tell (a minting of a request that the history does not hold)."""


class _Observed(NamedTuple):
    """What is known of a dot, and from where."""

    key: str
    request: str | None
    value: object
    where: str
    op: Operation | None


def check(run: RecordedRun) -> Verdict:
    """Judge `unique-dots`."""
    names: dict[Dot, _Observed] = {}
    for kind in (_puts, _mintings, _gets, _states):
        found = kind(run, names)
        if found is not None:
            return found
    found = _reused(run)
    if found is not None:
        return found
    return Valid(f"{plural(len(names), 'dot')}: each names one value of one key, and was new when it was given")


def _observe(names: dict[Dot, _Observed], dot: Dot, seen: _Observed) -> Invalid | None:
    """Add one observation; Invalid if it contradicts an earlier one."""
    known = names.get(dot)
    if known is None:
        names[dot] = seen
        return None
    value_differs = known.value is not UNTOLD and seen.value is not UNTOLD and known.value != seen.value
    request_differs = known.request is not None and seen.request is not None and known.request != seen.request
    if known.key == seen.key and not value_differs and not request_differs:
        if (known.value is UNTOLD and seen.value is not UNTOLD) or (known.request is None and seen.request is not None):
            names[dot] = seen
        return None
    twice = Twice(f"the dot {dot_name(dot)} names two things", _named(known), _named(seen))
    return refute(CLAIM, [twice], [o.op for o in (known, seen) if o.op is not None])


def _named(observed: _Observed) -> str:
    value = observed.value
    told = "a tombstone" if value is None else quote(value) if isinstance(value, str) else "a value nobody told"
    return f"{told} of {quote(observed.key)} ({observed.where})"


def _puts(run: RecordedRun, names: dict[Dot, _Observed]) -> Invalid | None:
    for op in run.operations:
        if op.dot is None:
            continue
        if op.minted is not None and op.minted != op.dot:
            return _minted_twice(describe(op), op.minted, op.dot, [op])
        found = _observe(names, op.dot, _Observed(op.key, op.request, op.value, describe(op), op))
        if found is not None:
            return found
    return None


def _mintings(run: RecordedRun, names: dict[Dot, _Observed]) -> Invalid | None:
    if run.trace is None:
        return None
    by_request = {op.request: op for op in run.operations if op.minted is not None}
    given: dict[str, Dot] = {}
    for minting in run.trace.mintings:
        op = by_request.get(minting.request)
        first = given.setdefault(minting.request, minting.dot)
        if first != minting.dot:
            who = f"request {quote(minting.request)}" if op is None else describe(op)
            return _minted_twice(who, first, minting.dot, [] if op is None else [op])
        value = UNTOLD if op is None else op.value
        where = f"minted for request {quote(minting.request)}"
        found = _observe(names, minting.dot, _Observed(minting.key, minting.request, value, where, op))
        if found is not None:
            return found
    return None


def _minted_twice(who: str, first: Dot, second: Dot, involved: list[Operation]) -> Invalid:
    return refute(CLAIM, [Twice(f"{who} was named twice", dot_name(first), dot_name(second))], involved)


def _gets(run: RecordedRun, names: dict[Dot, _Observed]) -> Invalid | None:
    for op in run.operations:
        for dot, value in zip(op.dots, op.values, strict=True):
            known = names.get(dot)
            if known is not None and known.value == value and known.key == op.key:
                continue  # nothing new: the usual case, decided without building anything
            found = _observe(names, dot, _Observed(op.key, None, value, f"returned by {describe(op)}", op))
            if found is not None:
                return found
    return None


def _states(run: RecordedRun, names: dict[Dot, _Observed]) -> Invalid | None:
    for state in run.replicas.states if run.replicas is not None else ():
        for dot, value in state.versions:
            found = _observe(names, dot, _Observed(state.key, None, value, f"held by {state.node}", None))
            if found is not None:
                return found
    return None


def _reused(run: RecordedRun) -> Invalid | None:
    """Sweep in time what has been seen of each key; every put's dot must be beyond it."""
    answered = sorted((op for op in run.operations if op.seen), key=lambda op: op.end_us or 0)
    seen: dict[str, dict[str, int]] = {}
    done = 0
    for op in run.operations:
        while done < len(answered) and (answered[done].end_us or 0) < op.start_us:
            grow(seen.setdefault(answered[done].key, {}), answered[done].seen)
            done += 1
        so_far = seen.setdefault(op.key, {})
        if op.context:
            grow(so_far, op.context)
        dot = op.named
        if dot is not None and covers(so_far, dot):
            return _explain_reuse(run, op, dot)
    return None


def _explain_reuse(run: RecordedRun, op: Operation, dot: Dot) -> Invalid:
    for other in run.operations[: op.index + 1]:
        if other.key != op.key:
            continue
        if covers(other.context, dot):
            return refute(CLAIM, [SeenBefore(op, dot, other, other.start_us)], [op, other])
        if other.end_us is not None and other.end_us < op.start_us and covers(other.seen, dot):
            return refute(CLAIM, [SeenBefore(op, dot, other, other.end_us)], [op, other])
    raise AssertionError("what the sweep saw is in the history")
