"""The workbench from Python: one run, many, a replay, a shrunk schedule, a proof, a recorded history; what came of it.

import kept

report = kept.run(seed=1, ops=500, versions="lww", claims=["no-lost-write"])
assert not report.holds
print(report.explain().paragraph)
assert kept.prove(n=3, r=2, w=2).result == "proved"
assert kept.check("history.edn", levels=["sequential"]).holds
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from checkers.proofs.protocol.proof import Proof as ProtocolProof
from checkers.proofs.protocol.proof import prove as prove_abstract
from checkers.proofs.quorum import from_quoracle
from checkers.proofs.solving import SOLVERS, SolverMissing, Solvers
from checkers.registry import CLAIMS
from checkers.staleness.latencies import Latencies
from checkers.verdict import Valid, Verdict
from histories.codecs.jepsen import Options
from histories.columns import Columns
from histories.load import Loaded
from kept.judge.files import judge_files
from kept.judge.history import judge_history
from kept.judge.question import Limits, asked
from kept.judge.report import CheckReport
from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus
from kept.lab.explain import Explanation
from kept.lab.explain import explain as explain_trial
from kept.lab.fuzz import Fuzz, Plan
from kept.lab.replay import Replay
from kept.lab.replay import replay as replay_schedule
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.shrink import Shrinker
from kept.lab.trial import Trial, claims_of, configured, finish, prepare
from kept.lab.usage import UsageError, first_problem, shown, unknown
from kept.predictor.config import configured as configured_prediction
from kept.predictor.named import named
from kept.predictor.predict import Prediction
from kept.predictor.predict import predict as predict_configs
from kept.prover.config import ProofConfig
from kept.prover.config import configured as configured_proof
from kept.prover.files import load as load_proof_configs
from kept.prover.prove import Proof
from kept.prover.prove import prove as prove_config
from kept.staged.programme import of_configuration
from kept.staged.rehearsal import Rehearsal

__all__ = [
    "CheckReport",
    "Fuzz",
    "Prediction",
    "Proof",
    "ProtocolProof",
    "Rehearsal",
    "Replay",
    "Report",
    "RunConfig",
    "Schedule",
    "Shrinker",
    "UsageError",
    "check",
    "fuzz",
    "predict",
    "prove",
    "prove_file",
    "prove_protocol",
    "replay",
    "run",
    "shrink",
    "stage",
]


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
    config, named = _configured(fields), _named(claims)
    place = None if directory is None else Path(directory)
    trial = finish(prepare(config, place), claims_of(config, named), place)
    if place is not None:
        trial.schedule().save(place)
    return Report(trial)


def replay(schedule: str | Path | Schedule) -> Replay:
    """Run a saved schedule (or the directory of a run) again and compare. Raises `UsageError`."""
    return replay_schedule(schedule if isinstance(schedule, Schedule) else load_schedule(Path(schedule)))


def fuzz(
    corpus: str | Path,
    claims: Iterable[str] = (),
    *,
    budget_s: float = 60.0,
    seeds: int | None = None,
    jobs: int = 2,
    keep_going: bool = False,
    shrink_s: float = 60.0,
    **fields: Any,
) -> Fuzz:
    """Many runs, each of another cluster, as `kept fuzz` makes them: `fields` stay, the seed draws all others.

    What is in the directory `corpus` is replayed first, and what is found is saved there. The session that is returned
    has ended: see its `seen`, `tally`, `replayed` and `stopped`. Workers are processes that import the caller's main
    module, so a script calls this below ``if __name__ == "__main__":``. Raises `UsageError`.
    """
    if budget_s <= 0 or jobs < 1 or (seeds is not None and seeds < 1) or shrink_s < 0:
        given = f"budget_s {budget_s:g}, seeds {seeds}, jobs {jobs}, shrink_s {shrink_s:g}"
        raise UsageError(f"{given}; accepted: above 0 (shrink_s: or 0)")
    plan = Plan(_configured(fields), _named(claims), budget_s, seeds, jobs, keep_going, shrink_s)
    session = Fuzz(plan, Corpus(Path(corpus)))
    session.execute()
    return session


def shrink(
    schedule: str | Path | Schedule, claim: str | None = None, *, budget_s: float | None = None, any_cause: bool = False
) -> Shrinker:
    """Make a failing schedule smaller, as `kept shrink` does: see `best`, `trial`, `before`, `size` of the result;
    ``trial.schedule().save(directory)`` saves it. `claim` is the first that is violated where it is not named.

    Raises `UsageError` where the schedule violates nothing, or not `claim`, or does not do so any more.
    """
    given = schedule if isinstance(schedule, Schedule) else load_schedule(Path(schedule))
    if not given.violated:
        raise UsageError("schedule: it violates no claim; accepted: the schedule of a run that does")
    wanted = given.violated[0] if claim is None else claim
    if wanted not in given.violated:
        raise unknown("claim", wanted, list(given.violated))
    if wanted not in replay_schedule(given).trial.violated:
        raise UsageError(f"schedule: {wanted} holds now; accepted: a schedule that still violates it")
    shrinker = Shrinker(given, wanted, time.monotonic, budget_s, any_cause=any_cause)
    shrinker.execute()
    return shrinker


def _configured(fields: dict[str, Any]) -> RunConfig:
    try:
        return configured(RunConfig(**fields))
    except ValidationError as error:
        raise UsageError(first_problem(error, RunConfig)) from None


def _named(claims: Iterable[str]) -> tuple[str, ...]:
    named = tuple(claims)
    for name in named:
        if name not in CLAIMS:
            raise unknown("claim", name, list(CLAIMS))
    return named


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


def prove_protocol(solvers: Iterable[str] = ("z3",), timeout_s: float = 10.0) -> ProtocolProof:
    """Prove the abstract protocol for any number of nodes, as `kept prove --protocol` does (docs/protocol-proof.md).
    ``("z3", "cvc5")`` asks both solvers; cvc5 comes with the extra `solvers`.

    See `result`, `promises`, `outcomes` and `document()`. Raises `UsageError`.
    """
    asked = _solvers(solvers, timeout_s)
    try:
        return prove_abstract(asked.names, asked.timeout_ms, asked.clock)
    except SolverMissing as error:
        raise UsageError(f"solvers: {error}") from None


def stage(proof: Proof, out: str | Path | None = None) -> tuple[Rehearsal, ...]:
    """Every counterexample of a refuted configuration as a run of the real store, as `kept prove --out` makes them.

    Of each: `violated`, `claim`, `reason` (of one that has no counterpart in the store: why), `trial` and, where `out`
    names a directory, the `file` of its schedule, which `kept.replay` runs again. Raises OSError.
    """
    place = None if out is None else Path(out)
    return tuple(of_configuration(proof.judgements, proof.config.per_machine, place))


def _proofs(configs: Iterable[ProofConfig], solvers: Iterable[str], timeout_s: float) -> list[Proof]:
    asked = _solvers(solvers, timeout_s)
    try:
        return [prove_config(config, asked) for config in configs]
    except SolverMissing as error:
        raise UsageError(f"solvers: {error}") from None


def _solvers(solvers: Iterable[str], timeout_s: float) -> Solvers:
    names = tuple(solvers)
    for name in names:
        if name not in SOLVERS:
            raise unknown("solvers", name, list(SOLVERS))
    if not names:
        raise UsageError(f"solvers: none; accepted: {', '.join(SOLVERS)}")
    if not 0.001 <= timeout_s <= 86_400:
        raise UsageError(f"timeout_s: {shown(timeout_s)}; accepted: 0.001 to 86400")
    return Solvers(names, round(timeout_s * 1000), time.perf_counter)


def predict(latencies: str | Path | Latencies, **fields: Any) -> Prediction:
    """How stale reads will be, as `kept predict` says; `latencies` is a preset's name, a file, or what either holds.
    `fields` are those of `kept.predictor.config.PredictConfig`: ``n``, ``r``, ``w``, ``t`` and ``k`` (sequences),
    ``trials``, ``seed``. Times are milliseconds. Raises `UsageError`, OSError.
    """
    config = configured_prediction(fields)
    if isinstance(latencies, Latencies):
        return predict_configs([config], latencies, "latencies")[0]
    try:
        found = named(str(latencies))
    except UsageError as error:
        raise UsageError(f"latencies: {error}") from None
    return predict_configs([config], found.latencies, found.name)[0]


def check(
    history: str | Path | Columns,
    levels: Iterable[str] | None = None,
    *,
    model: str | None = None,
    initial: str | None = None,
    nil: Literal["absent", "unknown"] = "absent",
    keyed: bool | None = None,
    budget_s: float | None = None,
    memory_bytes: int | None = None,
    staleness: bool = False,
    graph: bool = False,
) -> CheckReport:
    """Judge a recorded history, a file or columns, as `kept check` does. `levels` None: linearizable, or what the
    configuration of this store's own run promises; ``["all"]``: the whole ladder. `initial` is EDN, such as ``"0"``.

    See `verdicts`, `strongest`, `violated` and `explain()` of the result; with `staleness`, `staleness`: how stale the
    reads were; with `graph`, `graph()`: the order around each violation. `budget_s` and `memory_bytes` bound files
    only. Raises `UsageError`, and `histories.errors.HistoryError` for a file that cannot be read.
    """
    named = () if levels is None else tuple(levels)
    if nil not in ("absent", "unknown"):
        raise unknown("nil", nil, ["absent", "unknown"])
    ladder = named == ("all",)
    limits = Limits(budget_s, memory_bytes)
    question = asked(model, initial, () if ladder else named, ladder, Options(nil, keyed), limits, staleness, graph)
    if isinstance(history, Columns):
        return CheckReport((judge_history(Loaded(history, (), "jsonl", "columns"), question),))
    return judge_files([str(history)], question)


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
