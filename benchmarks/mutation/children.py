"""A process for each mutant: forked from one that has loaded everything, bounded, and heard line by line."""

import json
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Say = Callable[[Any], None]
Task = Callable[[Say], None]
DONE, FAILED, SIGNAL = "done", "failed", "signal"
LONGEST_S = 1_800.0
"""Of any child, by the clock: only one that waits for something takes so long."""
_POLL_S = 0.02
_MEMORY_BYTES = 4 << 30


class Ended(NamedTuple):
    """A child that is no more."""

    said: list[Any]
    ending: str
    """DONE, FAILED (our own mistake: the task raised an error) or SIGNAL (a bound ended it, or it crashed)."""
    cpu_s: float


class _Running(NamedTuple):
    key: Any
    path: Path
    until_s: float


class Children:
    """Runs tasks in forked processes, so many at a time, and yields each as it ends."""

    def __init__(self, scratch: Path, jobs: int) -> None:
        self.scratch = scratch
        self.jobs = jobs
        self._count = 0
        self._running: dict[int, _Running] = {}

    def run(self, tasks: Iterator[tuple[Any, float, Task]]) -> Iterator[tuple[Any, Ended]]:
        """Each task is a key, the CPU seconds that it may take, and what to do."""
        try:
            for key, cpu_s, task in tasks:
                while len(self._running) >= self.jobs:
                    yield self._wait()
                self._start(key, cpu_s, task)
            while self._running:
                yield self._wait()
        finally:
            for pid in self._running:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            self._running.clear()

    def _start(self, key: Any, cpu_s: float, task: Task) -> None:
        self._count += 1
        path = self.scratch / f"{os.getpid()}-{self._count}.jsonl"
        pid = os.fork()
        if pid == 0:
            _child(path, cpu_s, task)
        self._running[pid] = _Running(key, path, time.monotonic() + LONGEST_S)

    def _wait(self) -> tuple[Any, Ended]:
        while True:
            for pid, running in self._running.items():
                if time.monotonic() > running.until_s:
                    _kill(pid)
                done, status, usage = os.wait4(pid, os.WNOHANG)
                if done:
                    _kill(pid)  # and what it has started
                    del self._running[pid]
                    text = running.path.read_text(encoding="utf-8") if running.path.exists() else ""
                    running.path.unlink(missing_ok=True)
                    said = [json.loads(line) for line in text.splitlines() if line.endswith(("]", "}"))]
                    return running.key, Ended(said, _ending(status), usage.ru_utime + usage.ru_stime)
            time.sleep(_POLL_S)


def _ending(status: int) -> str:
    return SIGNAL if os.WIFSIGNALED(status) else FAILED if status else DONE


def allow(cpu_s: float) -> None:
    """Let this process live so many more seconds of CPU; then it is ended."""
    limit = int(time.process_time() + cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _child(path: Path, cpu_s: float, task: Task) -> None:
    """Does the task and ends; never returns into the code of the parent."""
    code = 1
    try:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(quiet, descriptor)
        allow(cpu_s)
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
        with path.open("a", encoding="utf-8") as file:

            def say(what: Any) -> None:
                file.write(json.dumps(what) + "\n")
                file.flush()

            task(say)
        code = 0
    finally:
        os._exit(code)
