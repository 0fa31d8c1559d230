"""A string that grows: what is appended is at the end, and dead is what nobody can read any more."""

import pytest

from model.specifications.appending import AppendRegister
from model.specifications.specification import DEAD, REFUSED, Call


@pytest.mark.parametrize(
    ("state", "call", "after"),
    [
        ("a", Call("append", "b"), "ab"),
        ("a", Call("write", "b"), "b"),
        ("a", Call("read", None, "a"), "a"),
        ("", Call("read", None, None), ""),
        ("a", Call("read", None, "b"), REFUSED),
        (DEAD, Call("append", "b"), DEAD),
        (DEAD, Call("write", "b"), "b"),
    ],
)
def test_each_call_leaves_the_string_it_should(state, call, after):
    assert AppendRegister().step(state, call) == after


def test_a_string_is_dead_once_no_read_to_come_begins_with_it():
    foresight = AppendRegister().foresee([(Call("read", None, "ab"), 10), (Call("read", None, "abc"), 20)])
    assert foresight("ab", 15) == "ab"
    assert foresight("abc", 15) == "abc"
    assert foresight("abcd", 15) is DEAD
    assert foresight("b", 0) is DEAD
    assert foresight("", 21) is DEAD


def test_an_unknown_operation_is_the_history_s_fault():
    with pytest.raises(ValueError, match="a kv-append has no operation 'cas'"):
        AppendRegister().step("", Call("cas", (1, 2)))


def test_a_call_is_described_as_get_put_or_append():
    model = AppendRegister()
    calls = [Call("read", None, "a"), Call("read", known=False), Call("write", "a"), Call("append", "a")]
    assert [model.describe("", call) for call in calls] == ["get 'a'", "get ?", "put 'a'", "append 'a'"]
