"""The oracle: every subset of the pending operations, every order. For histories of some eight operations.

Nothing is shared with the checkers that it judges but the specification itself: no memory, no masks, no pruning other
than stopping at the first refused call.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from checkers.linearizability.operations import Interval
from model.specifications.specification import REFUSED, Specification, State


def linearizable(specification: Specification, operations: Sequence[Interval]) -> bool:
    """Whether some order of all required and some pending operations respects real time and the specification."""
    required = tuple(op for op in operations if op.required)
    pending = tuple(op for op in operations if not op.required)
    return any(
        _ordered(specification, specification.init, required + chosen)
        for count in range(len(pending) + 1)
        for chosen in combinations(pending, count)
    )


def _ordered(specification: Specification, state: State, left: tuple[Interval, ...]) -> bool:
    if not left:
        return True
    for at, op in enumerate(left):
        others = left[:at] + left[at + 1 :]
        if _first(op, others):
            after = specification.step(state, op.call)
            if after is not REFUSED and _ordered(specification, after, others):
                return True
    return False


def _first(op: Interval, others: Iterable[Interval]) -> bool:
    """Whether nothing in `others` ended before `op` began."""
    return not any(other.end < op.start for other in others)
