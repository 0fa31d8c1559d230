"""Every command of the README is run, and what the README quotes is what comes out."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+?)(?:\s+# exit (\d+).*|\s+#.*)?$", README, re.MULTILINE)
KEPT = [(command, int(code)) for command, code in COMMANDS if command.startswith("kept ")]


def _run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "kept", *words[1:]],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(("command", "code"), KEPT)
def test_a_command_of_the_readme_ends_as_the_readme_says(command: str, code: int, tmp_path: Path) -> None:
    done = _run(command, tmp_path)
    assert done.returncode == code, done.stdout + done.stderr


def test_the_quoted_counterexample_is_what_the_command_prints(tmp_path: Path) -> None:
    quoted = re.findall(r"^> (.+)$", README, re.MULTILINE)
    assert len(quoted) >= 3
    printed = " ".join(_run(KEPT[0][0], tmp_path).stdout.split())
    assert " ".join(" ".join(quoted).split()) in printed


def test_the_quoted_run_shrinks_as_far_as_the_readme_says(tmp_path: Path) -> None:
    before, after = re.findall(r"from (\d+) events to (\d+)", README)[0]
    _run(KEPT[0][0] + " --out lost", tmp_path)
    assert f"violated by {after} events instead of {before}" in _run("kept shrink lost", tmp_path).stdout


def test_the_readme_has_the_two_commands_and_dev_py_knows_them() -> None:
    verbs = [command.split()[2] for command, _ in COMMANDS if command.startswith("python3 dev.py ")]
    assert verbs == ["demo", "test"]
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert all(f"def {verb}(" in source for verb in verbs)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_changelog_names_runs_that_still_hold(tmp_path: Path) -> None:
    """The seeds with which a bug of our own was found are kept as regressions: the fixed store holds under them."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.findall(r"`(kept run [^`]+)`", changelog)
    assert found
    for number, command in enumerate(found):
        done = _run(command, tmp_path)
        assert done.returncode == 0, f"{number}: {command}\n{done.stdout}"
