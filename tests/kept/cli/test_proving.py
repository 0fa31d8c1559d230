"""kept.cli.proving: flags, ranges, pairs and files become configurations; what is wrong is named by its flag."""

from pathlib import Path
from typing import Any

import pytest

from checkers.proofs.counts import Counts
from kept.cli.proving import asked
from kept.lab.usage import UsageError

PLAIN: dict[str, Any] = {
    "files": (),
    "all": False,
    "protocol": False,
    "out": None,
    "solver": "z3",
    "timeout": "10s",
    "certificate": None,
    "junit": None,
}


def given(**flags: Any) -> dict[str, Any]:
    return {**PLAIN, **flags}


def test_one_configuration() -> None:
    found = asked(given(n="3", r="2", w="2", lose_disks="1"))
    assert [config.configuration() for config in found.configs] == [Counts(3, (2,), (2,), lose_disks=1)]
    assert (found.solvers, found.timeout_ms, found.everything, found.left_out) == (("z3",), 10_000, False, 0)


def test_a_range_is_several_configurations_and_what_is_none_is_left_out_and_counted() -> None:
    found = asked(given(n="1..3", r="2", w="1..2"))
    numbers = [(c.n, c.r, c.w) for c in found.configs]
    assert numbers == [(2, (2,), (1,)), (2, (2,), (2,)), (3, (2,), (1,)), (3, (2,), (2,))]
    assert found.left_out == 2


def test_commas_are_classes_of_requests_in_one_configuration() -> None:
    (config,) = asked(given(n="5", r="1,3", w="3,5")).configs
    assert config.configuration() == Counts(5, (1, 3), (3, 5))


def test_both_solvers_and_a_time_out() -> None:
    found = asked(given(n="1", r="1", w="1", solver="both", timeout="500ms"))
    assert (found.solvers, found.timeout_ms) == (("z3", "cvc5"), 500)


def test_pairs_and_racks_are_read() -> None:
    (config,) = asked(given(weights="a=2,b=1", r="2", w="2", racks="r1=a;r2=b")).configs
    assert (config.weights, config.racks) == ({"a": 2, "b": 1}, {"r1": ("a",), "r2": ("b",)})


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({}, "nothing to prove; accepted: --n, --r and --w"),
        ({"n": "3", "r": "4", "w": "1"}, "--r: 4; accepted: 1 to 3 (N)"),
        ({"n": "3", "r": "0", "w": "1"}, "--r: 0; accepted: 1 to 3 (N)"),
        ({"n": "x", "r": "1", "w": "1"}, "--n: x; accepted: a whole number, or a range such as 3..7"),
        ({"n": "1e9", "r": "1", "w": "1"}, "--n: 1e9; accepted"),
        ({"n": "3.0", "r": "1", "w": "1"}, "--n: 3.0; accepted"),
        ({"n": "nan", "r": "1", "w": "1"}, "--n: nan; accepted"),
        ({"n": "7..3", "r": "1", "w": "1"}, "--n: 7..3; accepted: the smaller number first"),
        ({"n": "1..900", "r": "1..900", "w": "1"}, "810000 configurations; accepted: at most 10000"),
        ({"n": "1..2", "r": "3", "w": "1"}, "--r: 3; accepted: 1 to 1 (N)"),
        ({"n": "3", "r": "1", "w": "1", "lose_disks": "-1"}, "--lose-disks: -1; accepted: 0 to 1000000"),
        ({"n": "3", "r": "1", "w": "1", "write": "ONE"}, "--write: does not go with n"),
        ({"dc": "eu", "write": "ONE", "read": "ONE"}, "--dc: eu; accepted: NAME=NUMBER"),
        ({"dc": "eu=1,eu=2", "write": "ONE", "read": "ONE"}, "--dc: eu twice"),
        ({"dc": "eu=x", "write": "ONE", "read": "ONE"}, "--dc: x; accepted: a whole number"),
        ({"dc": "eu=0", "write": "ONE", "read": "ONE"}, "--dc.eu: 0; accepted: 1 to 1000"),
        ({"dc": "eu=3", "write": "ONE", "read": "OEN"}, "--read: OEN; accepted: ONE,"),
        ({"quorums": "a*b", "racks": "r1"}, "--racks: r1; accepted: RACK=NODE"),
        ({"quorums": "a*"}, "--quorums: it ends early"),
        (
            {"n": "3", "r": "1", "w": "1", "solver": "cvc"},
            "--solver: cvc; accepted: z3, cvc5, both; did you mean cvc5?",
        ),
        ({"n": "3", "r": "1", "w": "1", "timeout": "0s"}, "--timeout: 0s; accepted: a time above 0"),
        ({"all": True, "n": "3"}, "--all: beside --n; accepted: alone"),
        ({"all": True, "files": ("x.json",)}, "--all: beside x.json"),
        ({"protocol": True, "n": "3"}, "--protocol: beside --n; accepted: alone"),
        ({"all": True, "protocol": True}, "--all: beside --protocol; accepted: one of them"),
        ({"n": "1", "r": "1", "w": "1", "out": ""}, "--out: ''; accepted: a directory"),
    ],
)
def test_a_mistake_is_named_by_its_flag(flags: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        asked(given(**flags))
    assert str(error.value).startswith(says), str(error.value)


def test_files_are_read_and_flags_go_before_them(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"n": 3, "r": 2, "w": 2}')
    (tmp_path / "b.toml").write_text("n = 5\nr = 3\nw = 3\n")
    files = (str(tmp_path / "a.json"), str(tmp_path / "b.toml"))
    found = asked(given(files=files, lose_disks="1"))
    assert [config.configuration() for config in found.configs] == [
        Counts(3, (2,), (2,), lose_disks=1),
        Counts(5, (3,), (3,), lose_disks=1),
    ]


def test_certificates_go_to_a_directory_of_their_own(tmp_path: Path) -> None:
    flags = given(n="1", r="1", w="1")
    assert asked({**flags, "certificate": str(tmp_path / "new" / "deep")}).certificate == tmp_path / "new" / "deep"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    (tmp_path / "file").touch()
    for path, says in (
        ("full", "holds other things"),
        ("file", "accepted: a directory"),
        ("file/below", "cannot be written to"),
    ):
        with pytest.raises(UsageError, match=says):
            asked({**flags, "certificate": str(tmp_path / path)})
    (tmp_path / "full" / "README.txt").touch()
    assert asked({**flags, "certificate": str(tmp_path / "full")}).certificate == tmp_path / "full"


def test_schedules_go_to_a_directory_of_their_own(tmp_path: Path) -> None:
    flags = given(n="1", r="1", w="1")
    assert asked({**flags, "out": str(tmp_path / "new")}).out == tmp_path / "new"
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.json").write_text('{\n "kept": "schedule",\n')
    assert asked({**flags, "out": str(tmp_path / "ours")}).out == tmp_path / "ours"
    (tmp_path / "ours" / "thesis.tex").touch()
    with pytest.raises(UsageError, match=r"--out: .* holds other things; accepted: a new directory"):
        asked({**flags, "out": str(tmp_path / "ours")})


def test_both_layers_or_the_protocol_alone() -> None:
    assert asked(given(all=True))[2:4] == (True, False)
    assert asked(given(protocol=True))[2:4] == (True, True)
