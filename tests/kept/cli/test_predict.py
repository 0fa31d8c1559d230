"""kept.cli.predict: what is printed and returned, and one line for whatever is wrong."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import kept as workbench
from kept.report.prediction import PredictDocument

Kept = Callable[..., Any]
GOLDEN = Path(__file__).parent / "golden"
FEW = ("--trials", "2000")

FILES: dict[str, bytes] = {
    "ours.csv": b"W,A,R,S\n4,1,1,1\n9,1,2,1\n2,1,1,3\n",
    "ours.json": b'{"W":{"quantiles":{"0":1,"50":4,"100":90}},"A":{"constant":1},'
    b'"R":{"constant":1},"S":{"samples":[1,2]}}',
    "torn.json": b'{"W": {"samples": [1,',
    "text.csv": b"W,A,R,S\n1,1,one,1\n",
    "prose.txt": b"four milliseconds",
    "binary.json": bytes(range(256)),
    "odd.csv": b"W,A,R,S\n1,1,\x1b[2J,1\n",
}


@pytest.fixture
def predict(kept: Kept, tmp_path: Path) -> Kept:
    """`kept predict` in a directory that holds the files above."""
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return lambda *words: kept("predict", *words)


TOLD = {
    "preset": ("--latencies", "lnkd-disk", "--seed", "3", *FEW),
    "table": ("--latencies", "wan", "--r", "1..3", "--w", "1..4", "--t", "10", *FEW),
    "file": ("--latencies", "ours.csv", "--k", "1", "--t", "0,5", "--n", "2", *FEW),
    "demand": ("--latencies", "ymmr", "--at-least", "90%", "--t", "0,100", *FEW),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_people_read_is_the_golden_file(predict: Kept, name: str) -> None:
    said = predict(*TOLD[name])
    text = re.sub(r"\([0-9]+\.[0-9] s\)", "(0.0 s)", said.out)
    golden = GOLDEN / f"predict-{name}.txt"
    if os.environ.get("KEPT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert said.err == ""


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--latencies", "lnkd-ssd"), 0, "lnkd-ssd, N=3 R=1 W=1: 9"),
        (("--latencies", "LNKD-SSD", "--n", "2..3"), 0, "lnkd-ssd: 2 configurations"),
        (("--latencies", "ours.json", "--r", "2", "--w", "2", "--at-least", "100%"), 0, "valid    ours.json: 8 of 8"),
        (("--latencies", "lnkd-ssd", "--at-least", "90%", "--t", "0"), 0, "valid    lnkd-ssd: 1 of 1 demands are met"),
        (("--latencies", "lnkd-disk", "--at-least", "90%", "--t", "0"), 1, "INVALID  lnkd-disk: 0 of 1 demands are"),
        (("--latencies", "lnkd-ssd", "--at-least", "99.999%", "--t", "100"), 2, "unknown  lnkd-ssd: 0 of 1 demands"),
    ],
)
def test_the_exit_code_says_whether_demands_are_met_and_quiet_says_one_line(
    predict: Kept, words: tuple[str, ...], code: int, line: str
) -> None:
    said = predict(*words, "--quiet", *FEW)
    assert (said.code, said.err, said.out.count("\n")) == (code, "", 1)
    assert said.out.startswith(line)


def test_json_is_one_document_and_words_go_to_standard_error(predict: Kept) -> None:
    said = predict("--latencies", "ymmr", "--r", "1..2", "--at-least", "99%", "--t", "0", "--json", *FEW)
    document = PredictDocument.model_validate_json(said.out)
    assert json.loads(said.out)["kept"] == "predict"
    assert (document.verdict, document.exit_code, said.code) == ("invalid", 1, 1)
    assert [claim.name for claim in document.claims] == ["fresh at 0 ms: N=3 R=1 W=1", "fresh at 0 ms: N=3 R=2 W=1"]
    assert said.err.rstrip().split("\n")[-1].startswith("INVALID  ymmr: ")


def test_equal_seeds_print_the_same_and_the_python_api_says_it_too(predict: Kept) -> None:
    words = ("--latencies", "lnkd-disk", "--json", "--seed", "5", *FEW)
    first, again = (json.loads(predict(*words).out) for _ in range(2))
    assert first["predictions"] == again["predictions"]
    found = workbench.predict("lnkd-disk", n=3, r=1, w=1, seed=5, trials=2_000)
    assert first["predictions"][0]["fresh"][0]["share"] == found.fresh[0][1].share


def test_a_junit_report_has_a_case_for_every_demand(predict: Kept, tmp_path: Path) -> None:
    words = ("--latencies", "lnkd-disk", "--at-least", "50%", "--t", "0,100", "--junit", "out.xml", *FEW)
    assert predict(*words).code == 1
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")


LINES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), "--latencies: missing"),
    "a preset misspelt": (("--latencies", "lnkd-dis"), "did you mean lnkd-disk?"),
    "no such file": (("--latencies", "nowhere.csv"), "nowhere.csv: No such file"),
    "a directory": (("--latencies", "."), "ends in nothing"),
    "a torn file": (("--latencies", "torn.json"), "--latencies: torn.json: line 1, column 22"),
    "a wrong cell": (("--latencies", "text.csv"), "--latencies: text.csv: line 2, column R: one"),
    "an unknown format": (("--latencies", "prose.txt"), "--latencies: prose.txt: ends in .txt; accepted: .json, .csv"),
    "a binary file": (("--latencies", "binary.json"), "--latencies: binary.json: byte 129 is no UTF-8"),
    "a cell that paints": (("--latencies", "odd.csv"), "column R: \\x1b[2J"),
    "a flag misspelt": (("--latency", "ymmr"), "did you mean --latencies?"),
    "a flag without a value": (("--latencies",), "--latencies: no value"),
    "R above N": (("--latencies", "ymmr", "--r", "4"), "--r: 4; accepted: 1 to 3 (N)"),
    "a wrong colour": (("--latencies", "ymmr", "--color", "red"), "--color: red"),
    "an argument": (("ymmr",), "Got unexpected extra argument (ymmr)"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_mistake_is_one_line_and_nothing_is_written(predict: Kept, tmp_path: Path, name: str) -> None:
    words, line = LINES[name]
    before = sorted(tmp_path.iterdir())
    said = predict(*words)
    assert (said.code, said.out, said.err.count("\n")) == (64, "", 1), said
    assert said.err.startswith("kept: ")
    assert line in said.err
    assert "accepted" in said.err
    assert said.err.rstrip("\n").isprintable()
    assert sorted(tmp_path.iterdir()) == before


def test_help_names_every_preset_and_the_ways_of_a_message(predict: Kept) -> None:
    said = predict("--help")
    assert said.code == 0
    assert all(word in said.out for word in ("lnkd-ssd", "lnkd-disk", "ymmr", "wan", "docs/staleness.md"))
