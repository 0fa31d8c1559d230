"""Work on several cores, within time and memory, that can be stopped in the middle of compiled code.

Each task runs in a process of its own, which is killed where the budget is spent, where it holds too much memory, or
where the user interrupts. Processes are forked where the system can, so a loaded history is not copied to them.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from histories.errors import HistoryError
from kept.judge.question import Limits
from kept.judge.report import Stopped
from kept.lab.usage import UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LOOK_EVERY_S = 0.05
UNLIMITED = Limits()
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

Task = Callable[[], Any]


class Answer(NamedTuple):
    """What a task returned, or why it did not."""

    value: Any
    stopped: Stopped = ""


class _Running(NamedTuple):
    at: int
    process: Any
    receiver: "Connection"


def cores() -> int:
    """How many processes may really run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    tasks: Sequence[Task],
    limits: Limits = UNLIMITED,
    began_s: float | None = None,
    workers: int | None = None,
) -> list[Answer]:
    """The answers of `tasks`, in their order. The budget counts from `began_s` (`time.monotonic`).

    Raises what a task raises: `HistoryError` and `UsageError` as `UsageError` of the same line.
    """
    began_s = time.monotonic() if began_s is None else began_s
    ends_s = None if limits.budget_s is None else began_s + limits.budget_s
    answers: dict[int, Answer] = {}
    waiting = list(range(len(tasks)))[::-1]
    running: list[_Running] = []
    try:
        while waiting or running:
            if ends_s is not None and time.monotonic() >= ends_s:
                return _rest(tasks, answers, "budget")
            while waiting and len(running) < (workers or cores()):
                at = waiting.pop()
                running.append(_started(at, tasks[at]))
            _collect(running, answers, ends_s, limits.memory_bytes)
    except KeyboardInterrupt:
        return _rest(tasks, answers, "interrupted")
    finally:
        for one in running:
            _end(one)
    return _rest(tasks, answers, "")


def _rest(tasks: Sequence[Task], answers: dict[int, Answer], why: Stopped) -> list[Answer]:
    return [answers.get(at, Answer(None, why)) for at in range(len(tasks))]


def _started(at: int, task: Task) -> _Running:
    from multiprocessing import get_all_start_methods, get_context  # noqa: PLC0415 - a small history needs none

    context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, task))
    process.start()
    sender.close()
    return _Running(at, process, receiver)


def _work(sender: "Connection", task: Task) -> None:
    """In the process of a task: an interrupt is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer: tuple[str, Any] = ("value", task())
    except (HistoryError, UsageError) as error:
        answer = ("usage", str(error))
    except MemoryError:
        answer = ("memory", None)
    except OSError as error:
        answer = ("raise", error)
    except Exception as error:
        answer = ("raise", RuntimeError(f"{type(error).__name__}: {error}"))
    sender.send(answer)
    sender.close()


def _collect(
    running: list[_Running], answers: dict[int, Answer], ends_s: float | None, memory_bytes: int | None
) -> None:
    """Take the answers that are there; wait a little where none is."""
    from multiprocessing.connection import wait  # noqa: PLC0415

    left_s = None if ends_s is None else max(0.0, ends_s - time.monotonic())
    patience_s = left_s if memory_bytes is None else min(LOOK_EVERY_S, LOOK_EVERY_S if left_s is None else left_s)
    ready = wait([one.receiver for one in running], patience_s)
    for one in list(running):
        if one.receiver in ready:
            answers[one.at] = _received(one)
        elif memory_bytes is not None and resident_bytes(one.process.pid) > memory_bytes:
            answers[one.at] = Answer(None, "memory")
        else:
            continue
        running.remove(one)
        _end(one)


def _received(one: _Running) -> Answer:
    try:
        kind, value = one.receiver.recv()
    except EOFError:  # it was killed, and on a machine without memory to spare that is why
        return Answer(None, "memory")
    if kind == "usage":
        raise UsageError(value)
    if kind == "raise":
        raise value
    return Answer(None, "memory") if kind == "memory" else Answer(value)


def _end(one: _Running) -> None:
    one.process.kill()
    one.process.join()
    one.receiver.close()


def resident_bytes(pid: int) -> int:
    """What a process holds; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0
