"""Time and memory while a file is read: looked at every now and then, by an alarm, in this process.

What judges runs in processes of its own, which can be killed (`processes.py`). What was loaded cannot be handed from
one to another, so a single file is loaded here. Its readers go piece by piece (`histories.source`); between two pieces
Python comes to handle the alarm. An import is never left in the middle, nor a compiler.
"""

import os
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import NoReturn

from kept.judge.processes import LOOK_EVERY_S, resident_bytes
from kept.judge.question import Limits
from kept.judge.report import Stopped

UNLIMITED = Limits()
CLEAN_UP_S = 1.0
LEFT_ALONE = (
    "<frozen importlib", f"{os.sep}numba{os.sep}", f"{os.sep}llvmlite{os.sep}", f"{os.sep}hypothesis{os.sep}internal",
)  # fmt: skip
"""Code that is not interrupted, by the names of files: it keeps what it has half done, or drops what is raised (as the
garbage collector does with its callbacks)."""


class Spent(BaseException):
    """A limit was reached. No error: nobody who handles those may take it for one."""

    def __init__(self, why: Stopped) -> None:
        super().__init__(why)
        self.why: Stopped = why


class Watched:
    """`with Watched(limits, began_s):` raises `Spent` in the middle of the block once a limit is reached.

    Only in the main thread and where the system has alarms; elsewhere nothing is watched.
    """

    def __init__(self, limits: Limits, began_s: float) -> None:
        self._limits, self._began_s = limits, began_s
        alarms = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._on = alarms and limits != UNLIMITED
        self._before: object = None
        self._reached: Stopped | None = None

    def __enter__(self) -> None:
        if self._on:
            self._before = signal.signal(signal.SIGALRM, self._look)
            signal.setitimer(signal.ITIMER_REAL, LOOK_EVERY_S, LOOK_EVERY_S)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self._on:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, self._before)  # type: ignore[arg-type]
                self._on = False
            except Spent:  # it was reached just now
                continue
        if kind is None and self._reached is not None:  # what was raised in the block was dropped
            raise Spent(self._reached)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if any(part in frame.f_code.co_filename for part in LEFT_ALONE):
                return
            frame = frame.f_back
        budget_s, memory_bytes = self._limits
        if budget_s is not None and time.monotonic() - self._began_s >= budget_s:
            self._stop("budget")
        if memory_bytes is not None and resident_bytes(os.getpid()) > memory_bytes:
            self._stop("memory")

    def _stop(self, why: Stopped) -> NoReturn:
        """Leave time to clean up, and come again: Python drops what is raised while an object is deleted."""
        self._reached = why
        signal.setitimer(signal.ITIMER_REAL, CLEAN_UP_S, LOOK_EVERY_S)
        raise Spent(why)
