"""The parts of a breadth-first search in processes of their own, one on each core (`model.explorer.breadth.Crew`).

A part owns the states whose fingerprints fall to it, so the same states are visited, by whichever number of processes.
"""

import pickle
import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import TracebackType
from typing import Any, Self

MakePart = Callable[[int, int], object]
"""Makes a part from its number and the number of all parts; it is called in the part's own process."""
ENDS_WITHIN_S = 5.0


class CrewLost(Exception):
    """A process of the search ended before the search did (killed, or out of memory), or cannot say what it raised."""


class Processes:
    """A crew of forked processes. Use it as a context: leaving it ends them."""

    def __init__(self, make: MakePart, parts: int) -> None:
        if parts < 1:
            raise ValueError(f"{parts} processes; accepted: 1 or more")
        self.parts = parts
        self.peaks_bytes = [0] * parts
        """The most memory that each process has had resident, as of its last answer."""
        context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
        self._processes: list[Any] = []
        self._pipes: list[Connection] = []
        for number in range(parts):
            mine, theirs = context.Pipe()
            process = context.Process(
                target=_serve, args=(theirs, make, number, parts, [*self._pipes, mine]), daemon=True
            )
            process.start()
            theirs.close()
            self._processes.append(process)
            self._pipes.append(mine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(ENDS_WITHIN_S)
            if process.is_alive():
                process.kill()
                process.join()

    def each(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of every part at once; the results in the order of parts. Raises what the first one raises."""
        for number, given in enumerate(arguments):
            self._send(number, method, given)
        answers = [self._receive(number) for number in range(self.parts)]
        for failed, value in answers:
            if failed:
                raise value
        return [value for _, value in answers]

    def one(self, part: int, method: str, *arguments: Any) -> Any:
        """Call a method of one part. Raises what it raises."""
        self._send(part, method, arguments)
        failed, value = self._receive(part)
        if failed:
            raise value
        return value

    def _send(self, number: int, method: str, arguments: tuple[Any, ...]) -> None:
        try:
            self._pipes[number].send((method, arguments))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise self._lost(number) from error

    def _receive(self, number: int) -> tuple[bool, Any]:
        try:
            failed, value, self.peaks_bytes[number] = self._pipes[number].recv()
        except (EOFError, ConnectionResetError) as error:
            raise self._lost(number) from error
        return bool(failed), value

    def _lost(self, number: int) -> CrewLost:
        process = self._processes[number]
        process.join(ENDS_WITHIN_S)
        return CrewLost(f"process {number + 1} of {self.parts} of the search ended with {process.exitcode}")


def peak_bytes() -> int:
    """The most memory that this process has had resident."""
    return getrusage(RUSAGE_SELF).ru_maxrss * 1024


def _serve(pipe: Connection, make: MakePart, number: int, parts: int, others: Sequence[Connection]) -> None:
    """In the process of a part: do what is asked until nobody asks any more. An interrupt is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:  # inherited ends: who holds them keeps other processes from seeing that the parent is gone
        other.close()
    part: object = None
    while True:
        try:
            method, arguments = pipe.recv()
        except EOFError:
            return
        answer: tuple[bool, Any] = (False, None)
        try:
            if part is None:
                part = make(number, parts)
            answer = (False, getattr(part, method)(*arguments))
        except Exception as error:
            answer = (True, _sendable(error, f"in process {number + 1} of {parts} of the search"))
        try:
            pipe.send((*answer, peak_bytes()))
        except (BrokenPipeError, ConnectionResetError):
            return


def _sendable(error: Exception, where: str) -> Exception:
    """The error with a note of where it was raised; or, if it cannot travel, one that says so in words."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{where}, at {Path(place.filename).name}:{place.lineno}"
    error.add_note(where)
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    except Exception:  # an error whose arguments are not those of its class
        return CrewLost(f"{type(error).__name__} {where}: {error}")
    return error
