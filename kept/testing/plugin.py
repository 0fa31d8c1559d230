"""What the pytest plugin keeps of one run of tests, and what it does to a test that asks for it.

`kept.pytest_plugin` holds the hooks and loads this only when a test or an option wants it.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kept.testing.session import Session, current

LAST_SEED = "last-seed"
SEEDS = 3
NIGHTLY = 10
"""So many times more seeds of each marked test run at night."""
MARK, GUARANTEES = "kept_run", "guarantees"


def session_of(options: Any, worker: dict[str, Any] | None) -> Session:
    """The session that the command line asks for. Raises `pytest.UsageError`. Of several processes, the first one draws
    the seed."""
    artifacts = Path(options.kept_artifacts)
    if worker is not None and "kept_seed" in worker:
        seed = int(worker["kept_seed"])
    else:
        seed = _seed(options.kept_seed, options.kept_profile, artifacts)
    return Session(
        seed=seed,
        profile=options.kept_profile or "pr",
        unknown=options.kept_unknown,
        corpus=Path(options.kept_corpus) if options.kept_corpus else None,
        artifacts=artifacts,
    )


def _seed(given: str | None, profile: str | None, artifacts: Path) -> int:
    from kept.cli.seeds import FRESH_BELOW, seed_of  # noqa: PLC0415
    from kept.lab.usage import UsageError  # noqa: PLC0415

    if given is None:
        return secrets.randbelow(FRESH_BELOW) if profile == "nightly" else 0
    try:
        if given != "last":
            return seed_of(given)
        text = (artifacts / LAST_SEED).read_text(encoding="ascii").strip()
        return seed_of(text)
    except UsageError as error:
        raise pytest.UsageError(f"--kept-seed: {str(error).removeprefix('--seed: ')}") from None
    except (OSError, ValueError):
        raise pytest.UsageError(f"--kept-seed: last, but no run is noted in {artifacts}") from None


def budget_s(given: str | None) -> float | None:
    """Seconds of real time. Raises `pytest.UsageError`."""
    if given is None:
        return None
    from kept.cli.arguments import parse_budget  # noqa: PLC0415
    from kept.lab.usage import UsageError  # noqa: PLC0415

    try:
        return parse_budget(given, "--kept-budget")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


@contextmanager
def profile(name: str, seed: int, hypothesis_profile: str | None) -> Iterator[None]:
    """Let hypothesis explore as the profile says, tests that are no machines too; unless its own option says how."""
    from hypothesis import core, settings  # noqa: PLC0415

    from kept.testing.profiles import register  # noqa: PLC0415

    register()
    before, forced = settings.get_current_profile_name(), core.global_force_seed
    if hypothesis_profile is None:
        settings.load_profile(f"kept-{name}")
    if forced is None:
        vars(core)["global_force_seed"] = seed  # what `--hypothesis-seed` sets
    try:
        yield
    finally:
        settings.load_profile(before)
        vars(core)["global_force_seed"] = forced


class Budget:
    """Real time after which no simulated test begins."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.ends_s = None if seconds is None else time.monotonic() + seconds

    def check(self, item: pytest.Item) -> None:
        """Skip a simulated test where the time is spent."""
        simulated = item.get_closest_marker(MARK) is not None or hasattr(getattr(item, "cls", None), "machine_class")
        if simulated and self.ends_s is not None and time.monotonic() >= self.ends_s:
            pytest.skip(f"--kept-budget: {self.seconds:g} s are spent")


def guarantees(item: Any) -> tuple[str, ...]:
    """The claims that the marks of a test name, each once."""
    return tuple(dict.fromkeys(name for mark in item.iter_markers(GUARANTEES) for name in mark.args))


def check_marks(items: Iterable[pytest.Item]) -> None:
    """Refuse marks that name what does not exist. Raises `pytest.UsageError`."""
    for item in items:
        named = guarantees(item)
        if named:
            from checkers.registry import CLAIMS  # noqa: PLC0415
            from kept.lab.usage import unknown  # noqa: PLC0415

            for name in named:
                if name not in CLAIMS:
                    raise pytest.UsageError(f"{item.nodeid}: {unknown('claim', name, list(CLAIMS))}")


def seeds_of(mark: pytest.Mark) -> list[int]:
    """The seeds that a marked test runs with."""
    session = current()
    wanted = int(mark.kwargs.get("seeds", SEEDS)) * (NIGHTLY if session.profile == "nightly" else 1)
    if wanted < 1:
        raise pytest.UsageError(f"kept_run: seeds {wanted}; accepted: 1 or more")
    return list(range(session.seed, session.seed + wanted))


def marked_run(item: Any, seed: int) -> Any:
    """The simulated run that a test is marked with, and its report."""
    import kept  # noqa: PLC0415
    from kept.lab.usage import UsageError  # noqa: PLC0415

    mark = item.get_closest_marker(MARK)
    fields = {name: value for name, value in mark.kwargs.items() if name != "seeds"} if mark is not None else {}
    try:
        return kept.run(seed=seed, claims=guarantees(item), **fields)
    except UsageError as error:
        raise pytest.UsageError(f"kept_run: {error}") from None


@contextmanager
def judged(item: Any, factory: Any) -> Iterator[None]:
    """Hold the runs of a test against their promises: a marked run before its body, the clusters of a test with
    guarantees after it. What failed is saved, and told in the test's report."""
    report = item.funcargs.get(MARK) if hasattr(item, "funcargs") else None
    clusters = factory.made if factory is not None else []
    try:
        if report is not None:
            _properties(item, report.trial)
            _hold(report.trial)
        yield
        if guarantees(item):
            for cluster in clusters:
                cluster.check()
                _properties(item, cluster.trial)
    except Exception as error:
        _save(item, error, report, clusters)
        raise


def _hold(trial: Any) -> None:
    from kept.testing.violation import refuse_violations, undecided  # noqa: PLC0415

    refuse_violations(trial.verdicts)
    current().judge(undecided(trial.verdicts))


def _properties(item: Any, trial: Any) -> None:
    """For JUnit and other reports."""
    from kept.judge.report import verdict_name  # noqa: PLC0415

    verdicts = {name: verdict_name(verdict) for name, verdict in trial.verdicts.items()}
    item.user_properties += [
        ("kept_seed", trial.config.seed),
        ("kept_claims", ",".join(verdicts)),
        ("kept_verdicts", ",".join(f"{name}={verdict}" for name, verdict in verdicts.items())),
    ]


def _save(item: Any, error: Exception, report: Any, clusters: Iterable[Any]) -> None:
    """Save the runs of a failing test: the marked one, or those of its clusters that show something."""
    from kept.testing.failure import saved, sentence_of  # noqa: PLC0415
    from kept.testing.violation import Violation  # noqa: PLC0415

    trials = [report.trial] if report is not None else [cluster.trial for cluster in clusters]
    if isinstance(error, Violation):
        trials = [trial for trial in trials if trial.violated] or trials
    for count, trial in enumerate(trials):
        name = "".join(letter if letter.isalnum() else "-" for letter in item.name).strip("-")
        found = saved(f"{name}-{count + 1}" if count else name, trial, sentence_of(error, trial), current())
        current().failed(found._replace(title=item.name))
