"""The graph of a search, kept where a property asks for it: every step as an edge, ten bytes each."""

from array import array
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from model.explorer.properties import Eventually

PROGRESS = 0
"""The class of steps of which a fair run may neglect each: only standing still is excluded."""


class Edges:
    """Edges between numbers of states, the class of fairness of each, and which states have which property."""

    def __init__(self, properties: Sequence[Eventually], fairness: Callable[[Any], Hashable | None] | None) -> None:
        assert len(properties) <= 8, "a byte a state says which properties hold"
        self.sources = array("I")
        self.targets = array("I")
        self.duties = array("H")
        self.settled = bytearray()
        """By a state's number in its part: the properties that hold, one bit each."""
        self.expanded = 0
        """How many states' edges are here or with other parts: those with the least numbers."""
        self.classes: dict[Hashable | None, int] = {None: PROGRESS}
        self._properties = tuple(properties)
        self._fairness = fairness
        self._of: dict[Any, int] = {}

    @property
    def nbytes(self) -> int:
        return 10 * len(self.sources) + len(self.settled)

    def duty(self, label: Any) -> int:
        """The number of the step's class of fairness."""
        if self._fairness is None:
            return PROGRESS
        known = self._of.get(label)
        if known is None:
            known = self._of[label] = self.classes.setdefault(self._fairness(label), len(self.classes))
        return known

    def add(self, source: int, target: int, duty: int) -> None:
        self.sources.append(source)
        self.targets.append(target)
        self.duties.append(duty)

    def judge(self, state: Any) -> None:
        """Note which properties the next state has."""
        self.settled.append(sum(1 << bit for bit, p in enumerate(self._properties) if p.holds(state)))

    def snapshot(self) -> dict[str, Any]:
        """For a checkpoint: what `restore` takes."""
        classes = list(self.classes)
        if not all(name is None or isinstance(name, str) for name in classes):
            raise ValueError("a checkpoint needs classes of fairness that are named by text")
        return {
            "sources": np.array(self.sources, np.uint32),
            "targets": np.array(self.targets, np.uint32),
            "duties": np.array(self.duties, np.uint16),
            "settled": bytes(self.settled),
            "expanded": self.expanded,
            "classes": classes,
        }

    def restore(self, kept: dict[str, Any]) -> None:
        self.sources = array("I", kept["sources"].tobytes())
        self.targets = array("I", kept["targets"].tobytes())
        self.duties = array("H", kept["duties"].tobytes())
        self.settled = bytearray(kept["settled"])
        self.expanded = kept["expanded"]
        self.classes = {name: number for number, name in enumerate(kept["classes"])}

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: not the properties, which may be closures."""
        kept = ("sources", "targets", "duties", "settled", "expanded", "classes")
        return {name: getattr(self, name) for name in kept}
