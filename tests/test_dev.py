"""dev.py makes an environment exactly when one is needed, and passes on what its commands say."""

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dev

DEV = Path(dev.__file__).resolve()

Calls = list[list[str]]
MODULE = len(dev.module("python", "")) - 1
"""Where a command of dev.module names the module."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("click==8.5.1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture
def calls(root: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Record what would be run. Making an environment puts a Python there that answers every probe."""
    recorded: Calls = []

    def record(command: list[str], **_: object) -> int:
        recorded.append(command)
        if command[MODULE] in ("venv", "virtualenv"):
            python = dev.Environment(root).python
            python.parent.mkdir(parents=True)
            python.write_text("#!/bin/sh\nexit 0\n")
            python.chmod(0o755)
        return 0

    monkeypatch.setattr(dev, "run", record)
    return recorded


def modules(calls: Calls) -> list[str]:
    return [call[MODULE] for call in calls]


# The environment


def test_a_fresh_checkout_gets_an_environment_then_the_lock_then_the_project(root: Path, calls: Calls) -> None:
    environment = dev.Environment(root)
    assert not environment.ready()
    assert environment.prepare() == 0
    assert environment.ready()
    making, lock, project = calls
    assert making[MODULE:] == ["venv", str(root / ".venv")]
    assert lock[0] == str(environment.python)
    assert lock[-3:] == ["--require-hashes", "-r", str(root / "requirements.txt")]
    assert project[-4:] == ["--no-deps", "--no-build-isolation", "-e", str(root)]


def test_a_second_call_runs_nothing(root: Path, calls: Calls) -> None:
    dev.Environment(root).prepare()
    calls.clear()
    assert dev.Environment(root).prepare() == 0
    assert calls == []


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_lock_or_project_file_installs_again_without_making_anew(name: str, root: Path, calls: Calls) -> None:
    dev.Environment(root).prepare()
    calls.clear()
    (root / name).write_text("changed\n")
    assert dev.Environment(root).prepare() == 0
    assert modules(calls) == ["pip", "pip"]
    assert dev.Environment(root).ready()


def test_content_moved_from_one_file_to_the_other_is_a_change(root: Path) -> None:
    before = dev.Environment(root).fingerprint()
    (root / "requirements.txt").write_text("click==8.5.1\n[project]\n")
    (root / "pyproject.toml").write_text("")
    assert dev.Environment(root).fingerprint() != before


