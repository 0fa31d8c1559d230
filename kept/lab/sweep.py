"""A sweep: consecutive seeds of one configuration, up to the first violation."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from histories.recorder import Recorder
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.lab.config import RunConfig
from kept.lab.run import Lab
from kept.lab.trial import Trial, finish, prepare

Stopped = Literal["", "interrupted", "budget"]
INTERRUPTED: Stopped = "interrupted"
BUDGET: Stopped = "budget"
Progress = Callable[[int, int, int], None]
"""Called now and then with the seeds done, and the operations done and wanted of the one that runs."""


class OutOfTime(Exception):
    """Raised by a progress callback: the time that was given is spent."""


class Sweep:
    """Runs the seeds and adds up what they reached. A single seed is streamed into `directory` while it runs; of more,
    each runs in memory and only the one that tells most is saved in the end."""

    def __init__(self, config: RunConfig, claims: tuple[str, ...], seeds: int, directory: Path) -> None:
        self.config = config
        self.claims = claims
        self.seeds = seeds
        self.directory = directory
        self.streaming = seeds == 1
        self.done = 0
        """Seeds that ran to their end."""
        self.counts: dict[str, int] = {}
        self.marks: dict[str, int] = {}
        self.outcomes: dict[str, int] = {}
        self.events = 0
        self.slowest_settled_us: int | None = None
        self.last: Trial | None = None
        """The run that ended the sweep, or that ended last."""
        self.stopped: Stopped = ""
        """Why the sweep ended early, where neither a violation nor its end did it."""
        self.seed = config.seed
        """The seed that runs, or ran last."""
        self.broken: Lab | None = None
        """The run that was broken off."""

    def execute(self, progress: Progress | None = None) -> None:
        """Run until the first violation. Interrupted or out of time, it keeps what it has: see `stopped`."""
        first = self.config.seed
        try:
            for seed in range(first, first + self.seeds):
                self._run(seed, progress)
                if self.last is not None and self.last.violated:
                    break
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except OutOfTime:
            self.stopped = BUDGET

    def _run(self, seed: int, progress: Progress | None) -> None:
        told = None if progress is None else lambda done, wanted: progress(self.done, done, wanted)
        if told is not None:
            told(0, self.config.ops)
        self.seed = seed
        directory = self.directory if self.streaming else None
        self.broken = lab = prepare(self.config.model_copy(update={"seed": seed}), directory, progress=told)
        self.last = trial = finish(lab, self.claims, directory)
        self.broken = None
        self.done += 1
        outcome = trial.outcome
        for total, one in (
            (self.counts, outcome.counts),
            (self.marks, outcome.marks),
            (self.outcomes, outcome.outcomes),
        ):
            _add(total, one)
        self.events += outcome.events
        if outcome.settled_after_us is not None:
            self.slowest_settled_us = max(self.slowest_settled_us or 0, outcome.settled_after_us)

    @property
    def configuration(self) -> RunConfig:
        """Of the run that is saved: with its seed, and as a swarm has drawn it."""
        if self.broken is not None or self.last is None:
            return self.config.model_copy(update={"seed": self.seed})
        return self.last.config

    def save(self) -> None:
        """Write the run that tells most, and its schedule: the one that was broken off, else the last one."""
        broken = self.broken
        if broken is not None:
            for total, one in ((self.counts, broken.world.counts), (self.marks, broken.marks)):
                _add(total, one)
            _add(self.outcomes, broken.log.outcomes)
            if not self.streaming:
                write_files(broken.recorder, self.directory)
            return
        if self.last is not None:
            if not self.streaming:
                write_files(self.last.outcome.recorder, self.directory)
            self.last.schedule().save(self.directory)


def _add(total: dict[str, int], one: Mapping[str, int]) -> None:
    for name, count in sorted(one.items()):
        total[name] = total.get(name, 0) + count


def write_files(recorder: Recorder, directory: Path) -> None:
    """Write what an in-memory recorder holds as the files of a run. Never over an existing file."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in (HISTORY_FILE, TRACE_FILE, REPLICAS_FILE):
        lines = recorder.lines(name)
        if lines:
            with (directory / name).open("x", encoding="ascii", newline="\n") as file:
                file.writelines(lines)
