"""Delays from a file: what somebody measured, as samples or as quantiles, or fits like those of PBS.

JSON has an object for each of W, A, R and S, with one way to say it, and may have the same again under ``near``:

    {"W": {"quantiles": {"0": 1.2, "50": 3.7, "99": 9.5, "100": 40}},
     "A": {"samples": [0.4, 0.5, 0.9]},
     "R": {"constant": 0.4},
     "S": {"pareto_share": 0.98, "pareto_least": 1.5, "pareto_alpha": 3.8, "exponential_rate": 0.02}}

CSV has the columns W, A, R and S: a row is one sample of each (a cell may be empty), or, where the first column is
called quantile, what so many percent of the delays do not exceed. All times are milliseconds.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from checkers.staleness.latencies import Distribution, Latencies, Later, Legs, Mixture, Sample, Table
from kept.lab.usage import UsageError, nearest, shown

FILE_LIMIT_BYTES = 64_000_000
CELL_LIMIT = 100
DELAY_LIMIT_MS = 1e9
LEGS = ("W", "A", "R", "S")
QUANTILE = "quantile"
_ACCEPTED = f"milliseconds from 0 to {DELAY_LIMIT_MS:g}"

Delay = Annotated[float, Field(ge=0, le=DELAY_LIMIT_MS, allow_inf_nan=False, strict=True)]
_FIT = ("pareto_share", "pareto_least", "pareto_alpha", "exponential_rate")
_WAYS = ("samples", "quantiles", "constant", *_FIT)


class LegModel(BaseModel):
    """How long one way takes, in one of four ways."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: tuple[Delay, ...] | None = Field(None, min_length=1)
    quantiles: dict[str, Delay] | None = None
    """Percent, as text -> delay."""
    constant: Delay | None = None
    pareto_share: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None
    pareto_least: Delay | None = None
    pareto_alpha: Annotated[float, Field(ge=0.1, le=1000, strict=True)] | None = None
    exponential_rate: Annotated[float, Field(ge=1e-6, le=1e6, strict=True)] | None = None
    """Per millisecond."""
    later_by: Delay = 0.0
    """Added to each."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        fit = [name for name in _FIT if getattr(self, name) is not None]
        ways = [name for name in ("samples", "quantiles", "constant") if getattr(self, name) is not None]
        if len(ways) + bool(fit) != 1:
            told = " and ".join([*ways, *fit]) or "nothing"
            raise ValueError(f"{told}; accepted: one of samples, quantiles, constant, or a fit ({', '.join(_FIT)})")
        missing = next((name for name in _FIT if fit and name not in fit), None)
        if missing is not None:
            raise ValueError(f"{missing}: missing; accepted: a fit has {', '.join(_FIT)}")
        return self

    def distribution(self) -> Distribution:
        """What it says. ValueError where the quantiles are none."""
        found: Distribution
        if self.samples is not None:
            found = Sample(np.array(self.samples, dtype=np.float64))
        elif self.quantiles is not None:
            found = _table([(_percent(name), delay) for name, delay in self.quantiles.items()])
        elif self.constant is not None:
            found = Table((0.0, 1.0), (self.constant, self.constant))
        else:
            fit = [getattr(self, name) for name in _FIT]
            found = Mixture(*fit)
        return Later(self.later_by, found) if self.later_by else found


class LegsModel(BaseModel):
    """One way each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    W: LegModel
    A: LegModel
    R: LegModel
    S: LegModel


class DelaysModel(LegsModel):
    """Of every replica alike, or other ones for the replica that is near the coordinator."""

    near: LegsModel | None = None
    name: str = Field("", max_length=100)


def load(path: Path) -> Latencies:
    """The delays in a file. `UsageError` names the file, the place and what is wrong there; OSError."""
    label = shown(str(path), 400)
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise UsageError(f"{label}: ends in {shown(suffix or 'nothing')}; accepted: {', '.join(_READERS)}")
    try:
        return _READERS[suffix](_text(path))
    except UsageError as error:
        raise UsageError(f"{label}: {error}") from None


def _text(path: Path) -> str:
    if path.is_dir():
        raise UsageError("a directory; accepted: a file")
    with path.open("rb") as file:
        data = file.read(FILE_LIMIT_BYTES + 1)
    if len(data) > FILE_LIMIT_BYTES:
        raise UsageError(f"more than {FILE_LIMIT_BYTES:,} bytes; accepted: at most as many")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"byte {error.start + 1} is no UTF-8; accepted: text") from None


# JSON


def _from_json(text: str) -> Latencies:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in found if keys.count(key) > 1)
            raise UsageError(f"{shown(twice)}: given twice; accepted: once")
        return found

    try:
        document = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise UsageError(f"line {error.lineno}, column {error.colno}: {error.msg}; accepted: JSON") from None
    except RecursionError:
        raise UsageError("nested too deep; accepted: delays") from None
    except ValueError:
        raise UsageError("a number of thousands of digits; accepted: delays") from None
    if not isinstance(document, dict):
        raise UsageError(f"{shown(document)}; accepted: an object with {', '.join(LEGS)}")
    try:
        model = DelaysModel.model_validate(document)
    except ValidationError as error:
        raise UsageError(_problem(error)) from None
    return Latencies(_legs(model, ""), None if model.near is None else _legs(model.near, "near."))


