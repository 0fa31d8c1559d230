"""Admission control of background work (Dynamo, section 6.5).

"Each of the background tasks uses this controller to reserve runtime slices of the resource [...] A feedback
mechanism based on the monitored performance of the foreground tasks is employed to change the number of slices that
are available to the background tasks." The paper's example is the 99th percentile of the database's read latency over
the last 60 seconds against a threshold of 50 ms; both are the defaults here.

A *slot* is one record read or written for a background task. Time is cut into slices of `admission_slice_us`; each
slice has so many slots for all tasks together, and what is not used in a slice is gone. The number is halved in a
slice in which the foreground suffers and grows by a sixteenth of the most in one in which it does not (additive
increase, multiplicative decrease: Chiu and Jain 1989); between three quarters of the threshold and the threshold it
stays. What is measured is this node's own part of a read: a silent peer is no reason to postpone its hints.

**No task starves.** Beside the shared slots each task has `admission_floor` slots of its own in every slice, whatever
the foreground says. So k records of one task take at most ceil(k / floor) slices and as many turns of the task.
The one exception is a node whose queues are full (`Overload.full`): nothing could be done there anyway.
"""

from typing import TYPE_CHECKING, TypeVar

from dynamo.core.latencies import Latencies

if TYPE_CHECKING:
    from dynamo.core.host import Host

STEPS_TO_RECOVER = 16
"""Quiet slices in which the shared slots grow from none to the most."""
_SLICES_AT_ONCE = 64
"""After a longer silence the slots have reached their end already."""

Item = TypeVar("Item")


def adjusted(slots: int, most: int, worst_us: int, threshold_us: int, pressed: bool) -> int:
    """The shared slots of the next slice: never more for a longer latency or under pressure, never less for more
    slots before."""
    if pressed or worst_us > threshold_us:
        return slots // 2
    if 4 * worst_us > 3 * threshold_us:
        return slots
    return min(most, slots + max(1, most // STEPS_TO_RECOVER))


def starting_at(items: list[Item], first: Item | None) -> list[Item]:
    """`items` in their order, but from `first` on, where it is one of them: whoever was turned away goes first."""
    if first is None or first not in items:
        return items
    at = items.index(first)
    return items[at:] + items[:at]


class Admission:
    """What one node's background work may do now."""

    def __init__(self, host: "Host") -> None:
        self.host = host
        self.latencies = Latencies(host.config.admission_window_us)
        self.slots = host.config.admission_slots
        """Shared slots of a slice, as the feedback has it now."""
        self._shared = self.slots
        """What is left of them in this slice; negative where a grant took more than there was."""
        self._own: dict[str, int] = {}
        """task -> what is left of its floor; a task is one of a few names, so this is bounded."""
        self._begun_us = 0
        """When this slice began."""

    def served(self, latency_us: int) -> None:
        """A foreground read of this node's records has taken so long."""
        self.latencies.add(self.host.now_us, latency_us)

    def take(self, task: str, wanted: int) -> int:
        """Up to `wanted` slots for `task`: how many records it may read or write now."""
        self._refill(task)
        if self.host.overload.full():
            self._held_back()
            return 0
        shared = min(wanted, max(0, self._shared))
        own = min(wanted - shared, max(0, self._own[task]))
        self._shared -= shared
        self._own[task] -= own
        if shared + own < wanted:
            self._held_back()
        return shared + own

    def grant(self, task: str, cost: int = 1) -> bool:
        """Whether `task` may do a piece of work of `cost` slots that cannot be divided. It may take more than there
        is; the slices that follow pay for it."""
        self._refill(task)
        if not self.host.overload.full():
            if self._shared > 0:
                self._shared -= cost
                return True
            if self._own[task] > 0:
                self._own[task] -= cost
                return True
        self._held_back()
        return False

    def _held_back(self) -> None:
        self.host.mark("background work held back")

    def _refill(self, task: str) -> None:
        """Slices may have passed since somebody asked: adjust for each of them."""
        config = self.host.config
        now_us = self.host.now_us
        self._own.setdefault(task, config.admission_floor)
        passed = (now_us - self._begun_us) // config.admission_slice_us
        if passed <= 0:
            return
        self._begun_us += passed * config.admission_slice_us
        worst_us = self.latencies.percentile(now_us, config.admission_permille)
        pressed = self.host.overload.pressed()
        for _ in range(min(passed, _SLICES_AT_ONCE)):
            self.slots = adjusted(self.slots, config.admission_slots, worst_us, config.admission_threshold_us, pressed)
        self._shared = min(self.slots, self._shared + passed * self.slots)
        for name in self._own:
            self._own[name] = min(config.admission_floor, self._own[name] + passed * config.admission_floor)
