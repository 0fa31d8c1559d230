"""What is made smaller: everything that decides a run, in the parts that can be taken out, and how big it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from checkers.verdict import Counterexample, Invalid
from kept.lab.config import RunConfig
from kept.lab.run import Lab, Progress
from kept.lab.schedule import Schedule
from kept.lab.script import Planned, Script
from kept.lab.steps import Step
from kept.lab.trial import Trial, finish, prepare
from kept.sim.entropy import Stream
from kept.sim.faults import Fault
from kept.sim.tape import Fate, Tape
from kept.sim.weather import Weather

WrittenFate = tuple[tuple[str, int], Fate]


class NotingTape(Tape):
    """A tape that replays fates and knows which of them were met."""

    def __init__(self, fates: Mapping[tuple[str, int], Fate]) -> None:
        super().__init__(fates)
        self.met: list[WrittenFate] = []

    def fate(self, sender: str, count: int, weather: Weather, draw: Stream) -> Fate | None:
        found = super().fate(sender, count, weather, draw)
        if found is not None:
            self.met.append(((sender, count), found))
        return found


class Case(NamedTuple):
    """One run, before it is made."""

    config: RunConfig
    faults: tuple[Fault, ...]
    fates: tuple[WrittenFate, ...]
    intents: tuple[Planned, ...]
    steps: tuple[Step, ...] = ()
    """Of a stepped run, which has neither faults nor intents beside them."""

    def lab(self, progress: Progress | None = None, directory: Path | None = None) -> Lab:
        """A lab that is ready to execute it, in memory or into a directory."""
        return prepare(
            self.config,
            directory,
            tape=NotingTape(dict(self.fates)),
            faults=list(self.faults),
            script=Script(self.intents),
            progress=progress,
            steps=self.steps,
        )

    def pruned(self, trial: Trial) -> "Case":
        """Without what `trial`, a run of it, never came to: faults after its end, fates of messages never sent."""
        tape = trial.outcome.tape
        assert isinstance(tape, NotingTape), "a run of a case"
        return self._replace(faults=trial.outcome.faults, fates=tuple(tape.met))

    def run(self, claims: tuple[str, ...], progress: Progress | None = None, directory: Path | None = None) -> Trial:
        """Make the run and judge it."""
        return finish(self.lab(progress, directory), claims, directory)


def with_list(case: Case, name: str, items: tuple[Any, ...]) -> Case:
    """The case with other `faults`, `fates` or `intents`."""
    changes: dict[str, Any] = {name: items}
    return case._replace(**changes)


def case_of(schedule: Schedule) -> Case:
    """The case of a schedule. Where its clients decide for themselves, the run is made once more to note what."""
    if schedule.steps:
        return Case(schedule.config, (), tuple(schedule.tape().fates.items()), (), schedule.steps)
    script, tape, faults = schedule.script(), schedule.tape(), schedule.faults()
    if script is None:
        script = Script()
        prepare(schedule.config, tape=tape, faults=faults, script=script).execute()
    return Case(schedule.config, tuple(faults), tuple(tape.fates.items()), tuple(script.intents))


class Size(NamedTuple):
    """How big a counterexample is."""

    operations: int
    """On the keys that the violation is about; all of them where it is about none."""
    faults: int
    fates: int
    others: int
    """Operations on other keys."""

    @property
    def events(self) -> int:
        """What a reader has to follow: operations on the violated keys, faults, and messages with a fate."""
        return self.operations + self.faults + self.fates

    @property
    def all(self) -> int:
        """Everything that can be taken out."""
        return self.events + self.others


def size_of(trial: Trial, claim: str) -> Size:
    """The size of a run that violates `claim`. Faults that were planned for later than its end do not count; fates
    do, whether they were met or not."""
    keys = keys_of(trial, claim)
    operations = trial.run.operations
    about = sum(op.key in keys for op in operations) if keys else len(operations)
    return Size(about, len(trial.outcome.faults), len(trial.outcome.tape.fates), len(operations) - about)


def keys_of(trial: Trial, claim: str) -> tuple[str, ...]:
    """The keys that the counterexample names, the first one first; none where it is about the cluster alone."""
    verdict = trial.verdicts[claim]
    assert isinstance(verdict, Invalid), f"{claim} is violated"
    found: Counterexample = verdict.counterexample
    named = [key for fact in found.facts if isinstance(key := getattr(fact, "key", None), str)]
    named += [trial.run.operations[index].key for index in found.operations]
    return tuple(dict.fromkeys(named))
