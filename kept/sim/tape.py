"""The tape: everything that a run's scheduler chose out of the ordinary, as data.

A run is a function of its configuration, its seed and its tape. Recording, the tape collects the faults that the
nemesis planned and the fates of single messages; replaying, both come from the tape, and the seed only fills in what
is ordinary (latencies, priorities, what clients do). A tape from which some lines were taken out still runs, which
is what shrinking does.
"""

from collections.abc import Mapping

from kept.sim.entropy import Stream
from kept.sim.weather import Weather

LOSS, DUPLICATE, DELAY = "loss", "duplicate", "delay"
Fate = tuple[str, int]
"""What happens to a message: ``loss``, ``duplicate`` or ``delay``, and by how many microseconds."""


def _heavy_tail_us(draw: Stream, limit_us: int) -> int:
    """A Pareto tail from 5 ms on, cut at `limit_us`."""
    return min(limit_us, int(5_000 * draw.paretovariate(1.1)))


class Tape:
    """The fates of a run's messages."""

    LIMIT_US = 1_000_000
    """No message is on its way for much longer."""

    def __init__(self, fates: Mapping[tuple[str, int], Fate] | None = None) -> None:
        self.replaying = fates is not None
        self.fates: dict[tuple[str, int], Fate] = dict(fates or {})
        """(sender, how manieth message of that sender) -> fate."""

    def fate(self, sender: str, count: int, weather: Weather, draw: Stream) -> Fate | None:
        """The fate of one message in rough weather; None is plain delivery."""
        if self.replaying:
            return self.fates.get((sender, count))
        chance = draw.random()
        if chance >= weather.rough:
            return None
        if chance < weather.loss:
            fate = (LOSS, 0)
        elif chance < weather.loss + weather.duplicate:
            fate = (DUPLICATE, _heavy_tail_us(draw, self.LIMIT_US))
        else:
            fate = (DELAY, _heavy_tail_us(draw, self.LIMIT_US))
        self.fates[(sender, count)] = fate
        return fate
