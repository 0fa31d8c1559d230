"""Settings for every test."""

import pytest
from hypothesis import settings

settings.register_profile("kept", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("kept")

FIRST = "tests/regressions/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was found before is replayed before anything else."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
