"""`kept replay FILE` for a counterexample that `kept explore` has saved: its steps are taken again."""

from pathlib import Path

from kept.cli import exits
from kept.cli.console import Console
from kept.explore.trace import again, load_trace
from kept.lab.entry import Replayed
from kept.lab.usage import UsageError
from kept.report.claim import VerdictName
from kept.report.explored import RetracedDocument

EXITS = {"FAILED": exits.VIOLATED, "FIXED": exits.HOLDS, "DIVERGED": exits.DIVERGED}
_VERDICTS: dict[str, VerdictName] = {"FAILED": "invalid", "FIXED": "valid", "DIVERGED": "unknown"}


def retraced(path: Path) -> Replayed:
    """The trace as one of many in a directory: what its seeded bug breaks again is expected."""
    try:
        trace = load_trace(path)
        came = again(trace)
    except UsageError as error:
        return Replayed("STALE", f"no longer applies: {error}", "")
    if came.result == "FAILED" and trace.scope.bug:
        return Replayed("EXPECTED", f"{trace.claim} violated by its bug, {trace.scope.bug}, as it should be", "")
    return Replayed(came.result, came.reason, came.violated)


def retrace(path: Path, console: Console) -> int:
    """Take the steps again and say what came of it. Returns the exit code."""
    trace = load_trace(path)
    came = again(trace)
    steps = tuple(f"{node}: {what}" for _, node, what, _ in trace.steps)
    document = RetracedDocument(
        result=came.result,
        reason=came.reason,
        verdict=_VERDICTS[came.result],
        exit_code=EXITS[came.result],
        claim=trace.claim,
        sentence=came.violated,
        steps=steps,
        trace=str(path),
    )
    console.say(*(f"  {number:>3}  {step}" for number, step in enumerate(steps, 1)), "")
    if came.violated:
        console.say(f"  {came.violated}")
    console.tell(f"{came.result:<9} {came.reason}")
    console.document(document.model_dump_json(indent=1))
    return document.exit_code
