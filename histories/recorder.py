"""The recorder: streams what happens to history.jsonl and trace.jsonl while a run is going on.

Rows are assembled by hand because a simulated cluster makes tens of thousands a second: key and actor names are
escaped once and remembered, and each row is one formatted string. The bytes are a function of the calls alone; contexts
are written sorted by actor.
"""

import json
from collections.abc import Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from histories.errors import HistoryError
from histories.header import HistoryHeader, Ring, RunHeader, TraceHeader
from histories.history import NO_DOTS, history_of
from histories.operation import Dot, Kind, Vector
from histories.replicas import replicas_of
from histories.rows import Rows
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE, RecordedRun
from histories.sink import REMEMBERED, Escaped, actors_text, dots_text, header_row, json_text, plain
from histories.snapshot import Snapshot
from histories.trace import END, trace_of

BUFFER_BYTES = 1 << 18


class Recorder:
    """Records one run into `directory`, or in memory where that is None.

    `header` says which run it is; its `kept` is set per file. Times are microseconds and must not run backwards; the
    recorder does not check what the reader will. Raises `HistoryError` if the directory already holds a run: nothing
    is ever written over. Rows reach the disk when a buffer is full, on `flush()` and on `close()`.
    """

    def __init__(self, directory: str | Path | None, header: RunHeader) -> None:
        self._fields = header.model_dump(include=set(RunHeader.model_fields))
        self._directory = None if directory is None else Path(directory)
        self._traced_us = 0
        self._closed = False
        self._memory: dict[str, list[str]] = {}
        self._files: list[TextIOWrapper] = []
        self._keys: dict[bytes, str] = {}
        self._actors = Escaped()
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
            for name in (HISTORY_FILE, TRACE_FILE, REPLICAS_FILE):
                if (self._directory / name).exists():
                    raise HistoryError(self._directory, 0, f"a {name} already", "a directory that holds no run")
        self._history = self._open(HISTORY_FILE, HistoryHeader(kept="history", **self._fields))
        self._trace = self._open(TRACE_FILE, TraceHeader(kept="trace", **self._fields))

    def _open(self, name: str, header: RunHeader) -> Any:
        """The function that appends one row to the file `name`, whose header is written."""
        if self._directory is None:
            rows = self._memory[name] = []
            write: Any = rows.append
        else:
            path = self._directory / name
            try:
                file = path.open("x", buffering=BUFFER_BYTES, encoding="ascii", newline="\n")
            except FileExistsError:
                raise HistoryError(path, 0, "a file already", "a directory that holds no run") from None
            self._files.append(file)
            write = file.write
        write(header_row(header))
        if self._files:
            self._files[-1].flush()  # after a kill there is at least a header to tell what the file is
        return write

    def _key(self, key: bytes) -> str:
        text = self._keys.get(key)
        if text is None:
            if len(self._keys) >= REMEMBERED:
                self._keys.clear()
            text = self._keys[key] = json_text(key)
        return text

    def invoke(
        self, time_us: int, process: int, kind: Kind, key: bytes, value: bytes | None, context: Vector, request: str
    ) -> None:
        """A client asks. `value` is what a put writes, None otherwise."""
        written = "" if value is None else f',"value":{json_text(value)}'
        seen = actors_text(self._actors, context) if context else "{}"
        self._history(
            f'{{"time_us":{time_us},"process":{process},"type":"invoke","f":"{kind}","key":{self._key(key)}{written}'
            f',"context":{seen},"request":{self._actors[request]}}}\n'
        )

    def ok_get(
        self,
        time_us: int,
        process: int,
        key: bytes,
        request: str,
        values: Iterable[bytes],
        dots: Iterable[Dot],
        context: Vector,
    ) -> None:
        """A get returned these siblings (`values` parallel to `dots`) and this context."""
        texts = ",".join([json_text(value) for value in values])
        self._history(
            f'{{"time_us":{time_us},"process":{process},"type":"ok","f":"get","key":{self._key(key)}'
            f',"request":{self._actors.pop_name(request)},"values":[{texts}],"dots":{dots_text(self._actors, dots)}'
            f',"context":{actors_text(self._actors, context)}}}\n'
        )

    def ok_put(self, time_us: int, process: int, key: bytes, request: str, dot: Dot, context: Vector) -> None:
        """A put was acknowledged under the name `dot`."""
        self._history(
            f'{{"time_us":{time_us},"process":{process},"type":"ok","f":"put","key":{self._key(key)}'
            f',"request":{self._actors.pop_name(request)},"dot":[{self._actors[dot[0]]},{dot[1]}]'
            f',"context":{actors_text(self._actors, context)}}}\n'
        )

    def ok_delete(self, time_us: int, process: int, key: bytes, request: str, context: Vector) -> None:
        """A delete was acknowledged."""
        self._history(
            f'{{"time_us":{time_us},"process":{process},"type":"ok","f":"delete","key":{self._key(key)}'
            f',"request":{self._actors.pop_name(request)},"context":{actors_text(self._actors, context)}}}\n'
        )

    def fail(self, time_us: int, process: int, kind: Kind, key: bytes, request: str, reason: str) -> None:
        """The operation had no effect and never will."""
        self._unsuccessful("fail", time_us, process, kind, key, request, reason)

    def info(self, time_us: int, process: int, kind: Kind, key: bytes, request: str, reason: str) -> None:
        """Nobody knows: the operation may take effect now, later or never."""
        self._unsuccessful("info", time_us, process, kind, key, request, reason)

    def _unsuccessful(
        self, what: str, time_us: int, process: int, kind: Kind, key: bytes, request: str, reason: str
    ) -> None:
        self._history(
            f'{{"time_us":{time_us},"process":{process},"type":"{what}","f":"{kind}","key":{self._key(key)}'
            f',"request":{self._actors.pop_name(request)},"reason":{json.dumps(reason)}}}\n'
        )

    def minted(self, time_us: int, request: str, key: bytes, dot: Dot) -> None:
        """The store named the put of `request`."""
        self._traced_us = time_us
        self._trace(
            f'{{"time_us":{time_us},"event":"minted","request":{self._actors[request]},"key":{self._key(key)}'
            f',"dot":[{self._actors[dot[0]]},{dot[1]}]}}\n'
        )

    def event(self, time_us: int, name: str, **fields: Any) -> None:
        """Anything else that happened, in the order of the keyword arguments. Bytes become text, tuples arrays."""
        self._traced_us = time_us
        self._trace(plain({"time_us": time_us, "event": name, **fields}) + "\n")

    def replicas(self, settled: bool, settled_after_us: int | None, ring: Ring | Mapping[str, Any]) -> Snapshot:
        """Begin the final states: returns what writes replicas.jsonl, for the caller to fill. Once a run."""
        described = ring if isinstance(ring, Ring) else Ring.model_validate(ring)
        fields = {**self._fields, "settled": settled, "settled_after_us": settled_after_us, "ring": described}
        if REPLICAS_FILE in self._memory:
            raise HistoryError(REPLICAS_FILE, 0, "final states already", "one snapshot per run")
        return Snapshot(lambda header: self._open(REPLICAS_FILE, header), fields)

    def flush(self) -> None:
        """Hand every row to the operating system."""
        for file in self._files:
            file.flush()

    def close(self) -> None:
        """End the trace, flush and close; nothing can be recorded afterwards (rows in memory stay)."""
        if not self._closed:
            self._closed = True
            self._trace(self._end())
        for file in self._files:
            file.close()

    def _end(self) -> str:
        """The last row of a whole trace: whoever reads it knows that no row is missing."""
        return plain({"time_us": self._traced_us, "event": END}) + "\n"

    def lines(self, name: str) -> list[str]:
        """The rows of one file of an in-memory recorder, each with its newline."""
        assert self._directory is None, "a recorder with a directory keeps no rows: read the files"
        return list(self._memory.get(name, ()))

    def recorded(self) -> RecordedRun:
        """What an in-memory recorder holds, read by the same code that reads the files."""
        traced = self.lines(TRACE_FILE) if self._closed else [*self.lines(TRACE_FILE), self._end()]
        trace = trace_of(Rows(TRACE_FILE, (line.encode() for line in traced)))
        minted = trace.dots() if trace.mintings else NO_DOTS
        history = history_of(Rows(HISTORY_FILE, (line.encode() for line in self.lines(HISTORY_FILE))), minted)
        states = self.lines(REPLICAS_FILE)
        replicas = replicas_of(Rows(REPLICAS_FILE, (line.encode() for line in states))) if states else None
        return RecordedRun(history, trace, replicas)
