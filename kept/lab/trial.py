"""A trial: one seed of one configuration, run to its end and judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checkers.verdict import Invalid, Verdict
from histories.run import HISTORY_FILE, RecordedRun
from kept.lab.config import RunConfig
from kept.lab.fingerprint import code_fingerprint, created_by, rows_sha256
from kept.lab.promises import promised
from kept.lab.run import Lab, Outcome, Progress, recorded, rules_of, verdicts
from kept.lab.schedule import Schedule
from kept.lab.script import Script
from kept.lab.stepped import Stepped
from kept.lab.steps import Step
from kept.lab.swarm import swarm
from kept.lab.usage import unknown
from kept.sim.faults import Fault
from kept.sim.tape import Tape
from kept.sim.world import Watch


@dataclass(frozen=True)
class Trial:
    """What one run came to."""

    config: RunConfig
    """As the world had it: a swarm's seed has drawn its conditions."""
    outcome: Outcome
    run: RecordedRun
    verdicts: dict[str, Verdict]
    history_sha256: str

    @property
    def violated(self) -> tuple[str, ...]:
        """The claims that do not hold, in the order in which they were checked."""
        return tuple(name for name, verdict in self.verdicts.items() if isinstance(verdict, Invalid))

    def schedule(self) -> Schedule:
        """What replays this run."""
        outcome = self.outcome
        script = outcome.script
        fates = outcome.tape.fates.items()
        return Schedule.model_validate(
            {
                "created_by": created_by(),
                "code": code_fingerprint(),
                "config": self.config,
                "claims": tuple(self.verdicts),
                "violated": self.violated,
                "history_sha256": self.history_sha256,
                "plan": () if outcome.steps else tuple(tuple(fault) for fault in outcome.faults),
                "fates": tuple((sender, count, *fate) for (sender, count), fate in fates),
                "intents": () if script is None else tuple(tuple(intent) for intent in script.intents),
                "steps": outcome.steps,
            }
        )


def check_bug(name: str) -> None:
    """Raise `UsageError` where the zoo has no bug of this name."""
    if name:
        try:
            from kept.zoo import catalogue  # noqa: PLC0415  # the store's mistakes are loaded only where one is wanted
        except ImportError:
            raise unknown("bug", name, []) from None
        if name not in catalogue.KNOWN:
            raise unknown("bug", name, list(catalogue.BUGS))


def configured(config: RunConfig) -> RunConfig:
    """The configuration in which the seeded bug shows, where there is one."""
    if not config.bug:
        return config
    check_bug(config.bug)
    from kept.zoo import catalogue  # noqa: PLC0415

    return catalogue.configure(config)


def claims_of(config: RunConfig, named: Iterable[str] = ()) -> tuple[str, ...]:
    """What the configuration promises, what its bug should break, and what else is `named`, each once."""
    own = promised(config)
    if config.bug:
        from kept.zoo import catalogue  # noqa: PLC0415

        own = catalogue.claims(config)
    return tuple(dict.fromkeys((*own, *named)))


def prepare(
    config: RunConfig,
    directory: Path | None = None,
    *,
    tape: Tape | None = None,
    faults: list[Fault] | None = None,
    watch: Watch | None = None,
    progress: Progress | None = None,
    script: Script | None = None,
    steps: tuple[Step, ...] = (),
) -> Lab:
    """A lab that is ready to execute; its recorder has begun. With `steps` it does these and nothing else."""
    drawn = swarm(config)
    if steps:
        return Stepped(drawn, steps, directory, rules_of(drawn), tape, watch)
    return Lab(drawn, directory, rules_of(drawn), tape, faults, watch, progress, script)


def prepare_again(
    schedule: Schedule,
    config: RunConfig | None = None,
    directory: Path | None = None,
    *,
    watch: Watch | None = None,
    progress: Progress | None = None,
) -> Lab:
    """A lab that is ready to execute what is planned in `schedule`, under its own configuration or another."""
    return prepare(
        config or schedule.config,
        directory,
        tape=schedule.tape(),
        faults=schedule.faults(),
        watch=watch,
        progress=progress,
        script=schedule.script(),
        steps=schedule.steps,
    )


def finish(lab: Lab, claims: tuple[str, ...], directory: Path | None = None) -> Trial:
    """Execute a lab and judge what it recorded."""
    return judged(lab.execute(), claims, directory)


def judged(outcome: Outcome, claims: tuple[str, ...], directory: Path | None = None) -> Trial:
    """Judge what a lab recorded that was executed."""
    run = recorded(outcome, directory)
    return Trial(outcome.config, outcome, run, verdicts(run, claims), history_sha256(outcome, directory))


def again(
    schedule: Schedule,
    claims: tuple[str, ...] | None = None,
    config: RunConfig | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Run a schedule again in memory, under its own configuration or, to see what that changes, another."""
    check_bug(schedule.config.bug)
    lab = prepare_again(schedule, config, progress=progress)
    return finish(lab, schedule.claims if claims is None else claims)


def history_sha256(outcome: Outcome, directory: Path | None) -> str:
    """The digest of the history that a run recorded."""
    if directory is None:
        return rows_sha256(row.encode() for row in outcome.recorder.lines(HISTORY_FILE))
    with (directory / HISTORY_FILE).open("rb") as rows:
        return rows_sha256(rows)
