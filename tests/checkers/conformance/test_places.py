"""What records mean in the abstract store."""

import pytest

from checkers.conformance.places import LIST, Content, Places
from histories.steps import Held


def places():
    return Places(
        {LIST: ("a", "b")}, ("a", "b", "c"), 1, 2, {"v": ("x", 1), "w": ("x", 2), "u": ("y", 1), "d": None}, ["r"]
    )


def test_a_record_has_seen_what_its_context_covers_and_what_is_no_version_any_more_is_gone():
    found = places().meaning(Held(context={"x": 2}, dots=(("x", 2),)))
    assert found == Content(frozenset({"v", "w"}), frozenset({"v"}))
    assert places().meaning(None) == Content()


def test_a_delete_has_been_seen_where_its_whole_message_has():
    here = places()
    here.take("put", "v", "a", LIST, "r")
    here.take("start_read", "r", "a")
    here.set_row("got", "ggone", "r", Content(frozenset({"v"})))
    here.take("put", "d", "a", LIST, "r")
    assert "d" in here.meaning(Held(context={"x": 1})).gone
    assert "d" not in here.meaning(Held(context={"x": 1}, dots=(("x", 1),))).seen


def test_puts_are_what_is_there_without_the_deletes():
    content = Content(frozenset({"v", "w", "d"}), frozenset({"v", "d"}))
    assert places().puts(content) == Content(frozenset({"v", "w"}), frozenset({"v"}))


def test_a_version_that_a_crash_took_is_nowhere():
    here = places()
    here.void.add("v")
    assert here.meaning(Held(context={"x": 2}, dots=(("x", 2),))).seen == {"w"}


def test_rows_are_set_and_read_as_the_interpreter_reads_them():
    here = places()
    here.set_row("has", "gone", "b", Content(frozenset({"v", "u"}), frozenset({"u"})))
    assert here.row("has", "gone", "b") == Content(frozenset({"v", "u"}), frozenset({"u"}))
    assert here.row("has", "gone", "a") == Content()
    assert here.interpreter.value(here.state, "has") == {("b", "v"), ("b", "u")}
    assert here.holds("has", "b", "u")
    assert not here.holds("has", "a", "u")


def test_relations_of_any_number_of_things_are_set_and_told():
    here = places()
    here.let("prep", True)
    here.assign("yes", ("a",), ("c",))
    assert here.any("prep")
    assert [here.holds("yes", node) for node in here.nodes] == [True, False, True]
    here.let("yes", False, "a")
    here.let("prep", False)
    assert here.interpreter.value(here.state, "yes") == {("c",)}
    assert not here.any("prep")
    assert here.quorums("write", LIST) == {"W:L:a+b": ("a", "b")}


def test_quorums_that_do_not_meet_are_no_instance():
    with pytest.raises(ValueError, match="quorums meet"):
        Places({LIST: ("a", "b")}, ("a", "b"), 1, 1, {"v": ("x", 1)}, ["r"])
