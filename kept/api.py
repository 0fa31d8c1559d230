"""The workbench from Python: one run, one replay, one proof, and what came of them.

import kept

report = kept.run(seed=1, ops=500, versions="lww", claims=["no-lost-write"])
assert not report.holds
print(report.explain().paragraph)
assert kept.prove(n=3, r=2, w=2).result == "proved"
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checkers.proofs.quorum import from_quoracle
from checkers.proofs.solving import SOLVERS, SolverMissing, Solvers
from checkers.registry import CLAIMS
from checkers.verdict import Valid, Verdict
from kept.lab.config import RunConfig
from kept.lab.explain import Explanation
from kept.lab.explain import explain as explain_trial
from kept.lab.replay import Replay
from kept.lab.replay import replay as replay_schedule
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.trial import Trial, claims_of, configured, finish, prepare
from kept.lab.usage import UsageError, first_problem, shown, unknown
from kept.prover.config import ProofConfig
from kept.prover.config import configured as configured_proof
from kept.prover.files import load as load_proof_configs
from kept.prover.prove import Proof
from kept.prover.prove import prove as prove_config

__all__ = ["Proof", "Replay", "Report", "RunConfig", "Schedule", "UsageError", "prove", "prove_file", "replay", "run"]


class Report:
    """One run and its verdicts."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    @property
    def holds(self) -> bool:
        """Whether every claim that was checked is `Valid`: an `Unknown` does not hold."""
        return all(isinstance(verdict, Valid) for verdict in self.verdicts.values())

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Claim -> `checkers.verdict.Valid`, `Invalid` or `Unknown`."""
        return self.trial.verdicts

    @property
    def violated(self) -> tuple[str, ...]:
        """The claims that are `Invalid`."""
        return self.trial.violated

    @property
    def config(self) -> RunConfig:
        return self.trial.config

    @property
    def schedule(self) -> Schedule:
        """What replays this run: `schedule.save(directory)` writes it."""
        return self.trial.schedule()

    def explain(self) -> Explanation:
        """Sentence, paragraph and trace of the first violation, from a watched re-run of the same schedule.

        Raises `ValueError` where nothing is violated.
        """
        if not self.violated:
            raise ValueError("nothing is violated, so there is nothing to explain")
        return explain_trial(self.trial)

    def __repr__(self) -> str:
        found = ", ".join(f"{name}: {type(verdict).__name__.lower()}" for name, verdict in self.verdicts.items())
        return f"<Report seed={self.config.seed} {found}>"


def run(directory: str | Path | None = None, claims: Iterable[str] = (), **fields: Any) -> Report:
    """One simulated run, as `kept run` makes it; `fields` are those of `RunConfig`, named like the command's flags.

    Checks what the configuration promises, and `claims` beside it. Records into `directory` (which must not hold a
    run), or in memory. Raises `UsageError` for a field or claim that is wrong, `histories.errors.HistoryError` for
    the directory.
    """
    try:
        config = configured(RunConfig(**fields))
    except ValidationError as error:
        raise UsageError(first_problem(error, RunConfig)) from None
    named = tuple(claims)
    for name in named:
        if name not in CLAIMS:
            raise unknown("claim", name, list(CLAIMS))
    place = None if directory is None else Path(directory)
    trial = finish(prepare(config, place), claims_of(config, named), place)
    if place is not None:
        trial.schedule().save(place)
    return Report(trial)


def replay(schedule: str | Path | Schedule) -> Replay:
    """Run a saved schedule (or the directory of a run) again and compare. Raises `UsageError`."""
    return replay_schedule(schedule if isinstance(schedule, Schedule) else load_schedule(Path(schedule)))


def prove(solvers: Iterable[str] = ("z3",), timeout_s: float = 10.0, **fields: Any) -> Proof:
    """Prove or refute a quorum configuration, as `kept prove` does; `fields` are those of `ProofConfig`, named like the
    command's flags: ``n``, ``r`` and ``w``; ``dc``, ``write`` and ``read``; ``quorums``; ``weights``.

    `quorums` and `write_quorums` are text, or quoracle's expressions; a `QuorumSystem` of quoracle's gives both.
    `result` is ``proved``, ``refuted``, ``unknown`` or ``disagreement``. Raises `UsageError`.
    """
    return _proofs([configured_proof(_texts(fields))], solvers, timeout_s)[0]


def prove_file(
    path: str | Path, solvers: Iterable[str] = ("z3",), timeout_s: float = 10.0, **fields: Any
) -> list[Proof]:
    """The same for every configuration in a file; `fields` go before what it says. Raises `UsageError`, OSError."""
    return _proofs(load_proof_configs(Path(path), _texts(fields)), solvers, timeout_s)


def _proofs(configs: Iterable[ProofConfig], solvers: Iterable[str], timeout_s: float) -> list[Proof]:
    names = tuple(solvers)
    for name in names:
        if name not in SOLVERS:
            raise unknown("solvers", name, list(SOLVERS))
    if not names:
        raise UsageError(f"solvers: none; accepted: {', '.join(SOLVERS)}")
    if not 0.001 <= timeout_s <= 86_400:
        raise UsageError(f"timeout_s: {shown(timeout_s)}; accepted: 0.001 to 86400")
    asked = Solvers(names, round(timeout_s * 1000), time.perf_counter)
    try:
        return [prove_config(config, asked) for config in configs]
    except SolverMissing as error:
        raise UsageError(f"solvers: {error}") from None


def _texts(fields: dict[str, Any]) -> dict[str, Any]:
    """Quoracle's objects as our expressions."""
    found = dict(fields)
    system: Any = found.get("quorums")
    if hasattr(system, "reads") and hasattr(system, "writes"):
        found |= {"quorums": system.reads, "write_quorums": system.writes}
    for name in ("quorums", "write_quorums"):
        if found.get(name) is not None and not isinstance(found[name], str):
            try:
                found[name] = str(from_quoracle(found[name]))
            except TypeError as error:
                raise UsageError(f"{name}: {error}; accepted: text, or an expression of quoracle's") from None
    return found
