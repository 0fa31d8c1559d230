"""kept.cli.fuzz: what a session prints, writes and returns."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from checkers.registry import CLAIMS
from kept.cli import exits
from kept.cli.fuzz import Line, _exit_code
from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus, Found, Kind
from kept.lab.entry import Replayed
from kept.lab.fuzz import Fuzz, Plan, Seen
from kept.report.document import FuzzDocument

SOURCE = str(Path(__file__).resolve().parents[3])
SMALL = ("fuzz", "--jobs", "1", "--ops", "40", "--think-ms", "5", "--seed", "7")
HOLDS = (*SMALL, "--seeds", "4")
FAILS = (*SMALL, "--bug", "canary", "--no-shrink")
Kept = Callable[..., Any]


def test_a_session_without_findings_prints_seed_and_budget_first_and_the_seed_last(kept: Kept, tmp_path: Path) -> None:
    said = kept(*HOLDS, "--budget", "30s")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == "seed 7: budget 30 s, up to 4 seeds, 1 worker"
    assert lines[-1].startswith("valid    seed 7: no violation (4 seeds, ")
    labels = {line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "}
    assert labels >= {"fixed", "checks", "ran", "injected", "paths", "operations"}
    assert f"valid    unique-dots: {CLAIMS['unique-dots'].wording}" in lines
    assert "again: kept fuzz --seed 7 --budget 30s --seeds 4 --ops 40 --think-ms 5" in said.out
    assert [path.name for path in (tmp_path / "kept-runs" / "1").iterdir()] == ["verdict.json"]


def test_a_violation_is_told_in_one_sentence_with_the_command_that_replays_it(kept: Kept) -> None:
    said = kept(*FAILS)
    assert said.code == 1
    lines = said.out.splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("INVALID  no-lost-write-")]
    assert lines[at].endswith(": seed 7")
    (command,) = [line.strip() for line in lines if line.strip().startswith("kept replay ")]
    assert command.startswith("kept replay kept-runs/1/no-lost-write-")
    assert lines[-1].startswith("INVALID  seed 7: no-lost-write-")
    again = kept(*command.split()[1:])
    assert again.code == 1
    assert "FAILED   seed 7: no-lost-write" in again.out


def test_a_violation_is_shrunk_by_default_and_both_schedules_replay(kept: Kept, tmp_path: Path) -> None:
    said = kept(*FAILS[:-1], "--json")
    document = FuzzDocument.model_validate_json(said.out)
    (finding,) = document.findings
    small = finding.shrunk
    assert small is not None
    assert small.after.events < small.before.events
    assert small.directory == f"{finding.directory}/shrunk"
    assert " ".join(f"shrunk to {small.after.events} event".split()) in " ".join(said.err.split())
    assert small.replay in said.err
    for place in (finding.directory, small.directory):
        assert kept("replay", place, "--quiet").out.startswith("FAILED   seed 7: no-lost-write")
    assert "--no-shrink" not in document.again


def test_without_shrinking_only_what_was_found_is_saved(kept: Kept) -> None:
    document = FuzzDocument.model_validate_json(kept(*FAILS, "--json").out)
    (finding,) = document.findings
    assert (finding.shrunk, finding.not_shrunk) == (None, "")
    assert document.again.endswith("--no-shrink")


def test_quiet_prints_the_findings_and_the_verdict(kept: Kept) -> None:
    assert kept(*HOLDS, "--quiet").out.count("\n") == 1
    lines = [line for line in kept(*FAILS, "--quiet").out.splitlines() if line]
    assert lines[0].startswith("INVALID  no-lost-write-")
    assert lines[-2].strip().startswith("kept replay ")
    assert lines[-1].startswith("INVALID  seed 7")


@pytest.mark.parametrize("words", [HOLDS, FAILS])
def test_json_is_exactly_one_document_which_is_saved_too(kept: Kept, tmp_path: Path, words: tuple[str, ...]) -> None:
    said = kept(*words, "--json")
    document = FuzzDocument.model_validate_json(said.out)
    assert said.err.splitlines()[0].startswith("seed 7: budget 60 s")
    assert document.exit_code == said.code
    assert document.verdict == ("valid" if said.code == 0 else "invalid")
    assert document.stopped == ("seeds" if said.code == 0 else "violation")
    assert sum(document.outcomes.values()) == 40 * document.seeds > 0
    assert json.loads((tmp_path / "kept-runs" / "1" / "verdict.json").read_text()) == json.loads(said.out)
    assert len(document.findings) == said.code
    for finding in document.findings:
        assert (tmp_path / finding.directory / "schedule.json").exists()
        assert finding.violated[0] == finding.claim == "no-lost-write"


def test_the_corpus_is_replayed_first_and_what_it_knows_is_only_counted(kept: Kept, tmp_path: Path) -> None:
    assert kept(*FAILS, "--corpus", "found", "--quiet").code == 1
    said = kept(*FAILS, "--corpus", "found", "--keep-going", "--seeds", "2", "--json")
    document = FuzzDocument.model_validate_json(said.out)
    (entry,) = document.replayed
    assert (entry.result, said.code) == ("EXPECTED", 1)
    assert entry.replay == f"kept replay {entry.schedule}"
    (finding,) = document.findings
    assert (finding.new, finding.count) == (False, 2)
    assert f"EXPECTED {entry.schedule}: " in " ".join(said.err.split())
    assert "violated by its bug, canary" in entry.reason
    path = tmp_path / entry.schedule / "schedule.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "gravity": 9.81}))
    stale = kept(*HOLDS, "--corpus", "found")
    assert stale.code == 0
    assert f"STALE {entry.schedule}: " in " ".join(stale.out.split())
    assert "gravity: unknown field" in " ".join(stale.out.split())


def test_junit_has_a_case_per_claim_and_finding(kept: Kept, tmp_path: Path) -> None:
    said = kept(*FAILS, "--junit", "report.xml", "--json")
    document = FuzzDocument.model_validate_json(said.out)
    root = ElementTree.parse(tmp_path / "report.xml").getroot()
    cases = {case.get("name") for case in root.findall("testcase")}
    assert cases == {claim.name for claim in document.claims} | {finding.name for finding in document.findings}
    failed = {case.get("name") for case in root.findall("testcase") if case.find("failure") is not None}
    assert failed >= {document.findings[0].name, "no-lost-write"}


def test_required_marks_that_stayed_at_zero_are_named_with_exit_2(kept: Kept) -> None:
    said = kept(*HOLDS, "--require-marks")
    assert said.code == 2
    (line,) = [line for line in said.out.splitlines() if line.startswith("never reached: ")]
    assert "crash" in line
    assert said.out.splitlines()[-1].startswith("unknown  seed 7: not everything was reached")


def test_a_claim_that_is_not_made_is_checked_where_it_is_named(kept: Kept) -> None:
    words = (*SMALL, "--seeds", "40", "--versions", "lww", "--workload", "register", "--n", "3", "--r", "2", "--w", "2")
    said = kept(*words, "--keys", "2", "--clients", "8", "--claim", "no-lost-write", "--json")
    document = FuzzDocument.model_validate_json(said.out)
    assert said.code == 1
    assert document.findings[0].claim == "no-lost-write"
    assert document.again.endswith("--claim no-lost-write")


def test_seed_git_is_that_of_the_commit_and_seed_last_that_of_the_last_session(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kept.cli.seeds._git", lambda: 123_456)
    assert kept(*HOLDS, "--seed", "git", "--seeds", "1").out.startswith("seed 123456: ")
    assert kept(*HOLDS, "--seed", "last", "--seeds", "1").out.startswith("seed 123456: ")
    assert kept("run", "--seed", "5", "--ops", "5", "--quiet").code == 0
    assert kept(*HOLDS, "--seed", "last", "--seeds", "1").out.startswith("seed 5: ")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--jobs", "0"), "kept: --jobs: 0; accepted: 1 to 256"),
        (("--seeds", "0"), "kept: --seeds: 0; accepted: 1 to 10000000"),
        (("--budget", "soon"), "kept: --budget: soon; accepted: a time above 0"),
        (("--shrink-budget", "soon"), "kept: --shrink-budget: soon; accepted: a time above 0"),
        (("--bug", "dodo"), "kept: --bug: dodo; accepted: "),
        (("--claim", "always-fast"), "kept: --claim: always-fast; accepted: all, "),
        (("--nodes", "2", "--n", "5"), "kept: --n: 5 is more than the nodes: 2"),
        (("--corpus", "a-file"), "kept: --corpus: a-file: Not a directory; accepted: a directory, or a new one"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_64_and_nothing_is_written(
    kept: Kept, tmp_path: Path, words: tuple[str, ...], line: str
) -> None:
    (tmp_path / "a-file").touch()
    said = kept("fuzz", *words)
    assert said.code == exits.USAGE
    assert said.err.startswith(line)
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


def _ended(tmp_path: Path, *claims: str) -> Fuzz:
    session = Fuzz(Plan(RunConfig()), Corpus(tmp_path))
    session.stopped = "seeds"
    for claim in claims:
        session.seen[claim] = Seen(Found(Kind(claim, (), ()), 1, (), "", (), {}), tmp_path, True)
    return session


def test_exit_codes_put_a_violation_first_then_an_error_then_what_did_not_repeat(tmp_path: Path) -> None:
    assert _exit_code(_ended(tmp_path), "valid") == exits.HOLDS
    assert _exit_code(_ended(tmp_path), "unknown") == exits.UNKNOWN
    assert _exit_code(_ended(tmp_path, "nondeterminism"), "unknown") == exits.DIVERGED
    assert _exit_code(_ended(tmp_path, "nondeterminism", "crash"), "unknown") == exits.BUG
    assert _exit_code(_ended(tmp_path, "nondeterminism", "crash", "placement"), "invalid") == exits.VIOLATED
    replayed = _ended(tmp_path)
    replayed.replayed[tmp_path] = Replayed("DIVERGED", "", "")
    assert _exit_code(replayed, "unknown") == exits.DIVERGED
    broken = _ended(tmp_path)
    broken.stopped = "interrupted"
    assert _exit_code(broken, "unknown") == exits.INTERRUPTED


def test_away_from_a_terminal_a_line_every_ten_seconds_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([100.0, *[105.0] * 2, *[110.0] * 2, *[112.0] * 2])
    monkeypatch.setattr("kept.cli.fuzz.time.monotonic", lambda: next(clock))
    session = _ended(tmp_path, "placement")
    session.tally.done = 30
    session.tally.outcomes["ok"] = 3_000
    with Line(60.0, quiet=False) as line:
        for _ in range(3):
            line(session)
    assert capsys.readouterr().err == "kept: 10 s: 30 seeds, 3.0 runs/s, 300 operations/s, 1 kind of violation\n"


def test_the_line_says_when_what_was_found_is_shrunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([100.0, *[110.0] * 2])
    monkeypatch.setattr("kept.cli.fuzz.time.monotonic", lambda: next(clock))
    session = _ended(tmp_path, "placement")
    session._shrinking_ends_s = 170.0
    with Line(60.0, quiet=False) as line:
        line(session)
    assert capsys.readouterr().err.endswith("1 kind of violation, shrinking\n")


def test_an_interrupt_saves_and_prints_what_was_found_and_ends_the_workers(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "kept", "fuzz", "--seed", "1", "--ops", "60", "--jobs", "2", "--corpus", "corpus"]
    running = subprocess.Popen(
        [*words, "--bug", "canary", "--keep-going"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": SOURCE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    ends_s = time.monotonic() + 60
    while time.monotonic() < ends_s and not list(tmp_path.glob("corpus/*/verdict.json")):
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the workers as well
    out, err = running.communicate(timeout=60)  # which also waits for the workers, who share these pipes
    assert running.returncode == exits.VIOLATED, err
    assert "INVALID  no-lost-write-" in out
    assert "Traceback" not in err
    document = FuzzDocument.model_validate_json((tmp_path / "kept-runs" / "1" / "verdict.json").read_text())
    assert document.stopped == "interrupted"
    assert len(document.findings) == 1
