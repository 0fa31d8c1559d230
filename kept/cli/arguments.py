"""What `kept run` was asked for, checked: everything that can be wrong is found before anything is written."""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from checkers.registry import CLAIMS
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.cli.options import HELP, flag
from kept.cli.seeds import SEED_LIMIT, numbered, seed_of
from kept.lab.config import RunConfig
from kept.lab.schedule import SCHEDULE_FILE
from kept.lab.trial import check_bug, claims_of, configured
from kept.lab.usage import UsageError, first_problem, shown, unknown
from kept.report.junit import replaceable
from kept.sim.faults import ALL, KINDS

VERDICT_FILE, EXPLANATION_FILE = "verdict.json", "explanation.txt"
RUN_FILES = (HISTORY_FILE, TRACE_FILE, REPLICAS_FILE, SCHEDULE_FILE, VERDICT_FILE, EXPLANATION_FILE)
SEEDS_LIMIT = 10_000_000
BUDGET_LIMIT_S = 365 * 24 * 3600.0
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


class Arguments(NamedTuple):
    """A run that can begin."""

    config: RunConfig
    claims: tuple[str, ...]
    seeds: int
    budget_s: float | None
    out: Path | None
    """None: the next free directory below kept-runs."""
    junit: Path | None
    require_marks: bool


def parse(given: dict[str, Any]) -> Arguments:
    """Check everything. `UsageError` names the flag, what was found and what is accepted."""
    named = _claims(given["claim"])
    budget_s = parse_budget(given["budget"])
    fields = {name: given[name] for name in HELP if given[name] is not None}
    if "faults" in fields:
        fields["faults"] = parse_faults(fields["faults"])
    seeds = given["seeds"]
    if not 1 <= seeds <= SEEDS_LIMIT:
        raise UsageError(f"--seeds: {seeds}; accepted: 1 to {SEEDS_LIMIT}")
    _check_bug(fields.get("bug", ""))
    seed = seed_of(given["seed"])
    if seed + seeds > SEED_LIMIT:
        raise UsageError(f"--seeds: {seeds} from seed {seed}; accepted: no seed above {SEED_LIMIT - 1}")
    try:
        config = configured(RunConfig(seed=seed, **fields))
    except ValidationError as error:
        raise UsageError(_flagged(first_problem(error, RunConfig))) from None
    out = None if given["out"] is None else checked_out(given["out"])
    junit = None if given["junit"] is None else checked_report(given["junit"])
    return Arguments(config, claims_of(config, named), seeds, budget_s, out, junit, given["require_marks"])


def _claims(names: tuple[str, ...]) -> tuple[str, ...]:
    if "all" in names:
        return tuple(CLAIMS)
    for name in names:
        if name not in CLAIMS:
            raise unknown("--claim", name, ["all", *CLAIMS])
    return names


def parse_faults(text: str) -> tuple[str, ...]:
    """The kinds that `--faults` names, in the order of `KINDS`."""
    if text in ("all", "none"):
        return ALL if text == "all" else ()
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in KINDS:
            raise unknown("--faults", name, ["all", "none", *KINDS])
    return tuple(kind for kind in KINDS if kind in names)


def parse_budget(text: str | None, name: str = "--budget") -> float | None:
    """Seconds: ``60s``, ``500ms``, ``5m``, ``1h``, or a bare number of seconds."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|)", text, re.ASCII)
    seconds = float(match[1]) * _UNITS_S[match[2]] if match else 0.0
    if not 0.0 < seconds <= BUDGET_LIMIT_S:
        raise UsageError(f"{name}: {shown(text)}; accepted: a time above 0 such as 60s, 500ms, 5m or 1h")
    return seconds


def checked_out(given: str) -> Path:
    """A directory that may take a run: none is there, or it holds no run."""
    out = _path("--out", given)
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out: {shown(given)} is not a directory; accepted: a directory that holds no run")
    for name in RUN_FILES:
        if (out / name).exists():
            raise UsageError(f"--out: {shown(given)} holds a {name} already; accepted: a directory that holds no run")
    for parent in (out, *out.parents):
        if parent.exists():
            if not parent.is_dir():
                raise UsageError(f"--out: {shown(str(parent))} is not a directory; accepted: a directory below one")
            break
    return out


def checked_report(given: str) -> Path:
    """A file that a report may be written to: not there, or an earlier report."""
    path = _path("--junit", given)
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise UsageError(f"--junit: {shown(given)}; accepted: a file in a directory that exists and can be written to")
    if not replaceable(path):
        raise UsageError(f"--junit: {shown(given)} is there and no report of kept; accepted: a new file")
    return path


def _path(name: str, given: str) -> Path:
    if not given or "\0" in given:
        raise UsageError(f"{name}: {shown(given)}; accepted: a path")
    return Path(given)


def made(out: Path) -> Path:
    """Make the directory that a run goes to."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--out: {shown(str(out))}: {error.strerror}; accepted: a directory that can be made and written to"
        ) from None
    return out


def next_free(runs: Path) -> Path:
    """Make and return the next numbered directory below `runs`; two commands at a time get two."""
    number = max((int(path.name) for path in numbered()), default=0) + 1
    while True:
        directory = runs / str(number)
        try:
            directory.mkdir(parents=True)
        except FileExistsError:
            number += 1
        else:
            return directory


def _check_bug(name: str) -> None:
    try:
        check_bug(name)
    except UsageError as error:
        raise UsageError(_flagged(str(error))) from None


def _flagged(problem: str) -> str:
    """A field's problem as that of its flag."""
    name, colon, rest = problem.partition(":")
    if name not in HELP:
        return problem
    return f"{flag(name)}{colon}{rest}"
