"""The whole machine over a package of one module: who is killed, by what, and who survives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutation.campaign import fates

MODULE = """
LIMIT = 3

def least(numbers):
    found = numbers[0]
    for number in numbers:
        if number < found:
            found = number
    return found

def endless(count):
    while count > 0:
        count -= 1
    return LIMIT, count

def unseen(a):
    return a + 5
"""
TESTS = """
from toy.box import endless, least

def test_least():
    assert least([2, 1, 3]) == 1

def test_endless():
    assert endless(3) == (3, 0)
"""
DRIVER = """
import sys
from pathlib import Path
from benchmarks.mutation.campaign import Campaign, conduct
from benchmarks.mutation.lines import of_nothing
from benchmarks.mutation.mutants import mutants
from benchmarks.mutation.parts import Part

root = Path(sys.argv[1])
part = Part("toy", "toy", ("tests/toy",), "", of_nothing, slack_s=0.3)
campaign = Campaign(root, root / "out", part, mutants(root, "toy/box.py"), 2)
conduct(campaign)
(root / "once.jsonl").write_bytes(campaign.results.read_bytes())
conduct(campaign)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    for folder in ("toy", "tests/toy"):
        (root / folder).mkdir(parents=True)
    (root / "toy" / "__init__.py").write_text("")
    (root / "toy" / "box.py").write_text(MODULE)
    (root / "tests" / "toy" / "test_box.py").write_text(TESTS)
    conduct(root)
    return root


def conduct(root: Path) -> None:
    here = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(root)],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
        env={"PYTHONPATH": f"{here}:{root}", "PATH": ""},
    )
    assert done.returncode == 0, done.stderr


def test_every_mutant_has_its_fate(root: Path) -> None:
    found = {(one.function, one.before, one.after): one for one in fates(root / "out" / "toy.jsonl").values()}
    outcomes = {key: (one.outcome, one.stage) for key, one in found.items()}
    assert outcomes.pop(("least", "number < found", "number <= found")) == ("survived", "")
    assert outcomes.pop(("unseen", "a + 5", "a - 5")) == ("survived", "")
    assert outcomes.pop(("unseen", "5", "6")) == ("survived", "")
    assert outcomes.pop(("unseen", "return a + 5", "return None")) == ("survived", "")
    assert outcomes.pop(("least", "0", "1")) == ("survived", "")
    assert {key for key, fate in outcomes.items() if fate != ("killed", "own")} == set()
    assert ("", "3", "4") in outcomes, "a constant shows when the module is loaded"
    endless = found["endless", "count -= 1", "pass"]
    assert endless.by == "out of time or memory"
    assert {one.tests for key, one in found.items() if key[0] == "unseen"} == {0}


def test_what_was_tried_is_not_tried_again(root: Path) -> None:
    once = (root / "once.jsonl").read_text()
    assert (root / "out" / "toy.jsonl").read_text() == once
    assert {json.loads(line)["outcome"] for line in once.splitlines()} == {"killed", "survived"}
