"""What a command is, and how its words are read.

A new command is one function and one `Command` in the tuple of its family (`asking`, `operating`, `faulting`, `timing`,
`showing`). It returns its answer, line by line; what moved meanwhile stands in `scene.stage.said` and is printed before
that. A command that could not do what it says raises `ScenarioError`: no transcript passes because nothing happened.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dynamo.core.effects import Minted
from kept.lab.usage import shown
from kept.scenario.clients import CLIENT, Clients
from kept.scenario.config import ClusterConfig
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.machine import Machine
from kept.scenario.operator import OPERATOR, Operator
from kept.scenario.stage import Stage
from kept.scenario.wire import Packet

_UNITS_US = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000}
MAX_SPAN_US = 3_600_000_000


class Scene:
    """A cluster and its clients, from one ``cluster`` command to the next."""

    def __init__(self, config: ClusterConfig) -> None:
        self.clients = Clients()
        self.stage = Stage(config, self)
        self.clients.stage = self.stage
        self.operator = Operator(self.stage)
        self.rest: bool | None = None
        """Whether the cluster came to rest in the ``settle`` just before; None where none stands there."""

    @property
    def names(self) -> list[str]:
        """Everybody who can stand at an end of a link."""
        return [*self.stage.machines, CLIENT, OPERATOR, *self.clients.names]

    # What the stage tells

    def minted(self, node: str, minted: Minted) -> None:
        """A put got its name."""
        self.clients.minted(node, minted)

    def answered(self, packet: Packet) -> None:
        """An answer arrives at whoever has asked."""
        if packet.to == OPERATOR:
            self.operator.answered(packet)
        else:
            self.clients.answered(packet)


class Command(NamedTuple):
    """One command of the language."""

    name: str
    usage: str
    """Its words after the name."""
    about: str
    run: Callable[[Scene, list[str]], Iterable[str]]
    looks: bool = False
    """Whether it only looks: a settled cluster stays settled."""


def machine(scene: Scene, name: str) -> Machine:
    """The machine of this name."""
    found = scene.stage.machines.get(name)
    if found is None:
        raise unknown_word("node", name, list(scene.stage.machines))
    return found


def running(scene: Scene, name: str) -> Machine:
    """The machine of this name, which must be up."""
    found = machine(scene, name)
    if found.node is None:
        raise ScenarioError(f"{name} is gone for good" if found.destroyed else f"{name} is down")
    return found


def moving(scene: Scene, name: str) -> Machine:
    """The machine of this name, which must be up and not stand still."""
    found = running(scene, name)
    if found.paused:
        raise ScenarioError(f"{name} stands still; `resume {name}` first")
    return found


def down(scene: Scene, name: str) -> Machine:
    """The machine of this name, which must be down."""
    found = machine(scene, name)
    if found.node is not None:
        raise ScenarioError(f"{name} is up; `crash {name}` first")
    if found.destroyed:
        raise ScenarioError(f"{name} is gone for good")
    return found


def exactly(words: list[str], count: int, usage: str) -> list[str]:
    """`words`, which must be `count`."""
    if len(words) != count:
        raise ScenarioError(f"{' '.join(words) or 'nothing'}; accepted: {usage}")
    return words


def span_us(word: str) -> int:
    """``500ms``, ``2s``, ``-250us``: a time in microseconds."""
    match = re.fullmatch(r"([+-]?[0-9]{1,9})(us|ms|s|m)", word)
    if match is None or abs(int(match[1]) * _UNITS_US[match[2]]) > MAX_SPAN_US:
        raise ScenarioError(f"{shown(word)}; accepted: a time up to an hour, such as 250us, 500ms, 2s or 1m")
    return int(match[1]) * _UNITS_US[match[2]]


def number(name: str, word: str) -> int:
    """A small whole number."""
    if not (word.isascii() and word.isdigit() and len(word) < 7):
        raise ScenarioError(f"{name}: {shown(word)}; accepted: a whole number")
    return int(word)
