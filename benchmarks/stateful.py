"""What a stateful test costs: steps a second of `StoreMachine`, and what the plugin adds to the start of pytest."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from hypothesis import settings

from kept.testing.machine import StoreMachine, run
from kept.testing.profiles import settings_of

EXAMPLES = 100
STARTS = 5
ROOT = Path(__file__).resolve().parent.parent


def machine() -> None:
    """The machine as it is, under its pr profile."""
    done = [0, 0]

    class Counted(StoreMachine):
        def teardown(self) -> None:
            done[0] += 1
            done[1] += len(self.cluster.steps)
            super().teardown()

    begun = time.process_time()
    run(Counted, settings(settings_of("pr"), max_examples=EXAMPLES))
    spent_s = time.process_time() - begun
    print(f"StoreMachine, profile pr: {done[0]} examples, {done[1]} steps of the cluster, {spent_s:.2f} CPU s")
    print(f"  examples/s  {done[0] / spent_s:,.0f}")
    print(f"  steps/s     {done[1] / spent_s:,.0f}")


def start() -> None:
    """pytest on a project of one empty test, with the plugin and without it, in turn."""
    spent: dict[str, list[float]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
        for _ in range(STARTS):
            for how, option in (("without", "no:kept.pytest_plugin"), ("with", "kept.pytest_plugin")):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", option],
                    cwd=folder,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    check=True,
                    capture_output=True,
                )
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                spent[how].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    pairs = [one - other for one, other in zip(spent["with"], spent["without"], strict=True)]
    print(f"pytest on one empty test: {median(spent['without']):.3f} CPU s without the plugin")
    print(f"  the plugin adds {1_000 * median(pairs):+.0f} ms (median of {STARTS} pairs)")


def stateful() -> None:
    machine()
    start()
