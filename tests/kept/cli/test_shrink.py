"""kept.cli.shrink: what is printed, saved and returned when a schedule fails, does not, no longer does, or diverges."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histories.jsonl import read_run
from kept.explore.scope import Scope
from kept.explore.trace import Trace
from kept.lab.schedule import load_schedule
from kept.report.document import RunDocument, ShrinkDocument

SOURCE = str(Path(__file__).resolve().parents[3])
FILES = ["explanation.txt", "history.jsonl", "replicas.jsonl", "schedule.json", "trace.jsonl", "verdict.json"]
Kept = Callable[..., Any]


@pytest.fixture
def lost(kept: Kept, tmp_path: Path) -> Path:
    """A run of last-writer-wins that lost writes."""
    words = ("--ops", "200", "--seed", "1", "--versions", "lww", "--claim", "no-lost-write")
    assert kept("run", *words, "--out", "lost").code == 1
    return tmp_path / "lost"


def change(directory: Path, **fields: Any) -> None:
    path = directory / "schedule.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_the_smallest_run_is_saved_whole_explained_and_replays(kept: Kept, lost: Path, tmp_path: Path) -> None:
    before = contents(lost)
    said = kept("shrink", "lost", "--out", "small")
    assert said.code == 1
    assert contents(lost) == before, "nothing is written over"
    small = tmp_path / "small"
    assert sorted(path.name for path in small.iterdir()) == FILES
    assert 2 <= len(read_run(small).operations) <= 6
    assert load_schedule(small).violated == ("no-lost-write",)
    last = said.out.splitlines()[-1]
    assert last.startswith("INVALID  seed 1: no-lost-write violated by ")
    assert "nothing more can be taken out" in last
    story = (small / "explanation.txt").read_text()
    assert "What happened to " in story
    assert "With siblings instead of last-writer-wins the same schedule keeps every acknowledged write." in story
    verdict = RunDocument.model_validate_json((small / "verdict.json").read_bytes())
    assert (verdict.verdict, verdict.replay) == ("invalid", "kept replay small")
    replayed = kept("replay", "small", "--quiet")
    assert replayed.code == 1
    assert replayed.out.startswith("FAILED   seed 1: no-lost-write is violated again; same code ")
    assert "same bytes" in replayed.out


def test_by_default_it_goes_to_the_next_numbered_directory(kept: Kept, lost: Path, tmp_path: Path) -> None:
    assert kept("shrink", "lost/schedule.json", "--quiet").code == 1
    said = kept("shrink", "kept-runs/1", "--quiet")
    assert said.code == 1
    assert [line.partition(" ")[0] for line in said.out.splitlines()] == ["INVALID", "kept"]
    assert said.out.splitlines()[-1] == "kept replay kept-runs/2"
    one, two = (load_schedule(tmp_path / "kept-runs" / name) for name in "12")
    assert one == two, "what cannot be made smaller stays as it is"


def test_the_same_schedule_gives_the_same_files_in_two_processes_with_other_hash_seeds(
    kept: Kept, lost: Path, tmp_path: Path
) -> None:
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "kept", "shrink", "lost", "--quiet", "--out", hash_seed],
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
        )
        assert done.returncode == 1, done.stderr
    for name in FILES:
        if name != "verdict.json":  # which says how long it took
            assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_json_is_one_document(kept: Kept, lost: Path) -> None:
    said = kept("shrink", "lost", "--json", "--out", "small")
    document = ShrinkDocument.model_validate_json(said.out)
    assert (document.result, document.verdict, document.exit_code, document.stopped) == ("SHRUNK", "invalid", 1, "")
    assert document.before is not None
    assert document.after is not None
    assert document.after.events < document.before.events
    assert document.after.events == document.after.operations + document.after.faults + document.after.fates
    assert document.runs > 10
    assert document.history_sha256 == load_schedule(Path("small")).history_sha256
    assert document.config["clients"] <= 2
    assert "before      " in said.err


def test_the_claim_that_is_named_is_the_one_that_stays(kept: Kept, tmp_path: Path) -> None:
    words = ("--bug", "handoff-overwrites", "--seed", "1", "--ops", "300", "--out", "run")
    assert kept("run", *words).code == 1
    violated = load_schedule(tmp_path / "run").violated
    assert len(violated) > 1
    assert kept("shrink", "run", "--claim", violated[-1], "--budget", "2s", "--out", "small", "--quiet").code == 1
    assert load_schedule(tmp_path / "small").violated[0] == violated[-1]
    said = kept("shrink", "run", "--claim", "placement")
    assert said.code == 64
    assert f"--claim: placement; accepted: {', '.join(violated)}" in said.err


def test_with_any_cause_the_result_may_be_of_another_kind_but_never_of_another_claim(
    kept: Kept, lost: Path, tmp_path: Path
) -> None:
    assert kept("shrink", "lost", "--any-cause", "--out", "small", "--quiet").code == 1
    assert load_schedule(tmp_path / "small").violated[0] == load_schedule(lost).violated[0]


def test_a_budget_that_is_spent_leaves_the_smallest_so_far(kept: Kept, lost: Path, tmp_path: Path) -> None:
    said = kept("shrink", "lost", "--budget", "1ms", "--out", "small")
    assert said.code == 1
    assert "; the budget was spent (2 runs, " in said.out
    assert load_schedule(tmp_path / "small").history_sha256 == load_schedule(lost).history_sha256


def test_interrupted_it_saves_and_prints_the_smallest_so_far(
    kept: Kept, lost: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_told: Any, shrinker: Any) -> None:
        if shrinker.runs == 12:
            raise KeyboardInterrupt

    monkeypatch.setattr("kept.cli.shrink._Told.__call__", interrupt)
    said = kept("shrink", "lost", "--out", "small", "--json")
    assert said.code == 130
    document = ShrinkDocument.model_validate_json(said.out)
    assert (document.stopped, document.exit_code, document.runs) == ("interrupted", 130, 12)
    assert kept("replay", "small").code == 1
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == FILES


# Where there is nothing to shrink


def test_a_schedule_that_does_not_fail_is_one_line_and_exit_64(kept: Kept, tmp_path: Path) -> None:
    assert kept("run", "--ops", "60", "--seed", "2", "--out", "held").code == 0
    said = kept("shrink", "held")
    assert said.code == 64
    assert said.err == "kept: held: it violates no claim; accepted: the schedule of a run that does\n"


def test_a_trace_of_an_exploration_is_as_short_as_it_gets_and_is_refused_as_such(kept: Kept, tmp_path: Path) -> None:
    trace = Trace(created_by="kept", scope=Scope(clients=1, program="put", crashes=0), claim="fresh-reads", steps=())
    (tmp_path / "trace.json").write_text(trace.text(), encoding="utf-8")
    said = kept("shrink", "trace.json")
    line = "kept: trace.json: a trace of `kept explore`, which none is shorter than; accepted: the schedule of a run\n"
    assert said == (64, "", line)


def test_a_violation_that_is_gone_is_fixed_and_nothing_is_written(kept: Kept, lost: Path, tmp_path: Path) -> None:
    config = json.loads((lost / "schedule.json").read_text())["config"]
    change(lost, code="0123456789ab", config={**config, "versions": "dvv"})
    said = kept("shrink", "lost", "--quiet")
    assert said.code == 0
    assert said.out.startswith("FIXED    seed 1: no-lost-write was violated then, and holds now (")
    assert [path.name for path in tmp_path.iterdir()] == ["lost"]


def test_what_does_not_replay_under_the_same_code_has_diverged(kept: Kept, lost: Path, tmp_path: Path) -> None:
    (lost / "history.jsonl").unlink()
    change(lost, history_sha256="0" * 64)
    said = kept("shrink", "lost", "--json")
    assert said.code == 3
    document = ShrinkDocument.model_validate_json(said.out)
    assert (document.result, document.directory, document.after) == ("DIVERGED", "", None)
    assert "the same code made another history" in document.reason
    assert [path.name for path in tmp_path.iterdir()] == ["lost"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("missing",), "kept: missing: cannot be read: No such file or directory"),
        (("lost", "--claim", "no-lost-writ"), "kept: --claim: no-lost-writ; accepted: no-lost-write; did you mean"),
        (("lost", "--budget", "soon"), "kept: --budget: soon; accepted: "),
        (("lost", "--out", "lost"), "kept: --out: lost holds a "),
        ((), "kept: DIR|FILE: missing"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_64(
    kept: Kept, lost: Path, tmp_path: Path, words: tuple[str, ...], line: str
) -> None:
    before = contents(lost)
    said = kept("shrink", *words)
    assert said.code == 64
    assert said.err.startswith(line)
    assert said.err.count("\n") == 1
    assert contents(lost) == before
    assert [path.name for path in tmp_path.iterdir()] == ["lost"]
