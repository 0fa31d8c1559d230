"""One measured run in a process of its own: CPU seconds, peak memory, and what was done."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from checkers.verdict import Valid
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts


def here(fields: dict[str, Any], judge: bool) -> dict[str, float]:
    """Execute one run in this process and measure it."""
    config = RunConfig(**fields)
    base_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(config, Path(folder))
        begun = time.process_time()
        outcome = lab.execute()
        run_s = time.process_time() - begun
        run_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        history_bytes = sum(path.stat().st_size for path in Path(folder).iterdir())
        judge_s = 0.0
        if judge:
            begun = time.process_time()
            found = verdicts(recorded(outcome, Path(folder)), promised(config))
            judge_s = time.process_time() - begun
            assert all(isinstance(verdict, Valid) for verdict in found.values()), found
    return {
        "ops": config.ops,
        "run_s": run_s,
        "events": outcome.events,
        "virtual_s": outcome.virtual_us / 1e6,
        "memory_bytes": 1024.0 * (run_kib - base_kib),
        "peak_bytes": 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "history_bytes": history_bytes,
        "judge_s": judge_s,
    }


def apart(fields: dict[str, Any], judge: bool = False) -> dict[str, float]:
    """Execute one run in a fresh process and measure it there."""
    arguments = [sys.executable, "-m", "benchmarks.measure", json.dumps(fields), json.dumps(judge)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(here(json.loads(sys.argv[1]), json.loads(sys.argv[2]))))
