"""kept.cli.scenario: transcripts compared, or written anew; nothing is written where a file is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.report.document import ScenarioDocument

Kept = Callable[..., Any]
GOOD = "cluster nodes=3\n----\nn1, n2, n3: N=3 R=2 W=2, sloppy, dvv\n"
OTHER = GOOD.replace("W=2", "W=3")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "other.txt").write_text(OTHER)
    return tmp_path


def test_files_that_agree_exit_0(kept: Kept, files: Path) -> None:
    assert kept("scenario", "good.txt") == (0, "same      good.txt: 1 command\n", "")


def test_a_difference_exits_1_and_is_shown_and_nothing_is_written(kept: Kept, files: Path) -> None:
    said = kept("scenario", "good.txt", "other.txt")
    assert said.code == 1
    assert "other.txt:1:\n    cluster nodes=3\n    ----\n  - n1, n2, n3: N=3 R=2 W=3, sloppy, dvv\n  + n1" in said.out
    assert "differs   other.txt: 1 command" in said.out
    assert (files / "other.txt").read_text() == OTHER


def test_rewrite_writes_the_answers_and_touches_no_other_file(kept: Kept, files: Path) -> None:
    before = (files / "good.txt").stat().st_mtime_ns
    assert kept("scenario", "--rewrite", "good.txt", "other.txt").code == 0
    assert (files / "other.txt").read_text() == GOOD
    assert (files / "good.txt").stat().st_mtime_ns == before
    assert kept("scenario", "other.txt").code == 0


def test_where_one_file_is_wrong_none_is_written(kept: Kept, files: Path) -> None:
    (files / "wrong.txt").write_text("cluster\n\ncrash n9\n")
    said = kept("scenario", "--rewrite", "other.txt", "wrong.txt")
    assert said.code == 64
    assert said.err.startswith("kept: wrong.txt:3: node: n9; accepted: n1, n2")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert (files / "other.txt").read_text() == OTHER


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "kept: FILE...: missing; accepted: files such as "),
        (("nowhere.txt",), "kept: nowhere.txt: cannot be read: No such file"),
        (("good.txt", "--rewrit"), "kept: --rewrit: no such flag; accepted: see --help; did you mean --rewrite?"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_64(kept: Kept, files: Path, arguments: tuple[str, ...], line: str) -> None:
    said = kept("scenario", *arguments)
    assert said.code == 64
    assert said.err.startswith(line)
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_json_is_one_document(kept: Kept, files: Path) -> None:
    said = kept("scenario", "other.txt", "--json")
    document = ScenarioDocument.model_validate(json.loads(said.out))
    assert (said.code, document.exit_code, document.result) == (1, 1, "differs")
    assert "other.txt:1:" in said.err


def test_quiet_prints_only_what_differs(kept: Kept, files: Path) -> None:
    assert kept("scenario", "--quiet", "good.txt").out == ""
    assert kept("scenario", "--quiet", "good.txt", "other.txt").out.startswith("other.txt:1:")


def test_the_commands_of_the_language_can_be_listed(kept: Kept) -> None:
    said = kept("scenario", "--commands")
    assert said.code == 0
    assert "put NODE KEY VALUE [with LABEL]" in said.out
    assert "    Let time pass; timers fire as they come due.\n" in said.out
