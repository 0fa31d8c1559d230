"""Putting obligations to solvers, and what their answers come to.

An answer is believed only if every solver that was asked gives it: two that contradict each other are a
`disagreement`, and one that gives up leaves the obligation `unknown`. Neither is ever counted as proved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from checkers.proofs.protocol.obligations import Group, Obligation, denial, preamble
from checkers.proofs.protocol.solvers import SOLVERS, Session

Status = Literal["sat", "unsat", "unknown"]
Result = Literal["proved", "refuted", "unknown", "disagreement"]
Clock = Callable[[], float]
"""Seconds; only differences count. Checkers read no clock of their own accord."""


def no_clock() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one solver said to one obligation."""

    solver: str
    status: Status
    took_s: float
    core: tuple[str, ...] = ()
    """Of `unsat`: assumptions that contradict the denial, by name, in the order of the script. There may be others that
    do, and not all of these may be needed."""
    reason: str = ""
    """Of `unknown`: what stopped it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All answers to one obligation, and what they come to."""

    group: str
    claim: str
    result: Result
    answers: tuple[Answer, ...]

    @property
    def name(self) -> str:
        return f"{self.group}: {self.claim}"


def verdict(answers: Sequence[Answer]) -> Result:
    """What the answers come to; nobody asked is unknown."""
    said = [answer.status for answer in answers]
    if "sat" in said and "unsat" in said:
        return "disagreement"
    if not said or "unknown" in said:
        return "unknown"
    return "proved" if said[0] == "unsat" else "refuted"


def ask(group: Group, solvers: Sequence[str], timeout_ms: int, clock: Clock = no_clock) -> tuple[Outcome, ...]:
    """Put every obligation of a group to each of `solvers`. Raises `SolverMissing`."""
    answers: list[list[Answer]] = [[] for _ in group.claims]
    for name in solvers:
        session = SOLVERS[name](timeout_ms)
        opened = clock()
        complaints = session.tell(preamble(group))
        shared_s = (clock() - opened) / max(1, len(group.claims))
        assert not complaints, f"{name} does not understand {group.name}: {complaints}"
        for at, obligation in enumerate(group.obligations()):
            answers[at].append(_ask(name, session, obligation, clock, shared_s))
    return tuple(
        Outcome(group.name, claim.name, verdict(given), tuple(given))
        for claim, given in zip(group.claims, answers, strict=True)
    )


def _ask(name: str, session: Session, obligation: Obligation, clock: Clock, shared_s: float) -> Answer:
    begun = clock()
    (said,) = session.tell(f"(push 1)\n{denial(obligation)}\n(check-sat)")
    took_s = clock() - begun + shared_s
    core: tuple[str, ...] = ()
    reason = ""
    if said == "unsat":
        core = _core(session.tell("(get-unsat-core)"), obligation)
    elif said != "sat":
        reason = " ".join(session.tell("(get-info :reason-unknown)"))
    session.tell("(pop 1)")
    if said == "unsat":
        return Answer(name, "unsat", took_s, core)
    if said == "sat":
        return Answer(name, "sat", took_s)
    return Answer(name, "unknown", took_s, reason=reason if said == "unknown" else said)


def _core(lines: Sequence[str], obligation: Obligation) -> tuple[str, ...]:
    text = " ".join(lines)
    return tuple(assumption.name for assumption in obligation.group.assumptions if f"|{assumption.name}|" in text)
