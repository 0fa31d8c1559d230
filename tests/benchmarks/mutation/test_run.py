"""The command: what it refuses, and what it tells of what is known."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutation import run
from benchmarks.mutation.mutants import mutants
from benchmarks.mutation.trial import Fate


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dynamo/core/rings.py"], "'dynamo/core/rings.py' is no part (core, "),
        (["dynamo/core/rings.py"], "; did you mean dynamo/core/ring.py?"),
        (["--sample", "few"], "argument --sample: invalid int value: 'few'"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(arguments) == 64
    output = capsys.readouterr()
    assert told in output.err
    assert (output.out, output.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("explained", [True, False])
def test_a_survivor_without_a_reason_is_told_and_makes_the_command_fail(
    explained: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = "dynamo/core/rules.py"
    one, *others = mutants(run.ROOT, module)
    reasons = tmp_path / "survivors.txt"
    reasons.write_text(f"{one.name} equivalent: nobody asks\n" if explained else "# nothing\n")
    monkeypatch.setattr(run, "REASONS", reasons)
    fates = [
        (one, "survived", ""),
        *((other, "killed", "own") for other in others),
        (others[0]._replace(name="x"), "", ""),
    ]
    rows = [
        Fate(of.name, module, of.line, of.function, of.operator, of.before, of.after, outcome, stage, "", 1, 0.1)
        for of, outcome, stage in fates
    ]
    (tmp_path / "core.jsonl").write_text("".join(json.dumps(row._asdict()) + "\n" for row in rows))
    assert run.main([module, "--report", "--out", str(tmp_path)]) == (0 if explained else 1)
    output = capsys.readouterr().out
    count = len(others) + 1
    assert f"| {module} | {count} | {count} | {count - 1} | 0 | 0 | 0 | 1 |" in output, (
        "who is no mutant any more is left out"
    )
    assert ("unread" in output) != explained


def test_nothing_that_is_mutated_is_loaded_before_its_mutant() -> None:
    told = "import sys, benchmarks.mutation.run; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split()
    packages = ("dynamo.core", "checkers")
    assert [name for name in loaded if name.startswith(packages)] == []
