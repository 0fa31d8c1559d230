"""What `kept prove` was asked for, checked: flags with ranges, pairs and lists, and files, as configurations."""

import os
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from checkers.proofs.solving import SOLVERS
from kept.cli.arguments import checked_report, parse_budget
from kept.cli.options import flag
from kept.lab.usage import UsageError, shown, unknown
from kept.prover.certificates import README
from kept.prover.config import ProofConfig, configured
from kept.prover.files import load

CONFIGURATIONS_LIMIT = 10_000
_RANGED = ("n", "r", "w")
_TEXTS = ("write", "read", "coordinators", "quorums", "write_quorums", "counting", "read_repair")
_PAIRS = ("dc", "weights")


class Asked(NamedTuple):
    """A proof that can begin."""

    configs: tuple[ProofConfig, ...]
    left_out: int
    """Combinations of a range that are no configuration: R or W above N."""
    everything: bool
    protocol: bool
    """Of everything, the protocol layer alone."""
    solvers: tuple[str, ...]
    timeout_ms: int
    certificate: Path | None
    junit: Path | None
    out: Path | None
    """Where the schedules of staged counterexamples go; None: nothing is staged."""


def asked(given: dict[str, Any]) -> Asked:
    """Check everything before anything is written. `UsageError` names the flag."""
    solvers = _solvers(given["solver"])
    timeout_ms = _timeout_ms(given["timeout"])
    certificate = None if given["certificate"] is None else _certificate(given["certificate"])
    junit = None if given["junit"] is None else checked_report(given["junit"])
    fields = {name: given[name] for name in ProofConfig.model_fields if given.get(name) is not None}
    files = [Path(path) for path in given["files"]]
    out = None if given["out"] is None else _stages(given["out"])
    if given["all"] or given["protocol"]:
        named = "--all" if given["all"] else "--protocol"
        if fields or files:
            other = flag(next(iter(fields))) if fields else shown(str(files[0]))
            raise UsageError(f"{named}: beside {other}; accepted: alone, for it is about every configuration")
        if given["all"] and given["protocol"]:
            raise UsageError("--all: beside --protocol; accepted: one of them, for --all includes the protocol")
        return Asked((), 0, True, given["protocol"], solvers, timeout_ms, certificate, junit, out)
    if not fields and not files:
        raise UsageError(
            "nothing to prove; accepted: --n, --r and --w; --dc, --write and --read; --quorums; --weights; files; "
            "--all; --protocol"
        )
    if files:
        configs = [
            config for path in files for config in load(path, {name: _plain(name, fields[name]) for name in fields})
        ]
        left_out = 0
    else:
        configs, left_out = _expanded(fields)
    return Asked(tuple(configs), left_out, False, False, solvers, timeout_ms, certificate, junit, out)


def _expanded(fields: dict[str, Any]) -> tuple[list[ProofConfig], int]:
    """Every combination of the ranges; those that are no configuration are left out, as long as one is left."""
    ranges = {name: _range(name, fields[name]) for name in _RANGED if name in fields}
    rest = {name: _plain(name, fields[name]) for name in fields if name not in ranges}
    size = 1
    for choices in ranges.values():
        size *= len(choices)
    if size > CONFIGURATIONS_LIMIT:
        raise UsageError(f"{size} configurations; accepted: at most {CONFIGURATIONS_LIMIT}")
    found: list[ProofConfig] = []
    first: UsageError | None = None
    for chosen in product(*ranges.values()):
        try:
            found.append(configured({**rest, **dict(zip(ranges, chosen, strict=True))}))
        except UsageError as error:
            first = first or error
    if first is not None and (not found or size == 1):
        raise UsageError(_flagged(str(first)))
    return found, size - len(found)


