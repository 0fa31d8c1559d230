"""One entry for every model: recorded verdicts, methods that agree, bounds kept, words that say what was done."""

import csv
import os
from pathlib import Path

import pytest

from benchmarks.busy_histories import busy
from benchmarks.random_histories import columns
from checkers.linearizability import check as checking
from checkers.linearizability.check import Bounds, check, state_code
from checkers.verdict import Invalid, Unknown, Valid
from histories.codecs.jepsen import Options
from histories.columns import NIL, Mark, Row, from_rows
from histories.load import load
from model.specifications.catalogue import UnknownModel

NONE = Mark.NONE
SHARED = Path(os.environ.get("KEPT_SHARED", Path(__file__).resolve().parents[3].parent / "shared")) / "histories"


def recorded():
    table = SHARED / "VERDICTS.tsv"
    if not table.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason="no recorded histories in ../shared/histories"))]
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [pytest.param(row, id=row["path"]) for row in rows]


def initial_of(row, history):
    if row["model"] == "multi-register":
        return {register: 0 for value in history.values if isinstance(value, tuple) for _, register, _ in value}
    return {"nil": None, "0": 0, '""""""': ""}.get(row["initial"], "")


@pytest.mark.parametrize("row", recorded())
def test_every_recorded_history_is_decided_as_it_is_known_to_be(row):
    nil = "unknown" if row["path"].startswith("knossos/") else "absent"
    history = load(SHARED / row["path"], Options(nil=nil)).columns
    verdict = check(history, row["model"], initial_of(row, history))
    assert isinstance(verdict, Valid if row["linearizable"] == "true" else Invalid), verdict


def test_compiled_code_decides_the_recorded_logs_alike():
    pytest.importorskip("numba")
    if not SHARED.is_dir():
        pytest.skip("no recorded histories in ../shared/histories")
    for param in recorded():
        row = param.values[0]
        if row["model"] != "cas-register":
            continue
        nil = "unknown" if row["path"].startswith("knossos/") else "absent"
        history = load(SHARED / row["path"], Options(nil=nil)).columns
        found = check(history, row["model"], initial_of(row, history), Bounds(compiled=True), explain=False)
        assert isinstance(found, Valid if row["linearizable"] == "true" else Invalid), row["path"]


@pytest.mark.parametrize("name", ["register", "cas-register", "kv"])
@pytest.mark.parametrize("compiled", [False, True])
def test_histories_of_many_keys_are_wrong_if_one_key_is(judged, name, compiled):
    if compiled:
        pytest.importorskip("numba")
    specification, given, oracle = judged(name)
    bounds = Bounds(compiled=compiled)
    for low in range(0, 200, 4):
        together = columns(given[low : low + 4])
        verdict = check(together, name, specification.init, bounds, explain=False)
        assert isinstance(verdict, Valid) == all(oracle[low : low + 4])


def test_arrays_are_used_for_large_histories_and_say_how_many_keys_each_method_decided():
    history = busy(30_000, 6, 10)
    assert check(history, "register") == Valid("30,000 operations: 10 keys by order")


def row(f, value=NONE, value2=NONE, result=NONE, start=0, end=1, status="ok", key=None):
    return Row(0, f, key, value, value2, result, start, end, status, start + 1)


@pytest.mark.parametrize(
    ("model", "initial", "good", "bad"),
    [
        ("register", None, row("read", result=Mark.NIL), row("read", result=1)),
        ("register", 4, row("read", result=4), row("read", result=Mark.NIL)),
        ("cas-register", 1, row("cas", 1, 2), row("cas", 1, 3)),
        ("kv", None, row("delete", key="k"), row("read", result="x", key="k")),
        ("kv-append", "", row("append", "x"), row("read", result="y")),
        (
            "multi-register",
            {"x": 0},
            row("txn", (("read", "x", NONE),), result=(("read", "x", 0),)),
            row("txn", (("read", "x", NONE),), result=(("read", "x", 1),)),
        ),
        ("mutex", False, row("acquire"), row("acquire")),
        ("set", (), row("read", result=()), row("read", result=("x",))),
        ("set", (), row("delete", "x"), row("read", result=("x",))),
        ("counter", 3, row("read", result=3), row("read", result=4)),
    ],
)
def test_every_model_is_checked_from_its_initial_value(model, initial, good, bad):
    assert isinstance(check(from_rows([good]), model, initial), Valid)
    found = check(from_rows([good, bad._replace(start=2, end=3, line=3)]), model, initial)
    assert isinstance(found, Invalid)
    assert found.counterexample.operations[-1] == 1


