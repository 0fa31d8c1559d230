"""This store's own histories: gets of siblings, with the contexts and names that came with them.

They are held against the store's promises (docs/promises.md). What a run recorded beside its history, its trace and
the final states of its replicas, is taken into account where it is there: without it some promises are not decided.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from checkers.registry import CLAIMS, judge
from checkers.verdict import Verdict
from histories.history import history_of
from histories.jsonl import read_run
from histories.rows import Rows
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE, RecordedRun
from histories.source import open_source
from kept.judge.workloads import OWN_LEVELS

FROM_CLIENTS = ("honest-contexts", "fresh-reads", "fresh-deletes", "unique-dots")
"""Promises that are decided by what clients saw."""


def own_run(name: str) -> RecordedRun:
    """The run that the history in the file `name` is of; it may be compressed. Raises `HistoryError`."""
    path = Path(name)
    beside = any((path.parent / name).exists() for name in (TRACE_FILE, REPLICAS_FILE))
    if path.name == HISTORY_FILE and beside:
        return read_run(path.parent)
    lines = (line for piece in open_source(path).lines() for line in BytesIO(piece))
    return RecordedRun(history_of(Rows(name, lines)))


def own_verdicts(run: RecordedRun, levels: tuple[str, ...]) -> dict[str, Verdict]:
    """The verdict of each level; none named: of what the run's configuration promises and its files decide."""
    wanted = levels or promised(run)
    found = judge(run, (name for name in wanted if name in CLAIMS))
    return found | {name: OWN_LEVELS[name].judge(run) for name in wanted if name in OWN_LEVELS}


def promised(run: RecordedRun) -> tuple[str, ...]:
    """What the configuration in the header promises, as far as the recorded files decide it."""
    made = _made(dict(run.history.header.config))
    own = tuple(OWN_LEVELS) if "honest-contexts" in made else ()
    if run.replicas is not None:
        return (*made, *own)
    return (*(name for name in made if name in FROM_CLIENTS), *own)


def _made(config: dict[str, Any]) -> tuple[str, ...]:
    from pydantic import ValidationError  # noqa: PLC0415 - the workbench takes time to load

    from kept.lab.config import RunConfig  # noqa: PLC0415
    from kept.lab.promises import promised as promised_by  # noqa: PLC0415

    try:
        return promised_by(RunConfig(**config))
    except (ValidationError, TypeError):  # another version, or another program, wrote it: nothing was promised
        return ("unique-dots",)


assert set(FROM_CLIENTS) <= set(CLAIMS)
