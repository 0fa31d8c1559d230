"""kept.cli.run: what a run prints, writes and returns; the same seed gives the same bytes in any process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from checkers.registry import CLAIMS
from histories.jsonl import read_run
from kept.cli.progress import Progress
from kept.lab.schedule import load_schedule
from kept.lab.sweep import OutOfTime
from kept.report.document import RunDocument

SOURCE = str(Path(__file__).resolve().parents[3])
FILES = ["history.jsonl", "replicas.jsonl", "schedule.json", "trace.jsonl", "verdict.json"]
HOLDS = ("run", "--ops", "200", "--seed", "1")
LOSES = (*HOLDS, "--versions", "lww", "--claim", "no-lost-write")
Kept = Callable[..., Any]


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize("strategy", ["uniform", "pct"])
def test_the_same_seed_gives_the_same_bytes_in_two_processes_with_other_hash_seeds(
    tmp_path: Path, strategy: str
) -> None:
    for hash_seed in ("1", "2"):
        words = ["run", "--ops", "200", "--seed", "5", "--strategy", strategy, "--faults", "all", "--quiet"]
        words += ["--fault-gap-ms", "40", "--versions", "lww", "--claim", "no-lost-write", "--out", hash_seed]
        done = subprocess.run(
            [sys.executable, "-m", "kept", *words],
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stderr
    for name in [*FILES, "explanation.txt"]:
        if name != "verdict.json":  # which says how long it took
            assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_a_run_that_holds_prints_the_seed_first_and_last_and_everything_between(kept: Kept, tmp_path: Path) -> None:
    said = kept(*HOLDS)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == "seed 1"
    assert lines[-1].startswith("valid    seed 1: every claim holds (")
    labels = {line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "}
    assert labels >= {"cluster", "workload", "faults", "checks", "injected", "paths", "operations", "settled"}
    for claim in ("no-lost-write", "convergence", "placement", "unique-dots"):
        assert f"valid    {claim}: {CLAIMS[claim].wording}" in lines
    assert names(tmp_path / "kept-runs" / "1") == FILES
    assert read_run(tmp_path / "kept-runs" / "1").history.header.seed == 1


def test_a_violation_prints_what_happened_and_how_to_see_it_again_and_exits_1(kept: Kept, tmp_path: Path) -> None:
    said = kept(*LOSES)
    assert said.code == 1
    assert "INVALID  no-lost-write: " in said.out
    assert "is lost: " in said.out
    assert "again: kept replay kept-runs/1" in said.out
    assert said.out.splitlines()[-1].startswith("INVALID  seed 1: no-lost-write violated (")
    assert names(tmp_path / "kept-runs" / "1") == sorted([*FILES, "explanation.txt"])
    assert kept("replay", "kept-runs/1").code == 1


def test_each_run_gets_a_directory_of_its_own(kept: Kept, tmp_path: Path) -> None:
    for _ in range(2):
        assert kept("run", "--ops", "10", "--quiet").code == 0
    assert names(tmp_path / "kept-runs") == ["1", "2"]
    assert kept("run", "--ops", "10", "--quiet", "--out", "a b").code == 0
    assert names(tmp_path / "a b") == FILES


def test_a_seed_that_was_drawn_is_printed_and_makes_the_same_history_when_it_is_given(
    kept: Kept, tmp_path: Path
) -> None:
    drawn = kept("run", "--ops", "50").out.splitlines()[0].split()[1]
    assert kept("run", "--ops", "50", "--seed", drawn).code == 0
    one, two = ((tmp_path / "kept-runs" / name / "history.jsonl").read_bytes() for name in "12")
    assert one == two


def test_quiet_prints_the_verdict_and_after_a_violation_what_happened(kept: Kept) -> None:
    held = kept(*HOLDS, "--quiet")
    assert held.out.count("\n") == 1
    assert held.err == ""
    lost = [line for line in kept(*LOSES, "--quiet").out.splitlines() if line]
    assert len(lost) == 3
    assert "is lost" in lost[0]
    assert lost[1].startswith("INVALID  seed 1")
    assert lost[2] == "kept replay kept-runs/2"


@pytest.mark.parametrize("words", [HOLDS, LOSES])
def test_json_is_exactly_one_document_and_the_words_go_to_standard_error(
    kept: Kept, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = kept(*words, "--json")
    document = RunDocument.model_validate_json(said.out)
    assert said.err.splitlines()[0] == "seed 1"
    assert document.exit_code == said.code
    assert document.verdict == ("valid" if said.code == 0 else "invalid")
    assert (document.explanation is not None) == (said.code == 1)
    assert document.seed == 1
    assert document.replay == "kept replay kept-runs/1"
    assert json.loads((tmp_path / "kept-runs" / "1" / "verdict.json").read_text()) == json.loads(said.out)
    rows = (tmp_path / document.history).read_bytes().split(b"\n", 1)[1]
    assert document.history_sha256 == sha256(rows).hexdigest()
    violated = [claim for claim in document.claims if claim.verdict == "invalid"]
    assert [claim.name for claim in violated] == (["no-lost-write"] if said.code else [])
    assert all(claim.counterexample is not None and claim.counterexample.operations for claim in violated)
    assert sum(document.outcomes.values()) == 200


def test_claims_are_added_to_what_is_promised_and_all_means_all(kept: Kept) -> None:
    def checked(*words: str) -> list[str]:
        return [
            claim["name"]
            for claim in json.loads(kept("run", "--ops", "5", "--seed", "1", "--json", *words).out)["claims"]
        ]

    promised = checked()
    assert "fresh-reads" not in promised
    assert checked("--claim", "fresh-reads", "--claim", "convergence") == [*promised, "fresh-reads"]
    assert sorted(checked("--claim", "all")) == sorted(CLAIMS)


def test_seeds_run_up_to_the_first_violation_and_only_that_run_is_kept(kept: Kept, tmp_path: Path) -> None:
    said = kept(
        "run", "--ops", "60", "--seed", "1", "--seeds", "50", "--versions", "vv", "--claim", "no-lost-write", "--json"
    )
    document = RunDocument.model_validate_json(said.out)
    assert said.code == 1
    assert document.first_seed == 1
    assert document.seed == document.seeds
    assert 1 < document.seeds < 50, "choose a smaller run, so that some seeds hold"
    assert document.outcomes.keys() == {"ok", "fail", "info"}
    assert sum(document.outcomes.values()) == 60 * document.seeds
    assert names(tmp_path / "kept-runs") == ["1"]
    assert load_schedule(tmp_path / "kept-runs" / "1").config.seed == document.seed
    assert read_run(tmp_path / "kept-runs" / "1").history.header.seed == document.seed
    alone = RunDocument.model_validate_json(
        kept(
            "run", "--ops", "60", "--seed", str(document.seed), "--versions", "vv", "--claim", "no-lost-write", "--json"
        ).out
    )
    assert alone.history_sha256 == document.history_sha256
    assert alone.claims == document.claims


def test_seeds_that_all_hold_keep_the_last_and_add_up_their_counts(kept: Kept, tmp_path: Path) -> None:
    words = ("run", "--ops", "40", "--fault-gap-ms", "50", "--json")
    one = [json.loads(kept(*words, "--seed", str(seed)).out) for seed in (4, 5, 6)]
    together = json.loads(kept(*words, "--seed", "4", "--seeds", "3", "--out", "all").out)
    assert together["verdict"] == "valid"
    assert (together["seed"], together["seeds"]) == (6, 3)
    for counted in ("counts", "marks", "outcomes"):
        total: dict[str, int] = {}
        for single in one:
            for name, count in single[counted].items():
                total[name] = total.get(name, 0) + count
        assert together[counted] == total
    assert together["slowest_settled_us"] == max(single["settled_after_us"] for single in one)
    assert load_schedule(tmp_path / "all").config.seed == 6


def test_of_several_seeds_it_is_said_which_one_the_verdicts_are_of(kept: Kept) -> None:
    several = kept("run", "--ops", "5", "--seed", "1", "--seeds", "2").out
    assert "\nof seed 2, the last of 2:\nvalid    no-lost-write" in several
    assert "the last of" not in kept("run", "--ops", "5", "--seed", "2").out


def test_required_marks_that_stayed_at_zero_are_named_and_the_verdict_is_unknown(kept: Kept) -> None:
    said = kept("run", "--ops", "5", "--seed", "1", "--seeds", "2", "--require-marks")
    assert said.code == 2
    (line,) = [line for line in said.out.splitlines() if line.startswith("never reached: ")]
    assert "crash" in line
    assert "hint delivered" in line
    assert said.out.splitlines()[-1].startswith("unknown  seed 2: not everything was reached")


def test_a_swarm_draws_conditions_of_its_own_and_replays(kept: Kept, tmp_path: Path) -> None:
    said = kept("run", "--ops", "100", "--seed", "3", "--strategy", "swarm", "--json")
    config = json.loads(said.out)["config"]
    assert config["strategy"] in ("uniform", "pct")
    assert kept("replay", "kept-runs/1").code == said.code


def test_a_budget_that_is_spent_leaves_the_verdict_unknown_and_the_record_readable(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spent(_progress: Progress, _seeds: int, done: int, _wanted: int) -> None:
        if done >= 256:
            raise OutOfTime

    monkeypatch.setattr(Progress, "__call__", spent)
    said = kept("run", "--ops", "1000", "--seed", "1", "--claim", "fresh-reads", "--budget", "1s", "--json")
    document = RunDocument.model_validate_json(said.out)
    assert said.code == document.exit_code == 2
    assert document.stopped == "budget"
    assert {claim.verdict for claim in document.claims} == {"unknown"}
    assert "the budget was spent at operation 256 of 1,000 of seed 1" in document.claims[0].reason
    assert document.replay == "kept run --seed 1 --ops 1000 --claim fresh-reads"
    assert 200 <= len(read_run(tmp_path / "kept-runs" / "1").operations) <= 256


def test_an_interrupted_sweep_saves_the_seed_that_ran_and_exits_130(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_progress: Progress, seeds: int, done: int, _wanted: int) -> None:
        if seeds == 2 and done >= 256:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "__call__", interrupted)
    said = kept("run", "--ops", "400", "--seed", "1", "--seeds", "9", "--faults", "none")
    assert said.code == 130
    assert "interrupted at operation 256 of 400 of seed 3; 2 seeds before it held" in " ".join(said.out.split())
    run = read_run(tmp_path / "kept-runs" / "1")
    assert run.history.header.seed == 3
    assert len(run.operations) > 200
    assert json.loads((tmp_path / "kept-runs" / "1" / "verdict.json").read_text())["seeds"] == 2


def test_an_explanation_that_is_interrupted_does_not_take_the_verdict_with_it(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kept.cli.run.explain", stopped)
    said = kept(*LOSES)
    assert said.code == 1
    assert "INVALID  no-lost-write" in said.out


def test_junit_has_a_case_per_claim_and_an_earlier_report_may_be_replaced(kept: Kept, tmp_path: Path) -> None:
    for words, failures in ((HOLDS, "0"), (LOSES, "1")):
        kept(*words, "--junit", "report.xml")
        root = ElementTree.parse(tmp_path / "report.xml").getroot()
        assert root.get("failures") == failures
        assert int(root.get("tests", "0")) == len(root.findall("testcase")) > 3
    (failure,) = root.iter("failure")
    assert "No replica holds " in (failure.text or "")
    assert "kept replay kept-runs/2" in (failure.text or "")


def test_a_seeded_bug_is_named_caught_and_seeded_again_by_the_replay(kept: Kept) -> None:
    said = kept("run", "--bug", "canary", "--ops", "100", "--seed", "1")
    assert said.code == 1
    assert "bug         canary is seeded into the store" in said.out
    assert "Without the bug the same schedule keeps the promise." in said.out
    assert kept("replay", "kept-runs/1", "--quiet").out.startswith("FAILED ")