def _legs(model: LegsModel, place: str) -> Legs:
    found = []
    for name in LEGS:
        leg: LegModel = getattr(model, name)
        try:
            found.append(leg.distribution())
        except ValueError as error:
            raise UsageError(f"{place}{name}.quantiles: {error}") from None
    return Legs(*found)


def _problem(error: ValidationError) -> str:
    """The first thing that is wrong: where, what was found, what is accepted."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    kind, found = problem["type"], shown(problem["input"])
    if kind == "missing":
        return f"{place}: missing; accepted: {', '.join(LEGS)}, each with its delays"
    if kind == "extra_forbidden":
        known = [*LEGS, "near", "name"] if len(problem["loc"]) == 1 else [*_WAYS, "later_by"]
        last = str(problem["loc"][-1])
        return f"{shown(place)}: unknown field; accepted: {', '.join(known)}{nearest(last, known)}"
    if kind == "value_error":
        return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
    limits = problem.get("ctx", {})
    if "ge" in limits or "le" in limits or kind in ("float_type", "finite_number"):
        return f"{place}: {found}; accepted: {_range(str(problem['loc'][-1]))}"
    return f"{place}: {found}; accepted: {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def _range(field: str) -> str:
    ranges = {"pareto_share": "0 to 1", "pareto_alpha": "0.1 to 1000", "exponential_rate": "1e-06 to 1e+06"}
    return ranges.get(field, _ACCEPTED)


def _percent(text: str) -> float:
    try:
        found = float(text) if len(text) <= CELL_LIMIT and text.isascii() else float("nan")
    except ValueError:
        found = float("nan")
    if not 0 <= found <= 100:
        raise ValueError(f"{shown(text)}; accepted: percent from 0 to 100")
    return found / 100.0


def _table(points: Iterable[tuple[float, float]]) -> Table:
    """Quantiles in their order. ValueError where one is missing, comes twice, or falls below a lesser one."""
    rows = sorted(points)
    shares, delays = [share for share, _ in rows], [delay for _, delay in rows]
    if not rows or shares[0] != 0 or shares[-1] != 1:
        told = f"from {shares[0]:.4%} to {shares[-1]:.4%}" if rows else "none"
        raise ValueError(f"{told}; accepted: with 0 and 100, the least delay and the greatest")
    for at in range(1, len(rows)):
        if shares[at] == shares[at - 1]:
            raise ValueError(f"{100 * shares[at]:g} twice; accepted: each once")
        if delays[at] < delays[at - 1]:
            raise ValueError(
                f"{100 * shares[at]:g}: {delays[at]:g} is less than {delays[at - 1]:g} before; accepted: rising"
            )
    return Table(tuple(shares), tuple(delays))


# CSV

MAX_CELL_CHARS = 131_072


def _from_csv(text: str) -> Latencies:
    csv.field_size_limit(MAX_CELL_CHARS)  # it is the process's, and others set it too
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        by_quantile = header[:1] == [QUANTILE]
        wanted = ([QUANTILE] if by_quantile else []) + list(LEGS)
        if sorted(header) != sorted(wanted):
            told = shown(",".join(header)) if header else "nothing"
            raise UsageError(f"line 1: {told}; accepted: the columns {','.join(LEGS)}, or {QUANTILE},{','.join(LEGS)}")
        columns: dict[str, list[tuple[int, float]]] = {name: [] for name in wanted}
        for row in rows:
            _take(row, header, rows.line_num, columns, empty=not by_quantile)
    except csv.Error as error:
        raise UsageError(f"line {rows.line_num}: {error}; accepted: CSV") from None
    return Latencies(Legs(*(_column(name, columns, by_quantile) for name in LEGS)))


def _take(
    row: list[str], header: list[str], line: int, columns: Mapping[str, list[tuple[int, float]]], empty: bool
) -> None:
    if not row:
        return
    if len(row) != len(header):
        raise UsageError(f"line {line}: {len(row)} cells; accepted: {len(header)}, as in the header")
    for name, cell in zip(header, row, strict=True):
        text = cell.strip()
        if text or not empty:
            columns[name].append((line, _delay(text, line, name)))


def _delay(text: str, line: int, column: str) -> float:
    accepted = "percent from 0 to 100" if column == QUANTILE else _ACCEPTED
    try:
        if len(text) > CELL_LIMIT or not text.isascii() or "_" in text:
            raise ValueError
        found = float(text)
    except ValueError:
        raise UsageError(f"line {line}, column {column}: {shown(text)}; accepted: {accepted}") from None
    if not isfinite(found) or not 0 <= found <= (100 if column == QUANTILE else DELAY_LIMIT_MS):
        raise UsageError(f"line {line}, column {column}: {shown(text)}; accepted: {accepted}")
    return found


def _column(name: str, columns: Mapping[str, list[tuple[int, float]]], by_quantile: bool) -> Distribution:
    delays = [delay for _, delay in columns[name]]
    if not delays:
        raise UsageError(f"column {name}: no delay in it; accepted: one or more")
    if not by_quantile:
        return Sample(np.array(delays, dtype=np.float64))
    try:
        return _table(zip([percent / 100 for _, percent in columns[QUANTILE]], delays, strict=True))
    except ValueError as error:
        raise UsageError(f"column {name}: {error}") from None


_READERS: Mapping[str, Callable[[str], Latencies]] = {".json": _from_json, ".csv": _from_csv}
