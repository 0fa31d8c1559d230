"""kept.explore.trace: a counterexample is saved, read and taken again; a wrong file is refused in one line."""

from pathlib import Path

import pytest

from kept.explore.judging import Judge
from kept.explore.scope import Scope
from kept.explore.system import Nodes
from kept.explore.trace import Trace, again, is_trace, load_trace, trace_of
from kept.lab.usage import UsageError
from model.explorer.explore import explore


@pytest.fixture(scope="module")
def trace() -> Trace:
    nodes = Nodes(Scope(crashes=1, program="put get", clients=1, bug="no-barrier"))
    outcome = explore(nodes, Judge(nodes, nodes.scope.claims()).properties())
    return trace_of(nodes, outcome.counterexamples[0])


def test_a_trace_is_violated_again_after_it_was_saved_and_read(trace: Trace, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_text(trace.text(), encoding="utf-8")
    assert is_trace(path)
    read = load_trace(path)
    assert read == trace
    came = again(read)
    assert came.result == "FAILED"
    assert came.violated == trace.reason


def test_a_step_that_is_not_possible_is_told(trace: Trace) -> None:
    action, node, what, _ = trace.steps[1]
    odd = trace.model_copy(update={"steps": (trace.steps[0], (action, node, f"{what} twice", 0))})
    came = again(odd)
    assert came.result == "DIVERGED"
    assert came.reason.startswith("step 2 is not possible any more")


def test_a_claim_that_holds_after_the_same_steps_is_fixed(trace: Trace) -> None:
    assert again(trace.model_copy(update={"steps": trace.steps[:1]})).result == "FIXED"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSON"),
        ('{"kept": "exploration"}', "created_by: missing"),
        ('{"kept": "exploration", "created_by": "x", "scope": {"n": 9}, "claim": "x", "steps": []}', "n: 9 is more"),
        ('{"kept": "exploration", "created_by": "x", "scope": {}, "claim": "fresh-read", "steps": []}', "fresh-reads?"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "trace.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_trace(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_no_trace(tmp_path: Path) -> None:
    assert not is_trace(tmp_path / "nothing")
    with pytest.raises(UsageError, match="cannot be read"):
        load_trace(tmp_path / "nothing")
