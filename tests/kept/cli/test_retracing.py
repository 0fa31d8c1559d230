"""kept.cli.retracing: a trace of an exploration is replayed like a schedule, with the same results and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.explore.scope import Scope
from kept.explore.trace import Trace

Kept = Callable[..., Any]
STEPS = (("put", "n2", "c0 puts 0.1 blind", 0),)


@pytest.mark.parametrize(
    ("steps", "result", "code"),
    [(STEPS, "FIXED", 0), ((("put", "n3", "c0 puts 0.1 blind", 0),), "DIVERGED", 3)],
)
def test_the_result_and_its_exit_code(
    kept: Kept, tmp_path: Path, steps: tuple[tuple[str, str, str, int], ...], result: str, code: int
) -> None:
    scope = Scope(clients=1, program="put", crashes=0)
    trace = Trace(created_by="kept", scope=scope, claim="fresh-reads", steps=steps)
    (tmp_path / "trace.json").write_text(trace.text(), encoding="utf-8")
    said = kept("replay", "trace.json")
    assert said.code == code
    assert said.out.splitlines()[-1].startswith(result)
    document = json.loads(kept("replay", "trace.json", "--json").out)
    assert (document["result"], document["exit_code"], document["claim"]) == (result, code, "fresh-reads")


def test_a_broken_trace_is_one_line(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text('{"kept": "exploration", "steps": 7}', encoding="utf-8")
    said = kept("replay", "trace.json")
    assert (said.code, said.out, said.err.count("\n")) == (64, "", 1)
