"""checkers.proofs.certificate: it takes what is a proof, refuses what is none, and stands alone."""

import ast
import copy
import inspect
import json
import subprocess
import sys

import pytest

from checkers.proofs import certificate as module
from checkers.proofs.certificate import check
from checkers.proofs.farkas import certificate
from checkers.proofs.sizes import certificate as sizes
from checkers.proofs.table import LEMMAS


@pytest.fixture(scope="module")
def good() -> dict:
    found = certificate(LEMMAS["sloppy-reads-meet-writes"].sound())
    assert found is not None
    return found


def changed(good: dict, change) -> dict:
    document = copy.deepcopy(good)
    change(document)
    return document


def _other_bound(document: dict) -> None:
    document["assumptions"][-1]["cases"][0][0]["bound"] += 100


def _negative(document: dict) -> None:
    multipliers = document["refutations"][0]["multipliers"]
    at = next(i for i, text in enumerate(multipliers) if text != "0")
    multipliers[at] = f"-{multipliers[at]}"


def _dropped(document: dict) -> None:
    document["refutations"].pop()


def _short(document: dict) -> None:
    document["refutations"][0]["multipliers"].pop()


def _all_nought(document: dict) -> None:
    refutation = document["refutations"][0]
    refutation["multipliers"] = ["0"] * len(refutation["multipliers"])


def _other_coefficient(document: dict) -> None:
    multipliers = document["refutations"][0]["multipliers"]
    at = next(i for i, text in enumerate(multipliers) if text != "0")
    constraint = [c for a in document["assumptions"] for c in a["cases"][0]][at]
    constraint["sum"] = {**constraint["sum"], "stray": 1}


def _other_op(document: dict) -> None:
    document["assumptions"][0]["cases"][0][0]["op"] = ">="


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_other_bound, "no contradiction"),
        (_negative, "negative multiplier|does not cancel"),
        (_dropped, "not refuted"),
        (_short, "multipliers for"),
        (_all_nought, "no contradiction"),
        (_other_coefficient, "stray does not cancel"),
        (_other_op, "no comparison"),
        (lambda document: document.update(format="other"), "format"),
    ],
)
def test_a_certificate_that_is_no_proof_is_refused(good: dict, change, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check(changed(good, change))


def test_a_certificate_names_what_it_contradicts(good: dict) -> None:
    assert check(good) == ("sloppy-reads-meet-writes.sound: 26 assumptions contradict each other in all 2 cases")
    assert {"name": "condition", "text": "R + W > N + h + g or R + W > S"}.items() <= good["assumptions"][-2].items()


@pytest.fixture(scope="module")
def sized() -> dict:
    found = sizes(LEMMAS["lists-differ"].necessary())
    assert found is not None
    return found


def _less(document: dict) -> None:
    """Fewer nodes are in a region than must be."""
    size = next(size for size in document["ways"][0]["sizes"] if size["name"] == "in.old.new.read")
    size["greatest"][0]["plus"] -= 1


def _half(document: dict) -> None:
    document["ways"][0]["sizes"][0]["greatest"][0]["plus"] = 0.5


def _circular(document: dict) -> None:
    size = document["ways"][0]["sizes"][0]
    size["greatest"][0]["sum"] = {size["name"]: 1}


def _number(document: dict) -> None:
    document["ways"][0]["sizes"][0]["name"] = "N"


def _missing(document: dict) -> None:
    sizes = document["ways"][0]["sizes"]
    sizes.remove(next(size for size in sizes if size["name"] == "in.new"))


def _fewer(document: dict) -> None:
    document["ways"][0]["refutations"].pop()


def _elsewhere(document: dict) -> None:
    document["ways"][0]["case"][0] += 1


def _nothing(document: dict) -> None:
    document["ways"][0]["sizes"][0]["greatest"] = []


def _other_wish(document: dict) -> None:
    document["wanted"][0]["cases"][0][0]["op"] = "<"


def _strictly(document: dict) -> None:
    document["wanted"][0]["cases"][0][0]["bound"] = 0.5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_less, "no contradiction"),
        (_half, "no whole sum"),
        (_circular, "no whole sum"),
        (_number, "a number already"),
        (_missing, "a size is not given|no whole sum"),
        (_fewer, "shorter|argument"),
        (_elsewhere, "no sizes"),
        (_nothing, "the greatest of nothing"),
        (_other_wish, "no comparison of whole sums"),
        (_strictly, "no comparison of whole sums"),
    ],
)
def test_sizes_that_do_not_make_the_failure_are_refused(sized: dict, change, says: str) -> None:
    assert check(sized) == "lists-differ.necessary: in all 1 cases there are sizes that make all 14 parts true"
    with pytest.raises(ValueError, match=says):
        check(changed(sized, change))


def test_the_checker_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(inspect.getsource(module))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"json", "sys", "fractions", "itertools"}


def test_the_checker_runs_as_a_script_of_its_own(good: dict, tmp_path) -> None:
    alone = tmp_path / "check.py"
    alone.write_text(inspect.getsource(module))

    def run(document: dict) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-I", str(alone)], check=False, input=json.dumps(document), text=True, capture_output=True
        )

    assert run(good).returncode == 0
    refused = run(changed(good, _dropped))
    assert refused.returncode == 1
    assert refused.stderr.startswith("not a proof: case ")
