"""Files are hostile input: each defect is one line that names the file, the line, what was found, what is accepted."""

import json

import pytest

from histories.errors import HistoryError
from histories.jsonl import read_history, read_replicas, read_run, read_trace

PUT = {
    "time_us": 1,
    "process": 3,
    "type": "invoke",
    "f": "put",
    "key": "k",
    "value": "v",
    "context": {},
    "request": "r",
}
PUT_OK = {
    "time_us": 2,
    "process": 3,
    "type": "ok",
    "f": "put",
    "key": "k",
    "request": "r",
    "dot": ["n1", 1],
    "context": {},
}
GET = {"time_us": 1, "process": 3, "type": "invoke", "f": "get", "key": "k", "context": {}, "request": "g"}
GET_OK = {
    "time_us": 2, "process": 3, "type": "ok", "f": "get", "key": "k", "request": "g",
    "values": ["v"], "dots": [["n1", 1]], "context": {"n1": 1},
}  # fmt: skip
STATE = {"node": "n1", "key": "k", "space": "data", "context": {}, "versions": []}


def without(row, field):
    return {name: value for name, value in row.items() if name != field}


HISTORY_DEFECTS = {
    "no JSON": (2, ["{nonsense"], "one JSON object per line"),
    "blank line": (2, [""], "one JSON object per line"),
    "an array": (2, ["[1, 2]"], "one JSON object per line"),
    "NaN": (2, ['{"time_us": NaN}'], "one JSON object per line"),
    "nested without end": (2, ["[" * 100_000], "one JSON object per line"),
    "a number of 5000 digits": (2, ['{"time_us": ' + "9" * 5000 + "}"], "one JSON object per line"),
    "not UTF-8": (2, [b'{"key": "\xff"}'.decode("utf-8", "surrogateescape")], "UTF-8"),
    "a lone surrogate": (2, [json.dumps({**GET, "key": "\ud800"})], "a string"),
    "no time": (2, [without(PUT, "time_us")], '"time_us"'),
    "a negative time": (2, [{**PUT, "time_us": -1}], '"time_us"'),
    "a fractional time": (2, [{**PUT, "time_us": 1.5}], '"time_us"'),
    "a boolean time": (2, [{**PUT, "time_us": True}], '"time_us"'),
    "a time beyond 64 bits": (2, [{**PUT, "time_us": 1 << 63}], '"time_us"'),
    "time running backwards": (3, [PUT, {**PUT_OK, "time_us": 0}], "times that never run backwards"),
    "an unknown type": (2, [{**PUT, "type": "start"}], "invoke, ok, fail or info"),
    "a type that is a list": (2, [{**PUT, "type": []}], "invoke, ok, fail or info"),
    "an unknown operation": (2, [{**PUT, "f": "cas"}], "get, put or delete"),
    "an operation that is a list": (2, [{**PUT, "f": ["put"]}], "get, put or delete"),
    "no process": (2, [without(PUT, "process")], '"process"'),
    "a key that is a number": (2, [{**PUT, "key": 5}], '"key"'),
    "a put without a value": (2, [without(PUT, "value")], "base64"),
    "broken base64": (2, [{**PUT, "value": {"base64": "a"}}], "base64"),
    "base64 and more": (2, [{**PUT, "value": {"base64": "YQ==", "x": 1}}], "base64"),
    "no context": (2, [without(PUT, "context")], "a context"),
    "a context with a string": (2, [{**PUT, "context": {"a": "1"}}], "counters"),
    "a context that is a list": (2, [{**PUT, "context": []}], "a context"),
    "a request that is a number": (2, [{**PUT, "request": 1}], '"request"'),
    "a request twice": (4, [PUT, PUT_OK, {**PUT, "time_us": 3}], "unique"),
    "two open operations of a process": (3, [PUT, {**PUT, "request": "s"}], "one open operation per process"),
    "a completion without invocation": (2, [PUT_OK], "a request that was invoked before"),
    "a completion by another process": (3, [PUT, {**PUT_OK, "process": 4}], "one completion an invocation"),
    "a second completion": (4, [PUT, PUT_OK, PUT_OK], "one completion an invocation"),
    "a completion of another kind": (3, [PUT, {**PUT_OK, "f": "get"}], "as it was invoked"),
    "a completion of another key": (3, [PUT, {**PUT_OK, "key": "l"}], "as it was invoked"),
    "an acknowledged put without a dot": (3, [PUT, without(PUT_OK, "dot")], "a dot"),
    "a dot with counter 0": (3, [PUT, {**PUT_OK, "dot": ["n1", 0]}], "a counter from 1"),
    "a dot of three parts": (3, [PUT, {**PUT_OK, "dot": ["n1", 1, 1]}], "a dot"),
    "a get with more dots than values": (3, [GET, {**GET_OK, "values": []}], "as many"),
    "a get whose values are a string": (3, [GET, {**GET_OK, "values": "v"}], "an array"),
    "a get whose value is null": (3, [GET, {**GET_OK, "values": [None]}], "a string"),
    "a reason that is a number": (3, [PUT, {**without(PUT_OK, "dot"), "type": "info", "reason": 1}], "a string"),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORY_DEFECTS)
