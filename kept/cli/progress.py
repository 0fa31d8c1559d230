"""How far it is: a bar on a terminal, elsewhere a line every ten seconds; and the budget, which is looked at here."""

import sys
import time
from types import TracebackType
from typing import Any, Self

import click

from kept.lab.sweep import OutOfTime

LINE_EVERY_S = 10.0


class Meter:
    """A context that knows how long it has lasted, and has a bar where standard error is a terminal."""

    def __init__(self, quiet: bool, total: float | None = None) -> None:
        self.began_s = self._told_s = time.monotonic()
        self._quiet = quiet
        self._total = total
        self._bar: Any = None
        self._task: Any = None

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.began_s

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415  # a tenth of a second that only terminals need
            from rich.progress import Progress as Bar  # noqa: PLC0415

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("running", total=self._total)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


class Progress(Meter):
    """A context around a sweep or replay; call it with the seeds done, and the operations done and wanted."""

    def __init__(self, seeds: int, budget_s: float | None, quiet: bool) -> None:
        super().__init__(quiet)
        self.seeds = seeds
        self.ends_s = None if budget_s is None else self.began_s + budget_s

    def __call__(self, seeds: int, done: int, wanted: int) -> None:
        """Raises `OutOfTime` where the budget is spent."""
        now_s = time.monotonic()
        if self.ends_s is not None and now_s >= self.ends_s:
            raise OutOfTime
        if self._bar is not None:
            what = f"seed {seeds + 1} of {self.seeds}" if self.seeds > 1 else "operations"
            self._bar.update(self._task, description=what, completed=seeds * wanted + done, total=self.seeds * wanted)
        elif not self._quiet and now_s - self._told_s >= LINE_EVERY_S:
            self._told_s = now_s
            of = f"seed {seeds + 1:,} of {self.seeds:,}, " if self.seeds > 1 else ""
            click.echo(f"kept: {now_s - self.began_s:.0f} s: {of}{done:,} of {wanted:,} operations", err=True)
