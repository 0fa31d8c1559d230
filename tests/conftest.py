"""Settings for every test."""

import signal

import pytest
from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("kept", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("kept")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-scenarios", action="store_true", help="write the answers of tests/scenarios/*/*.txt anew"
    )


FIRST = "tests/regressions/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was found before is replayed before anything else."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
