"""A recorded run is read from its directory, and knows whether its trace can be trusted to name every version."""

from pathlib import Path

import pytest

from histories.errors import HistoryError
from histories.header import RunHeader
from histories.jsonl import read_run
from histories.recorder import Recorder
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE

HEADER = RunHeader(seed=1, config={}, created_by="x", code="y")


def record(directory: Path, header: RunHeader = HEADER) -> None:
    recorder = Recorder(directory, header)
    recorder.invoke(1, 0, "put", b"k", b"v", {}, "r")
    recorder.minted(2, "r", b"k", ("n1", 1))
    recorder.close()


def test_the_trace_names_what_the_history_cannot(tmp_path: Path) -> None:
    record(tmp_path)
    run = read_run(tmp_path)
    assert run.mintings_known
    assert run.operations[0].named == ("n1", 1)
    assert run.replicas is None, f"there is no {REPLICAS_FILE}"


def test_a_trace_that_breaks_off_is_not_trusted_to_name_everything(tmp_path: Path) -> None:
    record(tmp_path)
    whole = (tmp_path / TRACE_FILE).read_bytes()
    (tmp_path / TRACE_FILE).write_bytes(whole[:-3])
    assert not read_run(tmp_path).mintings_known


def test_after_a_kill_everything_up_to_the_last_whole_line_is_readable(tmp_path: Path) -> None:
    record(tmp_path)
    whole = (tmp_path / HISTORY_FILE).read_bytes()
    header_ends = whole.index(b"\n") + 1
    for length in range(header_ends, len(whole)):
        (tmp_path / HISTORY_FILE).write_bytes(whole[:length])
        run = read_run(tmp_path)
        assert len(run.operations) == 0
        assert run.history.truncated == (length > header_ends)


def test_files_of_two_runs_are_not_taken_for_one(tmp_path: Path) -> None:
    record(tmp_path / "one")
    record(tmp_path / "two", RunHeader(seed=2, config={}, created_by="x", code="y"))
    (tmp_path / "one" / TRACE_FILE).write_bytes((tmp_path / "two" / TRACE_FILE).read_bytes())
    with pytest.raises(HistoryError, match="seed"):
        read_run(tmp_path / "one")


def test_a_trace_whose_writer_was_killed_is_not_trusted_even_where_it_ends_with_a_whole_line(tmp_path: Path) -> None:
    record(tmp_path)
    lines = (tmp_path / TRACE_FILE).read_bytes().splitlines(keepends=True)
    assert b'"end"' in lines[-1]
    (tmp_path / TRACE_FILE).write_bytes(b"".join(lines[:-1]))
    assert not read_run(tmp_path).mintings_known


def test_a_recorder_that_was_killed_at_once_leaves_files_that_can_be_read(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, HEADER)  # not flushed, not closed yet
    run = read_run(tmp_path)
    recorder.close()
    assert run.operations == ()
    assert not run.mintings_known
