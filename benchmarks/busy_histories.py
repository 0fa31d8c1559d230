"""Large linearizable register histories for measuring: clients that are always busy, chosen linearization points."""

import numpy as np
from numpy.typing import NDArray

from histories.columns import CAS, NIL, NONE, READ, WRITE, Columns

Ints = NDArray[np.int64]


def busy(
    operations: int, clients: int, keys: int = 1, values: int = 0, swaps: float = 0.0, seed: int = 1, lost: float = 0.0
) -> Columns:
    """Half reads, half writes, of which the part `swaps` are compare-and-sets that succeed.

    `values` is the number of values that writes choose from; 0: every value is written once. The part `lost` of the
    writes has an unknown outcome. Times are the places of events.
    """
    chance = np.random.default_rng(seed)
    each = operations // clients
    lasts, pauses = chance.random((clients, each)) * 10 + 0.01, chance.random((clients, each)) * 0.1
    end = np.cumsum(lasts + pauses, axis=1).ravel()
    start = end - lasts.ravel()
    count = len(end)
    point = start + chance.random(count) * (end - start)
    key = chance.integers(0, keys, count)
    reads = chance.random(count) < 0.5
    order = np.lexsort((point, key))
    f, value, value2, result = _answers(key[order], reads[order], values, swaps, chance)
    place = np.empty(2 * count, np.int64)
    place[np.argsort(np.concatenate([start, end]))] = np.arange(2 * count)
    back = np.empty(count, np.int64)
    back[order] = np.arange(count)
    by_start = np.argsort(place[:count])
    f, value, value2, result = (column[back][by_start] for column in (f, value, value2, result))
    status = np.where((f != READ) & (chance.random(count) < lost), 2, 0).astype(np.int8)
    finish = np.where(status == 2, np.iinfo(np.int64).max, place[count:][by_start])
    process = np.repeat(np.arange(clients), each)[by_start]
    return Columns(
        process,
        f.astype(np.int8),
        key[by_start].astype(np.int32),
        value,
        value2,
        result,
        place[:count][by_start],
        finish,
        status,
        np.zeros(count, np.int32),
        range(keys),
        range(int(value.max()) + 2),
    )


def _answers(
    key: Ints, reads: NDArray[np.bool_], values: int, swaps: float, chance: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """What each operation does and returns, in the order of linearization points within each key."""
    count = len(key)
    place = np.arange(count)
    first = np.concatenate([[True], key[1:] != key[:-1]])
    begun = np.maximum.accumulate(np.where(first, place, 0))
    last = np.maximum.accumulate(np.where(~reads, place, -1))
    written = np.cumsum(~reads) - 1 if not values else chance.integers(0, values, count)
    held = np.where(last >= begun, written[last], NIL)
    before = np.where(first, NIL, np.concatenate([[NIL], held[:-1]]))
    swap = ~reads & (chance.random(count) < swaps)
    f = np.where(reads, READ, np.where(swap, CAS, WRITE))
    value = np.where(reads, NONE, np.where(swap, before, written))
    return f, value, np.where(swap, written, NONE), np.where(reads, held, NONE)
