"""kept.cli.main: a light start, and one line with the right exit code for whatever goes wrong."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histories.jsonl import read_history
from kept.cli import exits
from kept.cli.main import VERBS, command

SOURCE = str(Path(__file__).resolve().parents[3])
ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCE}


def test_help_names_every_verb_and_loads_neither_the_simulator_nor_pydantic_nor_rich() -> None:
    script = (
        "import sys; from kept.cli.main import main; code = main(['--help'])\n"
        "heavy = ('pydantic', 'rich', 'kept.sim', 'kept.lab', 'dynamo', 'z3')\n"
        "print([name for name in heavy if name in sys.modules])\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("[]")
    assert all(f"  {verb} " in done.stdout for verb in VERBS)


def test_help_takes_less_than_a_fifth_of_a_second_of_processor_time() -> None:
    spent_s = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-m", "kept", "--help"], check=True, capture_output=True, env=ENVIRONMENT)
        after = os.times()
        spent_s.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(spent_s) < 0.2


def test_version_says_the_version(kept: Callable[..., Any]) -> None:
    assert kept("--version") == (0, "kept 0.1.0\n", "")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], f"kept: no verb; accepted: {', '.join(VERBS)}"),
        (["rum"], f"kept: verb: 'rum'; accepted: {', '.join(VERBS)}; did you mean run?"),
        (["--nope"], "kept: --nope: no such flag"),
        (["run", "--noodes", "4"], "kept: --noodes: no such flag; accepted: see --help; did you mean --nodes?"),
        (["run", "--n"], "kept: --n: no value"),
        (["run", "more"], "kept: Got unexpected extra argument (more); accepted: see --help"),
        (["replay"], "kept: DIR|FILE: missing"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_64(
    kept: Callable[..., Any], tmp_path: Path, arguments: list[str], line: str
) -> None:
    said = kept(*arguments)
    assert said.code == exits.USAGE
    assert said.err.startswith(line)
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("two\nlines")

    monkeypatch.setattr("kept.cli.run.parse", fail)


def test_a_bug_in_kept_is_one_line_and_exit_70(kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch)
    said = kept("run")
    assert said.code == exits.BUG
    assert said.err.startswith("kept: a bug in kept: AssertionError at test_main.py:")
    assert "two\\nlines" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--debug", "run"), ("run", "--debug")])
def test_debug_shows_the_traceback(
    kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    _break(monkeypatch)
    said = kept(*arguments)
    assert said.code == exits.BUG
    assert "Traceback (most recent call last)" in said.err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_or_failing_disk_is_told_as_such_and_is_no_bug_of_ours(
    kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))  # as a write to an open file raises it: without a name

    monkeypatch.setattr("kept.cli.run.parse", write)
    said = kept("run")
    assert said.code == exits.USAGE
    assert said.err == (
        f"kept: a write failed: {os.strerror(number)}; "
        "accepted: a disk that takes it; what was written before is left\n"
    )


def test_any_other_error_of_the_system_without_a_file_is_a_bug(
    kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr("kept.cli.run.parse", fail)
    assert kept("run").code == exits.BUG


@pytest.mark.parametrize("verb", [(), *((name,) for name in VERBS)])
def test_h_is_help(kept: Callable[..., Any], verb: tuple[str, ...]) -> None:
    said = kept(*verb, "-h")
    assert said.code == exits.HOLDS
    assert said.out == kept(*verb, "--help").out


def test_a_verb_that_is_named_is_the_click_command_of_its_module() -> None:
    for verb in VERBS:
        found = command.get_command(None, verb)  # type: ignore[arg-type]  # the context does not matter
        assert found is not None
        assert found.name == verb


def test_an_interrupt_saves_and_prints_what_was_found_and_exits_130(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "kept", "run", "--seed", "1", "--ops", "5000000", "--out", "broken"]
    running = subprocess.Popen(
        words, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    history = tmp_path / "broken" / "history.jsonl"
    ends_s = time.monotonic() + 60
    while time.monotonic() < ends_s and not (history.exists() and history.read_bytes().count(b"\n") > 20):
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == exits.INTERRUPTED, err
    assert "interrupted at operation" in out
    assert "unknown  seed 1: interrupted; no violation so far" in out
    assert "Traceback" not in err
    assert (tmp_path / "broken" / "verdict.json").exists()
    assert len(read_history(history).operations) > 0


def test_a_reader_that_goes_away_gets_neither_a_traceback_nor_the_exit_code_of_a_violation() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kept", "--help"],
            check=False,
            stdout=writer,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )
    finally:
        os.close(writer)
    assert done.returncode == exits.PIPE_CLOSED
    assert done.stderr == b""
