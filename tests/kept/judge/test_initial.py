"""kept.judge.initial: an initial value as it is typed, and as each model takes it."""

from typing import Any

import pytest

from histories.columns import Mark, Row, from_rows
from histories.values import Keyword
from kept.judge.initial import initial_value
from kept.lab.usage import UsageError

HISTORY = from_rows(
    [Row(0, "txn", Mark.NONE, (("read", Keyword("x"), Mark.NONE),), Mark.NONE, (("read", Keyword("x"), 0),), 0, 1)]
)


@pytest.mark.parametrize(
    ("text", "model", "value"),
    [
        (None, "kv", None),
        (None, "counter", 0),
        (None, "set", ()),
        ("nil", "kv", None),
        ("null", "kv", None),
        ("0", "cas-register", 0),
        ('"0"', "register", "0"),
        ("word", "register", "word"),
        (":word", "register", Keyword("word")),
        ("[1 2]", "register", (1, 2)),
        ('""', "kv-append", ""),
        ("#{2 1}", "set", (1, 2)),
        ("-3", "counter", -3),
        ("false", "mutex", False),
        ("{x 0, y 1}", "multi-register", {Keyword("x"): 0, "y": 1}),
        ("{:x 0}", "multi-register", {Keyword("x"): 0}),
    ],
)
def test_a_value_is_taken_as_its_model_takes_it(text: str | None, model: str, value: Any) -> None:
    assert initial_value(text, model, HISTORY) == value


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("", "register"),
        ("{x", "register"),
        ("1 2", "register"),
        ("]", "register"),
        ("[" * 5000, "register"),
        ("1", "kv-append"),
        ("true", "counter"),
        ("word", "counter"),
        ("true", "mutex"),
        ("5", "set"),
        ("0", "multi-register"),
    ],
)
def test_what_is_no_value_of_the_model_is_one_line(text: str, model: str) -> None:
    with pytest.raises(UsageError, match=r"^--initial: .*accepted") as error:
        initial_value(text, model, HISTORY)
    assert "\n" not in str(error.value)
