"""The oracle: the definitions of the rungs word for word, over all orders and all visibility. For some six accesses.

Nothing is shared with the checkers that it judges but the columns. `before` of an access is a bit mask of accesses.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations, product
from typing import Any, NamedTuple

from histories.columns import CAS, DELETE, FAIL, INFO, OK, READ, UNKNOWN, Columns

Order = tuple[int, ...]
"""For each access the mask of those before it; transitive."""


class Access(NamedTuple):
    """A read or a write."""

    session: int
    write: bool
    key: int
    value: int
    pending: bool
    start: int
    end: int
    swaps: bool = False
    """The read of a compare-and-set, whose write is the next access."""
    expects: int | None = None
    """What a compare-and-set of unknown outcome must find to have any."""


def accesses(history: Columns) -> list[Access]:
    """In the order of rows, a compare-and-set as a read and a write."""
    found = []
    start, end = history.precedence()
    for row in range(len(history)):
        f, status = int(history.f[row]), int(history.status[row])
        times = (int(start[row]), int(end[row]))
        session, key, result = int(history.process[row]), int(history.key[row]), int(history.result[row])
        asked = int(history.value[row]) if f == CAS else result
        if status == OK and ((f == READ and result != UNKNOWN) or f == CAS):
            found.append(Access(session, False, key, asked, False, *times, f == CAS))
        if f != READ and status != FAIL:
            left = int(history.value2[row]) if f == CAS else -2 if f == DELETE else int(history.value[row])
            expects = int(history.value[row]) if f == CAS and status == INFO else None
            found.append(Access(session, True, key, left, status == INFO, *times, expects=expects))
    return found


def satisfies(level: str, history: Columns, initial: int) -> bool:
    """Whether some subset of the pending writes makes the level hold. `initial` is the code of a value."""
    given = accesses(history)
    pending = [at for at, one in enumerate(given) if one.pending]
    for count in range(len(pending) + 1):
        for left_out in combinations(pending, count):
            some = [one for at, one in enumerate(given) if at not in left_out]
            if DEFINITIONS[level](some, sessions(some), initial):
                return True
    return False


def sessions(given: list[Access]) -> Order:
    """The order of sessions: a pending write is before nothing."""
    return tuple(
        sum(1 << i for i, other in enumerate(given[:at]) if other.session == one.session and not other.pending)
        for at, one in enumerate(given)
    )


@cache
def orders(least: Order) -> tuple[Order, ...]:
    """Every partial order that contains `least`."""
    return tuple(_orders(least, 0))


def _orders(order: Order, pair: int) -> Iterator[Order]:
    count = len(order)
    if pair == count * count:
        yield order
        return
    first, second = divmod(pair, count)
    if first >= second or order[second] >> first & 1 or order[first] >> second & 1:
        yield from _orders(order, pair + 1)
        return
    for choice in (None, (first, second), (second, first)):
        grown = order if choice is None else _with(order, *choice)
        if all(_decided(grown, order, earlier) for earlier in range(pair)):
            yield from _orders(grown, pair + 1)


def _decided(grown: Order, order: Order, pair: int) -> bool:
    """A pair that was left unordered before stays so, or each order would come up several times."""
    first, second = divmod(pair, len(order))
    return first >= second or all((new[a] >> b & 1) == (old[a] >> b & 1) for a, b in ((first, second), (second, first))
                                  for new, old in ((grown, order),))  # fmt: skip


def _with(order: Order, first: int, second: int) -> Order:
    before = order[first] | 1 << first
    return tuple(mask | before if at == second or mask >> second & 1 else mask for at, mask in enumerate(order))


def explained(
    given: list[Access], among: int, order: Order, told: int, initial: int, whole: bool = False, oldest: int = 0
) -> bool:
    """Whether some order of the accesses in `among` that keeps `order` explains the reads in `told`. With `whole` a
    compare-and-set is one operation. `oldest`: reads may return one of so many writes before the last."""

    def search(left: int, held: Mapping[int, tuple[int, ...]]) -> bool:
        if not left:
            return True
        for at, one in enumerate(given):
            if not left >> at & 1 or order[at] & left:
                continue
            values = held.get(one.key, (initial,))
            rest = left & ~(1 << at)
            if one.write:
                if whole and (
                    (at and given[at - 1].swaps and left >> (at - 1) & 1) or one.expects not in (None, values[0])
                ):
                    continue
                if search(rest, {**held, one.key: (one.value, *values)}):
                    return True
            elif whole and one.swaps:
                after = given[at + 1]
                swapped = {**held, one.key: (after.value, *values)}
                if values[0] == one.value and not order[at + 1] & rest and search(rest & ~(2 << at), swapped):
                    return True
            elif (not told >> at & 1 or one.value in values[: oldest + 1]) and search(rest, held):
                return True
        return False

    return search(among, {})


def _sequential(given: list[Access], before: Order, initial: int) -> bool:
    everything = (1 << len(given)) - 1
    return explained(given, everything, before, everything, initial, whole=True)


def _in_time(given: list[Access], reads_early: bool = False) -> Order:
    """What had ended before what began; with `reads_early` reads may have begun at any earlier time."""
    return tuple(
        0 if reads_early and not one.write else sum(1 << i for i, other in enumerate(given) if other.end < one.start)
        for one in given
    )


def _linearizable(given: list[Access], _before: Order, initial: int) -> bool:
    everything = (1 << len(given)) - 1
    return explained(given, everything, _in_time(given), everything, initial, whole=True)


def _k_atomic(given: list[Access], _before: Order, initial: int) -> bool:
    everything = (1 << len(given)) - 1
    return explained(given, everything, _in_time(given), everything, initial, whole=True, oldest=len(given))


def _delta_atomic(given: list[Access], _before: Order, initial: int) -> bool:
    everything = (1 << len(given)) - 1
    return explained(given, everything, _in_time(given, reads_early=True), everything, initial, whole=True)


def _converging(given: list[Access], _before: Order, _initial: int) -> bool:
    for key in {one.key for one in given}:  # order-free: all keys must converge
        quiet = max(
            (one.start if one.pending else one.end for one in given if one.write and one.key == key), default=-1
        )
        last = {one.value for one in given if not one.write and one.key == key and one.start > quiet}
        if len(last) > 1:
            return False
    return True


def _pram(given: list[Access], before: Order, initial: int) -> bool:
    writes = sum(1 << at for at, one in enumerate(given) if one.write)
    for session in sorted({one.session for one in given}):
        mine = sum(1 << at for at, one in enumerate(given) if one.session == session)
        if not explained(given, writes | mine, before, mine, initial):
            return False
    return True


def _consistent(given: list[Access], before: Order, initial: int) -> bool:
    return any(
        all(explained(given, order[at] | 1 << at, order, 1 << at, initial) for at in range(len(given)))
        for order in orders(before)
    )


def _memory(given: list[Access], before: Order, initial: int) -> bool:
    return any(
        all(explained(given, order[at] | 1 << at, order, before[at] | 1 << at, initial) for at in range(len(given)))
        for order in orders(before)
    )


def _convergent(given: list[Access], before: Order, initial: int) -> bool:
    for arbitration in _total(before):
        place = {at: number for number, at in enumerate(arbitration)}
        for order in orders(before):
            if any(place[i] > place[at] for at in range(len(given)) for i in place if order[at] >> i & 1):
                continue
            if all(_last(given, order[at], place, at, initial) for at in range(len(given)) if not given[at].write):
                return True
    return False


def _last(given: list[Access], past: int, place: Mapping[int, int], read: int, initial: int) -> bool:
    seen = [at for at, one in enumerate(given) if past >> at & 1 and one.write and one.key == given[read].key]
    last = max(seen, key=lambda at: place[at], default=None)
    return given[read].value == (initial if last is None else given[last].value)


@cache
def _total(before: Order) -> tuple[tuple[int, ...], ...]:
    def grow(done: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(done) == len(before):
            yield done
        for at in range(len(before)):
            if at not in done and all(i in done for i in range(len(before)) if before[at] >> i & 1):
                yield from grow((*done, at))

    return tuple(grow(()))


# Session guarantees: what a client must have seen


def _session(must: Callable[[list[Access], Order, Mapping[int, int], int], set[int]]) -> Any:
    def holds(given: list[Access], before: Order, initial: int) -> bool:
        reads = [at for at, one in enumerate(given) if not one.write]
        choices = [
            [at for at, one in enumerate(given) if one.write and one.key == given[read].key
             and one.value == given[read].value] + ([-1] if given[read].value == initial else [])
            for read in reads
        ]  # fmt: skip
        return any(
            all(_fresh(given, before, source, read, must) for read in reads)
            for source in (dict(zip(reads, chosen, strict=True)) for chosen in product(*choices))
        )

    return holds


def _fresh(given: list[Access], before: Order, source: Mapping[int, int], read: int, must: Any) -> bool:
    for seen in must(given, before, source, read):
        older = source[read] == -1 or (source[read] != seen and before[seen] >> source[read] & 1)
        if given[seen].key == given[read].key and older:
            return False
    return True


def _own(given: list[Access], before: Order, _source: Mapping[int, int], read: int) -> set[int]:
    return {at for at, one in enumerate(given) if one.write and before[read] >> at & 1}


def _read_before(given: list[Access], before: Order, source: Mapping[int, int], read: int) -> set[int]:
    return {source[at] for at in range(len(given)) if before[read] >> at & 1 and source.get(at, -1) >= 0}


def _known(given: list[Access], before: Order, source: Mapping[int, int], read: int) -> set[int]:
    return _read_before(given, before, source, read) | ({source[read]} - {-1})


def _writers(given: list[Access], before: Order, source: Mapping[int, int], read: int) -> set[int]:
    seen = _known(given, before, source, read)
    return {at for at, one in enumerate(given) if one.write and any(before[w] >> at & 1 for w in seen)}


def _writers_reads(given: list[Access], before: Order, source: Mapping[int, int], read: int) -> set[int]:
    seen = _known(given, before, source, read)
    return {
        source[at] for at in range(len(given))
        if source.get(at, -1) >= 0 and any(before[w] >> at & 1 for w in seen)
    }  # fmt: skip


def _regular(given: list[Access], _before: Order, initial: int) -> bool:
    """For each read some order of all writes and that read, which keeps real time."""
    real = _in_time(given)
    writes = sum(1 << at for at, one in enumerate(given) if one.write)
    return all(
        explained(given, writes | 1 << at, real, 1 << at, initial) for at, one in enumerate(given) if not one.write
    )


DEFINITIONS: Mapping[str, Callable[[list[Access], Order, int], bool]] = {
    "linearizable": _linearizable,
    "sequential": _sequential,
    "regular": _regular,
    "causal-memory": _memory,
    "causal-convergence": _convergent,
    "causal-consistency": _consistent,
    "pram": _pram,
    "read-your-writes": _session(_own),
    "monotonic-reads": _session(_read_before),
    "monotonic-writes": _session(_writers),
    "writes-follow-reads": _session(_writers_reads),
    "k-atomic": _k_atomic,
    "delta-atomic": _delta_atomic,
    "convergence": _converging,
}
