"""What is recorded is read back as it was, byte for byte the same for the same calls, and never written over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories.errors import HistoryError
from histories.header import RunHeader
from histories.jsonl import read_history, read_run
from histories.recorder import Recorder
from histories.text import to_bytes, to_text

HEADER = RunHeader(seed=7, config={"n": 3}, created_by="kept 0.1.0", code="c0de")
RING = {"strategy": 1, "n": 1, "partitions": 0, "members": [{"name": "n1", "tokens": [str((1 << 127) + 1)]}]}


def record(recorder, key=b"k", value=b"v", reverse=False):
    context = {"n2": 5, "n1": 3} if reverse else {"n1": 3, "n2": 5}
    recorder.invoke(1, 0, "put", key, value, context, "0.1")
    recorder.invoke(2, 1, "get", key, None, {}, "1.1")
    recorder.minted(2, "0.1", key, ("n1", 4))
    recorder.ok_put(3, 0, key, "0.1", ("n1", 4), {"n1": 4, "n2": 5})
    recorder.ok_get(4, 1, key, "1.1", [value, b""], [("n1", 4), ("n3", 1)], context)
    recorder.invoke(5, 0, "delete", key, None, context, "0.2")
    recorder.ok_delete(6, 0, key, "0.2", {"n1": 4})
    recorder.invoke(7, 0, "delete", key, None, {}, "0.3")
    recorder.fail(8, 0, "delete", key, "0.3", 'no "quorum"\n')
    recorder.invoke(9, 0, "put", key, value, {}, "0.4")
    recorder.info(10, 0, "put", key, "0.4", "timeout")
    recorder.event(11, "crash", node="n2", lost=[key, 3], dot=("n1", 4))
    snapshot = recorder.replicas(True, 12, RING)
    snapshot.data("n1", key, context, [(("n1", 4), value), (("n3", 1), None)])
    snapshot.hint("n2", "n1", key, {}, [])
    snapshot.roots("n1", {10: b"\xff", 9: b"\x01"})


@settings(derandomize=True, database=None, deadline=None)
@given(st.binary(), st.binary())
def test_any_bytes_come_back_as_they_were(key, value):
    recorder = Recorder(None, HEADER)
    record(recorder, key, value)
    run = recorder.recorded()
    put, get, *_ = run.operations
    assert to_bytes(put.key) == key
    assert to_bytes(put.value) == value
    assert [to_bytes(v) for v in get.values] == [value, b""]
    assert run.replicas.states[0].versions[0].value == to_text(value)


def test_every_row_is_read_back(tmp_path):
    recorder = Recorder(tmp_path / "run", HEADER)
    record(recorder)
    recorder.close()
    run = read_run(tmp_path / "run")
    put, get, delete, failed, unknown = run.operations
    assert put[:8] == (0, 0, "put", "k", "v", {"n1": 3, "n2": 5}, "0.1", 1)
    assert (put.end_us, put.outcome, put.dot, put.minted, put.seen) == (
        3,
        "ok",
        ("n1", 4),
        ("n1", 4),
        {"n1": 4, "n2": 5},
    )
    assert (get.values, get.dots, get.seen) == (("v", ""), (("n1", 4), ("n3", 1)), {"n1": 3, "n2": 5})
    assert (delete.kind, delete.outcome, delete.seen) == ("delete", "ok", {"n1": 4})
    assert (failed.outcome, failed.reason) == ("fail", 'no "quorum"\n')
    assert (unknown.outcome, unknown.reason, unknown.end_us) == ("info", "timeout", 10)
    assert run.trace.events[1] == {"time_us": 11, "event": "crash", "node": "n2", "lost": ["k", 3], "dot": ["n1", 4]}
    assert (run.replicas.header.settled, run.replicas.header.settled_after_us) == (True, 12)
    assert run.replicas.header.ring.members[0].tokens == ((1 << 127) + 1,)
    data, hint = run.replicas.states
    assert [v.value for v in data.versions] == ["v", None]
    assert (hint.node, hint.space, hint.owner) == ("n2", "hint", "n1")
    assert run.replicas.roots == {"n1": {"9": "01", "10": "ff"}}


def test_memory_and_files_hold_the_same_bytes_whatever_the_order_of_a_context(tmp_path):
    stored, kept = Recorder(tmp_path / "run", HEADER), Recorder(None, HEADER)
    record(stored)
    record(kept, reverse=True)
    stored.close()
    kept.close()
    for name in ("history.jsonl", "trace.jsonl", "replicas.jsonl"):
        assert (tmp_path / "run" / name).read_text() == "".join(kept.lines(name))


def test_the_rows_are_those_of_the_file_format():
    recorder = Recorder(None, HEADER)
    record(recorder)
    assert recorder.lines("history.jsonl")[:2] == [
        '{"kept":"history","version":1,"seed":7,"config":{"n":3},"created_by":"kept 0.1.0","code":"c0de"}\n',
        '{"time_us":1,"process":0,"type":"invoke","f":"put","key":"k","value":"v","context":{"n1":3,"n2":5}'
        ',"request":"0.1"}\n',
    ]


@pytest.mark.parametrize("name", ["history.jsonl", "trace.jsonl", "replicas.jsonl"])
def test_a_directory_that_holds_a_run_is_refused_and_left_as_it_was(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(HistoryError, match=f"found a {name} already; accepted: a directory that holds no run"):
        Recorder(tmp_path, HEADER)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_what_was_flushed_can_be_read_while_the_run_goes_on(tmp_path):
    recorder = Recorder(tmp_path / "run", HEADER)
    recorder.invoke(1, 0, "put", b"k", b"v", {}, "0.1")
    recorder.flush()
    assert len(read_history(tmp_path / "run" / "history.jsonl").operations) == 1
    recorder.close()


def test_a_second_snapshot_is_refused():
    recorder = Recorder(None, HEADER)
    recorder.replicas(True, 1, RING)
    with pytest.raises(HistoryError, match="one snapshot per run"):
        recorder.replicas(True, 1, RING)


def test_a_trace_event_refuses_what_has_no_order():
    with pytest.raises(TypeError, match="cannot hold a set"):
        Recorder(None, HEADER).event(1, "crash", nodes={"n1", "n2"})
