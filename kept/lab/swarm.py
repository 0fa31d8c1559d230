"""Swarm testing (Groce et al., ISSTA 2012): each seed draws its own cluster conditions.

Runs that always mix everything dilute everything: with all faults on, two nodes are rarely apart for long while a
third keeps hints. A swarm's runs each have only some kinds of faults, at their own pace, with their own workload, so
that together they reach states that the average run does not. `swarm` varies the conditions of one cluster; `wide`
draws the cluster as well.
"""

from collections.abc import Sequence
from typing import Any

from kept.lab.config import RunConfig
from kept.lab.workload import MIXES
from kept.sim.entropy import Stream, stream

PROMISING = (
    "n", "r", "w", "pr", "pw", "sloppy", "versions", "read_repair", "anti_entropy", "durable_copies", "rings",
)  # fmt: skip
"""The fields that decide which promises a configuration makes."""
LARGEST = 7
"""Nodes of a drawn cluster at the most."""


def swarm(config: RunConfig) -> RunConfig:
    """The configuration that this seed draws; its strategy is ``uniform`` or ``pct``, so it is its own swarm."""
    if config.strategy != "swarm":
        return config
    drawn = _conditions(config, stream(config.seed, "swarm"))
    if config.bug or config.read_repair == "blocking":  # a promise hangs on it, or what the bug breaks does
        del drawn["read_repair"]
    return config.model_copy(update=drawn)


def _conditions(config: RunConfig, draw: Stream) -> dict[str, Any]:
    kinds = tuple(kind for kind in config.faults if draw.random() < 0.5)
    return {
        "faults": kinds or config.faults[:1],
        "fault_gap_ms": draw.choice((150, 400, 1_000, 3_000)),
        "strategy": draw.choice(("uniform", "uniform", "pct")),
        "depth": draw.choice((2, 3, 5)),
        "workload": draw.choice(tuple(MIXES)),
        "keys": max(1, min(config.keys, draw.choice((2, 10, 40)))),
        "skew": draw.choice((0.0, 0.6, 1.2)),
        "think_ms": draw.choice((5, 60, 200)),
        "read_repair": draw.choice(("after", "after", "blocking", "off")),
        "limits": draw.choice(("ample", "ample", "ample", "tight")),
    }


def fixed_fields(config: RunConfig) -> tuple[str, ...]:
    """The fields of `config` that `wide` leaves as they are: those that were set explicitly.

    With a seeded bug, what decides the promises (`PROMISING`) stays too: what the bug breaks is checked whether it is
    promised or not, and a violation must be the bug's. ``settle_s`` is a bound and never drawn, and the strategy
    ``swarm`` is what happens anyway.
    """
    fixed = {"seed", "settle_s", "bug", *config.model_fields_set, *(PROMISING if config.bug else ())}
    if config.strategy == "swarm":
        fixed.discard("strategy")
    return tuple(name for name in RunConfig.model_fields if name in fixed)


def wide(config: RunConfig) -> RunConfig:
    """The cluster and the conditions that this seed draws; always a configuration that would be accepted.

    Fields that were set explicitly stay as they are (see `fixed_fields`), and the others are drawn so that they go
    together with these.
    """
    draw = stream(config.seed, "wide")
    fixed = fixed_fields(config)
    shape = _Shape(config, fixed, draw)
    shape.draw_all()
    drawn = {**_conditions(config, draw), **shape.drawn}
    kept = {name: value for name, value in drawn.items() if name not in fixed}
    return RunConfig.model_validate({**config.document(), **kept})


class _Shape:
    """Draws the fields of a cluster one after the other, each within what the ones before it, and the fixed ones
    after it, leave."""

    def __init__(self, config: RunConfig, fixed: tuple[str, ...], draw: Stream) -> None:
        self.config = config
        self.fixed = fixed
        self.draw = draw
        self.drawn: dict[str, Any] = {}

    def draw_all(self) -> None:
        ring = self._choose("ring", (3, 3, 2, 1))
        rings = self._at_least("rings")
        least = rings * self._at_least("n", "r", "w", "pr", "pw", "durable_copies")
        most = max(least, LARGEST)
        if ring == 3 and "partitions" in self.fixed:
            most = min(most, self.config.partitions)
        nodes = self._number("nodes", least, most)
        partitions = [count for count in (8, 16, 64, 128) if count >= nodes]
        self._choose("partitions", partitions or [nodes])
        n = self._usual("n", 3, self._at_least("r", "w", "pr", "pw", "durable_copies"), nodes // rings)
        r = self._number("r", self._at_least("pr"), n)
        w = self._number("w", self._at_least("pw"), n)
        self._usual("pr", 0, 0, r)
        self._usual("pw", 0, 0, w)
        self._usual("durable_copies", 0, 0, n)
        self._choose("sloppy", (True, True, False))
        self._choose("versions", ("dvv", "dvv", "dvv", "dvv", "dvv", "dvv", "vv", "lww"))
        self._choose("anti_entropy", (True,) * 7 + (False,))
        self._choose("racks", (0, 0, 2, 3, 5))
        self._choose("rings", (1, 1, 1, 2) if nodes >= 2 * n else (1,))
        self._choose("tokens", (1, 2, 8, 32))
        self._choose("clients", (1, 2, 4, 8, 16))
        self._choose("ops", (60, 200, 600, 1_500))

    def _at_least(self, *names: str) -> int:
        """The least value that the fixed ones of `names` allow."""
        values: list[int] = [getattr(self.config, name) for name in names if name in self.fixed]
        return max(1, *values) if values else 1

    def _choose(self, name: str, choices: Sequence[Any]) -> Any:
        """One of `choices`, or the fixed value."""
        chosen = self.draw.choice(choices)  # drawn even if it is fixed: the other draws do not depend on that
        self.drawn[name] = getattr(self.config, name) if name in self.fixed else chosen
        return self.drawn[name]

    def _number(self, name: str, low: int, high: int) -> int:
        """Any, and the greatest twice as often: extremes break things."""
        high = max(low, high)
        return int(self._choose(name, [*range(low, high + 1), high]))

    def _usual(self, name: str, usual: int, low: int, high: int) -> int:
        """Every second time the usual value, where it is possible, else any as in `_number`."""
        high = max(low, high)
        others = [*range(low, high + 1), high]
        return int(self._choose(name, others + [usual] * len(others) if low <= usual <= high else others))
