"""Running the command in this process, in a directory of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kept.cli.main import main


class Said(NamedTuple):
    """What the command said and returned."""

    code: int
    out: str
    err: str


Kept = Callable[..., Said]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kept:
    """`kept("run", "--seed", "1")` in an empty current directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(*arguments: str) -> Said:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call
