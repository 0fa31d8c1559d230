"""How many runs and operations `kept fuzz` makes in a second with one worker and with two, and how memory goes."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from kept.report.document import FuzzDocument

BUDGET_S, LONG_S, SAMPLE_S = 30, 3_600, 10
SETTLED_S = 120
"""Caches and code are loaded by then; memory is looked at from then on."""


def _processes(parent: int) -> list[int]:
    """A process and its children, as far as /proc tells."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        return [parent, *map(int, children.read_text(encoding="ascii").split())]
    except OSError:
        return [parent]


def _resident_kib(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])
    except (OSError, StopIteration, ValueError):
        return 0


def _session(budget_s: int, jobs: int, samples: list[tuple[float, int]] | None = None) -> FuzzDocument:
    """One session in a process of its own; `samples` collects (seconds, KiB of all its processes)."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["fuzz", "--seed", "1", "--budget", f"{budget_s}s", "--jobs", str(jobs), "--keep-going", "--json"]
        running = subprocess.Popen(
            [sys.executable, "-m", "kept", *words, "--quiet", "--out", str(Path(folder, "out"))],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        ended = threading.Event()

        def sample() -> None:
            began_s = time.monotonic()
            while not ended.wait(SAMPLE_S):
                total = sum(map(_resident_kib, _processes(running.pid)))
                if samples is not None:
                    samples.append((time.monotonic() - began_s, total))

        sampler = threading.Thread(target=sample)
        sampler.start()
        out, _ = running.communicate()
        ended.set()
        sampler.join()
        return FuzzDocument.model_validate_json(out)


def _used_s() -> float:
    """Processor time of all sessions so far, their workers included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzzing() -> None:
    """Print runs and operations a second of real time, and of the processors' time, which does not hang on who else was
    working; the load before each session says that."""
    print(f"kept fuzz, {BUDGET_S} s, all fields drawn, every 20th run repeated")
    for jobs in (1, 2):
        load, used_s = os.getloadavg()[0], _used_s()
        document = _session(BUDGET_S, jobs)
        used_s = _used_s() - used_s
        workers = "1 worker " if jobs == 1 else f"{jobs} workers"
        print(
            f"  {workers}: {document.runs_per_s:5.1f} runs/s, {document.operations_per_s:7,.0f} operations/s "
            f"({document.seeds / used_s:.1f} and {sum(document.outcomes.values()) / used_s:,.0f} in a second of "
            f"processor time; load before it {load:.2f}, {document.seeds:,} runs, {document.verdict})",
            flush=True,
        )


def memory() -> None:
    """Print what one long session with one worker holds, and how that grows. What comes after the budget is left out:
    then it shrinks what it found."""
    samples: list[tuple[float, int]] = []
    document = _session(LONG_S, 1, samples)
    late = [(at_s, kib) for at_s, kib in samples if SETTLED_S <= at_s <= LONG_S]
    slope, _ = statistics.linear_regression([at_s for at_s, _ in late], [kib for _, kib in late])
    sizes = [kib for _, kib in late]
    print(f"kept fuzz, {LONG_S} s, 1 worker, {document.seeds:,} runs; resident memory of all its processes")
    print(f"  verdict: {document.verdict}, {len(document.findings)} kinds found")
    for quarter in range(4):
        begun_s, ended_s = quarter * LONG_S / 4, (quarter + 1) * LONG_S / 4
        part = [kib for at_s, kib in late if begun_s <= at_s < ended_s]
        if part:
            middle = statistics.median(part)
            print(f"  quarter {quarter + 1}: median {middle / 1024:.0f} MiB, at most {max(part) / 1024:.0f} MiB")
    print(f"  from {SETTLED_S} s on: {min(sizes) / 1024:.0f} to {max(sizes) / 1024:.0f} MiB")
    print(f"  slope: {slope * 3600 / 1024:+.1f} MiB an hour, {slope * LONG_S / document.seeds:+.2f} KiB a run")
