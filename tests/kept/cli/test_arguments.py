"""kept.cli.arguments: whatever is wrong on the command line is one line, exit 64, and nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.cli.arguments import RUN_FILES, next_free, parse_budget, parse_faults
from kept.lab.usage import UsageError
from kept.sim.faults import ALL

BAD = {
    "no node": ("--nodes 0", "--nodes: 0; accepted: 1 to 1000"),
    "too many nodes": ("--nodes 1001", "--nodes: 1001; accepted: 1 to 1000"),
    "N above the nodes": ("--n 6", "--n: 6 is more than the nodes: 5; accepted: 1 to 5"),
    "R above N": ("--r 4", "--r: 4 is out of range; accepted: 1 to 3"),
    "W above N": ("--w 4", "--w: 4 is out of range; accepted: 1 to 3"),
    "W above N of a bug's cluster": ("--bug canary --w 9", "--w: 9 is out of range; accepted: 1 to "),
    "no R": ("--r 0", "--r: 0; accepted: 1 or more"),
    "no W": ("--w 0", "--w: 0; accepted: 1 or more"),
    "PR above R": ("--pr 3", "--pr: 3 is out of range; accepted: 0 to 2"),
    "PW above W": ("--pw 3", "--pw: 3 is out of range; accepted: 0 to 2"),
    "more durable copies than copies": ("--durable-copies 4", "--durable-copies: 4 is out of range; accepted: 0 to 3"),
    "no client": ("--clients 0", "--clients: 0; accepted: 1 to 10000"),
    "no operation": ("--ops 0", "--ops: 0; accepted: 1 to 10000000"),
    "no key": ("--keys 0", "--keys: 0; accepted: 1 to 10000000"),
    "too skewed": ("--skew 3.1", "--skew: 3.1; accepted: 0.0 to 3.0"),
    "skew that is no number": ("--skew nan", "--skew: nan; accepted: 0.0 to 3.0"),
    "negative pause": ("--think-ms -1", "--think-ms: -1; accepted: 0 to 60000"),
    "faults without a pause": ("--fault-gap-ms 9", "--fault-gap-ms: 9; accepted: 10 to 3600000"),
    "no time to settle": ("--settle-s 0", "--settle-s: 0; accepted: 1 to 3600"),
    "a ring of the future": ("--ring 4", "--ring: 4; accepted: 1 to 3"),
    "no partition": ("--partitions 0", "--partitions: 0; accepted: 1 to 65536"),
    "fewer partitions than nodes": ("--partitions 4", "--partitions: 4 is less than the nodes; accepted: 5 or more"),
    "no token": ("--tokens 0", "--tokens: 0; accepted: 1 to 1024"),
    "negative racks": ("--racks -1", "--racks: -1; accepted: 0 or more"),
    "no depth": ("--depth 0", "--depth: 0; accepted: 1 to 100"),
    "no number": ("--ops many", "--ops: 'many'; accepted: a whole number, 1 to 10000000"),
    "half an operation": ("--ops 1.5", "--ops: '1.5'; accepted: a whole number, 1 to 10000000"),
    "a number of ten thousand digits": (f"--ops {'9' * 10_000}", "--ops: '999"),
    "unknown strategy": (
        "--strategy unifrm",
        "--strategy: unifrm; accepted: uniform, pct, swarm; did you mean",
    ),
    "unknown versions": ("--versions dvvs", "--versions: dvvs; accepted: dvv, vv, lww; did you mean dvv?"),
    "unknown workload": ("--workload carts", "--workload: carts; accepted: mixed, register, cart, blind, delete; did"),
    "unknown repair": (
        "--read-repair aftr",
        "--read-repair: aftr; accepted: after, blocking, off; did you mean",
    ),
    "unknown fault": ("--faults loss,crahs", "--faults: crahs; accepted: all, none, loss, "),
    "empty fault": ("--faults loss,", "--faults: ''; accepted: all, none, loss, "),
    "unknown claim": ("--claim no-lost-writ", "--claim: no-lost-writ; accepted: all, no-lost-write, "),
    "unknown bug": ("--bug canry", "--bug: canry; accepted: canary, "),
    "no seeds": ("--seeds 0", "--seeds: 0; accepted: 1 to 10000000"),
    "negative seed": ("--seed -1", "--seed: -1; accepted: a whole number from 0 to 9223372036854775807, last, or git"),
    "seed that is no number": ("--seed one", "--seed: one; accepted: "),
    "seed that is too large": (f"--seed {1 << 63}", "--seed: 9223372036854775808; accepted: "),
    "seeds beyond the last": (f"--seed {(1 << 63) - 2} --seeds 3", "--seeds: 3 from seed "),
    "no last seed": ("--seed last", "--seed: last, but no run is recorded in kept-runs; accepted: "),
    "no commit": ("--seed git", "--seed: git, but no commit is checked out here; accepted: "),
    "no budget": ("--budget 0s", "--budget: 0s; accepted: a time above 0 such as 60s, 500ms, 5m or 1h"),
    "budget that is no time": ("--budget soon", "--budget: soon; accepted: a time above 0"),
    "budget with a sign": ("--budget -5s", "--budget: -5s; accepted: a time above 0"),
    "report nowhere": ("--junit no/where.xml", "--junit: no/where.xml; accepted: a file in a directory that exists"),
    "unknown colour": ("--color blue", "--color: blue; accepted: auto, always, never"),
    "control characters": ("--claim a\x1b[31m\nb", "--claim: a\\x1b[31m\\nb; accepted: "),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_flag_is_one_line_that_names_it_and_nothing_is_written(
    kept: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    words, line = BAD[name]
    said = kept("run", *words.split(" "))
    assert said.code == 64
    assert said.err.startswith(f"kept: {line}")
    assert said.err.count("\n") == 1
    assert said.err.rstrip("\n").isprintable()
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", RUN_FILES)
def test_a_directory_that_holds_a_run_is_refused_and_left_as_it_is(
    kept: Callable[..., Any], tmp_path: Path, file: str
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / file).write_text("precious")
    said = kept("run", "--ops", "10", "--out", "old")
    assert said.code == 64
    assert said.err == f"kept: --out: old holds a {file} already; accepted: a directory that holds no run\n"
    assert [path.name for path in (tmp_path / "old").iterdir()] == [file]
    assert (tmp_path / "old" / file).read_text() == "precious"


@pytest.mark.parametrize("out", ["file", "file/below", "", "x\0y"])
def test_what_cannot_be_a_directory_is_refused(kept: Callable[..., Any], tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("precious")
    said = kept("run", "--ops", "10", "--out", out)
    assert said.code == 64
    assert said.err.startswith("kept: --out: ")
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_is_no_report_of_ours_is_not_written_over(kept: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "notes.xml").write_text("precious")
    said = kept("run", "--ops", "10", "--junit", "notes.xml")
    assert said.code == 64
    assert said.err == "kept: --junit: notes.xml is there and no report of kept; accepted: a new file\n"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.xml"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60.0), ("500ms", 0.5), ("5m", 300.0), ("1.5h", 5400.0), ("7", 7.0), (None, None)]
)
def test_a_budget_is_a_time_with_a_unit(text: str | None, seconds: float | None) -> None:
    assert parse_budget(text) == seconds


def test_faults_keep_the_order_of_their_table_whatever_the_order_in_which_they_are_named() -> None:
    assert parse_faults("all") == ALL
    assert parse_faults("none") == ()
    assert parse_faults("pause, loss,loss") == ("loss", "pause")
    with pytest.raises(UsageError, match="did you mean crash"):
        parse_faults("crsh")


def test_two_commands_at_a_time_get_two_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runs = Path("kept-runs")
    assert next_free(runs).name == "1"
    monkeypatch.setattr("kept.cli.arguments.numbered", lambda: [])  # the other command has not been seen yet
    assert next_free(runs).name == "2"
