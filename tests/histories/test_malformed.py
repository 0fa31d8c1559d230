"""Malformed files of every format: each gives its one line with the place, and no input gives a traceback."""

import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.jepsen import Options
from histories.detect import FORMATS
from histories.errors import HistoryError
from histories.load import load, load_source
from histories.source import Source

EDN = b"{:process 0, :type :invoke, :f :read, :value nil}\n"
EDN_OK = b"{:process 0, :type :ok, :f :read, :value 3}\n"
JSON = b'{"process":0,"type":"invoke","f":"read","value":null}\n'
KEPT = b'{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'
GET = b'{"time_us":5,"process":0,"type":"invoke","f":"get","key":"k"}\n'
LOG = b"INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
CSV = b"process,f,key,value,result,start,end,status\n"
ROW = b'{"process":0,"f":"read","start":1,"end":5}\n'


def parquet(changed: str = "", cells: list[object] | None = None, rename: bytes = b"") -> bytes:
    """Two operations as Parquet, with one column changed or left out; nothing where pyarrow is missing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        return b""
    columns: dict[str, object] = {"process": [0, 1], "f": ["write", "read"], "start": [0, 5], "end": [3, 9]}
    if cells is None:
        columns.pop(changed, None)
    else:
        columns[changed] = cells
    out = io.BytesIO()
    pa.parquet.write_table(pa.table(columns), out)
    return out.getvalue().replace(b"process", rename or b"process")


def zstd(data: bytes) -> bytes:
    """`data`, compressed; nothing where zstandard is missing."""
    try:
        import zstandard
    except ImportError:
        return b""
    return bytes(zstandard.ZstdCompressor().compress(data))


CORPUS = {
    # name: (content, line that is told or 0 for the whole file, part of what was found)
    "empty": (b"", 0, "an empty file"),
    "blanks": (b"  \n \n", 1, "''"),
    "html": (b"<html><body>not found</body></html>", 1, "'<html>"),
    "binary": (bytes(range(256)), 1, "'"),
    "prose": (b"once upon a time\n", 1, "'once upon a time'"),
    "csv of something else": (b"name,age\nada,36\n", 1, "'name,age'"),
    "gzip of nothing": (gzip.compress(b""), 0, "an empty file"),
    "gzip header only": (b"\x1f\x8b\x08", 0, "cut off before its content"),
    "gzip broken": (b"\x1f\x8b" + b"x" * 100, 0, "broken gzip"),
    "gzip of rubbish": (gzip.compress(b"rubbish"), 1, "'rubbish'"),
    "zstd header only": (b"\x28\xb5\x2f\xfd", 0, "cut off before its content"),
    "zstd broken": (b"\x28\xb5\x2f\xfd" + b"x" * 100, 0, "broken zstd"),
    "parquet magic only": (b"PAR1", 0, "broken Parquet"),
    "parquet rubbish": (b"PAR1" + bytes(100) + b"PAR1", 0, "broken Parquet"),
    "edn completion without invocation": (EDN_OK, 1, "ok of process 0"),
    "edn two open": (EDN + EDN, 2, "process 0 invoking read"),
    "edn not a map": (EDN + b"7\n" + EDN_OK, 2, "'7'"),
    "edn no process": (b"{:type :invoke, :f :read}\n", 1, "no process"),
    "edn no type": (b"{:process 1, :f :read}\n", 1, "the type None"),
    "edn no function": (b"{:process 1, :type :invoke}\n", 1, "the function None"),
    "edn odd map": (EDN + b"{:process}\n", 2, "a map with a key but no value"),
    "edn wrong bracket": (b"[" + EDN + b"}\n", 2, "'}'"),
    "edn closing bracket": (EDN + b"]\n", 2, "']'"),
    "edn after the end": (b"[" + EDN + b"] {}\n", 2, "'{}'"),
    "edn too deep": (EDN + b"[" * 1000 + b"\n", 2, "a value nested deeper"),
    "edn ten million brackets": (EDN + b"[" * 10_000_000, 2, "a value nested deeper"),
    "edn number without end": (b"{:process " + b"9" * 100_000 + b"}\n", 1, "a number of 100000 digits"),
    "edn time is text": (b'{:process 0, :type :invoke, :f :read, :time "x"}\n', 1, "the time 'x'"),
    "edn process is a list": (b"{:process [0], :type :invoke, :f :read}\n", 1, "the process (0,)"),
    "edn cas of one": (b"{:process 0, :type :invoke, :f :cas, :value 1}\n", 1, "compare-and-set of 1"),
    "edn txn of one": (b"{:process 0, :type :invoke, :f :txn, :value 1}\n", 1, "1"),
    "edn not utf-8": (EDN + b'"\xff"\n', 2, "byte 0xff at 1"),
    "edn escape": (EDN + b'"\\q"\n', 2, "the escape"),
    "edn escaped newline in message": (EDN + b"a\x00\x1b[31mb \n", 2, "'a\\x00"),
    "edn other function in ok": (EDN + EDN_OK.replace(b":read", b":write"), 2, "ok with the function 'write'"),
    "edn other key in ok": (
        EDN.replace(b":f", b':key "a", :f') + EDN_OK.replace(b":f", b':key "b", :f'), 2, "ok with the key 'b'",
    ),
    "json number": (b"[1]", 1, "'[1]'"),
    "json array cut in the middle": (b"[" + JSON + JSON + b",]", 2, "'{"),
    "json single quotes": (JSON + b"{'process':1}\n", 2, '"{'),
    "json not a number": (JSON + b'{"process":NaN}\n', 2, "NaN"),
    "json completion without invocation": (JSON.replace(b"invoke", b"ok"), 1, "ok of process 0"),
    "json lone surrogate": (JSON + b'{"process":"\\ud800"}\n', 2, "surrogate"),
    "json too deep": (JSON + b'{"value":' + b"[" * 100 + b"]" * 100 + b"}\n", 2, "a value nested deeper"),
    "json ten million brackets": (JSON + b'{"value":' + b"[" * 10_000_000 + b"\n", 2, ""),
    "json a digit too many": (JSON + b'{"process":' + b"1" * 5000 + b"}\n", 2, ""),
    "json comma": (b"[" + JSON + b" " + JSON + b"]", 2, "'{"),
    "kept version": (KEPT.replace(b"1", b"2", 1), 1, 'header field "version"'),
    "kept other file": (KEPT.replace(b"history", b"trace"), 1, 'header field "kept"'),
    "kept no header": (KEPT.replace(b'"seed":1,', b""), 1, 'no header field "seed"'),
    "kept row is a list": (KEPT + b"[]\n", 2, "'[]'"),
    "kept time backwards": (KEPT + GET + GET.replace(b":5", b":4").replace(b":0", b":1"), 3, "time 4 after 5"),
    "kept two open": (KEPT + GET + GET, 3, "process 0 invoking read"),
    "kept key is a number": (KEPT + GET.replace(b'"k"', b"3"), 2, '"key": 3'),
    "kept broken base64": (KEPT + GET.replace(b'"k"', b'{"base64":"?"}'), 2, "broken base64"),
    "kept negative process": (KEPT + GET.replace(b":0", b":-1"), 2, '"process": -1'),
    "log two open": (LOG + LOG, 2, "process 0 invoking read"),
    "log no process": (LOG + LOG.replace(b"0\t", b""), 2, "'INFO"),
    "log broken value": (LOG + b"INFO  jepsen.util - 1 :invoke :cas [1 }\n", 2, "'}'"),
    "csv without start": (b"process,f\n0,read\n", 1, "without 'start'"),
    "csv twice": (b"process,f,start,start\n", 1, "two columns 'start'"),
    "csv too many cells": (CSV + b"0,read,,,,1,2,ok,more\n", 2, "9 cells"),
    "csv start is text": (CSV + b"0,read,,,,one,2,ok\n", 2, "start: 'one'"),
    "csv no start": (CSV + b"0,read,,,,,2,ok\n", 2, "no start"),
    "csv end before start": (CSV + b"0,read,,,,3,2,ok\n", 2, "end 2 before start 3"),
    "csv ok without end": (CSV + b"0,read,,,,3,,ok\n", 2, "ok without an end"),
    "csv unknown status": (CSV + b"0,read,,,,3,4,fine\n", 2, "status: 'fine'"),
    "csv two open": (CSV + b"0,read,,,,1,9,ok\n0,read,,,,5,6,ok\n", 3, "process 0 starting at 5"),
    "csv quote": (CSV + b'0,read,,"a"b,,1,2,ok\n', 2, ""),
    "jsonl no function": (ROW + b'{"process":0,"start":9}\n', 2, "no f"),
    "jsonl process is half": (ROW.replace(b":0", b":0.5"), 1, "process: 0.5"),
    "jsonl two open": (ROW + ROW.replace(b":1", b":4"), 2, "process 0 starting at 4"),
    "jsonl start too large": (ROW.replace(b":1,", b":99999999999999999999,"), 1, "start: 99999999999999999999"),
    "jsonl end before start": (ROW + ROW.replace(b'"end":5', b'"end":0'), 2, "end 0 before start 1"),
    "jsonl unknown status": (ROW.replace(b"}", b',"status":"lost"}'), 1, "status: 'lost'"),
    "jsonl cut in the middle": (ROW + ROW[:30] + b"\n" + ROW, 2, "'{"),
    "jsonl not utf-8": (ROW + b'{"process":"\xff","f":"read","start":9}\n', 2, "byte 0xff at 12"),
    "jsonl too deep": (ROW + ROW.replace(b"}", b',"result":' + b"[" * 99 + b"]" * 99 + b"}"), 2, "nested deeper"),
    "jsonl row is text": (ROW + b'"x"\n', 2, "'\"x\""),
    "kept not utf-8": (KEPT + GET.replace(b'"k"', b'"\xfe"'), 2, "byte 0xfe"),
    "kept row is cut": (KEPT + GET[:20] + b"\n" + GET, 2, "'{"),
    "log not utf-8": (LOG + LOG.replace(b"nil", b"\xff"), 2, "byte 0xff"),
    "log completion without invocation": (LOG.replace(b":invoke", b":ok"), 1, "ok of process 0"),
    "log two values that are none": (LOG.replace(b"nil", b"[1"), 1, "the end of the text"),
    "csv not utf-8": (CSV + b"0,re\xffd,,,,1,2,ok\n", 2, "byte 0xff at 4"),
    "csv quote that never ends": (CSV + b'0,read,,"a,,1,2,ok\n' * 3, 3, "expected after"),
    "json not utf-8": (JSON + b'"\xff"\n', 2, "byte 0xff at 1"),
    "gzip with a wrong checksum": (gzip.compress(JSON)[:-8] + bytes(8), 0, "broken gzip"),
    "gzip of a wrong line": (gzip.compress(EDN + EDN), 2, "process 0 invoking read"),
    "zstd of rubbish": (zstd(b"rubbish"), 1, "'rubbish'"),
    "zstd of a wrong line": (zstd(ROW + ROW), 2, "process 0 starting at 1"),
    "zstd of nothing": (zstd(b""), 0, "an empty file"),
    "parquet without start": (parquet("start"), 0, "without 'start'"),
    "parquet start is text": (parquet("start", ["a", "b"]), 0, "start of type string"),
    "parquet no process": (parquet("process", [0, None]), 2, "no process"),
    "parquet f is a number": (parquet("f", [1, 2]), 0, "f of type int64"),
    "parquet end before start": (parquet("end", [3, 4]), 2, "end 4 before start 5"),
    "parquet unknown status": (parquet("status", ["ok", "lost"]), 2, "status 'lost'"),
    "parquet f is a list": (parquet("f", [["read"], ["write"]]), 0, "f of type list"),
    "parquet two of a name": (parquet("stort", [1, 2]).replace(b"stort", b"start"), 0, ""),
    "parquet cut in the middle": (parquet()[:200], 0, "broken Parquet"),
}  # fmt: skip
CORPUS = {name: entry for name, entry in CORPUS.items() if entry[0] or name == "empty"}


@pytest.mark.parametrize("name", CORPUS)
def test_a_malformed_file_is_one_line_with_its_place(tmp_path: Path, name: str) -> None:
    content, line, found = CORPUS[name]
    path = tmp_path / "history"
    path.write_bytes(content)
    with pytest.raises(HistoryError) as error:
        load(path)
    text = str(error.value)
    assert text.isprintable()
    assert len(text) < 600 + len(str(path))
    assert error.value.line == line
    assert text.startswith(f"{path}:{line}: found " if line else f"{path}: found ")
    assert found in text


def test_the_corpus_is_large_and_touches_every_format() -> None:
    assert len(CORPUS) >= 90
    for kind in (*FORMATS, "gzip", "zstd"):
        assert sum(name.startswith(kind) for name in CORPUS) >= (3 if kind == "parquet" and not parquet() else 5)


SAMPLES = (EDN + EDN_OK, b"[" + EDN + EDN_OK + b"]", JSON, KEPT + GET, LOG, CSV + b"0,read,k,,v,1,2,ok\n", ROW)


def check(data: bytes) -> None:
    """Reading ends with a history or with one line."""
    try:
        loaded = load_source(Source("h", data), Options(nil="unknown"))
    except HistoryError as error:
        found, rows = [str(error)], []
    else:
        found, rows = [notice.text for notice in loaded.notices], list(loaded.columns.rows())
    assert all(text.isprintable() for text in found)
    assert all(row.end is None or row.end >= row.start for row in rows)


@given(st.binary(max_size=200))
def test_no_bytes_give_a_traceback(data: bytes) -> None:
    check(data)


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=4),
)
def test_no_spoiled_file_gives_a_traceback(sample: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for at, drop, put in edits:
        where = at % (len(sample) + 1)
        sample = sample[:where] + put + sample[where + drop :]
    check(sample)


TOKENS = rb"""
    { } [ ] ( ) #{ #_ nil 0 -1 1.5 "x" " , ; \a #tag null true
    :process :type :invoke :ok :info :f :read :write :cas :txn :value :time :key :nemesis
    "process": "type": "f": "value": "start": "end": "invoke" "ok" "read" "kept":"history" jepsen.util process,f,start
""".split()


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_no_sequence_of_tokens_gives_a_traceback(tokens: list[bytes]) -> None:
    check(b" ".join(tokens))
    check(b"\n".join(tokens))


def test_no_shuffled_rows_give_a_traceback() -> None:
    chance = random.Random(1)
    for _ in range(300):
        rows = [
            f"{{:process {chance.randrange(3)}, :type :{chance.choice(['invoke', 'ok', 'fail', 'info'])}, :f"
            f" :{chance.choice(['read', 'write', 'cas', 'txn', 'x'])}, :value"
            f" {chance.choice(['nil', '1', '[1 2]', '[[:r 1 nil]]', '[1 [1 2]]'])}}}"
            for _ in range(chance.randrange(6))
        ]
        check("\n".join(rows).encode())