def _range(name: str, text: str) -> list[Any]:
    """``3``, ``3..7``: several configurations; ``1,2``: classes of requests in one."""
    if match := re.fullmatch(r"([0-9]{1,7})\.\.([0-9]{1,7})", text, re.ASCII):
        low, high = int(match[1]), int(match[2])
        if low > high or high - low >= CONFIGURATIONS_LIMIT:
            raise UsageError(f"{flag(name)}: {shown(text)}; accepted: the smaller number first, as in 3..7")
        return list(range(low, high + 1))
    return [_plain(name, text)]


def _plain(name: str, given: Any) -> Any:
    """A flag's value as the field has it."""
    if name in _PAIRS:
        return _pairs(name, given)
    if name == "racks":
        return _racks(given)
    if name in _TEXTS or isinstance(given, bool | int):
        return given
    classes = [_number(name, one) for one in str(given).split(",")] if name in ("r", "w") else [_number(name, given)]
    return classes[0] if len(classes) == 1 else tuple(classes)


def _number(name: str, text: str) -> int:
    accepted = "a whole number, or a range such as 3..7" if name in _RANGED else "a whole number"
    if name in ("r", "w"):
        accepted += ", or classes such as 1,2"
    if not re.fullmatch(r"-?[0-9]{1,15}", text.strip(), re.ASCII):
        raise UsageError(f"{flag(name)}: {shown(text)}; accepted: {accepted}")
    return int(text)


def _pairs(name: str, text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in text.split(","):
        key, equals, count = part.strip().partition("=")
        if not equals:
            raise UsageError(f"{flag(name)}: {shown(part)}; accepted: NAME=NUMBER with commas between them")
        if key in found:
            raise UsageError(f"{flag(name)}: {shown(key)} twice; accepted: each name once")
        found[key] = _number(name, count)
    return found


def _racks(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        rack, equals, nodes = part.strip().partition("=")
        if not equals or rack in found:
            raise UsageError(f"--racks: {shown(part)}; accepted: RACK=NODE,NODE;RACK=NODE, each rack once")
        found[rack] = tuple(node.strip() for node in nodes.split(",") if node.strip())
    return found


def _solvers(name: str) -> tuple[str, ...]:
    if name == "both":
        return SOLVERS
    if name not in SOLVERS:
        raise unknown("--solver", name, [*SOLVERS, "both"])
    return (name,)


def _timeout_ms(text: str) -> int:
    try:
        seconds = parse_budget(text)
    except UsageError as error:
        raise UsageError(str(error).replace("--budget", "--timeout", 1)) from None
    assert seconds is not None, "there is a default"
    return max(1, min(round(seconds * 1000), 2**31 - 1))


def _certificate(given: str) -> Path:
    """A directory that certificates may be written to: none is there, or an earlier one of ours."""
    return _directory("--certificate", given, lambda path: (path / README).exists())


def _stages(given: str) -> Path:
    """A directory that schedules may be written to: none is there, or one that holds nothing else."""
    return _directory("--out", given, lambda path: all(_is_schedule(one) for one in path.iterdir()))


def _is_schedule(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return b'"kept": "schedule"' in file.read(100)


def _directory(name: str, given: str, ours: Callable[[Path], bool]) -> Path:
    """A new directory, an empty one, or one of ours, that can be written to."""
    path = Path(given)
    if not given or "\0" in given or (path.exists() and not path.is_dir()):
        raise UsageError(f"{name}: {shown(given)}; accepted: a directory")
    if path.is_dir() and any(path.iterdir()) and not ours(path):
        raise UsageError(f"{name}: {shown(given)} holds other things; accepted: a new directory")
    for parent in (path, *path.parents):
        if parent.exists():
            if not (parent.is_dir() and os.access(parent, os.W_OK)):
                raise UsageError(f"{name}: {shown(str(parent))} cannot be written to; accepted: one that can")
            break
    return path


def _flagged(problem: str) -> str:
    """A field's problem as that of its flag."""
    name, colon, rest = problem.partition(":")
    field, dot, key = name.partition(".")
    return f"{flag(field)}{dot}{key}{colon}{rest}" if field in ProofConfig.model_fields else problem
