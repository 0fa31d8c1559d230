"""What is told and saved of a failing example: what happened, a runnable test, and a schedule for `kept replay`."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kept.judge.report import verdict_name
from kept.lab.corpus import EXPLANATION_FILE, Corpus, Found, kind_of
from kept.lab.explain import explain
from kept.lab.record import files_of
from kept.lab.trial import Trial
from kept.testing.reproducer import name_of, source
from kept.testing.session import Session, current
from kept.testing.violation import Violation

if TYPE_CHECKING:
    from kept.testing.machine import StoreMachine


class Failure(NamedTuple):
    """One failing run, for a report."""

    title: str
    """The machine, or the test."""
    sentence: str
    seed: int
    verdicts: Mapping[str, str]
    """Claim -> ``valid``, ``invalid`` or ``unknown``."""
    explanation: tuple[str, ...]
    directory: Path
    test: str = ""
    """A module with the test that shows it; empty where the test is one already."""

    @property
    def replay(self) -> str:
        return f"kept replay {shlex.quote(str(self.directory))}"

    def lines(self) -> list[str]:
        """Everything that a report shows."""
        told = [self.sentence, "", *self.explanation, ""] if self.explanation else [self.sentence, ""]
        return [*told, f"seed: {self.seed}", f"replay: {self.replay}", f"saved in: {self.directory}"]


def tell(machine: "StoreMachine", error: Exception) -> str:
    """Save what a machine did, and leave it to the session; returns it in words."""
    kind, seed = type(machine), machine.cluster.config.seed
    trial = machine.cluster.trial
    what = error.claim if isinstance(error, Violation) else type(error).__name__
    test = source(kind, what, machine.steps_told, seed) if machine.steps_told else ""
    found = saved(f"{kind.__name__}-{what}", trial, sentence_of(error, trial), current())
    if test:
        (found.directory / f"{name_of(kind, what)}.py").write_text(test, encoding="utf-8")
    found = found._replace(title=kind.__name__, test=test)
    current().failed(found)
    return words(found)


def sentence_of(error: Exception, trial: Trial) -> str:
    """What is wrong, in one line."""
    if isinstance(error, Violation):
        return str(error)
    told = f"{type(error).__name__}: {error}".splitlines()[0]
    kept = "" if trial.violated else " The store kept what it promises."
    return f"{told}.{kept}" if kept else told


def saved(name: str, trial: Trial, sentence: str, session: Session) -> Failure:
    """Write the run below the session's artifacts, and into its corpus where it has one."""
    directory = session.artifacts / name
    directory.mkdir(parents=True, exist_ok=True)
    files = dict(files_of(trial))
    told: tuple[str, ...] = ()
    if trial.violated:
        explained = explain(trial)
        told = (explained.paragraph, *explained.otherwise())
        files[EXPLANATION_FILE] = "".join(f"{line}\n" for line in explained.lines())
        if session.corpus is not None:
            facts = tuple(fact.sentence() for fact in explained.facts)
            found = Found(kind_of(trial), trial.config.seed, trial.violated, explained.sentence, facts, files)
            Corpus(session.corpus).add(found)
    for file, text in files.items():
        (directory / file).write_text(text, encoding="utf-8", newline="\n")
    return Failure(
        name,
        sentence,
        trial.config.seed,
        {name: verdict_name(verdict) for name, verdict in trial.verdicts.items()},
        told,
        directory,
    )


def words(found: Failure) -> str:
    """Everything that there is to read about a failure."""
    test = ["", "as a test:", "", *found.test.splitlines()] if found.test else []
    return "\n".join([*found.lines(), *test])
