"""kept.cli.check: what is printed and returned for good, bad and impossible histories, of this store and of others."""

import csv
import gzip
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import kept as workbench
from checkers.ladder.levels import LEVELS
from kept.cli import check as verb
from kept.judge.report import Judged
from kept.judge.workloads import OWN_LEVELS, WORKLOADS
from kept.report.history import CheckDocument

Kept = Callable[..., Any]
GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("KEPT_SHARED") or ROOT.parent / "shared") / "histories"

HISTORIES = {
    "good.edn": """{:process 0 :type :invoke :f :write :value 1}
{:process 0 :type :ok :f :write :value 1}
{:process 1 :type :invoke :f :cas :value [1 2]}
{:process 1 :type :ok :f :cas :value [1 2]}
{:process 0 :type :invoke :f :read :value nil}
{:process :nemesis :type :info :f :start :value nil}
{:process 0 :type :ok :f :read :value 2}
""",
    "lost.edn": """{:process 0 :type :invoke :f :write :value 1}
{:process 0 :type :ok :f :write :value 1}
{:process 1 :type :invoke :f :read :value nil}
{:process 1 :type :ok :f :read :value nil}
""",
    "stale.csv": """process,f,key,value,result,start,end
a,write,x,1,,0,10
a,write,x,2,,20,30
b,read,x,,2,40,50
c,read,x,,1,60,70
a,write,y,7,,40,45
b,read,y,,7,60,65
""",
    "set.edn": """{:process 0 :type :invoke :f :add :value 1}
{:process 0 :type :ok :f :add :value 1}
{:process 0 :type :invoke :f :read :value nil}
{:process 0 :type :ok :f :read :value #{1}}
""",
    "late-set.edn": """{:process 0 :type :invoke :f :add :value 1}
{:process 0 :type :ok :f :add :value 1}
{:process 1 :type :invoke :f :read :value nil}
{:process 1 :type :ok :f :read :value #{}}
{:process 1 :type :invoke :f :read :value nil}
{:process 1 :type :ok :f :read :value #{1}}
""",
    "ids.edn": """{:process 0 :type :invoke :f :generate :value nil}
{:process 0 :type :ok :f :generate :value 7}
{:process 1 :type :invoke :f :generate :value nil}
{:process 1 :type :ok :f :generate :value 7}
""",
    "lock.jsonl": """{"process":0,"f":"acquire","start":0,"end":10}
{"process":1,"f":"acquire","start":20,"end":30}
""",
    "adds.jsonl": '{"process":0,"f":"add","value":1,"start":0,"end":10}\n',
    "initial.jsonl": '{"process":0,"f":"read","result":0,"start":0,"end":10}\n',
    "txn.edn": """{:process 0 :type :invoke :f :txn :value [[:write :x 1] [:write :y 1]]}
{:process 0 :type :ok :f :txn :value [[:write :x 1] [:write :y 1]]}
{:process 0 :type :invoke :f :txn :value [[:read :x nil] [:read :y nil]]}
{:process 0 :type :ok :f :txn :value [[:read :x 1] [:read :y 0]]}
""",
    "empty.json": "[]",
    "torn.json": '{"process":0,"type":"inv',
}


@pytest.fixture
def check(kept: Kept, tmp_path: Path) -> Kept:
    """`kept check` in a directory that holds the histories above."""
    for name, text in HISTORIES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return lambda *words: kept("check", *words)


