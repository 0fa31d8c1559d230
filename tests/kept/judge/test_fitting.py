"""kept.judge.fitting: an operation that the model does not have is told with its place."""

from typing import Any

import pytest

from histories.columns import Mark, Row, Siblings, from_rows
from histories.generate import Shape, linearizable
from histories.values import Keyword, Map
from kept.judge.fitting import OPERATIONS, fit
from kept.lab.usage import UsageError
from model.specifications.catalogue import MODELS


def test_every_model_says_which_operations_it_has() -> None:
    assert set(OPERATIONS) == set(MODELS)


@pytest.mark.parametrize(
    "model", ["register", "cas-register", "kv", "kv-append", "set", "counter", "mutex", "multi-register"]
)
def test_what_is_generated_for_a_model_fits_it(model: str) -> None:
    fit(linearizable(3, Shape(model=model, operations=80)).columns, model, "h")


@pytest.mark.parametrize(
    ("model", "f", "value", "result"),
    [
        ("register", "append", 1, Mark.NONE),
        ("mutex", "read", Mark.NONE, 1),
        ("kv-append", "read", Mark.NONE, 5),
        ("counter", "add", "x", Mark.NONE),
        ("counter", "read", Mark.NONE, "x"),
        ("counter", "add", True, Mark.NONE),
        ("counter", "add", float("nan"), Mark.NONE),
        ("counter", "read", Mark.NONE, float("inf")),
        ("set", "read", Mark.NONE, 5),
        ("set", "read", Mark.NONE, Keyword("a")),
        ("set", "read", Mark.NONE, Map(((1, 2),))),
        ("set", "read", Mark.NONE, Siblings((1, 2))),
        ("multi-register", "txn", (("append", "x", 1),), (("append", "x", 1),)),
    ],
)
def test_what_does_not_fit_is_one_line_with_its_place(model: str, f: str, value: Any, result: Any) -> None:
    history = from_rows([Row(0, f, None, value, Mark.NONE, result, 0, 1, "ok", 7)])
    with pytest.raises(UsageError, match=rf"^h.edn: line 7: found .*accepted for --model {model}: "):
        fit(history, model, "h.edn")
