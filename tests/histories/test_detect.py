"""A format is told by content."""

import pytest

from histories.detect import FORMATS, detect
from histories.errors import HistoryError
from histories.source import Source

CASES = [
    ("kept", '{"kept":"history","version":1}\n'),
    ("kept", '{"version":1,"kept":"history","config":{'),
    ("edn", "[{:process 0, :type :invoke}]"),
    ("edn", "{:process 0}\n{:process 1}"),
    ("edn", '; a comment with { and "\n\n[{:process 0}]'),
    ("edn", "[;x\n {:process 0}]"),
    ("edn", "({:process 0})"),
    ("edn", "#jepsen.history.Op{:index 0}"),
    ("edn", "{}"),
    ("edn", "[\n"),
    ("json", '[{"process":0,"type":"invoke"}]'),
    ("json", '{"process":0,"type":"invoke","start":1}\n'),
    ("json", '\n{ "process": 0,\n "type": "ok"}'),
    ("json", "[]"),
    ("jsonl", '{"process":0,"f":"read","start":1,"end":2}\n'),
    ("jsonl", '[ {"process":0,"f":"read","start":1}]'),
    ("log", "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"),
    ("log", "starting up\n2020-01-01 INFO [worker] jepsen.util: 0 :invoke :read nil\n"),
    ("csv", "process,f,start\n"),
    ("csv", "start;end;f;process\n0;1;read;0\n"),
    ("csv", '"process"\tf\tstart\n'),
    ("csv", "\ufeffprocess,f,start\n"),
    ("parquet", "PAR1...."),
]


@pytest.mark.parametrize(("expected", "text"), CASES)
def test_a_format_is_recognised_by_its_content(expected: str, text: str) -> None:
    assert detect(Source("h", text.encode())) == expected


LONG = "x" * 10_000_000
LONG_VALUES = [
    ("jsonl", '{"process":0,"f":"write","value":"LONG","start":1,"end":2}\n'),
    ("json", '{"value":"LONG","process":0,"f":"write","type":"invoke"}\n'),
    ("kept", '{"config":{"x":"LONG"},"kept":"history"}\n'),
    ("json", '{"value":"LONG'),
]


@pytest.mark.parametrize(("expected", "text"), LONG_VALUES, ids=range(len(LONG_VALUES)))
def test_a_first_value_of_ten_megabytes_hides_no_name(expected: str, text: str) -> None:
    assert detect(Source("h", text.replace("LONG", LONG).encode())) == expected


@pytest.mark.parametrize("length", range(65_440, 65_540, 7))
def test_wherever_the_head_of_the_file_ends_the_names_behind_it_are_seen(length: int) -> None:
    text = f'{{"process":0,"f":"write","pad":"{LONG[:length]}","value":[true,-1.5e3],"start":1,"end":2}}\n'
    assert detect(Source("h", text.encode())) == "jsonl"


def test_every_format_is_recognised() -> None:
    assert {expected for expected, _ in CASES} == set(FORMATS)


@pytest.mark.parametrize("text", ["", "hello\n", "<html>", "1,2,3\n", "a,b\n1,2\n", "\x00\x01", "   ", "\xff\xfe"])
def test_what_is_no_history_is_one_line(text: str) -> None:
    with pytest.raises(HistoryError) as error:
        detect(Source("h", text.encode("latin-1")))
    assert "\n" not in str(error.value)
