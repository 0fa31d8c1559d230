"""The regression corpus in tests/regressions: every schedule that was ever worth keeping, one file each.

    python3 dev.py regress                          replay all of it
    python3 dev.py regress --refresh                hunt and shrink anew each bug of the zoo whose file is not there, no
                                                    longer applies, or no longer shows the bug
    python3 dev.py regress --refresh NAME...        the same for these bugs, whatever their files are
    python3 dev.py regress --add RUN NAME ABOUT     keep the schedule of a run's directory (or a schedule file): as
                                                    violated by its bug where one is seeded, else as fixed

``bug-NAME.json`` is the shrunk counterexample of a bug; ``store-NAME.json`` once broke a promise of the store itself.
"""

import sys
import time
from pathlib import Path

from checkers.verdict import Valid
from kept.cli.main import main as kept
from kept.lab.entry import replay_entry
from kept.lab.schedule import BY_BUG, FIXED, Schedule, load_schedule
from kept.lab.shrink import Shrinker
from kept.lab.usage import UsageError
from kept.zoo.bug import Bug
from kept.zoo.catalogue import BUGS, claims
from kept.zoo.hunt import first_caught

PLACE = Path(__file__).resolve().parent.parent / "tests" / "regressions"
BUDGET_S = 120.0
EXIT_USAGE = 64


def file_of(bug: str, place: Path = PLACE) -> Path:
    """Where the counterexample of a bug is kept."""
    return place / f"bug-{bug}.json"


def main(arguments: list[str], place: Path = PLACE) -> int:
    """Do what was asked; returns the exit code."""
    match arguments:
        case []:
            return kept(["replay", str(place)])
        case ["--refresh", *names]:
            return refresh(names, place)
        case ["--add", run, name, about]:
            return add(Path(run), name, about, place)
    print(
        f"regress: {' '.join(arguments)!r}; accepted: nothing, --refresh [BUG ...], --add RUN NAME ABOUT",
        file=sys.stderr,
    )
    return EXIT_USAGE


def refresh(names: list[str], place: Path) -> int:
    """Make the files of the zoo's bugs anew where that is needed; of all `names` where there are some."""
    unknown = [name for name in names if name not in BUGS]
    if unknown:
        print(f"regress: {unknown[0]!r} is no bug of the zoo; accepted: {', '.join(BUGS)}", file=sys.stderr)
        return EXIT_USAGE
    for name in names or BUGS:
        path = file_of(name, place)
        why = "asked for" if names else _why(path)
        if why:
            print(f"{name}: {why}: {_made(BUGS[name], path)}", flush=True)
    for path in sorted(place.glob("bug-*.json")):
        if path.stem.removeprefix("bug-") not in BUGS:
            print(f"{path.name}: its bug is not in the zoo any more; delete it or rename it")
    return 0


def _why(path: Path) -> str:
    """Why a file must be made anew; empty where it need not."""
    if not path.exists():
        return "not there yet"
    replayed = replay_entry(path)
    return "" if replayed.result == "EXPECTED" else f"{replayed.result}: {replayed.reason}"


def _made(bug: Bug, path: Path) -> str:
    """Hunt, shrink and save; returns what came of it."""
    trial, claim = first_caught(bug)
    shrinker = Shrinker(trial.schedule(), claim, time.monotonic, BUDGET_S)
    shrinker.execute()
    config = shrinker.best.config
    wanted = tuple(dict.fromkeys((claim, *claims(config))))
    schedule = shrinker.best.run(wanted).schedule()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept_as(schedule, BY_BUG, bug.title).text(), encoding="utf-8")
    healthy = shrinker.best._replace(config=config.model_copy(update={"bug": ""})).run((claim,))
    blame = "" if isinstance(healthy.verdicts[claim], Valid) else "; WITHOUT the bug it is violated as well"
    return f"seed {trial.config.seed}, {claim}, {shrinker.before.events} events, now {shrinker.size.events}{blame}"


def kept_as(schedule: Schedule, expected: str, about: str) -> Schedule:
    """The schedule with what a replay must come to, and what it is about."""
    return Schedule.model_validate({**schedule.model_dump(), "expected": expected, "about": about})


def add(run: Path, name: str, about: str, place: Path) -> int:
    """Keep one schedule. What is not fixed yet may be added: it fails until it is."""
    try:
        schedule = load_schedule(run)
    except UsageError as error:
        print(f"regress: {error}", file=sys.stderr)
        return EXIT_USAGE
    path = place / f"{name}.json"
    if path.exists():
        print(f"regress: {path.name} is there already; accepted: another name", file=sys.stderr)
        return EXIT_USAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept_as(schedule, BY_BUG if schedule.config.bug else FIXED, about).text(), encoding="utf-8")
    replayed = replay_entry(path)
    print(f"{path.name}: {replayed.result}: {replayed.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
