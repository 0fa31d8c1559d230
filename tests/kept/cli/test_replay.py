"""kept.cli.replay: SAME, FAILED, FIXED, DIVERGED, and files that cannot be replayed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.lab.fingerprint import rows_sha256
from kept.report.document import ReplayDocument

Kept = Callable[..., Any]


@pytest.fixture
def held(kept: Kept, tmp_path: Path) -> Path:
    assert kept("run", "--ops", "100", "--seed", "2", "--out", "held").code == 0
    return tmp_path / "held"


@pytest.fixture
def lost(kept: Kept, tmp_path: Path) -> Path:
    words = ("--ops", "200", "--seed", "1", "--versions", "lww", "--claim", "no-lost-write")
    assert kept("run", *words, "--out", "lost").code == 1
    return tmp_path / "lost"


def change(directory: Path, **fields: Any) -> None:
    path = directory / "schedule.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_run_that_held_is_the_same_from_its_directory_or_its_schedule_alone(
    kept: Kept, held: Path, tmp_path: Path
) -> None:
    before = files(held)
    shutil.copy(held / "schedule.json", tmp_path / "elsewhere.json")
    for place in ("held", "held/schedule.json", "elsewhere.json"):
        said = kept("replay", place)
        assert said.code == 0
        assert said.out.splitlines()[-1].startswith("SAME     seed 2: every claim held then and holds now; same code")
    assert files(held) == before


def test_a_violation_fails_again(kept: Kept, lost: Path) -> None:
    said = kept("replay", "lost", "--quiet")
    assert said.code == 1
    assert said.out.startswith("FAILED   seed 1: no-lost-write is violated again; same code ")


def test_a_violation_that_is_gone_with_other_code_is_fixed_and_the_codes_are_named(kept: Kept, lost: Path) -> None:
    config = json.loads((lost / "schedule.json").read_text())["config"]
    change(lost, code="0123456789ab", config={**config, "versions": "dvv"})
    said = kept("replay", "lost", "--quiet")
    assert said.code == 0
    assert said.out.startswith("FIXED    seed 1: no-lost-write was violated then, and holds now; the code differs: ")
    assert "0123456789ab then" in said.out
    assert "so does its history" in said.out


def test_the_same_code_with_another_history_has_diverged_and_the_first_other_row_is_shown(
    kept: Kept, held: Path
) -> None:
    rows = (held / "history.jsonl").read_text().splitlines(keepends=True)
    rows[4] = rows[4].replace('"time_us":', '"time_us":1')
    (held / "history.jsonl").write_text("".join(rows))
    change(held, history_sha256=rows_sha256(row.encode() for row in rows))
    said = kept("replay", "held")
    assert said.code == 3
    assert "DIVERGED seed 2: the same code made another history of the same schedule" in said.out
    assert "held/history.jsonl:5: " in said.out


def test_the_same_history_with_another_verdict_has_diverged(kept: Kept, held: Path) -> None:
    change(held, violated=["convergence"])
    said = kept("replay", "held", "--quiet")
    assert said.code == 3
    assert "other verdicts: violated was convergence, now nothing" in said.out


def test_json_is_one_document(kept: Kept, lost: Path) -> None:
    said = kept("replay", "lost", "--json")
    document = ReplayDocument.model_validate_json(said.out)
    assert (document.result, document.exit_code, document.verdict) == ("FAILED", 1, "invalid")
    assert document.violated_then == ("no-lost-write",)
    assert document.history_sha256 == document.history_sha256_then
    assert document.code == document.code_then


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "cannot be read: No such file or directory; accepted: the directory of a run"),
        (b"", "Invalid JSON"),
        (b'{"kept": "schedule", "version": 1', "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[]", "accepted: a schedule written by `kept run`"),
        (b'{"kept": "history"}', "kept: history; accepted: schedule"),
    ],
)
def test_what_is_no_schedule_is_one_line_and_exit_64(
    kept: Kept, tmp_path: Path, content: bytes | None, line: str
) -> None:
    if content is not None:
        (tmp_path / "schedule.json").write_bytes(content)
    said = kept("replay", "schedule.json")
    assert said.code == 64
    assert said.err.startswith("kept: schedule.json: ")
    assert line in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"claims": ["no-lost-writ"]}, "claims: no-lost-writ; accepted: "),
        ({"plan": [["crash", 1, 1, ["n9"], [], 0.0, -1.0, False]]}, "plan.0: node n9; accepted: n1 to n5"),
        ({"plan": [["crsh", 1, 1, ["n1"], [], 0.0, -1.0, False]]}, "did you mean crash?"),
        ({"fates": [["n1", 0, "loss", 0]]}, "fates"),
        ({"colour": "blue"}, "colour: unknown field"),
    ],
)
def test_a_hostile_schedule_is_one_line_and_exit_64(kept: Kept, held: Path, fields: dict[str, Any], line: str) -> None:
    change(held, **fields)
    said = kept("replay", "held")
    assert said.code == 64
    assert said.err.startswith("kept: held/schedule.json: ")
    assert line in said.err
    assert said.err.count("\n") == 1


def test_a_schedule_with_an_unknown_bug_is_refused(kept: Kept, held: Path) -> None:
    config = json.loads((held / "schedule.json").read_text())["config"]
    change(held, config={**config, "bug": "canry"})
    said = kept("replay", "held")
    assert said.code == 64
    assert "bug: canry; accepted: canary" in said.err


def test_the_steps_of_a_replayed_run_are_written_and_conform_to_the_protocol(kept: Kept, held: Path) -> None:
    assert kept("replay", str(held), "--steps", "steps.jsonl", "--quiet").code == 0
    said = kept("check", "--against-model", "steps.jsonl")
    assert said.code == 0, said
    assert "each is one of the protocol, or none." in said.out
    again = kept("replay", str(held), "--steps", "steps.jsonl")
    assert (again.code, again.out) == (64, "")
    assert "is there already" in again.err
