"""kept for pytest: options, marks and fixtures. See `docs/pytest.md`.

Loaded with every run of pytest where kept is installed, so it imports nothing of the workbench until a test or an
option asks for it.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kept.api import Report
    from kept.testing.factory import ClusterFactory
    from kept.testing.observed import ObservedHistory
    from kept.testing.plugin import Budget
    from kept.testing.session import Session

MARKS = (
    "kept_run(seeds=3, **fields): simulate a run with each of so many seeds, and hold it against its promises",
    "guarantees(*claims): hold the test's simulated runs and clusters against these claims too",
)
BUDGET: "pytest.StashKey[Budget]" = pytest.StashKey()
SESSION: "pytest.StashKey[Session]" = pytest.StashKey()
FACTORY: "pytest.StashKey[ClusterFactory]" = pytest.StashKey()
CLAIMS: "pytest.StashKey[tuple[str, ...]]" = pytest.StashKey()
"""The guarantees of the test that runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kept", "kept: simulated clusters and what they promise")
    add = group.addoption
    add("--kept-seed", metavar="INT|last|git", help="The first seed; 0, or with the nightly profile a new one.")
    add("--kept-budget", metavar="TIME", help="Begin no simulated test after this real time, such as 60s.")
    add("--kept-profile", choices=("pr", "nightly"), help="How much to explore.  [default: pr]")
    add("--kept-corpus", metavar="DIR", help="Replay the schedules in DIR first, and save what is found there.")
    add("--kept-artifacts", metavar="DIR", default=".kept", help="Where to save what fails.  [default: .kept]")
    add(
        "--kept-unknown",
        choices=("fail", "warn"),
        default="fail",
        help="What an undecided promise does to a test.  [default: fail]",
    )


def pytest_configure(config: pytest.Config) -> None:
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    if not _asked(config):
        return
    from kept.testing import plugin, session  # noqa: PLC0415

    made = plugin.session_of(config.option, getattr(config, "workerinput", None))
    config.stash[SESSION] = made
    config.stash[BUDGET] = plugin.Budget(plugin.budget_s(config.option.kept_budget))
    stack = ExitStack()
    config.add_cleanup(stack.close)
    stack.enter_context(session.under(made))
    if config.option.kept_profile:
        stack.enter_context(
            plugin.profile(made.profile, made.seed, config.getoption("--hypothesis-profile", None)),
        )
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Workers(made.seed), "kept-workers")


def _asked(config: pytest.Config) -> bool:
    """Whether an option of ours was given."""
    given = config.option
    named = (given.kept_seed, given.kept_budget, given.kept_profile, given.kept_corpus)
    return any(value is not None for value in named) or (given.kept_artifacts, given.kept_unknown) != (".kept", "fail")


class _Workers:
    """Tells the processes of pytest-xdist the seed, or each would draw its own and collect other tests."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["kept_seed"] = self.seed


def pytest_report_header(config: pytest.Config) -> str | None:
    made = config.stash.get(SESSION, None)
    return None if made is None else f"kept: --kept-seed={made.seed}, profile {made.profile}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note the seed for `--kept-seed=last`."""
    made = session.config.stash.get(SESSION, None)
    if made is not None and not hasattr(session.config, "workerinput"):
        from kept.testing.plugin import LAST_SEED  # noqa: PLC0415

        made.artifacts.mkdir(parents=True, exist_ok=True)
        (made.artifacts / LAST_SEED).write_text(f"{made.seed}\n", encoding="ascii")


# Collecting


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("kept_run")
    if mark is None:
        return
    from kept.testing.plugin import seeds_of  # noqa: PLC0415

    if "kept_run" not in metafunc.fixturenames:
        metafunc.fixturenames.append("kept_run")
    seeds = seeds_of(mark)
    metafunc.parametrize("kept_run", seeds, indirect=True, ids=[f"seed{seed}" for seed in seeds])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """The schedules of the corpus are tests, which may be selected as others are, and come first whoever shuffles."""
    made = config.stash.get(SESSION, None)
    if made is not None and made.corpus is not None:
        from kept.testing.replayed import items_of  # noqa: PLC0415

        items[:0] = items_of(session, made.corpus)
    yield
    if any(item.get_closest_marker("guarantees") for item in items):
        from kept.testing.plugin import check_marks  # noqa: PLC0415

        check_marks(items)
    items.sort(key=lambda item: not item.nodeid.startswith("kept-corpus::"))


# Running


def pytest_runtest_setup(item: pytest.Item) -> None:
    budget = item.config.stash.get(BUDGET, None)
    if budget is not None:
        budget.check(item)
    claims = tuple(name for mark in item.iter_markers("guarantees") for name in mark.args)
    item.config.stash[CLAIMS] = claims
    factory = item.config.stash.get(FACTORY, None)
    if factory is not None:
        factory.begin(claims)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    factory = item.config.stash.get(FACTORY, None)
    if factory is None and item.get_closest_marker("kept_run") is None:
        return (yield)
    from kept.testing.plugin import judged  # noqa: PLC0415

    with judged(item, factory):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A section for each run that failed: explanation, seed, and the command that replays it."""
    loaded = sys.modules.get("kept.testing.session")
    found = loaded.current().drain() if loaded is not None and call.when == "call" else []
    for failure in found:
        verdicts = ",".join(f"{name}={verdict}" for name, verdict in failure.verdicts.items())
        known = dict(item.user_properties)
        wanted = {"kept_seed": failure.seed, "kept_claims": ",".join(failure.verdicts), "kept_verdicts": verdicts}
        item.user_properties += [(name, value) for name, value in wanted.items() if name not in known]
    report = yield
    for failure in found:
        report.sections.append((f"kept: {failure.title}", "\n".join(failure.lines())))
    return report


# Fixtures


@pytest.fixture
def kept_run(request: pytest.FixtureRequest) -> "Report":
    """The report of the simulated run that the test is marked with (`@pytest.mark.kept_run`)."""
    from kept.testing.plugin import marked_run  # noqa: PLC0415
    from kept.testing.session import current  # noqa: PLC0415

    report: Report = marked_run(request.node, getattr(request, "param", current().seed))
    return report


@pytest.fixture(scope="session")
def cluster_factory(pytestconfig: pytest.Config) -> "Iterator[ClusterFactory]":
    """Makes clusters: `cluster_factory(versions="lww")` a simulated one, `cluster_factory.local(nodes=3)` a real one in
    this process."""
    from kept.testing.factory import ClusterFactory  # noqa: PLC0415

    factory = pytestconfig.stash[FACTORY] = ClusterFactory()
    factory.begin(pytestconfig.stash[CLAIMS])  # the test that asks for it first has begun already
    yield factory
    factory.close()
    del pytestconfig.stash[FACTORY]


@pytest.fixture
def history() -> "ObservedHistory":
    """An empty history, for what the test's own clients ask of any store."""
    from kept.testing.observed import ObservedHistory  # noqa: PLC0415

    return ObservedHistory()


@pytest.fixture(scope="session")
def assert_history() -> Callable[..., None]:
    """`assert_history(history, level="linearizable", ...)` raises where the history does not satisfy the level."""
    from kept.testing.asserting import assert_history as asserting  # noqa: PLC0415

    return asserting
