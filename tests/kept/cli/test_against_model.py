"""`kept check --against-model`: a trace of steps, its verdict and its exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Kept = Callable[..., Any]

STEPS = (
    '{"kept":"steps","version":1,"r":2,"w":2,"sloppy":false,"nodes":["n1","n2"],"owners":{"k":["n1","n2"]}}',
    '{"event":"made","node":"n1","key":"k","request":"put","dot":["x",1]}',
    '{"event":"wrote","node":"n1","key":"k","batch":1,"held":{"context":{"x":1},"dots":[["x",1]]}}',
    '{"event":"sent","node":"n1","to":"n2","key":"k","message":1,"what":"replicate","request":"put","held":'
    '{"context":{"x":1},"dots":[["x",1]]}}',
)


def test_a_trace_in_which_a_version_leaves_before_it_is_durable_is_none_of_the_protocol(
    kept: Kept, tmp_path: Path
) -> None:
    (tmp_path / "steps.jsonl").write_text("\n".join(STEPS) + "\n", encoding="utf-8")
    said = kept("check", "--against-model", "steps.jsonl", "--json")
    assert said.code == 1
    document = json.loads(said.out)
    assert (document["verdict"], document["exit_code"], document["mismatch"]["line"]) == ("invalid", 1, 4)
    assert (document["mismatch"]["action"], document["mismatch"]["guard"]) == ("replicate", "durable")
    assert "INVALID  line 4 is no step of the protocol. The nearest, replicate waits for this guard" in said.err
    (tmp_path / "steps.jsonl").write_text("\n".join(STEPS[:3]) + "\n", encoding="utf-8")
    assert kept("check", "--against-model", "steps.jsonl", "--quiet").code == 0


def test_a_trace_that_is_none_is_one_line_and_so_are_histories_beside_one(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").write_text("{}\n", encoding="utf-8")
    for words in (("steps.jsonl",), ("none.jsonl",), ("steps.jsonl", "steps.jsonl")):
        said = kept("check", "--against-model", *words)
        assert (said.code, said.out, said.err.count("\n")) == (64, "", 1), said
