"""A counterexample as a file: the scope, and the steps in words; `kept replay` takes them again, one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from checkers.registry import CLAIMS
from kept.explore.judging import COPIES, ERRORS, SETTLES, Judge
from kept.explore.scope import Scope
from kept.explore.state import State, Step
from kept.explore.system import Nodes
from kept.lab.fingerprint import created_by
from kept.lab.usage import SHOWN_PATH_CHARS, UsageError, first_problem, nearest, shown
from model.explorer.outcome import Counterexample, Taken

LIMIT_BYTES = 4 * 1024 * 1024
MAX_STEPS = 2_000
WrittenStep = tuple[str, str, str, Annotated[int, Field(ge=0)]]
"""Action, node, what happens, and which of the steps that read so."""


class Trace(BaseModel):
    """A run within a scope, and the claim that it breaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept: Literal["exploration"] = "exploration"
    version: Literal[1] = 1
    created_by: str
    scope: Scope
    claim: str
    reason: str = ""
    steps: tuple[WrittenStep, ...] = Field(max_length=MAX_STEPS)
    cycle: tuple[WrittenStep, ...] = Field((), max_length=MAX_STEPS)
    """What then goes round for ever."""

    @field_validator("claim")
    @classmethod
    def _known(cls, name: str) -> str:
        accepted = [*CLAIMS, ERRORS, COPIES, SETTLES]
        if name not in accepted:
            raise ValueError(f"claim: {shown(name)}; accepted: {', '.join(accepted)}{nearest(name, accepted)}")
        return name

    def text(self) -> str:
        """The document as it is saved."""
        return self.model_dump_json(indent=1) + "\n"


class Again(BaseModel):
    """What the replay of a trace came to."""

    result: Literal["FAILED", "FIXED", "DIVERGED"]
    reason: str
    violated: str = ""
    """What the counterexample says now."""


def trace_of(nodes: Nodes, found: Counterexample) -> Trace:
    """The file of a counterexample. `nodes` are those that replayed it."""
    return Trace(
        created_by=created_by(),
        scope=nodes.scope,
        claim=found.name,
        reason=found.reason,
        steps=_written(nodes, found.first, found.steps),
        cycle=_written(nodes, found.last, found.cycle),
    )


def _written(nodes: Nodes, state: State, steps: Sequence[Taken]) -> tuple[WrittenStep, ...]:
    written: list[WrittenStep] = []
    for taken in steps:
        alike = [after for label, after in nodes.steps(state) if _words(label) == _words(taken.label)]
        prints = [nodes.fingerprint(after) for after in alike]
        written.append((*_words(taken.label), prints.index(nodes.fingerprint(taken.state))))
        state = taken.state
    return tuple(written)


def _words(label: object) -> tuple[str, str, str]:
    assert isinstance(label, Step)
    return label.action, label.node, label.what


def again(trace: Trace) -> Again:
    """Take the steps of a trace again, from the first state on."""
    nodes = Nodes(trace.scope)
    judge = Judge(nodes, () if trace.claim in (ERRORS, COPIES, SETTLES) else (trace.claim,))
    state: State = next(iter(nodes.initial()))
    for number, (action, node, what, which) in enumerate(trace.steps, 1):
        broken = judge.reasons(state).get(trace.claim)
        if broken is not None:
            return Again(result="FAILED", reason=f"{trace.claim} is violated after {number - 1} steps", violated=broken)
        after = _taken(nodes, state, (action, node, what, which))
        if after is None:
            return Again(result="DIVERGED", reason=f"step {number} is not possible any more: {node}: {what}")
        state = after
    if trace.claim == SETTLES:
        return _round(trace, nodes, judge, state)
    broken = judge.reasons(state).get(trace.claim)
    if broken is None:
        return Again(result="FIXED", reason=f"{trace.claim} was violated then, and holds now after the same steps")
    return Again(
        result="FAILED", reason=f"{trace.claim} is violated again after {len(trace.steps)} steps", violated=broken
    )


def _taken(nodes: Nodes, state: State, step: WrittenStep) -> State | None:
    """The state after a step that was written down; None where it is not possible."""
    alike = [after for label, after in nodes.steps(state) if _words(label) == step[:3]]
    return alike[step[3]] if step[3] < len(alike) else None


def _round(trace: Trace, nodes: Nodes, judge: Judge, first: State) -> Again:
    """Go round from a state of a cluster that is left to itself, or see that nothing leads on from there."""
    state, restless = first, not judge.settled(first)
    for step in trace.cycle:
        after = _taken(nodes, state, step)
        if after is None:
            return Again(
                result="DIVERGED", reason=f"a step of the round is not possible any more: {step[1]}: {step[2]}"
            )
        state = after
        restless = restless and not judge.settled(state)
    here = nodes.fingerprint(state)
    closed = here == nodes.fingerprint(first)
    stands = bool(trace.cycle) or all(nodes.fingerprint(after) == here for _, after in nodes.steps(state))
    if not (restless and closed and stands):
        return Again(
            result="FIXED", reason=f"{SETTLES} was violated then, and the same steps lead to rest or further now"
        )
    assert first.resting is not None
    return Again(
        result="FAILED",
        reason=f"{SETTLES} is violated again after {len(trace.steps)} steps",
        violated=nodes.settling.why(first.resting),
    )


def is_trace(path: Path) -> bool:
    """Whether a file says that it is a trace of an exploration."""
    try:
        with path.open("rb") as file:
            return b'"exploration"' in file.read(200)
    except OSError:
        return False


def load_trace(path: Path) -> Trace:
    """Read a trace. `UsageError` names the file and the place."""
    name = shown(str(path), SHOWN_PATH_CHARS)
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise UsageError(f"{name}: {path.stat().st_size} bytes; accepted: up to {LIMIT_BYTES}")
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}; accepted: a trace of `kept explore`") from None
    try:
        return Trace.model_validate_json(text)
    except ValidationError as error:
        problem = first_problem(error, Trace)
        hint = "" if "; accepted: " in problem else "; accepted: a trace written by `kept explore`"
        raise UsageError(f"{name}: {problem}{hint}") from None
