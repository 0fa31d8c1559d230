"""Where a seed comes from: the command line, the last recorded run, the commit that is checked out, or chance.

Chance is drawn here and nowhere else: below the command line, everything is a function of the seed.
"""

import json
import secrets
import subprocess
from pathlib import Path

from histories.run import HISTORY_FILE
from kept.lab.usage import UsageError, shown

FRESH_BELOW = 1_000_000_000
"""Seeds that people can read to each other."""
SEED_LIMIT = 1 << 63
ACCEPTED = f"a whole number from 0 to {SEED_LIMIT - 1}, last, or git"
RUNS = Path("kept-runs")


def seed_of(given: str | None) -> int:
    """The seed that `--seed` means; a fresh one where it was not given."""
    if given is None:
        return secrets.randbelow(FRESH_BELOW)
    if given == "last":
        return _last()
    if given == "git":
        return _git()
    if not (given.isascii() and given.isdigit()) or len(given) > 19 or int(given) >= SEED_LIMIT:
        raise UsageError(f"--seed: {shown(given)}; accepted: {ACCEPTED}")
    return int(given)


def _last() -> int:
    """The seed of the newest run below the current directory."""
    for directory in sorted(numbered(), key=lambda path: int(path.name), reverse=True):
        try:
            with (directory / HISTORY_FILE).open("rb") as file:
                seed = json.loads(file.readline(1 << 20))["seed"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if type(seed) is int and 0 <= seed < SEED_LIMIT:
            return seed
    raise UsageError(f"--seed: last, but no run is recorded in {RUNS}; accepted: {ACCEPTED}")


def numbered() -> list[Path]:
    """The directories in which runs were recorded by default."""
    return [path for path in RUNS.glob("*") if path.name.isascii() and path.name.isdigit() and path.is_dir()]


def _git() -> int:
    """A seed that everybody who has this commit gets."""
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True, timeout=10)
        return int(done.stdout.strip()[:15], 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        raise UsageError(f"--seed: git, but no commit is checked out here; accepted: {ACCEPTED}") from None
