"""kept.predictor.named: presets and files by what is typed."""

from pathlib import Path

import pytest

from kept.lab.usage import UsageError
from kept.predictor.named import named
from kept.predictor.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_found_whatever_its_capitals(name: str) -> None:
    assert named(name.upper()) == (name, PRESETS[name].latencies)


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("W,A,R,S\n1,1,1,1\n")
    assert named(str(path)).name == "mine.csv"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("lnkd-disc", "did you mean lnkd-disk?"),
        ("", "accepted: lnkd-ssd, lnkd-disk, ymmr, wan, or a file of delays"),
        ("a\0b", "accepted: lnkd-ssd"),
    ],
)
def test_another_name_is_told_what_there_is(given: str, line: str) -> None:
    with pytest.raises(UsageError) as error:
        named(given)
    assert line in str(error.value)


def test_a_file_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        named("nowhere.json")
