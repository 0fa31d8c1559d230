"""Worker processes: each takes one task at a time, and may die without taking anything else with it.

A worker is a fresh interpreter (``spawn``), so it shares no state with its parent or with another worker, and has a
hash seed of its own unless PYTHONHASHSEED sets one. Whoever ends a process (out of memory, kill -9, a crash of the
interpreter) ends one task: it is tried once more in another process and then reported as `Died`.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar

TRIES = 2
"""So often a task is begun, if the worker that has it dies."""
ENDS_WITHIN_S = 5.0

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Done(NamedTuple):
    """A task that was answered, and by which process."""

    task: Any
    answer: Any
    by: int


class Died(NamedTuple):
    """A task whose worker died every time."""

    task: Any
    exitcode: int | None
    """Of the last one; negative: the signal that ended it."""


class _Order(NamedTuple):
    task: Any
    not_by: int
    """The process that must not take it; 0: anyone may."""
    tries: int


class _Worker:
    __slots__ = ("connection", "order", "process")

    def __init__(self, process: SpawnProcess, connection: "Connection[Any, Any]") -> None:
        self.process = process
        self.connection = connection
        self.order: _Order | None = None


class Pool(Generic[Task, Answer]):
    """Up to `jobs` tasks at a time, each in a process of its own, answered by ``work(task)``.

    `work` must be importable by name, and tasks and answers must pickle. An exception that `work` raises ends its
    worker, as a crash of the interpreter does: `work` catches what is an answer. Use it as a context; leaving it ends
    every process that it started.
    """

    def __init__(self, work: Callable[[Task], Answer], jobs: int) -> None:
        assert jobs > 0, "a pool has somebody who works"
        self._work = work
        self.jobs = jobs
        self._limit = max(jobs, 2)
        """One may stand idle while another takes a task that the first must not take."""
        self._workers: list[_Worker] = []
        self._again: deque[_Order] = deque()

    @property
    def free(self) -> bool:
        """Whether another task may be submitted."""
        return len(self.under_way) < self.jobs

    @property
    def under_way(self) -> tuple[Task, ...]:
        """The tasks that have no answer yet."""
        busy = [worker.order for worker in self._workers if worker.order is not None]
        return tuple(order.task for order in (*busy, *self._again))

    def submit(self, task: Task, not_by: int = 0) -> None:
        """Begin `task`, in any process but the one called `not_by` (see `Done.by`)."""
        assert self.free, "no more tasks at a time than jobs"
        self._begin(_Order(task, not_by, 1))

    def wait(self, timeout_s: float) -> list[Done | Died]:
        """What came to an end, as soon as anything does or the time is up."""
        while self._again:
            self._begin(self._again.popleft())
        busy = {worker.connection: worker for worker in self._workers if worker.order is not None}
        ended = [self._end(busy[connection]) for connection in wait(list(busy), timeout_s)]  # type: ignore[index]
        return [result for result in ended if result is not None]

    def _begin(self, order: _Order) -> None:
        while True:
            worker = self._idle(order.not_by)
            try:
                worker.connection.send(order.task)
            except OSError:  # it died while it stood idle
                self._discard(worker)
                continue
            worker.order = order
            return

    def _idle(self, not_by: int) -> _Worker:
        idle = [worker for worker in self._workers if worker.order is None]
        for worker in idle:
            if worker.process.pid != not_by:
                return worker
        if len(self._workers) >= self._limit:
            self._discard(idle[0])
        worker = _started(self._work)
        self._workers.append(worker)
        return worker

    def _end(self, worker: _Worker) -> Done | Died | None:
        """The answer of a worker that has something to say; None where its task begins again elsewhere."""
        order = worker.order
        assert order is not None, "only who has a task has something to say"
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            exitcode = self._discard(worker)
            if order.tries >= TRIES:
                return Died(order.task, exitcode)
            self._again.append(order._replace(tries=order.tries + 1))
            return None
        worker.order = None
        return Done(order.task, answer, worker.process.pid or 0)

    def _discard(self, worker: _Worker) -> int | None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join(ENDS_WITHIN_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        exitcode = worker.process.exitcode
        worker.process.close()
        return exitcode

    def kill(self) -> None:
        """End every worker now. What is under way has no answer."""
        self._again.clear()
        for worker in self._workers:
            worker.process.kill()
        for worker in list(self._workers):
            self._discard(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.kill()


@contextmanager
def _deaf() -> Iterator[None]:
    """A process that starts in here does not hear Ctrl-C, which a terminal sends to parent and workers alike: the
    parent says what to do. A mask is inherited, so that not even its first imports are broken off."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(work: Callable[[Any], Any]) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    resource_tracker.ensure_running()  # its start lifts the mask
    with _deaf():
        process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(connection: "Connection[Any, Any]", work: Callable[[Any], Any]) -> None:
    """A worker's life: it ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        answer = work(task)
        try:
            connection.send(answer)
        except OSError:
            return
