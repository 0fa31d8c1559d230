"""`python3 dev.py bench check`: the whole command `kept check`, from start to exit, in processes of its own."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.busy_histories import busy
from histories.codecs.minimal_jsonl import write_minimal_jsonl
from histories.codecs.parquet import write_parquet
from histories.columns import OK, READ, WRITE, Columns

ROUNDS = 3


def commands() -> None:
    """Wall and CPU seconds and the greatest resident memory of each command; the least of the rounds."""
    print(f"kept check, the whole command: wall, CPU s, MB; least of {ROUNDS} rounds after one that fills caches")
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        made = f"from pathlib import Path; from benchmarks.check import make; make(Path({directory!r}))"
        subprocess.run([sys.executable, "-c", made], check=True)
        _row("1,000 operations, JSON lines", 0, str(base / "small.jsonl"))
        _row("1,000 operations, --ladder", 0, str(base / "small.jsonl"), "--ladder")
        _row("1 M operations, Parquet, 100 keys, 20 clients", 0, str(base / "large.parquet"))
        _row("1 M operations, --ladder", 0, str(base / "large.parquet"), "--ladder")
        _row("1 M operations with one stale read, --ladder", 1, str(base / "stale.parquet"), "--ladder")
        _row("1 M operations, 5 values, 20 keys, 5 clients", 0, str(base / "few.parquet"))


def make(base: Path) -> None:
    """Write the histories: in a process of its own, for Linux counts the memory of a parent as that of its child."""
    with (base / "small.jsonl").open("w", encoding="utf-8") as file:
        write_minimal_jsonl(busy(1_000, 5, 10), file)
    large = busy(1_000_000, 20, 100)
    write_parquet(large, base / "large.parquet")
    write_parquet(_stale(large), base / "stale.parquet")
    write_parquet(busy(1_000_000, 5, 20, values=5), base / "few.parquet")


def _stale(history: Columns) -> Columns:
    """One read in the middle returns what was written to its key long before."""
    result = np.array(history.result)
    reads = np.flatnonzero((history.f == READ) & (history.status == OK))
    read = int(reads[len(reads) // 2])
    writes = np.flatnonzero((history.f == WRITE) & (history.key == history.key[read]))
    result[read] = history.value[int(writes[5])]
    return replace(history, result=result)


def _row(name: str, code: int, *words: str) -> None:
    measured = [measured_command(code, words) for _ in range(ROUNDS + 1)][1:]
    wall_s, cpu_s, peak_mb = (min(column) for column in zip(*measured, strict=True))
    print(f"  {name:48} {wall_s:6.2f} {cpu_s:6.2f} {peak_mb:6.0f}", flush=True)


def measured_command(code: int, words: tuple[str, ...]) -> tuple[float, float, float]:
    """Wall and CPU seconds and MB of one command that must end with `code`."""
    begun_s = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "kept", "check", "--quiet", *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - begun_s
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == code, f"{words}: exit {process.returncode}"
    return wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
