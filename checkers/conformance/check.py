"""Whether a trace of steps conforms to the abstract protocol, key by key."""

from collections import Counter
from typing import NamedTuple

from checkers.conformance.places import Places
from checkers.conformance.walk import Mismatch, Nonconforming, OutOfScope, Walk, context_of, steps_of_key
from histories.steps import Answered, Beyond, Made, Step, Steps


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
        walk = Walk(key, places, trace.header.sloppy)
        for at, step in steps:
            if first is not None and at >= first[0].at:
                break
            if isinstance(step, Beyond):
                left_out.append(f"{key} from step {at + 1:,} on: {step.why}")
                break
            try:
                walk.step(step)
            except OutOfScope:
                left_out.append(f"{key} from step {at + 1:,} on: it was deleted and forgotten")
                break
            except Nonconforming as found:
                first = Mismatch(at, found.action, found.guard, found.sentence), key
                break
            explained += 1
        actions.update(walk.taken)
    mismatch, key = first if first is not None else (None, "")
    return Conformance(mismatch, key, dict(sorted(actions.items())), explained, tuple(left_out))


def _places(trace: Steps, key: str, steps: list[Step]) -> Places | str:
    """The abstract store of a key, or why there is none."""
    header = trace.header
    writes = {step.request: step.dot for step in steps if isinstance(step, Made)}
    asked = {step.request: None for step in steps if step.event == "asked"}
    reads = [*asked, *(context_of(write) for write in writes)]
    if not writes and not any(isinstance(step, Answered) for step in steps):
        return "nothing happened"
    try:
        return Places(header.owners[key], header.nodes, header.r, header.w, writes, reads or ["none"])
    except ValueError as wrong:
        return str(wrong)
