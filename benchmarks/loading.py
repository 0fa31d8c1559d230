"""What it costs to load a history: seconds and memory against its length, format by format, each in a fresh process."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from histories.codecs.delimited import write_csv
from histories.codecs.jepsen_edn import write_edn
from histories.codecs.jepsen_json import write_json
from histories.codecs.minimal_jsonl import write_minimal_jsonl
from histories.codecs.parquet import write_parquet
from histories.columns import Columns
from histories.generate import Shape, linearizable
from histories.load import load

COUNTS = (10_000, 100_000, 1_000_000)
SLOW = {"edn", "json", "csv"}
"""Read in Python: not measured beyond 100,000 operations."""


def _kept(columns: Columns, path: Path) -> None:
    """As the recorder writes them, contexts and dots included."""
    seen = '"context":{"n1.0:5":3}'
    start, end = columns.precedence()
    events = sorted([(time, 0, at) for at, time in enumerate(start)] + [(time, 1, at) for at, time in enumerate(end)])
    with path.open("w") as out:
        out.write('{"kept":"history","version":1,"seed":1,"config":{},"created_by":"bench","code":"0"}\n')
        for now, answer, at in events:
            row = columns.row(at)
            f = "put" if row.f == "write" else "get"
            base = f'{{"time_us":{now},"process":{row.process},"type":"%s","f":"{f}","key":"{row.key}"'
            if not answer:
                value = f',"value":"{row.value}"' if f == "put" else ""
                out.write(base % "invoke" + f'{value},{seen},"request":"{row.process}.{at}"}}\n')
            elif f == "put":
                out.write(base % "ok" + f',"request":"{row.process}.{at}","dot":["n1.0:5",3],{seen}}}\n')
            else:
                values = f'["{row.result}"]' if isinstance(row.result, int) else "[]"
                tail = f',"values":{values},"dots":[["n1.0:5",3]],{seen}}}\n'
                out.write(base % "ok" + f',"request":"{row.process}.{at}"' + tail)


def _text(write: Callable[[Columns, Any], None]) -> Callable[[Columns, Path], None]:
    def written(columns: Columns, path: Path) -> None:
        with path.open("w", newline="") as out:
            write(columns, out)

    return written


WRITERS: dict[str, Callable[[Columns, Path], None]] = {
    "parquet": write_parquet,
    "jsonl": _text(write_minimal_jsonl),
    "kept": _kept,
    "json": _text(write_json),
    "edn": _text(write_edn),
    "csv": _text(write_csv),
}


def peak_bytes() -> float:
    """The most memory that this process had at one time. `getrusage` tells its parent's, if that was more."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return 1024.0 * int(line.split()[1])
    return 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def here(path: str) -> dict[str, float]:
    """Load a file once in this process, then once more with everything warm; bytes are what the first one added."""
    base = peak_bytes()
    measured: dict[str, float] = {}
    for name in ("cold", "warm"):
        begun, wall = time.process_time(), time.perf_counter()
        count = len(load(path).columns)
        measured[f"{name}_cpu_s"] = time.process_time() - begun
        measured[f"{name}_s"] = time.perf_counter() - wall
        if name == "cold":
            measured["bytes"] = peak_bytes() - base
    return {**measured, "operations": count}


def loading() -> None:
    """Load histories of one shape: 50 clients, 100 keys, half reads, unique values."""
    print("loading, seconds of CPU (and of the clock): first in a fresh process, then with everything warm")
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            shape = Shape(operations=count, processes=50, keys=100, info=0.0, fail=0.0)
            columns = linearizable(1, shape).columns
            for name, write in WRITERS.items():
                if name in SLOW and count > 100_000:
                    continue
                path = Path(folder) / name
                write(columns, path)
                command = [sys.executable, "-m", "benchmarks.loading", str(path)]
                done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                print(
                    f"  {count:9,} operations, {name:8} {path.stat().st_size / 1e6:7.1f} MB on disk:"
                    f" {done['cold_cpu_s']:6.2f} ({done['cold_s']:6.2f}), {done['warm_cpu_s']:6.2f}"
                    f" ({done['warm_s']:6.2f}); {done['bytes'] / 1e6:6.0f} MB in memory",
                    flush=True,
                )


if __name__ == "__main__":
    print(json.dumps(here(sys.argv[1])))
