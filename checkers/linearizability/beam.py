"""Drives the compiled frontier search: narrow first, back and wider where that fails, complete before it says no.

* A **beam** keeps only the most promising configurations. Whatever it finds is an explanation, so where it reaches the
  end the answer is yes, at a small and constant price an operation.
* Where the beam dies, a **window** of operations before that point is searched completely from *every* state that the
  object may have there. Where even that dies the answer is no, whatever came before the window.
* Else the beam goes back to an earlier place and tries again, wider. When it is as wide as memory allows, the complete
  search from the start decides, or the answer is unknown.
"""

from typing import Any, NamedTuple

import numpy as np

from checkers.linearizability.needs import ends_that_matter, states_of
from checkers.linearizability.transitions import Grouped

FITS, STUCK = 0, 1
REACHED = {2: "the bound on memory", 3: "the bound on memory", 4: "the budget of steps"}
"""The results of a sweep (`frontier_kernel`): slots and configurations are both memory."""

WIDTH = 8
"""Of the beam at first."""
WIDER = 4
CHUNK = 1024
"""Operations between two places to go back to."""
PLACES = 8
SHORT = 2 * CHUNK
"""A key with fewer operations is searched in one call."""
ROWS = 1 << 14
"""Configurations in a pool at first."""
WINDOW, WINDOW_STEPS = 32, 100_000
LONGEST_WINDOW = 2048


class Bounds(NamedTuple):
    """Where the search of one key stops."""

    steps: int = 2_000_000_000
    memory_bytes: int = 512 << 20


class KeyOutcome(NamedTuple):
    """How one key fared."""

    key: int
    """Its place among the keys."""
    result: int
    """`FITS`, `STUCK` or the bound that was reached (`frontier_kernel`)."""
    operation: int
    """The operation (its place in the transitions) where it ended."""
    steps: int
    in_flight: int


USUAL = Bounds()


def decide(given: Grouped, bounds: Bounds = USUAL) -> list[KeyOutcome]:
    """Every key that does not fit, in the order of keys."""
    search = _Search(given, bounds)
    lengths = np.diff(given.bounds)
    found = search.short(np.flatnonzero(lengths <= SHORT))
    for key in np.flatnonzero(lengths > SHORT).tolist():
        found.append(search.long(key))
    return sorted(outcome for outcome in found if outcome.result != search.kernel.FITS)


class _Search:
    def __init__(self, given: Grouped, bounds: Bounds) -> None:
        from checkers.linearizability import configurations, frontier_kernel  # noqa: PLC0415 - importing numba takes time

        self.kernel: Any = frontier_kernel
        self.room: Any = configurations
        self.given = given
        self.bounds = bounds
        self.states = states_of(given)
        operations = given.operations
        self.problem = self.room.Problem(
            operations.start,
            ends_that_matter(operations, self.states),
            self.states.pre,
            self.states.post,
            operations.unequal,
            operations.required,
            self.states.needed,
        )
        self.words = 0
        self.rows = 0
        self.allocate(1, ROWS)

    def allocate(self, words: int, rows: int) -> bool:
        """Room for so many words and configurations; False where that is more memory than allowed."""
        if 3 * rows * (16 * words + 24) > self.bounds.memory_bytes:
            return False
        if (words, rows) != (self.words, self.rows):
            count = self.states.size
            self.words, self.rows = words, rows
            self.pools = [self.room.pool(rows, words, count) for _ in range(3)]
            self.flight = self.room.flight(words, count)
        return True

    def short(self, keys: Any) -> list[KeyOutcome]:
        """Many short keys in one call; those that a narrow beam does not decide, one by one."""
        kernel = self.kernel
        reports = np.zeros((len(keys), kernel.FIELDS), np.int64)
        limits = np.array([WIDTH, self.bounds.steps])
        kernel.sweep_keys(
            self.problem, self.given.bounds, self.states.initial, keys, limits, self.flight, *self.pools, reports
        )
        found = []
        for key, report in zip(keys.tolist(), reports, strict=True):
            sure = report[kernel.RESULT] == kernel.FITS
            sure |= report[kernel.RESULT] == kernel.STUCK and not report[kernel.NARROWED]
            found.append(self.outcome(key, report) if sure else self.long(key))
        return found

    def outcome(self, key: int, report: Any) -> KeyOutcome:
        kernel = self.kernel
        fields = (kernel.RESULT, kernel.OPERATION, kernel.STEPS, kernel.IN_FLIGHT)
        return KeyOutcome(key, *[int(report[field]) for field in fields])

    def long(self, key: int) -> KeyOutcome:
        """One key: beam, windows, complete search; again with more words or more room where these were short."""
        kernel = self.kernel
        words, rows = 1, ROWS
        outcome = KeyOutcome(key, kernel.CONFIGURATIONS, int(self.given.bounds[key]), 0, 0)
        while self.allocate(words, rows):
            outcome = _Key(self, key).decide()
            if outcome.result == kernel.SLOTS:
                words *= 2
            elif outcome.result == kernel.CONFIGURATIONS:
                rows *= 8
            else:
                break
        return outcome


