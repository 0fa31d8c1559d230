"""Whether a trace of steps conforms to the abstract protocol, key by key."""

from collections import Counter
from typing import NamedTuple

from checkers.conformance.actions import Mismatch, Nonconforming, OutOfScope
from checkers.conformance.places import LIST, Places, context_of
from checkers.conformance.walk import Walk, steps_of_key
from histories.steps import Answered, Made, Step, Steps, Turned


class Conformance(NamedTuple):
    """What a trace came to."""

    mismatch: Mismatch | None
    key: str
    """Of the mismatch."""
    actions: dict[str, int]
    """How often each abstract action happened."""
    explained: int
    """Steps that were looked at."""
    left_out: tuple[str, ...]
    """What was not looked at, and why."""


def conforms(trace: Steps) -> Conformance:
    """Hold every key of a trace against the abstract store. The first mismatch, in the order of the trace, is told."""
    actions: Counter[str] = Counter()
    left_out: list[str] = []
    explained = 0
    first: tuple[Mismatch, str] | None = None
    for key in trace.header.owners:
        steps = steps_of_key(key, trace.steps)
        places = _places(trace, key, [step for _, step in steps])
        if isinstance(places, str):
            left_out.append(f"{key}: {places}")
            continue
        inside = tuple(node for node in trace.header.nodes if node not in trace.header.outside)
        walk = Walk(places, trace.header.sloppy, inside)
        for at, step in steps:
            if first is not None and at >= first[0].at:
                break
            try:
                walk.step(step)
            except OutOfScope as why:
                left_out.append(f"{key} from step {at + 1:,} on: {why}")
                break
            except Nonconforming as found:
                first = Mismatch(at, found.action, found.guard, found.sentence), key
                break
            explained += 1
        actions.update(walk.acts.taken)
    mismatch, key = first if first is not None else (None, "")
    return Conformance(mismatch, key, dict(sorted(actions.items())), explained, tuple(left_out))


def _places(trace: Steps, key: str, steps: list[Step]) -> Places | str:
    """The abstract store of a key, or why there is none."""
    header = trace.header
    writes = {step.request: step.dot for step in steps if isinstance(step, Made)}
    asked = {step.request: None for step in steps if step.event == "asked"}
    reads = [*asked, *(context_of(write) for write in writes)]
    lists = {LIST: header.owners[key]}
    for step in steps:
        if isinstance(step, Turned) and step.phase != "close" and len(step.lists) == 2:
            lists.setdefault(step.plan, step.lists[1])
    if not writes and not any(isinstance(step, Answered) for step in steps):
        return "nothing happened"
    try:
        return Places(lists, header.nodes, header.r, header.w, writes, reads or ["none"])
    except ValueError as wrong:
        return str(wrong)
