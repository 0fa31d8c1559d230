"""What was measured in a history, in words: how stale its reads were, and what became of the elements of a set.

Pure functions; nothing of pydantic is loaded here.
"""

from textwrap import wrap
from typing import TYPE_CHECKING

from checkers.staleness.confidence import Proportion
from checkers.staleness.measured import LeftOut, Staleness
from checkers.wording import plural
from kept.lab.usage import shown

if TYPE_CHECKING:
    from checkers.workloads.sets import Element, SetReport

WIDTH = 100
NAMED = 8
"""Elements of a kind that are named."""


def staleness_lines(found: Staleness) -> list[str]:
    """How stale reads were, by age and by writes missed."""
    head = f"staleness of {plural(found.reads, 'read')} that began after an acknowledged write of their key"
    lines = ["", f"  {head}"]
    if found.reads:
        lines += [f"    {'fresh':<28} {_share(found.fresh)}", "    so long after the newest write was acknowledged"]
        for one in found.visibility:
            until = "or more" if one.before is None else f"to {one.before:,}"
            lines.append(f"      {f'{one.since:,} {until}':<26} {_share(one.fresh)}")
        lines.append("    returned one of the last writes")
        lines += [f"      {f'{one.k:,}':<26} {_share(one.reads)}" for one in found.within]
    if found.oldest_stale is not None:
        missed = plural(found.most_missed, "write")
        told = f"a read was stale {found.oldest_stale:,} after the newest write, and none was later than that"
        lines += _field(f"{told}; a read missed {missed} at the most")
    lines += _left_out(found.left_out)
    if found.repeated:
        lines += _field("values were written more than once: each read was given the freshest write that fits")
    if found.reads:
        lines += _field(
            "in the file's unit of time; intervals of 95 % as if reads were independent, so they are too narrow"
        )
    return lines


def _left_out(found: LeftOut) -> list[str]:
    told = [
        (found.too_early, "before any acknowledged write of their key"),
        (found.unexplained, "of what nobody had written"),
        (found.unheard, "without a result"),
    ]
    parts = [f"{plural(count, 'read')} {what}" for count, what in told if count]
    return _field(f"left out: {', '.join(parts)}") if parts else []


def element_lines(found: "SetReport") -> list[str]:
    """What became of the elements of a set."""
    from checkers.workloads.sets import quantiles  # noqa: PLC0415 - only sets have it

    lines = ["", f"  {plural(found.acknowledged, 'acknowledged add')} of {found.adds:,}, {plural(found.reads, 'read')}"]
    kinds = [
        ("lost", found.lost),
        ("never read", found.never_read),
        ("stale", found.stale),
        ("duplicates", found.duplicates),
        ("unexpected", found.unexpected),
        ("resurrected", found.resurrected),
    ]
    for name, elements in kinds:
        if elements:
            lines += _field(f"{name + ':':<12}{len(elements):,}: {_named(elements)}")
    if found.unseen:
        lines += _field(f"{'unseen:':<12}{found.unseen:,} after whose add no read began")
    for name, latencies in (("visible after", found.visible_after), ("lost after", found.lost_after)):
        told = ", ".join(f"{share:.0%} {latency:,}" for share, latency in quantiles(latencies).items())
        lines += _field(f"{name}: {told}") if told else []
    return lines


def _named(elements: "tuple[Element, ...]") -> str:
    told = ", ".join(shown(one.value) + (f" ({one.lasted:,})" if one.lasted else "") for one in elements[:NAMED])
    return told + (", ..." if len(elements) > NAMED else "")


def _share(found: Proportion) -> str:
    return f"{found.share:9.3%}   ({found.low:.3%} to {found.high:.3%}), {found.of:,}"


def _field(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6, break_on_hyphens=False)
