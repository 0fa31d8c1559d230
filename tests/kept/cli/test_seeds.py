"""kept.cli.seeds: given, the last one, that of the commit, or a fresh one."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.cli.seeds import FRESH_BELOW, seed_of
from kept.lab.usage import UsageError


def test_a_given_seed_is_taken_and_a_fresh_one_is_in_its_range_and_differs() -> None:
    assert seed_of("12") == 12
    fresh = {seed_of(None) for _ in range(20)}
    assert len(fresh) > 1
    assert all(0 <= seed < FRESH_BELOW for seed in fresh)


def test_last_is_the_seed_of_the_newest_readable_run(kept: Callable[..., Any], tmp_path: Path) -> None:
    for seed in ("31", "32"):
        assert kept("run", "--ops", "5", "--seed", seed).code == 0
    (tmp_path / "kept-runs" / "10").mkdir()
    (tmp_path / "kept-runs" / "10" / "history.jsonl").write_text('{"seed": "no"}\n')
    (tmp_path / "kept-runs" / "notes").mkdir()
    assert seed_of("last") == 32


def test_git_is_the_same_for_everybody_who_has_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no commit is checked out here"):
        seed_of("git")
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "one"],
    ):
        subprocess.run(["git", *words], check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert seed_of("git") == seed_of("git") == int(head[:15], 16)
