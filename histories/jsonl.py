"""Reading recorded files: history.jsonl, trace.jsonl and replicas.jsonl, one JSON object per line, a header first.

Files are hostile input. Whatever is wrong with one is a `HistoryError` of exactly one line.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from histories.errors import HistoryError
from histories.header import RunHeader
from histories.history import NO_DOTS, History, history_of
from histories.operation import Dot
from histories.replicas import Replicas, replicas_of
from histories.rows import Rows
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE, RecordedRun
from histories.trace import Trace, trace_of

Read = TypeVar("Read")


def read_history(path: str | Path, minted: Mapping[str, Dot] = NO_DOTS) -> History:
    """The history in `path`; `minted` (from a trace) gives the dots of puts whose clients never heard of them."""
    return _read(Path(path), lambda rows: history_of(rows, minted))


def read_trace(path: str | Path) -> Trace:
    """The trace in `path`."""
    return _read(Path(path), trace_of)


def read_replicas(path: str | Path) -> Replicas:
    """The final replica states in `path`."""
    return _read(Path(path), replicas_of)


def read_run(directory: str | Path) -> RecordedRun:
    """The run recorded in `directory`. The history is required; trace and replica states may be missing.

    Raises `HistoryError` for a file that cannot be read, and for files of different runs in one directory.
    """
    base = Path(directory)
    trace = read_trace(base / TRACE_FILE) if (base / TRACE_FILE).exists() else None
    history = read_history(base / HISTORY_FILE, NO_DOTS if trace is None else trace.dots())
    replicas = read_replicas(base / REPLICAS_FILE) if (base / REPLICAS_FILE).exists() else None
    for name, part in ((TRACE_FILE, trace), (REPLICAS_FILE, replicas)):
        if part is not None:
            _same_run(base / name, history.header, part.header)
    return RecordedRun(history, trace, replicas)


def _same_run(path: Path, expected: RunHeader, found: RunHeader) -> None:
    for field in ("seed", "code", "config"):
        if getattr(found, field) != getattr(expected, field):
            raise HistoryError(
                path, 1, f'"{field}": {getattr(found, field)!r}', f"{getattr(expected, field)!r}, as in {HISTORY_FILE}"
            )


def _read(path: Path, parse: Callable[[Rows], Read]) -> Read:
    try:
        with path.open("rb") as lines:
            return parse(Rows(str(path), lines))
    except OSError as wrong:
        raise HistoryError(path, 0, wrong.strerror or str(wrong), "a file that can be read") from None
