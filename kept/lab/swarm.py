"""Swarm testing (Groce et al., ISSTA 2012): each seed draws its own cluster conditions.

Runs that always mix everything dilute everything: with all faults on, two nodes are rarely apart for long while a
third keeps hints. A swarm's runs each have only some kinds of faults, at their own pace, with their own workload, so
that together they reach states that the average run does not.
"""

from kept.lab.config import RunConfig
from kept.lab.workload import MIXES
from kept.sim.entropy import stream


def swarm(config: RunConfig) -> RunConfig:
    """The configuration that this seed draws; its strategy is ``uniform`` or ``pct``, so it is its own swarm."""
    if config.strategy != "swarm":
        return config
    draw = stream(config.seed, "swarm")
    kinds = tuple(kind for kind in config.faults if draw.random() < 0.5)
    return config.model_copy(
        update={
            "faults": kinds or config.faults[:1],
            "fault_gap_ms": draw.choice((150, 400, 1_000, 3_000)),
            "strategy": draw.choice(("uniform", "uniform", "pct")),
            "depth": draw.choice((2, 3, 5)),
            "workload": draw.choice(tuple(MIXES)),
            "keys": max(1, min(config.keys, draw.choice((2, 10, 40)))),
            "skew": draw.choice((0.0, 0.6, 1.2)),
            "think_ms": draw.choice((5, 60, 200)),
            "read_repair": draw.choice(("after", "after", "blocking", "off")),
        }
    )
