"""Our tests in one process: collected once, run one by one in its children."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

Loop = Callable[[list[pytest.Item]], None]
ARGUMENTS = ("-q", "-s", "--assert=plain", "--tb=no", "-p", "no:xdist", "-p", "no:cov", "-p", "no:randomly")
"""No rewriting: what a failed assertion compared is told to nobody, and may be long."""


class _Plugin:
    def __init__(self, loop: Loop) -> None:
        self.loop = loop

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """A counterexample is enough: it need not be a small one. The examples are the same as in the tests."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", settings.default, phases=phases, database=None)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.loop(session.items)
        return True


def collect(root: Path, tests: Sequence[str], scratch: Path, loop: Loop) -> int:
    """Collect the tests and hand them to `loop`; pytest's exit code."""
    scratch.mkdir(parents=True, exist_ok=True)
    arguments = [*ARGUMENTS, f"--rootdir={root}", f"--basetemp={scratch}", *tests]
    return int(pytest.main(arguments, plugins=[_Plugin(loop)]))


def passes(item: pytest.Item, following: pytest.Item | None = None) -> bool:
    """Run one test. Its fixtures are kept as far as the `following` one needs them."""
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def in_turn(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test with the one that follows it."""
    return zip(items, [*items[1:], None][: len(items)], strict=True)


def timed(item: pytest.Item, following: pytest.Item | None) -> tuple[bool, float]:
    began_s = time.process_time()
    return passes(item, following), time.process_time() - began_s


def file_of(item: Any) -> str:
    return str(item.nodeid).partition("::")[0]
