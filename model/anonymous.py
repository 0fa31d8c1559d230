"""The same equation where some unknown puts have no known dot: histories without a trace.

An anonymous put may be any final sibling of its value that no other put explains, or may have any free dot that C
covers, or may never have taken effect. Which of them took effect is then a real choice. Two bounds decide almost all
cases (none of the leftovers took effect: valid already; all of them did, at no cost: invalid still); between
them every choice is tried, up to `MAX_CHOICES`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product

from model.causality import Dot, Vector, covers, join
from model.durability import Explanation, Write, explain

MAX_CHOICES = 4096
"""How many choices of anonymous puts are tried before the answer is *undecided*."""

MAX_WORK = 2_000_000
"""How many writes are looked at in all those choices together."""


def explain_anonymous(writes: Sequence[Write], final: Mapping[Dot, str]) -> Explanation:
    """As `explain`, for `writes` among which unknown puts may have no dot. `lost` counts positions in `writes`."""
    hidden = [i for i, w in enumerate(writes) if w.value is not None and w.dot is None]
    if not hidden:
        return explain(writes, final)
    named = {w.dot for w in writes if w.dot is not None}
    orphans: dict[str, list[Dot]] = defaultdict(list)
    for dot, value in final.items():
        if dot not in named:
            orphans[value].append(dot)
    lenient = explain([_as_delete(w) if i in hidden else w for i, w in enumerate(writes)], final)
    excess = _unexplainable(writes, hidden, orphans)
    told = join(w.context for w in writes if w.acknowledged or (w.dot is not None and final.get(w.dot) == w.value))
    hopeless = tuple(dot for dot in lenient.false if dot in named or dot in excess or covers(told, dot))
    if lenient.lost or hopeless:
        return Explanation(lenient.lost, hopeless, lenient.context)
    first: Explanation | None = None
    choices = _choices(writes, hidden, orphans)
    for chosen, extra in islice(choices, max(1, min(MAX_CHOICES, MAX_WORK // len(writes)))):
        tried = _try(writes, final, chosen, extra)
        if tried is None:
            continue
        if tried.holds:
            return tried
        first = first or tried
    if next(choices, None) is not None:
        return Explanation((), (), lenient.context, decided=False)
    assert first is not None, "the choice in which no leftover took effect is always tried"
    return first


def _as_delete(write: Write) -> Write:
    return write._replace(value=None)


def _unexplainable(writes: Sequence[Write], hidden: Sequence[int], orphans: Mapping[str, list[Dot]]) -> set[Dot]:
    """Final siblings beyond the number of anonymous puts of their value."""
    return {
        dot for value, dots in orphans.items() for dot in sorted(dots)[sum(writes[i].value == value for i in hidden) :]
    }


def _choices(
    writes: Sequence[Write], hidden: Sequence[int], orphans: Mapping[str, list[Dot]]
) -> Iterator[tuple[dict[int, Dot], tuple[int, ...]]]:
    """Which anonymous puts are which final siblings, and which of the others took effect (fewest first)."""
    per_value = []
    for value, dots in sorted(orphans.items()):
        candidates = [i for i in hidden if writes[i].value == value]
        per_value.append([tuple(zip(some, sorted(dots), strict=True)) for some in combinations(candidates, len(dots))])
    for extras in range(len(hidden) + 1):
        for picked in product(*per_value):
            chosen = dict(chain.from_iterable(picked))
            for extra in combinations([i for i in hidden if i not in chosen], extras):
                yield chosen, extra


def _try(
    writes: Sequence[Write], final: Mapping[Dot, str], chosen: Mapping[int, Dot], extra: Sequence[int]
) -> Explanation | None:
    """The equation under one choice; None if the dots that `extra` need are not free in C."""
    trial: list[Write] = []
    for i, write in enumerate(writes):
        if i in chosen:
            trial.append(write._replace(dot=chosen[i]))
        elif write.value is None or write.dot is not None:
            trial.append(write)
        elif i in extra:
            trial.append(Write(write.context, acknowledged=True))
        else:
            trial.append(Write({}, acknowledged=False))  # keeps the positions
    found = explain(trial, final)
    taken = {w.dot for w in trial if w.dot is not None} | set(final)
    return found if len(extra) <= _free(found.context, taken) else None


def _free(context: Vector, taken: set[Dot]) -> int:
    """How many dots that `context` covers belong to nobody yet."""
    return sum(context.values()) - sum(covers(context, dot) for dot in taken)  # order-free: a count
