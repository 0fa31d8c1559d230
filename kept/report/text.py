"""A run in words: what is about to run, and what came of it. Pure functions from documents to lines.

Lines that carry a verdict begin with it, so that a terminal can colour them and `grep` can find them.
"""

from collections.abc import Mapping
from textwrap import wrap

from checkers.wording import plural
from kept.lab.config import RunConfig
from kept.report.document import (
    ClaimDocument,
    CounterfactualDocument,
    ExplanationDocument,
    ReplayDocument,
    RunDocument,
)
from kept.sim.faults import ALL, KINDS

WIDTH = 100
_LABEL = 12


def configuration(config: RunConfig, claims: tuple[str, ...], seeds: int) -> list[str]:
    """The seed first, then everything else that decides what the run will do."""
    last = config.seed + seeds - 1
    quorum = f"N={config.n} R={config.r} W={config.w}" + (f" PR={config.pr}" if config.pr else "")
    quorum += f" PW={config.pw}" if config.pw else ""
    switched = "anti-entropy" if config.anti_entropy else "no anti-entropy"
    racks = f", {config.racks} racks" if config.racks else ""
    racks += f", founded as {config.rings} rings" if config.rings > 1 else ""
    copies = f", {config.durable_copies} durable copies" if config.durable_copies else ""
    kind = "all" if set(config.faults) == set(ALL) else ", ".join(config.faults) or "none"
    pace = f", one about every {config.fault_gap_ms} ms" if config.faults else ""
    beyond = ", beyond recovery" if config.beyond else ""
    depth = f" (depth {config.depth})" if config.strategy == "pct" else ""
    ring = f"{config.partitions} partitions" if config.ring != 1 else f"{config.tokens} tokens a node"
    lines = [
        f"seed {config.seed}" + (f" to {last}: up to {seeds:,} seeds" if seeds > 1 else ""),
        *_field(
            "cluster",
            f"{plural(config.nodes, 'node')}, {quorum}, {'sloppy' if config.sloppy else 'strict'} quorum, versions "
            f"{config.versions}, ring {config.ring} ({ring}){racks}, read repair {config.read_repair}, "
            f"{switched}{copies}",
        ),
        *_field(
            "workload",
            f"{config.workload}: {plural(config.clients, 'client')}, {plural(config.ops, 'operation')}, "
            f"{plural(config.keys, 'key')} (skew {config.skew:g}), think {config.think_ms} ms",
        ),
        *_field("faults", f"{kind}{pace}{beyond}; strategy {config.strategy}{depth}"),
        *_field("checks", ", ".join(claims)),
    ]
    if config.bug:
        lines += _field("bug", f"{config.bug} is seeded into the store")
    return lines


def found(document: RunDocument) -> list[str]:
    """What was injected, what the store went through, and how its operations ended."""
    kinds = {kind: document.counts.get(kind, 0) for kind in document.config["faults"]}
    other = {name: count for name, count in document.counts.items() if name not in KINDS}
    outcomes = ", ".join(f"{count:,} {name}" for name, count in document.outcomes.items()) or "none"
    clock = f", {document.virtual_us / 1e6:.1f} s of virtual time" if document.virtual_us is not None else ""
    lines = [
        *_field("injected", _counts(kinds)),
        *_field("besides", _counts(other)),
        *_field("paths", _counts(document.marks)),
        *_field("operations", f"{outcomes}; {document.events:,} steps of the world{clock}"),
    ]
    if document.seeds:
        lines += _field("settled", _settled(document))
    return lines


def _settled(document: RunDocument) -> str:
    bound_s = document.settle_bound_us // 1_000_000
    if document.settled_after_us is None:
        return f"NOT within the bound of {bound_s} s after the faults were healed"
    slowest = document.slowest_settled_us or 0
    worst = f" (the slowest of all: {slowest / 1e6:g} s)" if document.seeds > 1 else ""
    return f"{document.settled_after_us / 1e6:g} s after the faults were healed{worst}; bound {bound_s} s"


def claim_lines(claims: tuple[ClaimDocument, ...]) -> list[str]:
    """One promise after another: verdict, name, exact wording, and what was looked at or found."""
    lines = []
    for claim in claims:
        shown = "INVALID" if claim.verdict == "invalid" else claim.verdict
        lines.append(f"{shown:<9}{claim.name}: {claim.wording}")
        lines += wrap(claim.reason, WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9)
    return lines


def paragraph(prose: str) -> list[str]:
    """Prose in lines of the width of everything else."""
    return wrap(prose, WIDTH, break_on_hyphens=False, break_long_words=False)


def story(explanation: ExplanationDocument) -> list[str]:
    """The paragraph of what happened inside the store."""
    lines = [explanation.chosen] if explanation.chosen else []
    lines += paragraph(explanation.paragraph)
    if explanation.remedy:
        lines += paragraph(explanation.remedy)
    return [*lines, *otherwise(explanation.counterfactuals)]


def otherwise(told: tuple[CounterfactualDocument, ...]) -> list[str]:
    """What the same schedule came to with one thing changed, a line each."""
    lines = [f"  {one.what}: {one.outcome}" for one in told]
    return ["Run again with one thing changed:", *lines] if lines else []


def verdict_line(document: RunDocument) -> str:
    """The last word, with the seed again."""
    seeds = f"{document.seeds:,} of {document.seeds_wanted:,} seeds, " if document.seeds_wanted > 1 else ""
    took = f"({seeds}{document.duration_s:.1f} s)"
    violated = [claim.name for claim in document.claims if claim.verdict == "invalid"]
    if violated:
        return f"INVALID  seed {document.seed}: {', '.join(violated)} violated {took}"
    if document.stopped:
        why = "interrupted" if document.stopped == "interrupted" else "the budget was spent"
        return f"unknown  seed {document.seed}: {why}; no violation so far {took}"
    if document.verdict == "unknown":
        why = "not everything was reached" if document.never_reached else "not every claim could be decided"
        return f"unknown  seed {document.seed}: {why} {took}"
    return f"valid    seed {document.seed}: every claim holds {took}"


def replayed(document: ReplayDocument) -> list[str]:
    """The result of a replay, its reason, and the claims that do not hold."""
    lines = [f"{document.result:<9}seed {document.seed}: {document.reason} ({document.duration_s:.1f} s)"]
    if document.first_difference:
        lines += _field("first", document.first_difference)
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing"


def _field(name: str, text: str) -> list[str]:
    indent = " " * (_LABEL + 2)
    return wrap(
        text,
        WIDTH,
        initial_indent=f"  {name:<{_LABEL}}",
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
