"""A trace of steps, held against the abstract protocol: what was found, for programs and for people."""

from io import BytesIO
from pathlib import Path

from checkers.conformance.check import Conformance, conforms
from checkers.wording import plural, quote
from histories.rows import Rows
from histories.source import open_source
from histories.steps import Steps, steps_of
from kept.report.conformed import ConformanceDocument, MismatchDocument


def judged(name: str) -> ConformanceDocument:
    """The verdict on the trace in the file `name`; it may be compressed. Raises `HistoryError`."""
    return document(name, steps_of(Rows(name, BytesIO(open_source(Path(name)).data))))


def document(name: str, trace: Steps) -> ConformanceDocument:
    """The verdict on a trace."""
    found = conforms(trace)
    return ConformanceDocument(
        trace=name,
        verdict="invalid" if found.mismatch is not None else "valid" if found.actions else "unknown",
        steps=found.explained,
        actions=found.actions,
        left_out=found.left_out,
        mismatch=_mismatch(trace, found),
    )


def _mismatch(trace: Steps, found: Conformance) -> MismatchDocument | None:
    if found.mismatch is None:
        return None
    at, action, guard, sentence = found.mismatch
    step = trace.steps[at].model_dump_json(exclude_defaults=True)
    return MismatchDocument(line=at + 2, key=found.key, step=step, action=action, guard=guard, sentence=sentence)


def lines(told: ConformanceDocument) -> tuple[list[str], str]:
    """Everything that was found, and the last line."""
    said = [f"  {count:>9,}  {action}" for action, count in told.actions.items()]
    said += [f"  left out: {why}" for why in told.left_out[:8]]
    if len(told.left_out) > 8:
        said.append(f"  left out: {len(told.left_out) - 8:,} more")
    if told.mismatch is not None:
        wrong = told.mismatch
        said += ["", f"line {wrong.line:,}, key {quote(wrong.key)}: {wrong.step}"]
        why = f"{wrong.action} does not: {wrong.sentence}"
        if wrong.guard != "effect":
            why = f"{wrong.action} waits for this guard, {wrong.guard!r}: {wrong.sentence}"
        return said, f"INVALID  line {wrong.line:,} is no step of the protocol. The nearest, {why}."
    if told.verdict == "unknown":
        return said, "unknown  nothing in this trace could be held against the protocol."
    return said, f"valid    {plural(told.steps, 'step')} of single keys: each is one of the protocol, or none."
