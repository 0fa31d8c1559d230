"""Any file is a history, whatever its format and compression, and what is doubtful is told."""

import csv
import gzip
import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from histories.codecs.jepsen import Options
from histories.columns import INFO, NIL, UNKNOWN, Mark
from histories.errors import HistoryError
from histories.load import load
from histories.notice import Doubt

EDN = "{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value nil}\n"


def test_every_recorded_history_of_other_projects_is_read(recorded_elsewhere: Path) -> None:
    with (recorded_elsewhere / "VERDICTS.tsv").open() as file:
        listed = list(csv.DictReader(file, delimiter="\t"))
    assert len(listed) > 100
    for entry in listed:
        loaded = load(recorded_elsewhere / entry["path"])
        told = {notice.doubt for notice in loaded.notices}
        assert loaded.format == "edn"
        assert told <= {Doubt.NEMESIS, Doubt.TIME_BACKWARDS}, entry["path"]
        keyed = entry["model"] == "kv-append"
        assert (len(loaded.columns.keys) > 1) == keyed
        functions = {row.f for row in loaded.columns.rows()}
        accepted = {
            "cas-register": {"read", "write", "cas"},
            "kv-append": {"read", "write", "append"},
            "multi-register": {"txn"},
        }[entry["model"]]
        assert functions <= accepted


def test_nothing_of_a_recorded_file_is_lost(recorded_elsewhere: Path) -> None:
    path = recorded_elsewhere / "etcd" / "etcd_000.edn"
    text = path.read_text()
    columns = load(path).columns
    assert len(columns) == text.count(":type :invoke")
    assert int((columns.status == 0).sum()) == text.count(":type :ok")
    assert int((columns.status == 1).sum()) == text.count(":type :fail")


def test_nil_is_absent_unless_the_reader_says_unknown(tmp_path: Path) -> None:
    path = tmp_path / "h.edn"
    path.write_text(EDN)
    assert load(path).columns.result.tolist() == [NIL]
    loaded = load(path, Options(nil="unknown"))
    assert loaded.columns.result.tolist() == [UNKNOWN]
    assert [notice.doubt for notice in loaded.notices] == [Doubt.NIL_UNKNOWN]


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("edn", EDN),
        ("json", json.dumps([{"process": 0, "type": t, "f": "read", "value": None} for t in ("invoke", "ok")])),
        ("log", "INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\tnil\n"),
        ("jsonl", '{"process":0,"f":"read","start":0,"end":1}\n'),
        ("csv", "process,f,start,end\n0,read,0,1\n"),
        (
            "kept",
            '{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'
            '{"time_us":0,"process":0,"type":"invoke","f":"get","key":"k"}\n'
            '{"time_us":1,"process":0,"type":"ok","f":"get","key":"k","values":[]}\n',
        ),
    ],
)
@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_one_history_is_the_same_in_every_format(tmp_path: Path, expected: str, text: str, packed) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(packed(text.encode()))
    loaded = load(path)
    (row,) = loaded.columns.rows()
    assert (loaded.format, loaded.notices, loaded.name) == (expected, (), str(path))
    assert (row.process, row.f, row.result, row.start, row.end, row.status) == (0, "read", Mark.NIL, 0, 1, "ok")


def test_a_compressed_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "h.gz"
    rows = "".join(EDN.replace("0", str(number)) for number in range(10_000))
    data = gzip.compress(rows.encode())
    path.write_bytes(data[: len(data) // 2])
    loaded = load(path)
    assert loaded.truncated
    assert 0 < len(loaded.columns) < 10_000


def test_a_format_that_is_named_is_not_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "h"
    path.write_text("{}")
    with pytest.raises(Exception, match=r"h:1: found no process"):
        load(path, format="json")


def test_a_million_open_operations_are_survived(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    count = 1_000_000
    numbers = pa.array(range(count))
    table = pa.table({"process": numbers, "f": pa.repeat("write", count), "start": numbers, "value": numbers})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "h")
    columns = load(tmp_path / "h").columns
    assert len(columns) == count
    assert set(columns.status.tolist()) == {INFO}
    assert columns.row(count - 1).value == count - 1


@pytest.mark.parametrize("f", ["edn", "json"])
def test_a_value_of_ten_megabytes_and_markup_are_survived(tmp_path: Path, f: str) -> None:
    value = "<script>alert('&')</script>" + "x" * 10_000_000
    rows = [{"process": 0, "type": kind, "f": "write", "value": value} for kind in ("invoke", "ok")]
    path = tmp_path / "h"
    if f == "json":
        path.write_text(json.dumps(rows))
    else:
        path.write_text("".join(f'{{:process 0, :type :{row["type"]}, :f :write, :value "{value}"}}\n' for row in rows))
    (row,) = load(path).columns.rows()
    assert row.value == value


@pytest.mark.parametrize("installed", [True, False], ids=["compiled", "numba missing"])
def test_a_large_file_is_read_alike_with_and_without_the_compiled_scanner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    path = tmp_path / "h"
    path.write_text("".join(f'{{"process":{at},"f":"w","value":{at},"start":{at},"end":{at}}}\n' for at in range(99)))
    expected = list(load(path).columns.rows())
    monkeypatch.setattr("histories.load.WORTH_BYTES", 0)
    if not installed:
        monkeypatch.delattr("histories.scanner", raising=False)
        monkeypatch.setitem(sys.modules, "histories.scanner", None)
    loaded = load(path)
    assert list(loaded.columns.rows()) == expected
    assert isinstance(loaded.columns.values, range if installed and find_spec("numba") else list)


@pytest.mark.parametrize(
    ("module", "content"), [("pyarrow", b"PAR1" + bytes(20)), ("zstandard", b"\x28\xb5\x2f\xfd" + bytes(20))]
)
def test_a_format_whose_extra_is_not_installed_is_one_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, content: bytes
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "h").write_bytes(content)
    with pytest.raises(HistoryError, match=rf"{module} is not installed; accepted: kept\[files\]"):
        load(tmp_path / "h")