TOLD = {
    "valid": ("good.edn",),
    "lost": ("lost.edn", "--explain"),
    "ladder": ("stale.csv", "--ladder", "--explain"),
    "levels": ("stale.csv", "--level", "monotonic-reads", "--level", "causal-consistency"),
    "many": ("good.edn", "lost.edn", "set.edn", "lock.jsonl", "torn.json"),
    "txn": ("txn.edn", "--initial", "{x 0, y 0}", "--explain"),
    "staleness": ("stale.csv", "good.edn", "--staleness", "--level", "pram"),
    "set": ("late-set.edn", "--ladder"),
    "ids": ("ids.edn",),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_people_read_is_the_golden_file(check: Kept, name: str) -> None:
    said = check(*TOLD[name])
    text = re.sub(r"\([0-9]+\.[0-9] s\)", "(0.0 s)", said.out)
    golden = GOLDEN / f"check-{name}.txt"
    if os.environ.get("KEPT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert said.err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("good.edn",), 0),
        (("good.edn", "--ladder"), 0),
        (("lost.edn",), 1),
        (("lost.edn", "--nil", "unknown"), 0),
        (("stale.csv",), 1),
        (("stale.csv", "--level", "monotonic-reads"), 0),
        (("stale.csv", "--level", "regular"), 1),
        (("set.edn",), 0),
        (("lock.jsonl",), 1),
        (("txn.edn",), 1),
        (("initial.jsonl",), 1),
        (("initial.jsonl", "--initial", "0"), 0),
        (("adds.jsonl", "--model", "counter"), 0),
        (("empty.json",), 0),
        (("torn.json",), 2),
        (("good.edn", "torn.json"), 2),
        (("torn.json", "good.edn", "lost.edn"), 1),
        (("good.edn", "set.edn"), 0),
        (("good.edn", "--budget", "60s", "--max-mem", "2G"), 0),
        (("good.edn", "--not-keyed"), 0),
        (("good.edn", "--staleness"), 0),
        (("ids.edn",), 1),
        (("good.edn", "--model", "unique-ids"), 0),
        (("late-set.edn", "--level", "no-lost-element"), 0),
        (("late-set.edn", "--level", "no-stale-element"), 1),
    ],
)
def test_the_exit_code_says_whether_it_holds_and_quiet_says_one_line(
    check: Kept, words: tuple[str, ...], code: int
) -> None:
    said = check(*words, "--quiet")
    assert said.code == code, said
    assert (said.out.count("\n"), said.err) == (1, "")
    assert said.out.startswith({0: "valid", 1: "INVALID", 2: "unknown"}[code])


