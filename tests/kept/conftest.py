"""A simulated world whose nodes do only what a test says, so that what happens is the world's own doing."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dynamo.core.effects import Boot, Event, Minted
from dynamo.core.membership import NO_TABLE
from kept.sim.scheduler import Queue, TimedQueue
from kept.sim.tape import Tape
from kept.sim.world import World

React = Callable[["Scripted", Event], list[Any]]


class Scripted:
    """One process: remembers what it hears and answers with the effects of `Stage.react`."""

    def __init__(self, stage: "Stage", name: str, life: int) -> None:
        self.stage = stage
        self.name = name
        self.life = life
        """1 for the first process on this machine."""
        self.serving = True
        self.host = SimpleNamespace(generation=life, involved=frozenset({name}))
        self.participant = SimpleNamespace(inside=False, table=NO_TABLE)
        self.greeting = SimpleNamespace(known=lambda _name: (0, 0))
        self.heard: list[tuple[int, int, Event]] = []
        """(monotonic clock, wall clock, event)"""

    def step(self, event: Event, now_us: int, wall_us: int) -> list[Any]:
        self.heard.append((now_us, wall_us, event))
        return self.stage.react(self, event)

    def of(self, kind: type) -> list[Any]:
        """The events of one kind, in order."""
        return [event for _, _, event in self.heard if isinstance(event, kind)]


class Stage:
    """A world of scripted nodes; it is the world's observer too."""

    def __init__(
        self,
        names: Iterable[str] = ("n1", "n2", "n3"),
        react: React | None = None,
        queue: Queue | None = None,
        tape: Tape | None = None,
        seed: int = 0,
    ) -> None:
        self.react = react or (lambda _node, _event: [])
        self.lives: dict[str, list[Scripted]] = {}
        self.rows: list[tuple[int, str, dict[str, Any]]] = []
        self.named: list[Minted] = []
        self.world = World(seed, names, cast(Any, self._build), queue or TimedQueue(), tape or Tape(), self)
        self.world.start()

    def _build(self, name: str, _choose: Callable[[int], int]) -> Scripted:
        lives = self.lives.setdefault(name, [])
        lives.append(Scripted(self, name, len(lives) + 1))
        return lives[-1]

    def node(self, name: str = "n1") -> Scripted:
        """The process that runs on a machine now, or ran last."""
        return self.lives[name][-1]

    def boots(self, name: str = "n1") -> list[Boot]:
        return [life.of(Boot)[0] for life in self.lives[name]]

    def event(self, time_us: int, name: str, **fields: Any) -> None:
        self.rows.append((time_us, name, fields))

    def minted(self, time_us: int, node: str, minted: Minted) -> None:
        self.named.append(minted)

    def told(self, name: str) -> list[dict[str, Any]]:
        """What the observer was told under this name."""
        return [fields for _, told, fields in self.rows if told == name]


@pytest.fixture(scope="session")
def stage() -> type[Stage]:
    """Builds a booted world: `stage(names, react, queue, tape, seed)`."""
    return Stage