def test_a_defect_of_a_history_is_one_line_with_its_line_number(files, name):
    line, rows, accepted = HISTORY_DEFECTS[name]
    path = files.write("history", *rows)
    with pytest.raises(HistoryError) as caught:
        read_history(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: found ")
    assert accepted in message
    assert message.isprintable()
    assert len(message) < len(str(path)) + 500


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ({}, "version"),
        ({"kept": "trace"}, "kept"),
        ({"version": 2}, "version"),
        ({"seed": "7"}, "seed"),
        ({"config": []}, "config"),
        ({"code": None}, "code"),
    ],
)
def test_a_wrong_header_names_its_field(files, header, field):
    whole = {**files.headers["history"], **header} if header else {"kept": "history", "seed": 1}
    with pytest.raises(HistoryError, match=f':1: found (no )?header field "{field}"'):
        read_history(files.write("history", header=whole))


TRACE_DEFECTS = [
    ({"event": "crash"}, '"time_us"'),
    ({"time_us": 1}, '"event"'),
    ({"time_us": 1, "event": "minted", "key": "k", "dot": ["n1", 1]}, '"request"'),
    ({"time_us": 1, "event": "minted", "request": "r", "key": "k", "dot": "n1"}, '"dot"'),
    ({"time_us": 1, "event": "minted", "request": "r", "dot": ["n1", 1]}, '"key"'),
]


@pytest.mark.parametrize(("row", "field"), TRACE_DEFECTS)
def test_a_defect_of_a_trace_names_its_field_and_line(files, row, field):
    with pytest.raises(HistoryError, match=f"trace.jsonl:2: .*{field}"):
        read_trace(files.write("trace", row))


@pytest.mark.parametrize(
    ("rows", "line", "found"),
    [
        ([without(STATE, "node")], 2, '"node"'),
        ([{**STATE, "space": "meta"}], 2, '"space"'),
        ([{**STATE, "space": "hint"}], 2, '"owner"'),
        ([without(STATE, "versions")], 2, '"versions"'),
        ([{**STATE, "versions": [["n1", 1]]}], 2, '"versions"'),
        ([{**STATE, "versions": [{"dot": ["n1", 1]}]}], 2, '"versions"'),
        ([{**STATE, "versions": [{"dot": ["n1", 1], "value": 3}]}], 2, '"value"'),
        ([{**STATE, "versions": [{"dot": ["n1", 1], "value": None}] * 2}], 2, "twice"),
        ([STATE, STATE], 3, "a second time"),
        ([{"node": "n1", "roots": {"0": 1}}], 2, '"roots"'),
        ([{"node": "n1", "roots": {}}, {"node": "n1", "roots": {}}], 3, "a second time"),
    ],
)
def test_a_defect_of_the_replica_states_names_its_line(files, rows, line, found):
    with pytest.raises(HistoryError, match=f"replicas.jsonl:{line}: found .*{found}"):
        read_replicas(files.write("replicas", *rows))


def test_a_last_line_without_newline_is_dropped_and_told(files):
    history = read_history(files.write("history", PUT, PUT_OK, '{"time_us":3,"proc', end=""))
    assert history.truncated
    assert [op.outcome for op in history.operations] == ["ok"]
    assert not read_history(files.write("history", PUT)).truncated


@pytest.mark.parametrize("text", ["", '{"kept":"history"'])
def test_a_file_without_a_whole_header_is_refused(tmp_path, text):
    path = tmp_path / "history.jsonl"
    path.write_text(text)
    with pytest.raises(HistoryError, match=":1: found no whole line"):
        read_history(path)


def test_a_missing_file_and_a_directory_are_one_line(tmp_path):
    with pytest.raises(HistoryError, match="No such file"):
        read_run(tmp_path)
    with pytest.raises(HistoryError, match="directory"):
        read_history(tmp_path)


def test_files_of_two_runs_are_not_taken_for_one(files):
    files.write("history", PUT)
    files.write("trace", header={**files.headers["trace"], "seed": 8})
    with pytest.raises(HistoryError, match=r'trace\.jsonl:1: found "seed": 8; accepted: 7'):
        read_run(files.directory)


def test_a_run_joins_the_trace_to_the_puts_that_it_names(files):
    files.write("history", PUT)
    named = {"time_us": 1, "event": "minted", "request": "r", "key": "k", "dot": ["n1", 4]}
    files.write("trace", named, {"time_us": 1, "event": "end"})
    run = read_run(files.directory)
    assert run.operations[0].minted == ("n1", 4)
    assert run.operations[0].outcome == "info"
    assert run.mintings_known
    assert run.replicas is None
