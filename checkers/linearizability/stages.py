"""Sets that only grow, decided in one pass.

Each element leaves a set that only grows never, so the sets that were read form a chain S1 < S2 < ... or the history is
refuted, and the order of what matters is given: first what adds the elements of S1, then the reads of S1, then what
adds the elements of S2 without S1, and so on; elements that no read returned come after all reads. These are *stages*.
The history is linearizable exactly if nothing in a later stage ended before something in an earlier stage began.

An element that was added several times must be there from its stage on: the add that began first is taken to the
stage (if any of them can stand there, it can, or one that began later could not either), the others may stand anywhere
from that stage on.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from checkers.linearizability.operations import Interval


class SetConflict(NamedTuple):
    """Why a set is not linearizable."""

    kind: str
    """``unwritten``: an element read was never added; ``split``: two reads of which neither holds the other;
    ``order``: real time contradicts the order that the reads give."""
    operations: tuple[Interval, ...]


def set_conflict(operations: Sequence[Interval], initial: frozenset[Hashable]) -> SetConflict | None:
    """What refutes a set with ``add`` and ``read`` (known results), or None."""
    reads = [(frozenset(op.call.result or ()), op) for op in operations if op.call.f == "read"]
    adds = [op for op in operations if op.call.f == "add"]
    reads.sort(key=lambda pair: (len(pair[0]), pair[1].start, pair[1].row))
    stage_of: dict[Hashable, int] = dict.fromkeys(sorted(initial, key=repr), -1)
    witness: dict[Hashable, Interval] = {}
    stages: list[list[Interval]] = []
    before, stage, behind = initial, -1, None
    for content, read in reads:
        if stage < 0 or content != before:
            if not before <= content:
                return SetConflict("split", (read,) if behind is None else (behind, read))
            stage += 1
            for element in sorted(content - before, key=repr):
                stage_of[element], witness[element] = 2 * stage, read
            stages += [[], []]
        stages[2 * stage + 1].append(read)
        before, behind = content, read
    after_all = len(stages)
    stages.append([])
    first: dict[Hashable, Interval] = {}
    late: list[tuple[int, Interval]] = []
    for op in sorted(adds, key=lambda op: (op.start, op.row)):
        element = op.call.argument
        at = stage_of.get(element, after_all)
        if at >= 0 and at != after_all and element not in first:
            first[element] = op
            stages[at].append(op)
        elif op.required:
            late.append((max(at, 0), op))
    missing = [element for element in witness if element not in first]
    if missing:
        return SetConflict("unwritten", (witness[missing[0]],))
    return _out_of_order(stages, late)


def _out_of_order(stages: Sequence[Sequence[Interval]], late: Sequence[tuple[int, Interval]]) -> SetConflict | None:
    """An operation that began only after one of a later stage had ended."""
    latest: Interval | None = None
    held: list[Interval | None] = []
    for stage in stages:
        held.append(latest)
        for op in stage:
            if latest is not None and op.end < latest.start:
                return SetConflict("order", (op, latest))
        for op in stage:
            if latest is None or op.start > latest.start:
                latest = op
    for at, op in late:
        begun = held[at]
        if begun is not None and op.end < begun.start:
            return SetConflict("order", (op, begun))
    return None
