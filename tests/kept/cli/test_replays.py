"""kept.cli.replays: a directory of schedules, one line each, and an exit code for all of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checkers.registry import CLAIMS
from kept.cli import exits
from kept.cli.replays import EXITS
from kept.report.document import ReplaysDocument

Kept = Callable[..., Any]


@pytest.fixture
def many(kept: Kept, tmp_path: Path) -> Path:
    """A run that held, one that its bug broke, and a file of a schedule that is not carried out any more."""
    assert kept("run", "--ops", "60", "--seed", "2", "--out", "many/held", "--quiet").code == 0
    assert kept("run", "--ops", "60", "--seed", "1", "--bug", "canary", "--out", "many/bug", "--quiet").code == 1
    document = json.loads((tmp_path / "many" / "held" / "schedule.json").read_text())
    (tmp_path / "many" / "stale.json").write_text(json.dumps({**document, "gravity": 9.81}))
    return tmp_path / "many"


def test_each_schedule_has_a_line_and_the_last_line_sums_them_up(kept: Kept, many: Path) -> None:
    said = kept("replay", "many")
    assert said.code == 2, "what no longer applies is not known to hold"
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == ["EXPECTED", "SAME", "STALE", "unknown"]
    assert "STALE many/stale.json: no longer applies: many/stale.json: gravity: unknown field" in " ".join(
        said.out.split()
    )
    assert lines[-1].startswith("unknown  3 schedules: 1 STALE, 1 SAME, 1 EXPECTED (")
    (many / "stale.json").unlink()
    assert kept("replay", "many", "--quiet").code == 0


def test_quiet_names_only_what_does_not_hold(kept: Kept, many: Path) -> None:
    lines = kept("replay", "many", "--quiet").out.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == ["STALE", "unknown"]


def test_a_violation_wins_over_all_and_json_is_one_document(kept: Kept, many: Path) -> None:
    words = ("--ops", "200", "--seed", "1", "--versions", "lww", "--claim", "no-lost-write", "--quiet")
    assert kept("run", *words, "--out", "many/lost").code == 1
    said = kept("replay", "many", "--json")
    document = ReplaysDocument.model_validate_json(said.out)
    assert (said.code, document.exit_code, document.verdict) == (1, 1, "invalid")
    assert document.results == {"FAILED": 1, "STALE": 1, "SAME": 1, "EXPECTED": 1}
    assert [entry.result for entry in document.entries] == ["EXPECTED", "SAME", "FAILED", "STALE"]
    assert said.err.splitlines()[-1].startswith("INVALID  4 schedules: ")


def test_a_violation_goes_before_a_divergence_before_a_doubt() -> None:
    assert list(EXITS.values()) == [exits.VIOLATED, exits.DIVERGED, *[exits.UNKNOWN] * 3, *[exits.HOLDS] * 3]


def test_counterexamples_of_explorations_are_replayed_beside_schedules(kept: Kept, many: Path) -> None:
    scope = ("--crashes", "0", "--clients", "1", "--program", "put get", "--quiet")
    assert kept("explore", *scope, "--bug", "canary", "--out", "many").code == 1
    found = min(path for path in many.glob("*.json") if path.stem in CLAIMS)
    entries = ReplaysDocument.model_validate_json(kept("replay", "many", "--json").out).entries
    by_name = {Path(entry.schedule).name: entry for entry in entries}
    assert by_name[found.name].result == "EXPECTED"
    document = json.loads(found.read_text())
    document["scope"]["bug"] = ""
    found.write_text(json.dumps(document))
    entries = ReplaysDocument.model_validate_json(kept("replay", "many", "--json").out).entries
    by_name = {Path(entry.schedule).name: entry for entry in entries}
    assert by_name[found.name].result in ("FIXED", "DIVERGED"), "without the bug it is not violated"
    found.write_text('{"kept": "exploration", "steps": 7}')
    assert "STALE    many/" + found.name in kept("replay", "many").out


def test_steps_are_those_of_one_schedule(kept: Kept, many: Path) -> None:
    said = kept("replay", "many", "--steps", "steps.jsonl")
    assert said == (64, "", "kept: --steps: beside many schedules; accepted: beside one schedule\n")


def test_a_directory_without_schedules_is_one_line_and_exit_64(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = kept("replay", "empty")
    assert said.code == 64
    assert said.err == "kept: empty: holds no schedule; accepted: the directory of a run, or of many schedules\n"
