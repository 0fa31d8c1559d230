"""Every model has a name, an initial value and words."""

import pytest

from model.specifications.catalogue import MODELS, REGISTERS, UnknownModel, model
from model.specifications.multiregister import MultiRegister


def test_every_model_of_the_issue_is_there_and_starts_from_its_initial_value():
    assert list(MODELS) == [
        "register",
        "cas-register",
        "kv",
        "kv-append",
        "multi-register",
        "mutex",
        "set",
        "counter",
    ]
    for one in MODELS.values():
        one.make(one.initial).describe(one.make(one.initial).init, _any_call(one.wording))
    assert set(REGISTERS) <= set(MODELS)


def _any_call(wording):
    from model.specifications.specification import Call

    if "transactions" in wording:
        return Call("txn", (("write", "x", 1),))
    return Call("acquire" if "lock" in wording else "read", None, None, known=False)


def test_registers_of_a_multi_register_are_named_in_its_initial_value():
    made = model("multi-register").make({"y": 1, "x": 0})
    assert made == MultiRegister((("x", 0), ("y", 1)))


def test_a_model_that_does_not_exist_is_told_with_the_nearest_one():
    with pytest.raises(UnknownModel, match="no model is named 'cas-registr'; did you mean cas-register"):
        model("cas-registr")
