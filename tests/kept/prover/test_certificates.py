"""kept.prover.certificates: what is written is enough to check every answer without kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from checkers.proofs.certificate import check
from checkers.proofs.solving import read_cvc5, read_z3
from checkers.proofs.table import LEMMAS
from checkers.proofs.theory import merging
from kept.prover.certificates import CHECKER, README, write

STRICT = LEMMAS["reads-meet-writes"]


def test_every_problem_has_a_script_and_every_contradiction_a_certificate(tmp_path: Path) -> None:
    held = STRICT.question({"N": 3, "R": 2, "W": 2}).named("held (R=2, W=2)")
    failed = STRICT.question({"N": 3, "R": 1, "W": 1}).named("failed")
    names = write(tmp_path / "out", [*STRICT.obligations(), held, failed, merging()])
    assert sorted(names) == sorted(path.name for path in (tmp_path / "out").iterdir())
    scripts = {path.stem: path.read_text() for path in (tmp_path / "out").glob("*.smt2")}
    assert set(scripts) == {
        "reads-meet-writes.possible",
        "reads-meet-writes.breakable",
        "reads-meet-writes.sound",
        "reads-meet-writes.necessary",
        "held--R-2--W-2-",
        "failed",
        "merging",
    }
    witnesses = {path.name for path in (tmp_path / "out").glob("*.witness.json")}
    assert witnesses == {
        "failed.witness.json",
        "reads-meet-writes.possible.witness.json",
        "reads-meet-writes.breakable.witness.json",
    }
    assert read_z3(scripts["held--R-2--W-2-"]) == read_cvc5(scripts["held--R-2--W-2-"])[2] == "unsat"
    assert read_z3(scripts["failed"]) == read_cvc5(scripts["failed"])[2] == "sat"
    certificates = {path.name for path in (tmp_path / "out").glob("*.farkas.json")}
    assert certificates == {"reads-meet-writes.sound.farkas.json", "held--R-2--W-2-.farkas.json", "merging.farkas.json"}
    assert {path.name for path in (tmp_path / "out").glob("*.sizes.json")} == {"reads-meet-writes.necessary.sizes.json"}
    assert (
        f"it is {len((tmp_path / 'out' / CHECKER).read_text().splitlines())} lines long"
        in (tmp_path / "out" / README).read_text()
    )


def test_the_checker_that_is_written_checks_the_certificates_that_are_written(tmp_path: Path) -> None:
    write(tmp_path, [STRICT.sound()])
    text = (tmp_path / "reads-meet-writes.sound.farkas.json").read_text()

    def check(given: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(tmp_path / CHECKER)]
        return subprocess.run(command, input=given, text=True, capture_output=True, check=False)

    assert check(text).stdout == "reads-meet-writes.sound: 14 assumptions contradict each other in all 1 cases\n"
    document = json.loads(text)
    document["refutations"][0]["multipliers"][0] = "5"
    assert check(json.dumps(document)).returncode == 1
    assert "python3 check.py <" in (tmp_path / README).read_text()


def test_a_refutation_is_checked_by_putting_its_numbers_in(tmp_path: Path) -> None:
    write(tmp_path, [STRICT.question({"N": 3, "R": 1, "W": 1}).named("failed")])
    document = json.loads((tmp_path / "failed.witness.json").read_text())
    assert check(document) == f"failed: {len(document['assumptions'])} assumptions hold at once"
    for name in document["values"]:
        with pytest.raises(ValueError, match="not true of these values"):
            check({**document, "values": {**document["values"], name: document["values"][name] + 1}})
    with pytest.raises(ValueError, match="accepted: whole numbers"):
        check({**document, "values": {**document["values"], "N": "1/2"}})


def test_the_scripts_of_the_protocol_have_a_directory_of_their_own(tmp_path: Path) -> None:
    names = write(tmp_path, [], {"put--reply.smt2": "(check-sat)\n"})
    assert "protocol/put--reply.smt2" in names
    assert (tmp_path / "protocol" / "put--reply.smt2").read_text() == "(check-sat)\n"
