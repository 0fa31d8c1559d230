"""Listening to every node changes nothing, and tells what happened in an order in which it can be checked."""

from collections import Counter

from histories.rows import Rows
from histories.steps import Asked, Beyond, Crashed, Sent, rows_of, steps_of
from kept.lab.config import RunConfig
from kept.lab.stepping import StepWatch, stepped, write_steps
from kept.lab.trial import finish, history_sha256, prepare

CONFIG = RunConfig(seed=3, ops=60, keys=2, clients=4, faults=("crash", "partition", "loss"))


def test_a_run_that_is_listened_to_is_the_same_to_the_byte():
    lab = prepare(CONFIG)
    StepWatch(lab)
    assert history_sha256(lab.execute(), None) == history_sha256(prepare(CONFIG).execute(), None)


def test_the_same_run_tells_the_same_steps_and_they_survive_the_file(tmp_path):
    trace = stepped(CONFIG)
    assert trace.steps == stepped(CONFIG).steps
    lines = [line.encode() for line in rows_of(trace.header, trace.steps)]
    assert steps_of(Rows("steps.jsonl", lines)).steps == trace.steps
    schedule = finish(prepare(CONFIG), ()).schedule()
    told = write_steps(schedule, tmp_path / "steps.jsonl")
    assert told == len(trace.steps)
    assert (tmp_path / "steps.jsonl").read_bytes().splitlines()[1:] == [line.rstrip() for line in lines[1:]]


def test_a_message_is_told_before_what_it_causes_and_every_get_has_a_name_of_its_own():
    trace = stepped(CONFIG)
    sent: set[int] = set()
    for step in trace.steps:
        if isinstance(step, Sent):
            sent.add(step.message)
        cause = getattr(step, "message", None)
        assert cause is None or cause in sent or not isinstance(step, Sent)
    asked = Counter(step.request for step in trace.steps if isinstance(step, Asked))
    assert set(asked.values()) == {1}
    assert any(isinstance(step, Crashed) for step in trace.steps)
    assert set(trace.header.owners) <= {"k0", "k1", "cart0"}


def test_from_a_damaged_disk_or_a_death_on_nothing_more_is_told():
    trace = stepped(CONFIG.model_copy(update={"faults": ("bit-rot", "remove"), "ops": 200, "fault_gap_ms": 100}))
    assert isinstance(trace.steps[-1], Beyond)
    assert sum(isinstance(step, Beyond) for step in trace.steps) == 1
