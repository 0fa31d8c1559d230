"""Lost disks, changes of the ring and reaping are told in rows of each key, and the run stays the same to the byte."""

from collections import Counter

from histories.rows import Rows
from histories.steps import Confirmed, Lost, Made, Recovered, Sent, Transferred, Turned, rows_of, steps_of
from kept.lab.config import RunConfig
from kept.lab.ringsteps import OfKeys
from kept.lab.stepping import StepWatch, stepped
from kept.lab.trial import history_sha256, prepare

SMALL = {"seed": 7, "sloppy": False, "ops": 60, "keys": 2, "clients": 3, "workload": "register"}
CHANGED = RunConfig(**SMALL, nodes=4, faults=("join", "leave", "lost-disk"), fault_gap_ms=500)


def test_a_run_with_changes_that_is_listened_to_is_the_same_to_the_byte():
    lab = prepare(CHANGED)
    StepWatch(lab)
    assert history_sha256(lab.execute(), None) == history_sha256(prepare(CHANGED).execute(), None)


def test_a_change_is_told_node_by_node_and_phase_by_phase():
    trace = stepped(CHANGED)
    assert trace.header.outside == tuple(name for name in trace.header.nodes if name not in ("n1", "n2", "n3", "n4"))
    (key,) = trace.header.owners.keys() - {"k0"} if len(trace.header.owners) > 1 else ("k0",)
    turned = [step for step in trace.steps if isinstance(step, Turned) and step.key == key]
    first = turned[0].plan
    of_plan = [step for step in turned if step.plan == first]
    assert [phase for phase, _ in Counter(step.phase for step in of_plan).items()] == [
        "prepare",
        "transfer",
        "flip",
        "close",
    ]
    assert all(len(step.lists) == 2 for step in of_plan if step.phase != "close" and len(step.lists) > 1)
    assert any(len(step.lists) == 2 for step in trace.steps if isinstance(step, Made))
    pages = {step.message for step in trace.steps if isinstance(step, Sent) and step.what == "page"}
    assert pages >= {step.message for step in trace.steps if isinstance(step, Transferred)} != set()


def test_a_lost_disk_is_told_with_who_confirms_it_and_when_it_is_whole():
    trace = stepped(RunConfig(**SMALL, faults=("lost-disk",), fault_gap_ms=1_000))
    lost = [step.node for step in trace.steps if isinstance(step, Lost)]
    assert lost
    said = {step.message for step in trace.steps if isinstance(step, Sent) and step.what == "same"}
    heard = [step for step in trace.steps if isinstance(step, Confirmed)]
    assert {step.message for step in heard} <= said
    assert {step.node for step in trace.steps if isinstance(step, Recovered)} == {*lost}


def test_the_rows_of_a_change_survive_the_file():
    trace = stepped(CHANGED)
    lines = [line.encode() for line in rows_of(trace.header, trace.steps)]
    assert steps_of(Rows("steps.jsonl", lines)).steps == trace.steps


def test_a_row_of_partitions_is_one_of_each_key_in_them():
    lab = prepare(CHANGED)
    ring = lab._plain_ring(lab.founders[0])
    own = frozenset({ring.partition_of(b"a")})
    rows = OfKeys(lambda key: Recovered(node="n1", key=key), ring, own).rows(("a", "b"))
    assert [row.key for row in rows if isinstance(row, Recovered)] == ["a"]
    assert len(list(OfKeys(lambda key: Recovered(node="n1", key=key)).rows(("a", "b")))) == 2
