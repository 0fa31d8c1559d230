"""Every piece of Python in docs/stateful-tests.md and docs/pytest.md runs, as a test where it is one."""

import re
from pathlib import Path

import pytest

# A run inside this process forgets what it imported, and numpy cannot be imported twice.
import kept.api
import kept.testing.asserting
import kept.testing.factory
import kept.testing.machine
import kept.testing.plugin
import kept.testing.strategies  # noqa: F401
from kept.testing.machine import FAULTS
from kept.testing.profiles import EXAMPLES, STEPS

pytest_plugins = ["pytester"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
PIECES = [
    pytest.param(text, id=f"{page}-{at}")
    for page in ("stateful-tests", "pytest")
    for at, text in enumerate(re.findall(r"```python\n(.*?)```", (DOCS / f"{page}.md").read_text("utf-8"), re.DOTALL))
]


@pytest.mark.parametrize("text", PIECES)
def test_a_piece_of_the_documentation_runs(pytester: pytest.Pytester, text: str) -> None:
    pytester.path.joinpath("test_piece.py").write_text(text, encoding="utf-8")
    result = pytester.runpytest_inprocess("-p", "kept.pytest_plugin", "-p", "no:cacheprovider", "--strict-markers")
    outcomes = result.parseoutcomes() if result.ret != pytest.ExitCode.NO_TESTS_COLLECTED else {}
    assert set(outcomes) <= {"passed"}
    assert result.ret in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert bool(outcomes) == ("Test" in text or "def test_" in text)


def test_the_documents_say_what_the_profiles_are() -> None:
    text = (DOCS / "pytest.md").read_text("utf-8")
    assert f"{EXAMPLES['pr']} examples of {STEPS['pr']} steps" in text
    assert f"{EXAMPLES['nightly']:,} of {STEPS['nightly']}" in text
    assert "kept.testing.machine.FAULTS" in (DOCS / "stateful-tests.md").read_text("utf-8")
    assert FAULTS