@pytest.mark.parametrize("killed_at", [0, 1, 2])
def test_an_environment_left_half_made_is_made_anew(
    killed_at: int, root: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    record: Callable[..., int] = dev.run

    def killed(command: list[str], **variables: object) -> int:
        if len(calls) == killed_at:
            raise KeyboardInterrupt
        return record(command, **variables)

    monkeypatch.setattr(dev, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        dev.Environment(root).prepare()
    monkeypatch.setattr(dev, "run", record)
    assert not dev.Environment(root).ready()
    litter = root / ".venv" / "litter"
    litter.touch()
    calls.clear()
    assert dev.Environment(root).prepare() == 0
    assert modules(calls) == ["venv", "pip", "pip"]
    assert not litter.exists()


def test_a_failed_install_passes_its_exit_code_on_and_marks_nothing(
    root: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = dev.run
    monkeypatch.setattr(dev, "run", lambda command, **_: record(command) or (3 if "--require-hashes" in command else 0))
    assert dev.Environment(root).prepare() == 3
    assert modules(calls) == ["venv", "pip"]
    assert not dev.Environment(root).ready()


def test_an_environment_that_was_moved_is_made_anew(root: Path, calls: Calls) -> None:
    environment = dev.Environment(root)
    environment.prepare()
    calls.clear()
    environment.mark.write_text(environment.fingerprint().replace(str(root), "/elsewhere"))
    assert environment.prepare() == 0
    assert modules(calls) == ["venv", "pip", "pip"]


def test_an_environment_whose_python_is_gone_is_made_anew(root: Path, calls: Calls) -> None:
    environment = dev.Environment(root)
    environment.prepare()
    environment.python.unlink()
    environment.python.symlink_to(root / "uninstalled")
    calls.clear()
    assert environment.prepare() == 0
    assert modules(calls) == ["venv", "pip", "pip"]


def test_without_venv_it_falls_back_to_virtualenv(root: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "has_module", lambda name: name != "ensurepip")
    assert dev.Environment(root).prepare() == 0
    assert modules(calls) == ["pip", "virtualenv", "pip", "pip"]
    assert dev.Environment(root).ready()


def test_without_venv_and_pip_it_says_what_to_install(
    root: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "has_module", lambda name: name not in ("ensurepip", "pip"))
    assert dev.Environment(root).prepare() == dev.EXIT_UNAVAILABLE
    assert calls == []
    assert not dev.Environment(root).home.exists()
    assert f"apt-get install python3.{sys.version_info.minor}-venv" in capsys.readouterr().err


@pytest.mark.skipif(not dev.has_module("ensurepip"), reason="the fallback fetches virtualenv")
def test_the_python_of_this_machine_makes_an_environment_it_can_use_again(root: Path) -> None:
    environment = dev.Environment(root)
    assert environment.create() == 0
    assert not environment.reusable(), "nothing is installed yet"
    environment.unfinished.unlink()
    assert environment.reusable()


# Running commands


@pytest.mark.parametrize("code", [0, 1, 2, 64, 130])
def test_an_exit_code_is_passed_through(code: int) -> None:
    assert dev.run([sys.executable, "-c", f"raise SystemExit({code})"]) == code


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, 137), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_end_by_a_signal_reads_as_in_a_shell(number: signal.Signals, code: int) -> None:
    ending = (
        f"import os, signal; signal.signal({number:d}, 0) if {number:d} != 9 else 0; os.kill(os.getpid(), {number:d})"
    )
    assert dev.run([sys.executable, "-c", ending]) == code


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_lets_the_command_save_and_leaves_no_traceback(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    saved, started = tmp_path / "saved", tmp_path / "started"
    child = (
        "import pathlib, signal, sys, time\n"
        f"def save(*_): time.sleep(0.2); pathlib.Path({str(saved)!r}).touch(); sys.exit(130)\n"
        "signal.signal(signal.SIGINT, save)\n"
        "signal.signal(signal.SIGTERM, save)\n"
        f"pathlib.Path({str(started)!r}).touch()\n"
        "time.sleep(60)\n"
    )
    (tmp_path / "kept").write_text(f"#!{sys.executable}\n{child}")
    (tmp_path / "kept").chmod(0o755)
    parent = (
        "import pathlib, runpy, sys\n"
        f"sys.argv = ['dev.py', 'kept']; sys.path.insert(0, {str(DEV.parent)!r})\n"
        "import dev\n"
        "dev.Environment.prepare = lambda self: 0\n"
        f"dev.Verbs.kept = lambda self, *_: dev.run([{str(tmp_path / 'kept')!r}])\n"
        "dev.start()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stderr=subprocess.PIPE, start_new_session=True, cwd=tmp_path
    )
    with process:
        deadline = time.monotonic() + 30
        while not started.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (code, b"")
    assert saved.exists()


def test_a_module_runs_as_with_m_and_an_interrupted_one_leaves_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "making.py").write_text("import sys\nif __name__ == '__main__': sys.exit(len(sys.argv))")
    (tmp_path / "interrupted.py").write_text("raise KeyboardInterrupt")
    codes = {}
    for name in ("making", "interrupted"):
        command = dev.module(sys.executable, name, "argument")
        done = subprocess.run(command, check=False, capture_output=True, env={"PYTHONPATH": str(tmp_path)})
        codes[name] = (done.returncode, done.stderr)
    assert codes == {"making": (2, b""), "interrupted": (130, b"")}


# Verbs


class Verbs:
    """dev.Verbs over commands that are answered from a list of exit codes."""

    def __init__(self, root: Path, *codes: int) -> None:
        self.commands: Calls = []
        self.codes = list(codes)
        self.verbs = dev.Verbs(dev.Environment(root), self.run)

    def run(self, command: list[str], **_: object) -> int:
        self.commands.append(command)
        return self.codes.pop(0)


@pytest.mark.parametrize(
    ("holds", "caught", "code"),
    [(0, 1, 0), (0, 0, 1), (1, 1, 1), (1, 0, 1), (2, 1, 2), (0, 2, 2), (0, 70, 70), (70, 70, 70), (0, 130, 130)],
)
def test_the_demo_succeeds_exactly_if_the_first_run_holds_and_the_second_is_caught(
    holds: int, caught: int, code: int, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Verbs(root, holds, caught)
    assert fake.verbs.demo() == code
    assert [command[1:] for command in fake.commands] == [dev.DEMO_HOLDS, dev.DEMO_CAUGHT]
    assert ("NOT as promised" in capsys.readouterr().err.splitlines()[-1]) == (code != 0)


def test_an_interrupted_demo_starts_no_second_run(root: Path) -> None:
    fake = Verbs(root, 130)
    assert fake.verbs.demo() == 130
    assert len(fake.commands) == 1


def test_lint_runs_every_step_and_returns_the_first_failure(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Verbs(root, 0, 4, 2, 0, 1)
    assert fake.verbs.lint() == 4
    assert len(fake.commands) == 5
    names = ["ruff check", "ruff format --check", "mypy --strict", "import contracts", "determinism"]
    said = capsys.readouterr().err
    assert [line.removeprefix("dev.py: lint: ") for line in said.splitlines()[:-1]] == names
    assert said.endswith("failed: ruff format --check (4), mypy --strict (2), determinism (1)\n")


def test_test_and_bench_and_kept_hand_their_arguments_on(root: Path) -> None:
    fake = Verbs(root, 0, 5, 6, 64)
    assert fake.verbs.test("-k", "ring") == 0
    assert fake.verbs.bench("--quick") == 5
    assert fake.verbs.regress("--refresh", "canary") == 6
    assert fake.verbs.kept("run", "--seed", "1") == 64
    python, kept = (str(dev.Environment(root).bin / name) for name in ("python", "kept"))
    test, bench, regress, command = fake.commands
    assert (test[:3], test[-2:]) == ([python, "-m", "pytest"], ["-k", "ring"])
    assert bench == [python, "-m", "benchmarks", "--quick"]
    assert regress == [python, "-m", "tools.regress", "--refresh", "canary"]
    assert command == [kept, "run", "--seed", "1"]


def test_nightly_is_two_thousand_clusters_from_a_seed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Verbs(root, 0, 1)
    assert fake.verbs.nightly() == 0
    assert fake.verbs.nightly("2000") == 1
    kept = str(dev.Environment(root).bin / "kept")
    for command, seed in zip(fake.commands, ("0", "2000"), strict=True):
        words = [kept, "run", "--strategy", "swarm", "--seed", seed, "--seeds", "2000", "--out", "kept-runs/nightly"]
        assert command == words
    assert fake.verbs.nightly("soon") == dev.EXIT_USAGE
    assert capsys.readouterr().err == "dev.py: nightly: 'soon'; accepted: nothing, or the first seed\n"


@pytest.mark.parametrize("arguments", [[], ["tset"], ["--verbose"], ["lint", "dynamo"], ["demo", "now"]])
def test_a_wrong_command_line_is_a_usage_error_and_makes_nothing(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.Environment, "prepare", lambda _: pytest.fail("an environment was made"))
    assert dev.main(arguments) == dev.EXIT_USAGE


def test_an_unknown_verb_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    dev.main(["tset"])
    said = capsys.readouterr().err
    assert "'tset'" in said
    assert "did you mean test?" in said


def test_help_names_every_verb_and_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.Environment, "prepare", lambda _: pytest.fail("an environment was made"))
    assert dev.main(["--help"]) == 0
    words = capsys.readouterr().out.split()
    assert {"demo", "test", "lint", "bench", "regress", "nightly", "kept"} <= set(words)


# The script itself


def test_an_older_python_is_refused_with_one_line() -> None:
    older = f"import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0); runpy.run_path({str(DEV)!r})"
    done = subprocess.run([sys.executable, "-c", older], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "dev.py: kept needs Python 3.11 or later; this is Python 3.10\n"


def test_an_older_python_can_read_the_script_far_enough_to_refuse() -> None:
    tree = ast.parse(DEV.read_text(), feature_version=(3, 7))
    first, second, third = tree.body[:3]
    assert ast.get_docstring(tree)
    assert isinstance(first, ast.Expr)
    assert ast.unparse(second) == "import sys"
    assert ast.unparse(third).startswith("if sys.version_info < (3, 11):")


def test_the_script_imports_nothing_but_the_standard_library() -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(DEV.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
