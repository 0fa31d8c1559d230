"""Who goes next: two queues of pending events that differ in whom they prefer.

`TimedQueue` runs events at their times; the random latencies of `kept.sim.network` make the order uniform among
messages that are in flight together. `PriorityQueue` is probabilistic concurrency testing (Burckhardt et al., ASPLOS
2010): every task has a random priority, the highest one that has something to do always goes first, and at d - 1
random steps the task that would run is moved to the end. A bug of depth d is met with a probability of at least
1/(n k^(d-1)) for n tasks and k steps, where uniform choice may need exponentially many runs. Here a step takes a
fixed slice of virtual time, so that slow tasks fall behind until timers notice.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Protocol

from kept.sim.entropy import Stream

Action = Callable[[Any, Any], None]
Event = tuple[int, int, Action, Any, Any]
"""(due_us, order, action, first argument, second argument)"""


class Queue(Protocol):
    """Pending events."""

    def push(self, due_us: int, task: str, action: Action, one: Any, two: Any) -> None:
        """Run `action(one, two)` on behalf of `task`, not before `due_us`."""
        ...

    def pop(self, now_us: int, until_us: int) -> tuple[int, Action, Any, Any] | None:
        """The next event and the time at which it runs; None where nothing runs by `until_us`."""
        ...

    def __len__(self) -> int: ...


class TimedQueue:
    """Events in the order of their times; ties in the order of their making."""

    def __init__(self) -> None:
        self.heap: list[Event] = []
        self._order = 0

    def push(self, due_us: int, task: str, action: Action, one: Any, two: Any) -> None:
        self._order = order = self._order + 1
        heappush(self.heap, (due_us, order, action, one, two))

    def pop(self, now_us: int, until_us: int) -> tuple[int, Action, Any, Any] | None:
        if not self.heap or self.heap[0][0] > until_us:
            return None
        due_us, _, action, one, two = heappop(self.heap)
        return (due_us if due_us > now_us else now_us), action, one, two

    def __len__(self) -> int:
        return len(self.heap)


class PriorityQueue:
    """PCT: the task with the highest priority that has something to do."""

    STEP_US = 100
    """Virtual time that one step takes."""
    STARVED_US = 400_000
    """An event that has waited for this long goes first: links are slow, not dead."""

    def __init__(self, draw: Stream, depth: int, steps: int) -> None:
        self._draw = draw
        self._future: list[tuple[int, int, str, Action, Any, Any]] = []
        self._ready: dict[str, deque[tuple[int, Action, Any, Any]]] = {}
        self._priority: dict[str, float] = {}
        self._changes = {draw.randrange(max(1, steps)) for _ in range(depth - 1)}
        self._order = 0
        self._step = 0
        self._lowest = 0.0
        self.switches = 0
        """Priority changes so far."""

    def push(self, due_us: int, task: str, action: Action, one: Any, two: Any) -> None:
        self._order += 1
        heappush(self._future, (due_us, self._order, task, action, one, two))

    def pop(self, now_us: int, until_us: int) -> tuple[int, Action, Any, Any] | None:
        self._release(now_us)
        if not self._ready:
            if not self._future or self._future[0][0] > until_us:
                return None
            now_us = max(now_us, self._future[0][0])
            self._release(now_us)
        if now_us + self.STEP_US > until_us:
            return None
        task = self._choose(now_us)
        waiting = self._ready[task]
        _, action, one, two = waiting.popleft()
        if not waiting:
            del self._ready[task]
        return now_us + self.STEP_US, action, one, two

    def _release(self, now_us: int) -> None:
        future = self._future
        while future and future[0][0] <= now_us:
            due_us, _, task, action, one, two = heappop(future)
            self._ready.setdefault(task, deque()).append((due_us, action, one, two))

    def _choose(self, now_us: int) -> str:
        best = max(self._ready, key=self._rank)
        if self._step in self._changes:
            self._lowest -= 1.0
            self._priority[best] = self._lowest
            self.switches += 1
            best = max(self._ready, key=self._rank)
        self._step += 1
        for task, waiting in self._ready.items():
            if now_us - waiting[0][0] > self.STARVED_US:
                return task
        return best

    def _rank(self, task: str) -> float:
        known = self._priority.get(task)
        if known is None:
            known = self._priority[task] = self._draw.random()
        return known

    def __len__(self) -> int:
        return len(self._future) + sum(map(len, self._ready.values()))
