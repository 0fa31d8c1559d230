"""The search of Wing and Gong (1993) as Lowe (2017) improved it: the reference implementation, written to be read.

Take the events in time. Try to linearize some operation that has begun before the first end that is still ahead; where
none fits, take the last one back. What makes it bearable is the memory: a pair of *which operations are linearized*
and *the state after them* that was tried before is never tried again. The memory is also what makes it unbearable: it
holds one set of n bits for every prefix ever tried, and nothing is forgotten.
"""

from collections.abc import Sequence
from typing import NamedTuple

from checkers.linearizability.operations import Interval
from model.specifications.specification import REFUSED, Specification, State


class Exhausted(NamedTuple):
    """The search ended at its bound."""

    tried: int


def linearize(
    specification: Specification, operations: Sequence[Interval], most: int = 1_000_000
) -> tuple[int, ...] | Exhausted | None:
    """An order in which the operations (by their place in `operations`) could have taken effect, or None.

    `most` bounds the pairs that are remembered.
    """
    required = sum(1 << at for at, op in enumerate(operations) if op.required)
    by_start = sorted(range(len(operations)), key=lambda at: operations[at].start)
    seen: set[tuple[int, State]] = {(0, specification.init)}
    path: list[int] = []
    frames = [(0, specification.init, iter(_next(operations, by_start, 0)))]
    while frames:
        done, state, candidates = frames[-1]
        if done & required == required:
            return tuple(path)
        for at in candidates:
            after = specification.step(state, operations[at].call)
            if after is REFUSED or (done | 1 << at, after) in seen:
                continue
            if len(seen) >= most:
                return Exhausted(len(seen))
            seen.add((done | 1 << at, after))
            path.append(at)
            frames.append((done | 1 << at, after, iter(_next(operations, by_start, done | 1 << at))))
            break
        else:
            frames.pop()
            if path:
                path.pop()
    return None


def _next(operations: Sequence[Interval], by_start: Sequence[int], done: int) -> list[int]:
    """What may come next: everything left that began no later than the first end among what is left."""
    found: list[int] = []
    first_end: int | None = None
    for at in by_start:
        if done >> at & 1:
            continue
        op = operations[at]
        if first_end is not None and op.start > first_end:
            break
        found.append(at)
        first_end = op.end if first_end is None else min(first_end, op.end)
    return found
