"""kept.judge.guess: the model is told by the functions, and where these leave a doubt nothing is guessed."""

import pytest

from histories.columns import Columns, Mark, Row, Siblings, from_rows
from histories.generate import Shape, linearizable
from histories.values import set_of
from kept.judge.guess import guess, siblings
from kept.lab.usage import UsageError


def history(*rows: tuple[object, ...]) -> Columns:
    """Rows of (f, argument, result[, key]), one after the other."""
    return from_rows(
        Row(0, str(f), key[0] if key else None, value, Mark.NONE, result, 2 * at, 2 * at + 1)
        for at, (f, value, result, *key) in enumerate(rows)
    )


N = Mark.NONE


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        ("register", [("write", 1, N), ("read", N, 1)]),
        ("register", [("read", N, Mark.NIL)]),
        ("kv", [("write", 1, N, "a"), ("read", N, 1, "b")]),
        ("kv-append", [("append", "a", N), ("read", N, "a")]),
        ("mutex", [("acquire", N, N), ("release", N, N)]),
        ("set", [("add", 1, N), ("read", N, (1,))]),
        ("set", [("add", 1, N), ("delete", 1, N), ("read", N, set_of([1]))]),
        ("counter", [("add", 1, N), ("read", N, 1)]),
        ("unique-ids", [("generate", N, 7)]),
        ("multi-register", [("txn", (("write", "x", 1),), (("write", "x", 1),), N)]),
    ],
)
def test_the_functions_tell_the_model(model: str, rows: list[tuple[object, ...]]) -> None:
    found = guess(history(*rows), "h", own=False)
    assert found.model == model
    assert all(str(row[0]) in found.why for row in rows)


@pytest.mark.parametrize(
    "model", ["register", "cas-register", "kv-append", "set", "counter", "mutex", "multi-register"]
)
def test_what_is_generated_for_a_model_is_guessed_to_be_of_it(model: str) -> None:
    made = linearizable(1, Shape(model=model, operations=60)).columns
    assert guess(made, "h", own=False).model in (model, "kv")


@pytest.mark.parametrize(
    "rows",
    [
        [("add", 1, N)],
        [("add", "x", N), ("read", N, 1)],
        [("append", 1, N), ("read", N, (1,))],
        [("txn", (("append", "x", 1),), (("append", "x", 1),), N)],
        [("write", 1, N), ("acquire", N, N)],
        [("enqueue", 1, N)],
    ],
)
def test_where_the_functions_leave_a_doubt_the_model_must_be_named(rows: list[tuple[object, ...]]) -> None:
    with pytest.raises(UsageError, match=r"^h.edn: the model does not show .*accepted: --model NAME$"):
        guess(history(*rows), "h.edn", own=False)


def test_this_stores_own_histories_are_multi_value_registers() -> None:
    assert guess(history(("write", 1, N)), "h", own=True).model == "mvr"


def test_a_read_of_siblings_is_seen() -> None:
    assert siblings(history(("read", N, Siblings((1, 2)))))
    assert not siblings(history(("read", N, (1, 2))))
