"""Which read is older than a write that its client must have seen: by looking up the newer writes of the same writer.

What a client must have seen are beginnings of lists: of each session whose writes it has read, what that session
*noted* (wrote, or read) before the last of them. So a read of write w is too old exactly if someone noted a later write
of w's session to the same key, at a place within such a beginning. The later writes are tried one after the other, as
far as any of them was noted early enough, in the order of the history's rows, to stand in a beginning. Where reads are
about as fresh as what their clients know, that is none: O(n). Where they are not, the lists are walked instead
(`sessions.stale`), O(n k).
"""

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, READS, WRITES

Ints = NDArray[np.int64]

GIVEN_UP = -2


def newer(  # noqa: C901, PLR0912 - a kernel is one loop
    bounds: Ints, session: Ints, kind: NDArray[np.int8], key: Ints, write: Ints, access: Ints, row: Ints, keys: int,
    noted: NDArray[np.int32], by: NDArray[np.int32], upto: Ints, most: int,
) -> Ints:  # fmt: skip
    """The first read that is older than a write that its client must have seen, and the last such write; -1 where there
    is none, `GIVEN_UP` after `most` looks. `by`: the access that noted (a kernel)."""
    count, sessions = len(kind), len(bounds) - 1
    later = np.full(count, -1, dtype=np.int32)  # the next write of the same session and key
    latest = np.full(keys, -1, dtype=np.int32)
    for s in range(sessions):
        for at in range(bounds[s + 1] - 1, bounds[s] - 1, -1):
            if kind[at] != READS:
                later[at] = latest[key[at]]
                latest[key[at]] = at
        for at in range(bounds[s], bounds[s + 1]):
            latest[key[at]] = -1
    some = np.full(count, -1, dtype=np.int32)  # of each write, one that noted it, and then the others
    others = np.full(len(noted), -1, dtype=np.int32)
    soonest = np.full(count, 1 << 62, dtype=np.int64)  # the first row in which it, or a later one, was noted
    for one in range(len(noted)):
        others[one] = some[noted[one]]
        some[noted[one]] = one
        soonest[noted[one]] = min(soonest[noted[one]], row[by[one]])
    for at in range(count - 1, -1, -1):
        if later[at] >= 0:
            soonest[at] = min(soonest[at], soonest[later[at]])
    first = np.zeros(0, dtype=np.int32)  # of each key and session, the first that noted a write of the key
    done = np.zeros(sessions, dtype=np.int64)
    looks = 0
    for s in range(sessions):
        done[:] = 0
        known = -1  # the last row in what was noted
        for at in range(bounds[s], bounds[s + 1]):
            if kind[at] != READS:
                continue
            w, x = write[at], key[at]
            seen = -1
            if w == INITIAL:
                if len(first) == 0:
                    first = np.full(keys * sessions, len(noted), dtype=np.int32)
                    for one in range(len(noted) - 1, -1, -1):
                        first[key[noted[one]] * sessions + session[by[one]]] = one
                for other in range(sessions):
                    if first[x * sessions + other] < done[other]:
                        for one in range(first[x * sessions + other], done[other]):
                            if key[noted[one]] == x:
                                seen = max(seen, noted[one])
            else:
                place = access[w]
                of, last = session[place], upto[place]
                if last > done[of] and last > upto[bounds[of]]:
                    done[of] = last
                    known = max(known, row[by[last - 1]])
                to = later[place] if kind[place] == WRITES else -1
                while to >= 0 and soonest[to] <= known:
                    one = some[to]
                    while one >= 0:
                        looks += 1
                        if one < done[session[by[one]]]:
                            seen = to
                        one = others[one]
                    to = later[to]
                    looks += 1
                if looks > most:
                    return np.array([GIVEN_UP, GIVEN_UP])
            if seen >= 0:
                return np.array([at, seen])
    return np.array([-1, -1])
