"""Holding a history against a level of consistency, as `kept check` does, inside a test."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kept
from histories.columns import Columns
from histories.run import HISTORY_FILE
from kept.testing.cluster import SimCluster
from kept.testing.observed import ObservedHistory
from kept.testing.session import current
from kept.testing.violation import refuse_violations, undecided


def assert_history(
    history: ObservedHistory | Columns | SimCluster | str | Path, level: str | None = None, **options: Any
) -> None:
    """Raise `Violation` where `history` (observed in the test, in columns, in a file, or that of a simulated cluster)
    does not satisfy `level`. Without one: linearizable, or what the cluster's configuration promises. An undecided one
    fails or warns, as ``--kept-unknown`` says. `options` are those of `kept.check`."""
    levels = None if level is None else [level]
    if isinstance(history, ObservedHistory):
        found = kept.check(history.columns, levels, **options)
    elif isinstance(history, SimCluster):
        found = _of_cluster(history, levels, options)
    else:
        found = kept.check(history, levels, **options)
    refuse_violations(found.verdicts)
    current().judge(undecided(found.verdicts))


def _of_cluster(cluster: SimCluster, levels: list[str] | None, options: dict[str, Any]) -> Any:
    """A run is judged from its files: it ends here."""
    from kept.lab.record import files_of  # noqa: PLC0415

    with TemporaryDirectory(prefix="kept-") as name:
        directory = Path(name)
        for file, text in files_of(cluster.trial).items():
            (directory / file).write_text(text, encoding="utf-8", newline="\n")
        return kept.check(directory / HISTORY_FILE, levels, **options)
