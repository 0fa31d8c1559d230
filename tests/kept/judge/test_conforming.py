"""The verdict on a trace of steps, for programs and for people."""

from checkers.conformance.check import conforms
from histories.steps import Steps
from kept.judge.conforming import document, judged, lines
from kept.lab.config import RunConfig
from kept.lab.stepping import stepped, write_steps
from kept.lab.trial import finish, prepare

CONFIG = RunConfig(seed=1, ops=30, keys=1, clients=3, faults=(), sloppy=False, workload="register")


def test_a_trace_in_a_file_is_judged_and_the_words_say_what_was_looked_at(tmp_path):
    path = tmp_path / "steps.jsonl"
    write_steps(finish(prepare(CONFIG), ()).schedule(), path)
    found = judged(str(path))
    assert (found.verdict, found.mismatch) == ("valid", None)
    assert found.steps == conforms(stepped(CONFIG)).explained
    said, last = lines(found)
    assert last == f"valid    {found.steps:,} steps of single keys: each is one of the protocol, or none."
    assert any(line.endswith("  replicate") for line in said)


def test_the_first_step_that_is_none_is_told_with_its_line_the_nearest_action_and_its_guard():
    trace = stepped(CONFIG)
    at = next(number for number, step in enumerate(trace.steps) if step.event == "durable" and number > 10)
    made = next(number for number, step in enumerate(trace.steps) if step.event == "made")
    cut = tuple(step for number, step in enumerate(trace.steps) if step.event != "durable" or number < min(at, made))
    found = document("t", Steps.model_construct(header=trace.header, steps=cut))
    assert found.verdict == "invalid"
    assert found.mismatch is not None
    assert (found.mismatch.action, found.mismatch.guard) == ("replicate", "durable")
    said, last = lines(found)
    assert f"line {found.mismatch.line:,}, key " in said[-1]
    assert last.startswith(
        f"INVALID  line {found.mismatch.line:,} is no step of the protocol. The nearest, replicate wai"
    )


def test_a_trace_of_which_nothing_could_be_looked_at_is_unknown():
    found = document("t", stepped(CONFIG.model_copy(update={"versions": "lww"})))
    assert found.verdict == "unknown"
    assert lines(found)[1].startswith("unknown")
