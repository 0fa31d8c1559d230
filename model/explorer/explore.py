"""Explore a transition system: visit every reachable state within bounds, and judge properties."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from model.explorer.breadth import Here, Search
from model.explorer.frontier import Spool
from model.explorer.outcome import Bounds, Outcome
from model.explorer.part import Part
from model.explorer.properties import Property
from model.explorer.replaying import replay
from model.explorer.system import System

UNBOUNDED = Bounds()


def explore(
    system: System[Any],
    properties: Sequence[Property] = (),
    bounds: Bounds = UNBOUNDED,
    *,
    stop: bool = True,
    spool: Spool | None = None,
) -> Outcome:
    """Breadth-first search. `stop` at the first counterexample; `spool` keeps the states that wait in files."""
    part = Part(system, properties, 0, 1, spool)
    return Search(properties, bounds, Here([part]), partial(replay, system), stop).run()