def test_without_an_initial_value_a_model_starts_from_its_own():
    assert isinstance(check(from_rows([row("read", result=0)]), "counter"), Valid)
    assert isinstance(check(from_rows([row("read", result=0)]), "register"), Invalid)


def test_values_of_different_types_are_different():
    history = from_rows([row("write", 1), row("read", result=True, start=2, end=3)])
    assert isinstance(check(history, "register"), Invalid)
    assert state_code(history, 1) == 0
    assert state_code(history, 1.0) == len(history.values)
    assert state_code(history, None) == NIL


def test_a_refused_compare_and_set_counts_only_where_that_is_asked_for():
    history = from_rows([row("write", 1), row("cas", 1, 2, start=2, end=3, status="fail")])
    assert isinstance(check(history, "cas-register"), Valid)
    assert isinstance(check(history, "cas-register", mismatches=True), Invalid)


class Stack:
    """A model of a user's own."""

    init = ()

    def step(self, state, call):
        from model.specifications.specification import REFUSED

        if call.f == "push":
            return (*state, call.argument)
        return state[:-1] if state and state[-1] == call.result else REFUSED

    def describe(self, state, call):
        return call.f


def test_a_model_of_a_user_s_own_needs_three_members():
    pushes = [row("push", 1), row("push", 2, start=2, end=3)]
    good = [*pushes, row("pop", result=2, start=4, end=5)]
    assert isinstance(check(from_rows(good), Stack()), Valid)
    found = check(from_rows([*pushes, row("pop", result=1, start=4, end=5)]), Stack())
    assert isinstance(found, Invalid)
    assert "pop 1 by client 0 (line 5) from 4 to 5" in found.counterexample.sentence


def test_what_is_not_decided_is_unknown_with_key_window_and_how_far_it_got():
    swaps = [row("cas", at % 7, at % 5, start=10 + at, end=100 + at, key="x") for at in range(20)]
    given = [row("write", 0, key="x"), *swaps, row("read", result=3, start=500, end=501, key="x")]
    found = check(from_rows(given), "cas-register", None, Bounds(plain_steps=2_000))
    assert found == Unknown(
        'key "x" was not decided: the budget of steps was reached after 2 of 22 operations, '
        "at line 11 with 20 in flight; "
        "most in flight at once: 20, at line 30; try a larger budget, more memory, or fewer clients per key"
    )


def test_invalid_wins_over_unknown():
    swaps = [row("cas", at % 7, at % 5, start=10 + at, end=100 + at, key="x") for at in range(20)]
    wrong = row("read", result=9, start=500, end=501, key="y")
    found = check(from_rows([*swaps, wrong]), "cas-register", None, Bounds(plain_steps=2_000))
    assert isinstance(found, Invalid)


def test_a_history_of_nothing_holds():
    assert check(from_rows([]), "register") == Valid("0 operations: no key")


def test_a_model_that_does_not_exist_is_the_caller_s_fault():
    with pytest.raises(UnknownModel):
        check(from_rows([]), "regster")


def test_plain_python_and_arrays_choose_by_size_and_not_by_answer(judged, monkeypatch):
    _, given, oracle = judged("unique with swaps")
    monkeypatch.setattr(checking, "SMALL", 0)
    for low in range(0, 400, 4):
        verdict = check(columns(given[low : low + 4]), "cas-register", 0, explain=False)
        assert isinstance(verdict, Valid) == all(oracle[low : low + 4])
