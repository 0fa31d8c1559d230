"""What `kept predict` was asked for, checked: ranges of N, R and W, times, and where the delays come from."""

import re
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from kept.cli.arguments import checked_report
from kept.cli.options import flag
from kept.cli.seeds import seed_of
from kept.lab.usage import UsageError, shown
from kept.predictor.config import PredictConfig, configured
from kept.predictor.named import Named, named

CONFIGURATIONS_LIMIT = 1_000
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?([eE]-?[0-9]{1,3})?", re.ASCII)


class Asked(NamedTuple):
    """A prediction that can begin."""

    configs: tuple[PredictConfig, ...]
    left_out: int
    """Combinations of ranges with R or W above N."""
    delays: Named
    junit: Path | None


def asked(given: dict[str, Any]) -> Asked:
    """Check everything before anything is drawn. `UsageError` names the flag or the file."""
    if given["latencies"] is None:
        raise UsageError("--latencies: missing; accepted: a preset such as lnkd-disk, or a file of delays")
    fields: dict[str, Any] = {"seed": 0 if given["seed"] is None else seed_of(given["seed"])}
    if given["t"] is not None:
        fields["t"] = tuple(_time_ms(part.strip()) for part in given["t"].split(","))
    if given["k"] is not None:
        fields["k"] = tuple(_count("k", part.strip(), "puts such as 1,2,5") for part in given["k"].split(","))
    if given["trials"] is not None:
        fields["trials"] = _count("trials", given["trials"].replace(",", ""), "a whole number")
    if given["writes_per_read"] is not None:
        if not _NUMBER.fullmatch(given["writes_per_read"]):
            raise UsageError(
                f"--writes-per-read: {shown(given['writes_per_read'])}; accepted: a number such as 0.5 or 2"
            )
        fields["writes_per_read"] = float(given["writes_per_read"])
    if given["at_least"] is not None:
        fields["at_least"] = _share(given["at_least"])
    ranges = {name: _range(name, given[name]) for name in ("n", "r", "w") if given[name] is not None}
    configs, left_out = _expanded(ranges, fields)
    junit = None if given["junit"] is None else checked_report(given["junit"])
    try:
        delays = named(given["latencies"])
    except UsageError as error:
        raise UsageError(f"--latencies: {error}") from None
    return Asked(configs, left_out, delays, junit)


def _expanded(ranges: dict[str, list[int]], fields: dict[str, Any]) -> tuple[tuple[PredictConfig, ...], int]:
    """Every combination; those with a quorum above N are left out, as long as one is left."""
    size = 1
    for choices in ranges.values():
        size *= len(choices)
    if size > CONFIGURATIONS_LIMIT:
        raise UsageError(f"{size} configurations; accepted: at most {CONFIGURATIONS_LIMIT}")
    found, first = [], None
    for chosen in product(*ranges.values()):
        try:
            found.append(configured({**fields, **dict(zip(ranges, chosen, strict=True))}))
        except UsageError as error:
            first = first or error
    if first is not None and (not found or size == 1):
        raise UsageError(_flagged(str(first)))
    return tuple(found), size - len(found)


def _range(name: str, text: str) -> list[int]:
    """``3``, or ``1..3``: several configurations."""
    low, dots, high = text.partition("..")
    accepted = "a whole number, or a range such as 1..3"
    first = _count(name, low, accepted)
    last = _count(name, high, accepted) if dots else first
    if last < first or last - first >= CONFIGURATIONS_LIMIT:
        raise UsageError(f"{flag(name)}: {shown(text)}; accepted: the smaller number first, as in 1..3")
    return list(range(first, last + 1))


def _count(name: str, text: str, accepted: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII):
        raise UsageError(f"{flag(name)}: {shown(text)}; accepted: {accepted}")
    return int(text)


def _time_ms(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"--t: {shown(text)}; accepted: milliseconds such as 0,1,2.5,100")
    return float(text)


def _share(text: str) -> float:
    """``99.9%`` or ``0.999``."""
    number = text.removesuffix("%")
    if not _NUMBER.fullmatch(number):
        raise UsageError(f"--at-least: {shown(text)}; accepted: a share such as 99.9% or 0.999")
    share = float(number) / 100 if text.endswith("%") else float(number)
    if not 0 < share <= 1:
        raise UsageError(f"--at-least: {shown(text)}; accepted: above 0 to 100%")
    return share


def _flagged(problem: str) -> str:
    """A field's problem as that of its flag."""
    name, colon, rest = problem.partition(":")
    field, dot, place = name.partition(".")
    return f"{flag(field)}{dot}{place}{colon}{rest}" if field in PredictConfig.model_fields else problem