def recorded() -> Iterator[Any]:
    if not (SHARED / "VERDICTS.tsv").is_file():
        yield pytest.param([], marks=pytest.mark.skip(reason=f"no recorded histories in {SHARED} (see KEPT_SHARED)"))
        return
    with (SHARED / "VERDICTS.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for asked in sorted({(row["model"], row["initial"], row["path"].partition("/")[0]) for row in rows}):
        group = [row for row in rows if (row["model"], row["initial"], row["path"].partition("/")[0]) == asked]
        yield pytest.param(group, id="-".join(asked))


@pytest.mark.parametrize("rows", list(recorded()))
def test_every_recorded_history_is_decided_as_it_is_known_to_be(check: Kept, rows: list[dict[str, str]]) -> None:
    model, initial = rows[0]["model"], rows[0]["initial"]
    nil = "unknown" if rows[0]["path"].startswith("knossos/") else "absent"
    words = ["--model", model, "--initial", '""' if set(initial) == {'"'} else initial, "--nil", nil, "--json"]
    said = check(*(str(SHARED / row["path"]) for row in rows), *words)
    found = CheckDocument.model_validate_json(said.out)
    expected = ["valid" if row["linearizable"] == "true" else "invalid" for row in rows]
    assert [history.verdict for history in found.histories] == expected
    assert said.code == (1 if "invalid" in expected else 0)
    for history in found.histories:
        for claim in history.claims:
            assert claim.verdict == "valid" or (claim.counterexample and claim.counterexample.operations)


@pytest.mark.parametrize("rows", list(recorded()))
def test_the_model_of_every_recorded_history_is_guessed_right(check: Kept, rows: list[dict[str, str]]) -> None:
    said = check(*(str(SHARED / row["path"]) for row in rows), "--nil", "unknown", "--json")
    models = {history.model for history in CheckDocument.model_validate_json(said.out).histories}
    assert models <= {rows[0]["model"], "register"}  # a cas-register that nobody swapped is a register


def test_json_is_one_document_and_words_go_to_standard_error(check: Kept) -> None:
    said = check("stale.csv", "lost.edn", "--json", "--level", "linearizable")
    document = CheckDocument.model_validate_json(said.out)
    assert json.loads(said.out)["kept"] == "check"
    assert (document.verdict, document.exit_code, said.code) == ("invalid", 1, 1)
    assert [claim.name for claim in document.claims] == ["stale.csv: linearizable", "lost.edn: linearizable"]
    stale, lost = document.histories
    assert (stale.model, stale.format, stale.operations, stale.keys, stale.clients) == ("kv", "csv", 6, 2, 3)
    assert (lost.model, lost.guessed) == ("register", "read, write")
    assert "Read nil by client 1 began at" in lost.paragraph
    assert said.err.rstrip().split("\n")[-1].startswith("INVALID  2 histories: 0 valid, 2 violated")


def test_the_counterexample_is_as_small_as_it_can_be(check: Kept) -> None:
    (history,) = CheckDocument.model_validate_json(check("stale.csv", "--json").out).histories
    example = history.claims[0].counterexample
    assert example is not None
    assert len(example.operations) == 3, "the write, the one that replaced it, and the read that missed it"


def test_a_junit_report_has_a_case_for_every_level_of_every_history(check: Kept, tmp_path: Path) -> None:
    assert check("good.edn", "lost.edn", "torn.json", "--junit", "out.xml").code == 1
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert [case.get("name") for case in suite] == [
        "good.edn: linearizable", "lost.edn: linearizable", "torn.json: linearizable",
    ]  # fmt: skip


def test_an_interruption_says_what_was_found_and_ends_with_130(check: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    from kept.judge import files

    judge = files._judged

    def interrupted(path: str, question: Any) -> Judged:
        if path == "set.edn":
            raise KeyboardInterrupt
        return judge(path, question)

    monkeypatch.setattr(files, "_judged", interrupted)
    said = check("good.edn", "set.edn")
    assert said.code == 130
    assert "valid    good.edn" in said.out
    assert "unknown  set.edn" in said.out
    assert check("lost.edn", "set.edn").code == 1, "a violation is a violation"


def test_this_stores_own_run_is_held_against_its_promises(check: Kept, tmp_path: Path) -> None:
    workbench.run(tmp_path / "run", seed=1, ops=60)
    said = check("run/history.jsonl")
    assert said.code == 0, said
    assert "mvr (guessed: this store's own history)" in said.out
    assert "no-lost-write" in said.out
    moved = tmp_path / "moved.gz"
    moved.write_bytes(gzip.compress((tmp_path / "run" / "history.jsonl").read_bytes()))
    assert check("moved.gz", "--level", "fresh-reads", "--level", "honest-contexts").code in (0, 1)
    assert check("moved.gz", "--level", "pram").code == 64


def test_a_run_that_lost_a_write_is_caught_by_its_history(check: Kept, tmp_path: Path) -> None:
    workbench.run(tmp_path / "lost", seed=3, versions="lww", faults=("clock-offset",))
    said = check("lost/history.jsonl", "--level", "no-lost-write", "--explain")
    assert said.code == 1
    assert "INVALID  lost/history.jsonl: no-lost-write violated" in said.out


GOOD_ROW = '{"process":0,"f":"write","value":1,"start":0,"end":1}\n'
LINES: dict[str, tuple[str, ...]] = {
    "no file named": (),
    "no such file": ("nowhere.edn",),
    "a directory": (".",),
    "an empty name": ("",),
    "a name with a null": ("a\0b",),
    "a name over several lines": ("a\nb",),
    "unknown flag": ("good.edn", "--modle", "kv"),
    "model without a value": ("good.edn", "--model"),
    "unknown model": ("good.edn", "--model", "regster"),
    "wrong model": ("good.edn", "--model", "mutex"),
    "mvr of others": ("good.edn", "--model", "mvr"),
    "set of registers": ("good.edn", "--model", "set"),
    "model in doubt": ("adds.jsonl",),
    "unknown level": ("good.edn", "--level", "linearisable"),
    "level of another model": ("good.edn", "--model", "mutex", "--level", "pram"),
    "level of another guess": ("set.edn", "--level", "pram"),
    "promise of others": ("good.edn", "--level", "no-lost-write"),
    "ladder and level": ("good.edn", "--ladder", "--level", "pram"),
    "nil": ("good.edn", "--nil", "maybe"),
    "initial broken": ("good.edn", "--initial", "{x"),
    "initial twice": ("good.edn", "--initial", "1 2"),
    "initial of a lock": ("lock.jsonl", "--initial", "true"),
    "initial of a set": ("set.edn", "--initial", "7"),
    "initial of registers": ("txn.edn", "--initial", "0"),
    "budget": ("good.edn", "--budget", "soon"),
    "budget zero": ("good.edn", "--budget", "0"),
    "budget negative": ("good.edn", "--budget", "-1s"),
    "memory": ("good.edn", "--max-mem", "lots"),
    "memory too small": ("good.edn", "--max-mem", "1M"),
    "color": ("good.edn", "--color", "blue"),
    "junit nowhere": ("good.edn", "--junit", "no/where.xml"),
    "junit over a history": ("good.edn", "--junit", "good.edn"),
    "keyed that is not": ("good.edn", "--keyed"),
    "good and missing": ("good.edn", "nowhere.edn"),
    "staleness of a set": ("set.edn", "--staleness"),
    "staleness of a named model": ("adds.jsonl", "--model", "counter", "--staleness"),
    "what identifiers begin with": ("ids.edn", "--initial", "7"),
    "a counter that begins endless": ("adds.jsonl", "--model", "counter", "--initial", "##Inf"),
}
FILES: dict[str, bytes] = {
    "empty": b"",
    "binary": bytes(range(256)),
    "prose": b"once upon a time\n",
    "html": b"<html><script>alert(1)</script></html>",
    "gzip broken": b"\x1f\x8b" + b"x" * 50,
    "zstd broken": b"\x28\xb5\x2f\xfd" + b"x" * 50,
    "parquet broken": b"PAR1" + bytes(50) + b"PAR1",
    "edn two open": b"{:process 0 :type :invoke :f :read :value nil}\n" * 2,
    "edn orphan": b"{:process 0 :type :ok :f :read :value 1}\n",
    "edn brackets": b"[" * 100_000,
    "json type": b'{"process":0,"type":"begin","f":"read","value":null}\n',
    "row of text": (GOOD_ROW + "seven\n").encode(),
    "row without start": (GOOD_ROW + '{"process":1,"f":"read"}\n').encode(),
    "end before start": (GOOD_ROW + '{"process":1,"f":"read","start":9,"end":3}\n').encode(),
    "overlap": (GOOD_ROW * 2).encode(),
    "status": (GOOD_ROW + '{"process":1,"f":"read","start":9,"status":"maybe"}\n').encode(),
    "function": (GOOD_ROW + '{"process":1,"f":"\x1b[31m<b>","start":9,"end":12}\n').encode(),
    "deep": (
        GOOD_ROW + '{"process":1,"f":"read","start":9,"end":12,"result":' + "[" * 999 + "]" * 999 + "}\n"
    ).encode(),
    "not utf-8": GOOD_ROW.encode() + b"\xff\xfe\n",
    "csv of something else": b"name,age\nada,36\n",
    "csv columns": b"process,f,start\n0,read\n",
    "kept header": b'{"kept":"history","version":9}\n',
    "kept two open": b'{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'
    + b'{"time_us":5,"process":0,"type":"invoke","f":"get","key":"k","context":{},"request":"1"}\n'
    + b'{"time_us":6,"process":0,"type":"invoke","f":"get","key":"k","context":{},"request":"2"}\n',
    "trace, not history": b'{"kept":"trace","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n',
}


def one_line(said: Any) -> None:
    assert said.code == 64, said
    assert said.out == ""
    assert said.err.startswith("kept: ")
    assert said.err.count("\n") == 1
    assert said.err.rstrip("\n").isprintable()
    assert "accepted" in said.err
    assert "Traceback" not in said.err


def test_there_are_at_least_forty_mistakes_to_make() -> None:
    assert len(LINES) + len(FILES) >= 40


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_command_line_is_one_line(check: Kept, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.iterdir())
    one_line(check(*LINES[name]))
    assert sorted(tmp_path.iterdir()) == before, "nothing is written"


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_file_is_one_line_that_names_it(check: Kept, tmp_path: Path, name: str) -> None:
    (tmp_path / "wrong").write_bytes(FILES[name])
    said = check("wrong", "--json")
    one_line(said)
    assert said.err.startswith("kept: wrong")
    one_line(check("good.edn", "wrong", "--budget", "60s"))


def test_recorded_text_cannot_paint_the_terminal(check: Kept, tmp_path: Path) -> None:
    row = '{"process":"\\u001b[2J","f":"read","key":"\\u001b[31m","result":"\\n\\u001b[0m","start":0,"end":1}\n'
    (tmp_path / "odd.jsonl").write_text(row, encoding="utf-8")
    said = check("odd.jsonl", "--explain", "--ladder")
    assert said.code == 1
    assert "\x1b" not in said.out


def test_a_million_open_operations_and_a_line_of_ten_megabytes_are_survived(check: Kept, tmp_path: Path) -> None:
    with (tmp_path / "open.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(f'{{"process":{at},"f":"write","value":{at},"start":{at}}}\n' for at in range(1_000_000))
    assert check("open.jsonl", "--quiet").code == 0
    long = '{"process":0,"f":"write","start":0,"end":1,"value":"' + "x" * 10_000_000 + '"}\n'
    (tmp_path / "long.jsonl").write_text(long + long.replace('"start":0', '"start":2').replace('"end":1', '"end":3'))
    assert check("long.jsonl", "--quiet").code == 0


def test_the_page_quotes_what_is_printed_and_knows_every_level_and_model(check: Kept) -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^    (INVALID .+|         .+)$", page, re.MULTILINE)
    printed = check("lost.edn", "--explain").out.splitlines()
    assert len(quoted) == 4
    assert all(line in printed for line in quoted)
    assert all(f"`{name}`" in page for name in (*verb.MODEL_NAMES, *LEVELS, *WORKLOADS, *OWN_LEVELS))


def test_the_flags_are_those_of_the_models(check: Kept) -> None:
    said = check("--help")
    assert said.code == 0
    assert all(name in said.out.replace("\n", "").replace(" ", "") for name in verb.MODEL_NAMES)
