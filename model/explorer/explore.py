"""Explore a transition system: visit every reachable state within bounds, and judge properties."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from model.explorer.breadth import Crew, Here, Search
from model.explorer.checkpoint import Checkpoint
from model.explorer.depth import DepthFirst
from model.explorer.frontier import Spool
from model.explorer.outcome import Bounds, Outcome
from model.explorer.part import Part
from model.explorer.properties import Eventually, Property
from model.explorer.replaying import replay
from model.explorer.system import System

UNBOUNDED = Bounds()
Order = Literal["breadth", "depth"]


def explore(
    system: System[Any],
    properties: Sequence[Property] = (),
    bounds: Bounds = UNBOUNDED,
    *,
    order: Order = "breadth",
    sleep: bool = False,
    stop: bool = True,
    spool: Spool | None = None,
    crew: Crew | None = None,
    resume: Checkpoint | None = None,
    at_level: Callable[[Search], None] | None = None,
) -> Outcome:
    """Search breadth first, where counterexamples are shortest, or depth first, which alone knows `sleep` sets.

    `stop` at the first counterexample. Breadth first only: `Eventually`; `spool`, which keeps the states that wait in
    files; `crew`, parts of the search in other processes; `at_level`, called before each level, which may save the
    search (`Search.save`); `resume`, to go on from there. ValueError where these do not go together.
    """
    names = [asked.name for asked in properties]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two properties are called {twice[0]!r}; accepted: a name of its own for each")
    if order == "depth":
        _refuse(properties, spool=spool, crew=crew, resume=resume, at_level=at_level)
        return DepthFirst(system, properties, bounds, sleep=sleep, stop=stop).run()
    if sleep:
        raise ValueError('sleep sets are for depth-first search; accepted: order="depth"')
    part = Part(system, properties, 0, 1, spool) if crew is None else None
    search = Search(properties, bounds, crew or Here([part]), system, partial(replay, system), stop)
    try:
        if resume is not None:
            search.restore(resume)
        return search.run(at_level)
    finally:
        if part is not None:
            part.close()


def _refuse(properties: Sequence[Property], **given: object) -> None:
    eventually = [asked.name for asked in properties if isinstance(asked, Eventually)]
    if eventually:
        raise ValueError(f"{eventually[0]!r} is an Eventually, which is judged breadth first")
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"{name} is for breadth-first search")
