"""A run that was made in memory, as the files of a recorded run's directory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from histories.recorder import Recorder
from kept.lab.schedule import Schedule
from kept.lab.sweep import write_files
from kept.lab.trial import Trial


def files_of(trial: Trial) -> dict[str, str]:
    """Name -> content of everything that a trial recorded, with its schedule."""
    return written(trial.outcome.recorder, trial.schedule())


def written(recorder: Recorder, schedule: Schedule) -> dict[str, str]:
    """Name -> content of what `recorder` holds in memory, and of `schedule`."""
    with TemporaryDirectory(prefix="kept-") as name:
        directory = Path(name)
        write_files(recorder, directory)
        schedule.save(directory)
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.iterdir())}
