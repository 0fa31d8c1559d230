"""kept.cli.explore: verdicts and exit codes, counterexamples in steps, and one line for whatever is wrong."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.cli import explore
from kept.cli.explore import HELP, introduction
from kept.explore import explore as exploration
from kept.explore.processes import peak_bytes
from kept.explore.scope import Scope

Kept = Callable[..., Any]
SMALL = ("explore", "--clients", "1", "--program", "put", "--crashes", "0")


def test_every_field_of_a_scope_has_a_flag() -> None:
    assert list(HELP) == list(Scope.model_fields)


def test_a_scope_in_which_everything_holds_exits_0(kept: Kept) -> None:
    said = kept(*SMALL)
    assert (said.code, said.err) == (0, "")
    last = said.out.splitlines()[-1]
    assert last.startswith("valid    every claim holds in every state of the scope: 8 states, 11 transitions (")
    assert "  excluded     any crash\n" in said.out


def test_the_document_says_what_was_visited(kept: Kept) -> None:
    said = kept(*SMALL, "--json")
    document = json.loads(said.out)
    assert (document["verdict"], document["complete"], document["exit_code"]) == ("valid", True, 0)
    assert (document["states"], sum(document["levels"])) == (8, 8)
    assert document["coverage"] == {"deliver": 10, "put": 1}
    assert document["command"] == "kept explore --clients 1 --program put --crashes 0"
    assert 0 < document["lines"][0] < document["lines"][1]
    assert {claim["verdict"] for claim in document["claims"]} == {"valid"}
    assert "fresh-reads" in {claim["name"] for claim in document["claims"]}


def test_a_violation_exits_1_is_told_step_by_step_and_replayed(kept: Kept, tmp_path: Path) -> None:
    flags = ("--versions", "lww", "--claim", "no-lost-write", "--crashes", "0", "--program", "put,put")
    said = kept("explore", *flags, "--quiet", "--out", "found")
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[1] == "INVALID  no-lost-write"
    assert "in 8 steps, and in no fewer:" in lines[3]
    assert lines[4] == "  1  n2: c0 puts 0.1 blind"
    again = kept("replay", "found/no-lost-write.json")
    assert again.code == 1
    assert again.out.splitlines()[-1] == "FAILED    no-lost-write is violated again after 8 steps"


def test_ctrl_c_ends_an_exploration_which_then_tells_what_it_came_to(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore._Watch, "progress", lambda _watch, _states, _depth: os.kill(os.getpid(), signal.SIGINT))
    before = signal.getsignal(signal.SIGINT)
    said = kept("explore", "--crashes", "1", "--quiet")
    assert said.code == 130
    assert said.out.startswith("unknown  interrupted: not every state was expanded")
    assert signal.getsignal(signal.SIGINT) is before


def test_what_the_budget_cuts_off_exits_2(kept: Kept) -> None:
    said = kept("explore", "--crashes", "1", "--budget", "100ms", "--quiet")
    assert said.code == 2
    assert said.out.startswith("unknown  0.1 s: ")


@pytest.mark.parametrize("cores", ["1", "2"])
def test_memory_that_runs_out_exits_2(kept: Kept, cores: str) -> None:
    said = kept("explore", "--crashes", "1", "--max-mem", "1m", "--cores", cores, "--quiet")
    assert said.code == 2
    assert said.out.startswith("unknown  1,048,576 bytes of memory")


def test_the_memory_of_all_processes_counts(kept: Kept) -> None:
    most = 2 * peak_bytes()
    assert kept(*SMALL, "--max-mem", str(most), "--quiet").code == 0
    assert kept(*SMALL, "--max-mem", str(most), "--cores", "2", "--quiet").code == 2


def test_a_scope_that_cannot_finish_is_estimated_and_refused(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploration, "PILOT_STATES", 200)
    monkeypatch.setattr(exploration, "MOST_STATES", 500)
    said = kept("explore", "--quiet")
    assert (said.code, said.out) == (64, "")
    assert said.err.startswith("kept: --budget: missing for a scope of about ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--nodes", "9"), "--nodes: 9; accepted: 1 to 5"),
        (("--n", "4"), "n: 4 is more than the nodes: 3"),
        (("--program", "fetch"), "--program: 'fetch'; accepted: put, blind, get, delete"),
        (("--claim", "fresh"), "--claim: fresh; accepted: all,"),
        (("--bug", "canry"), "did you mean canary?"),
        (("--budget", "soon"), "--budget: soon; accepted: a time above 0"),
        (("--max-mem", "lots"), "--max-mem: lots; accepted: a size above 0"),
        (("--cores", "0"), "--cores: 0; accepted: 1 to 64"),
        (("--crash", "1"), "--crash"),
        (("--program", "put:2"), "program: a step at key 2 of 1; accepted: 1 to 1"),
        (("--change", "weight"), "--change: weight; accepted: join, leave, remove"),
        (("--change", "leave", "--settle"), "settle: not beside a change of membership"),
        (("--settle", "--cores", "2"), "--settle: with --cores or --checkpoint; accepted: one core"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_nothing_is_written(
    kept: Kept, tmp_path: Path, flags: tuple[str, ...], said: str
) -> None:
    found = kept("explore", *flags)
    assert (found.code, found.out) == (64, "")
    assert said in found.err
    assert found.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_search_goes_on_from_its_checkpoint(kept: Kept, tmp_path: Path) -> None:
    assert kept(*SMALL, "--checkpoint", "kept-here", "--quiet").code == 0
    assert (tmp_path / "kept-here" / "checkpoint.bin").exists()
    said = kept(*SMALL, "--checkpoint", "kept-here", "--quiet")
    assert said.code == 0
    assert "8 states, 11 transitions" in said.out


def test_keys_and_a_change_of_membership_are_told() -> None:
    told = introduction(Scope(keys=2, change="leave", crashes=0), ())
    assert told[1] == "  keys         2"
    assert told[3] == "  at the most  none; an owner leaves"
