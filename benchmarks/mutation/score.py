"""What a sample says: per module who killed what, per part an estimate for all mutants, and each survivor's reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutation.trial import LINE, LOADING, OTHERS, OWN, SCENARIOS, Fate

NORMAL_95 = 1.96
KILLED, SURVIVED = "killed", "survived"
HARMLESS = frozenset({"equivalent", "cost", "words"})
UNREAD = "unread"


class Reason(NamedTuple):
    """Why a survivor is none of a test's business, or that nobody has said yet."""

    kind: str
    why: str


class Row(NamedTuple):
    """One module, or the sum of some."""

    name: str
    mutants: int
    """All there are; the sample is drawn from them."""
    tried: int
    own: int
    others: int
    runs: int
    """Killed, when it was tried first, by nothing but scenarios, runs or the verdicts of the second line."""
    since: int
    """Survived at first, and killed by tests that were written for it."""
    left: int
    harmless: int
    """Of those left: no promise differs."""

    @property
    def killed_at_first(self) -> int:
        return self.own + self.others + self.runs

    @property
    def score(self) -> float:
        """Of those that some test could kill; 1 where there is none."""
        mortal = self.tried - self.harmless
        return (self.tried - self.left) / mortal if mortal else 1.0


def row(name: str, mutants: int, of: Sequence[tuple[Fate, Fate]], reasons: Mapping[str, Reason]) -> Row:
    """Count the first and the last fates of one module's mutants."""
    tried = [(first, last) for first, last in of if {first.outcome, last.outcome} <= {KILLED, SURVIVED}]
    stages = Counter(first.stage for first, _ in tried if first.outcome == KILLED)
    since = sum((first.outcome, last.outcome) == (SURVIVED, KILLED) for first, last in tried)
    left = [last for _, last in tried if last.outcome == SURVIVED]
    harmless = sum(one.name in reasons and reasons[one.name].kind in HARMLESS for one in left)
    own, runs = stages[OWN] + stages[LOADING], stages[SCENARIOS] + stages[LINE]
    return Row(name, mutants, len(tried), own, stages[OTHERS], runs, since, len(left), harmless)


def total(name: str, rows: Sequence[Row]) -> Row:
    sums = [sum(values) for values in zip(*(one[1:] for one in rows), strict=True)] if rows else [0] * 8
    return Row(name, *sums)


def estimate(rows: Sequence[Row]) -> tuple[float, float]:
    """The share of all mutants that was killed at first, equivalent ones counted as survivors, and half its 95%
    interval. (Tests that were written for survivors of this sample say nothing about the others.)

    A stratified sample: each module weighs what it has of mutants (Cochran, Sampling Techniques, 5.3 to 5.6). For the
    variance a module counts half a mutant killed and half a one alive more: a small sample knows no certainty.
    """
    rows = [one for one in rows if one.tried]
    everything = sum(one.mutants for one in rows)
    mean = variance = 0.0
    for one in rows:
        weight = one.mutants / everything
        mean += weight * one.killed_at_first / one.tried
        share = (one.killed_at_first + 0.5) / (one.tried + 1)
        variance += weight**2 * share * (1 - share) / one.tried * (1 - one.tried / one.mutants)
    return mean, NORMAL_95 * sqrt(variance)


def read_reasons(path: Path) -> dict[str, Reason]:
    """Lines of a name, a kind, and why."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, kind, why = line.split(" ", 2)
            found[name] = Reason(kind.rstrip(":"), why)
    return found


def table(rows: Sequence[Row]) -> list[str]:
    """A table of markdown, the sum last."""
    lines = [
        "| module | mutants | tried | own tests | others | only runs | new tests | left | harmless | score |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return lines + [
        f"| {one.name} | {one.mutants:,} | {one.tried} | {one.own} | {one.others} | {one.runs} | {one.since}"
        f" | {one.left} | {one.harmless} | {one.score:.0%} |"
        for one in [*rows, total("all", rows)]
    ]


def survivors(of: Sequence[Fate], reasons: Mapping[str, Reason]) -> list[str]:
    """One line for each: where, what, and why it may live."""
    lines = []
    for one in sorted(of, key=lambda one: (one.module, one.line)):
        if one.outcome == "survived":
            reason = reasons.get(one.name, Reason(UNREAD, ""))
            place = f"{one.module}:{one.line} `{one.function}`"
            lines.append(f"* {one.name} {place} `{one.before}` -> `{one.after}`: {reason.kind}: {reason.why}")
    return lines
