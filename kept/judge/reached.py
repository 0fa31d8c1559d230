"""How far a search in another process has come: what is known of it when it is stopped in the middle."""

from collections.abc import Callable
from typing import Any

from checkers.linearizability.check import stopped_at
from histories.columns import Columns
from kept.judge.report import WHY, Stopped

NOWHERE = -1
TOLD: dict[Stopped, str] = {"budget": "the budget", "memory": "the bound on memory", "interrupted": "an interruption"}


class Reached:
    """Numbers that a process and those that it started share: of each of these a key and a row."""

    def __init__(self, processes: int) -> None:
        from multiprocessing.sharedctypes import RawArray  # noqa: PLC0415 - a small history needs none

        self._shared: Any = RawArray("q", 2 * processes)
        self._shared[:] = [NOWHERE] * (2 * processes)

    def watch(self, process: int) -> Callable[[int, int], None]:
        """What the search in that process tells where it is."""

        def progress(key: int, row: int) -> None:
            self._shared[2 * process : 2 * process + 2] = key, row

        return progress

    def told(self, history: Columns, process: int, stopped: Stopped) -> str:
        """Why that process was stopped, and where."""
        key, row = self._shared[2 * process : 2 * process + 2]
        if row == NOWHERE or stopped not in TOLD:
            return WHY[stopped]
        return f"{stopped_at(history, key, row, TOLD[stopped])}. {WHY[stopped][:1].upper()}{WHY[stopped][1:]}"
