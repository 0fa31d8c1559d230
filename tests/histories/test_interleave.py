"""Files of several clients become one history by their times."""

from pathlib import Path

import pytest

from histories.columns import Mark
from histories.errors import HistoryError
from histories.interleave import interleaved, timed
from histories.load import load

ONE = '{"process":0,"f":"write","key":"x","value":"a","start":1,"end":5}\n{"process":0,"f":"mine","start":9}\n'
TWO = (
    "{:process 0, :type :invoke, :f :read, :value nil, :time 2}\n"
    "{:process 0, :type :ok, :f :read, :value 7, :time 4}\n"
    "{:process :n1, :type :invoke, :f :txn, :value [[:w :x 1]], :time 6}\n"
)


def write(folder: Path, name: str, text: str):
    (folder / name).write_text(text)
    return load(folder / name)


def test_operations_of_several_files_stand_in_the_order_of_their_times(tmp_path: Path) -> None:
    columns = interleaved([write(tmp_path, "1", ONE), write(tmp_path, "2", TWO)])
    told = [(row.process, row.f, row.key, row.start, row.end, row.line) for row in columns.rows()]
    assert told == [
        ((1, 0), "write", "x", 1, 5, 1),
        ((2, 0), "read", None, 2, 4, 1),
        ((2, "n1"), "txn", Mark.NONE, 6, None, 3),
        ((1, 0), "mine", None, 9, None, 2),
    ]
    first, read, *_ = columns.rows()
    assert (first.value, read.result) == ("a", 7)


def test_one_file_alone_stays_what_it_is(tmp_path: Path) -> None:
    part = write(tmp_path, "1", ONE)
    assert [row._replace(process=0) for row in interleaved([part]).rows()] == list(part.columns.rows())


@pytest.mark.parametrize("text", [TWO.replace(" :time 4", ""), TWO.replace(":time 4", ":time 1")], ids=["no", "back"])
def test_a_file_without_times_is_refused(tmp_path: Path, text: str) -> None:
    parts = [write(tmp_path, "1", ONE), write(tmp_path, "2", text)]
    assert [timed(part.columns) for part in parts] == [True, False]
    with pytest.raises(HistoryError, match="times on one clock"):
        interleaved(parts)
