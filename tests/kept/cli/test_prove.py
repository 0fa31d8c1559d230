"""kept.cli.prove: what is printed, written and returned when a configuration holds, fails, or is none."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from checkers.proofs import solving
from kept.report.proofdocument import ProveDocument
from model.abstract.store import STORE

Kept = Callable[..., Any]
GOLDEN = Path(__file__).parent / "golden"
STRICT = ("prove", "--n", "3", "--r", "2", "--w", "2")

TOLD = {
    "strict": STRICT,
    "refuted": ("prove", "--n", "3", "--r", "1", "--w", "1", "--lose-disks", "1"),
    "sloppy": ("prove", "--n", "3", "--r", "2", "--w", "2", "--sloppy"),
    "ring-change": (*STRICT, "--ring-change", "1", "--counting", "union"),
    "centres": ("prove", "--dc", "eu=3,us=3", "--write", "LOCAL_QUORUM", "--read", "LOCAL_QUORUM"),
    "quorums": ("prove", "--quorums", "a*b + c*d", "--racks", "r1=a,c;r2=b,d"),
    "range": ("prove", "--n", "2..3", "--r", "1..2", "--w", "2"),
}


def timeless(text: str) -> str:
    return re.sub(r"[0-9]+\.[0-9]{2} s\)", "0.00 s)", text)


@pytest.mark.parametrize("name", TOLD)
def test_what_people_read_is_the_golden_file(kept: Kept, name: str) -> None:
    said = kept(*TOLD[name])
    assert timeless(said.out) == (GOLDEN / f"prove-{name}.txt").read_text(encoding="utf-8")
    assert said.err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (STRICT, 0),
        ((*STRICT, "--solver", "both"), 0),
        ((*STRICT, "--sloppy"), 1),
        ((*STRICT, "--sloppy", "--pr", "2", "--pw", "2"), 0),
        ((*STRICT, "--ring-change", "1"), 1),
        ((*STRICT, "--ring-change", "1", "--counting", "per-list"), 0),
        ((*STRICT, "--lose-disks", "1"), 0),
        ((*STRICT, "--lose-disks", "2"), 1),
        (("prove", "--n", "3..7", "--r", "2", "--w", "2"), 1),
        (("prove", "--n", "5", "--r", "3,4", "--w", "3,5"), 0),
        (("prove", "--dc", "eu=3,us=3", "--write", "LOCAL_QUORUM", "--read", "EACH_QUORUM"), 0),
        (("prove", "--quorums", "a*b + c*d"), 1),
        (("prove", "--weights", "a=2,b=2,c=2", "--r", "3", "--w", "3"), 0),
        (("prove", "--n", "3", "--r", "5", "--w", "2"), 64),
        (("prove",), 64),
        (("prove", "nowhere.json"), 64),
    ],
)
def test_the_exit_code_says_whether_it_holds(kept: Kept, words: tuple[str, ...], code: int) -> None:
    said = kept(*words, "--quiet") if code != 64 else kept(*words)
    assert said.code == code, said
    if code == 64:
        assert said.err.count("\n") == 1
        assert said.err.startswith("kept: ")
        assert said.out == ""
    else:
        assert said.out.count("\n") == 1


def test_json_is_one_document_and_words_go_to_standard_error(kept: Kept) -> None:
    said = kept("prove", "--n", "3", "--r", "1", "--w", "2", "--lose-disks", "1", "--json", "--solver", "both")
    document = ProveDocument.model_validate_json(said.out)
    assert (document.verdict, document.exit_code, said.code) == ("invalid", 1, 1)
    overlap, disks = document.claims
    assert (overlap.name, overlap.verdict, overlap.result) == ("reads-meet-writes", "invalid", "refuted")
    assert overlap.counterexample is not None
    assert overlap.counterexample.sentence == overlap.reason
    assert overlap.nodes == {"write": ("n1", "n2"), "read": ("n3",)}
    assert overlap.repairs == ("R=2", "W=3")
    assert overlap.odds == pytest.approx(1 / 3)
    assert {(answer.solver, answer.status) for answer in overlap.answers} == {("z3", "sat"), ("cvc5", "sat")}
    assert (disks.result, disks.condition) == ("proved", "W > f")
    (configuration,) = document.configurations
    assert configuration.config == {"n": 3, "r": [1], "w": [2], "lose_disks": 1}
    assert any(line.startswith("linearizability") for line in configuration.not_guaranteed)
    assert "REFUTED  reads-meet-writes" in said.err


def test_the_whole_layer_in_words_as_a_document_and_as_scripts_that_read_back(kept: Kept, tmp_path: Path) -> None:
    said = kept("prove", "--all", "--json", "--certificate", "all")
    assert said.code == 0
    told = re.sub(r"  [0-9]+ files in all: see README.txt\n", "", timeless(said.err))
    assert told == (GOLDEN / "prove-all.txt").read_text(encoding="utf-8")
    document = ProveDocument.model_validate_json(said.out)
    assert document.verdict == "valid"
    assert len(document.levels) == 144
    assert document.protocol is not None
    assert (document.protocol.result, len(document.protocol.obligations)) == ("proved", 633)
    assert [claim.name for claim in document.claims if claim.name.startswith("protocol: ")] == [
        f"protocol: {name}" for name in STORE.properties
    ]
    assert len(list((tmp_path / "all" / "protocol").glob("*.smt2"))) == 633
    assert {claim.result for claim in document.claims} == {"proved"}
    assert {"always", "never", "sometimes"} == {cell.answer for cell in document.levels}
    scripts = sorted((tmp_path / "all").glob("*.smt2"))
    assert len(scripts) > 90
    for path in scripts:
        text = path.read_text()
        expected = text.splitlines()[1].removeprefix("; the answer that confirms it: ")
        assert solving.read_cvc5(text)[2] == expected, path.name


def test_several_files_make_a_table_and_a_junit_report(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "carts.json").write_text('{"n": 3, "r": 2, "w": 2}')
    (tmp_path / "views.toml").write_text("n = 3\nr = 1\nw = 1\n")
    said = kept("prove", "carts.json", "views.toml", "--junit", "report.xml")
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[0] == "proved   carts.json"
    assert lines[1].startswith("REFUTED  views.toml: reads-meet-writes: the put is acknowledged by n1")
    assert timeless(lines[-1]) == "INVALID  2 configurations: 1 hold, 1 refuted, 0 undecided (z3, 0.00 s)"
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    names = [case.get("name") for case in suite]
    assert names == ["carts.json: reads-meet-writes", "views.toml: reads-meet-writes"]


def test_a_mistake_in_a_file_names_the_file_and_nothing_is_written(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"n": 3, "r": 4, "w": 2}')
    said = kept("prove", "bad.json", "--junit", "report.xml", "--certificate", "proofs")
    assert (said.code, said.out) == (64, "")
    assert said.err == "kept: bad.json: r: 4; accepted: 1 to 3 (N)\n"
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]


def test_certificates_are_checked_by_the_checker_that_comes_with_them(kept: Kept, tmp_path: Path) -> None:
    said = kept(*STRICT, "--certificate", "proofs")
    assert "files in proofs: see README.txt" in said.out
    found = sorted((tmp_path / "proofs").glob("*.farkas.json"))
    assert "reads-meet-writes.sound.farkas.json" in [path.name for path in found]
    assert "reads-meet-writes.farkas.json" in [path.name for path in found]
    for path in found:
        command = [sys.executable, "-I", str(tmp_path / "proofs" / "check.py")]
        done = subprocess.run(command, input=path.read_text(), text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), path.name
        assert "contradict each other" in done.stdout
    assert kept(*STRICT, "--certificate", "proofs").code == 0, "an earlier directory of ours is written to again"


def test_what_no_solver_decides_is_unknown_and_exit_2(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(solving._ASK, "z3", lambda _problem, _timeout: solving.Answer("z3", "unknown", "timeout"))
    said = kept(*STRICT)
    assert said.code == 2
    assert "unknown  reads-meet-writes: " in said.out
    assert "z3 gave up (timeout)" in said.out
    assert said.out.splitlines()[-1].startswith("unknown  reads-meet-writes undecided")


def test_solvers_that_disagree_are_exit_2_and_never_a_proof(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(solving._ASK, "cvc5", lambda _problem, _timeout: solving.Answer("cvc5", "sat"))
    said = kept(*STRICT, "--solver", "both", "--json")
    document = json.loads(said.out)
    assert (said.code, document["verdict"], document["claims"][0]["result"]) == (2, "unknown", "disagreement")
    assert "DISPUTED reads-meet-writes" in said.err


def test_a_solver_that_is_missing_is_a_usage_error(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_problem: object, _timeout: int) -> solving.Answer:
        raise solving.SolverMissing("cvc5 is not installed; it comes with the extra `solvers`")

    monkeypatch.setitem(solving._ASK, "cvc5", missing)
    said = kept(*STRICT, "--solver", "cvc5")
    assert said.code == 64
    assert said.err == "kept: --solver: cvc5 is not installed; it comes with the extra `solvers`\n"


def test_every_counterexample_is_staged_saved_and_fails_again(kept: Kept, tmp_path: Path) -> None:
    said = kept("prove", "--n", "3", "--r", "1", "--w", "1", "--lose-disks", "1", "--out", "stages", "--json")
    document = ProveDocument.model_validate_json(said.out)
    assert said.code == 1
    assert {(one.name, one.claim, one.violated) for one in document.stages} == {
        ("reads-meet-writes", "fresh-reads", True),
        ("survives-disks f=1", "no-lost-write", True),
        ("writes-meet-writes", "fresh-reads", True),
        ("monotone-reads", "monotonic-reads", True),
    }
    assert "VIOLATED reads-meet-writes: fresh-reads" in said.err
    for one in document.stages:
        if one.schedule:
            again = kept("replay", one.schedule)
            assert again.code == 1
            assert f"FAILED   seed 0: {one.claim} is violated again" in again.out
    assert kept(*STRICT, "--out", "more").code == 0
    assert len(list((tmp_path / "more").iterdir())) == 2, "what the verdict does not rest on is staged too"


def test_the_protocol_alone_is_proved_by_one_solver_or_both(kept: Kept) -> None:
    said = kept("prove", "--protocol", "--junit", "report.xml", "--quiet")
    assert said.code == 0
    assert re.fullmatch(r"valid    7 promises of the protocol: all proved \(z3, [0-9.]+ s\)\n", said.out)


def test_every_command_of_the_documentation_does_what_it_says(kept: Kept) -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "proofs.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    kept prove")]
    commands = [re.split(r" +# ", line)[0].removeprefix("kept ") for line in lines]
    ours = [shlex.split(command) for command in commands if not re.search(r"[.](json|cql)|--all|--protocol", command)]
    assert len(ours) >= 11
    assert {tuple(words): kept(*words, "--quiet").code for words in ours} == {
        tuple(words): 1 if {"--lose-disks", "3..7", "1,3", "a*b + c*d", "--out"} & {*words} else 0 for words in ours
    }