class _Place(NamedTuple):
    """Somewhere to go back to."""

    following: int
    state: Any
    mask: Any
    flight: tuple[Any, ...]


class _Key:
    """The search of one key with a fixed amount of room."""

    def __init__(self, search: _Search, key: int) -> None:
        self.search, self.kernel, self.key = search, search.kernel, key
        self.low, self.high = (int(bound) for bound in search.given.bounds[key : key + 2])
        self.one, self.other, self.visited = search.pools
        self.flight = search.flight
        self.steps = 0
        self.report = np.zeros(self.kernel.FIELDS, np.int64)

    def decide(self) -> KeyOutcome:
        kernel = self.kernel
        self.begin()
        places = [self.here(self.low)]
        width, safe, following = WIDTH, self.low, self.low
        tries = 0
        while following < self.high:
            stop = min(self.high, following + CHUNK)
            result = self.run(following, stop, stop == self.high, width, self.search.bounds.steps - self.steps)
            if result == kernel.FITS:
                following = stop
                places = [*places[1 - PLACES :], self.here(following)]
                if following > safe + CHUNK:
                    width, tries = WIDTH, 0
                continue
            died = int(self.report[kernel.OPERATION])
            if result in (kernel.SLOTS, kernel.BUDGET):
                return self.told(result, died)
            safe = max(safe, following)
            if result == kernel.STUCK and self.refuted(died, tries):
                return self.told(kernel.STUCK, died)
            tries += 1
            width *= WIDER
            if width > self.search.rows or result == kernel.CONFIGURATIONS:
                return self.complete()
            place = places[max(0, len(places) - 1 - tries)]
            places = places[: max(1, len(places) - tries)]
            following = place.following
            self.back(place)
        return self.told(kernel.FITS, self.high - 1)

    def complete(self) -> KeyOutcome:
        """From the start, forgetting nothing."""
        self.begin()
        left = self.search.bounds.steps - self.steps
        result = self.run(self.low, self.high, True, self.search.rows, left)
        return self.told(result, int(self.report[self.kernel.OPERATION]))

    def refuted(self, died: int, tries: int) -> bool:
        """Whether the operations before `died` have no explanation, whatever came before them."""
        kernel = self.kernel
        length = min(WINDOW * 4**tries, LONGEST_WINDOW)
        first = max(self.low, died - length)
        if first == self.low:
            self.begin()
        elif not kernel.start_anywhere(self.search.problem, first, self.low, self.flight, self.one):
            return False
        operations = self.search.given.operations
        until = int(np.searchsorted(operations.start[first : self.high], operations.end[died], "right"))
        result = self.run(first, first + until, True, self.search.rows, WINDOW_STEPS * 4**tries)
        # What ended later may rest on operations that are not in the window.
        return bool(result == kernel.STUCK and operations.end[self.report[kernel.OPERATION]] <= operations.end[died])

    def begin(self) -> None:
        self.kernel.start(self.search.problem, self.search.states.initial[self.key], self.flight, self.one)

    def run(self, following: int, stop: int, last: bool, width: int, steps: int) -> int:
        kernel = self.kernel
        limits = np.array([width, steps])
        pools = (self.one, self.other, self.visited)
        kernel.sweep(self.search.problem, following, stop, last, limits, self.flight, *pools, self.report)
        if self.report[kernel.SWAPPED]:
            self.one, self.other = self.other, self.one
        self.steps += int(self.report[kernel.STEPS])
        return int(self.report[kernel.RESULT])

    def here(self, following: int) -> _Place:
        size = int(self.one.size[0])
        return _Place(
            following, self.one.state[:size].copy(), self.one.mask[:size].copy(), tuple(a.copy() for a in self.flight)
        )

    def back(self, place: _Place) -> None:
        stamp = int(self.flight.stamp[0])
        for array, saved in zip(self.flight, place.flight, strict=True):
            array[...] = saved
        self.flight.stamp[0] = stamp
        self.kernel.restore(self.one, place.state, place.mask)

    def told(self, result: int, operation: int) -> KeyOutcome:
        return KeyOutcome(self.key, result, operation, self.steps, int(self.report[self.kernel.IN_FLIGHT]))
