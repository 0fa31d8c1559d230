"""What a get must, may and must not show, under each configuration."""

import pytest

from model.store.reading import View
from model.store.reference import Reference
from model.store.terms import Terms

STRICT = Terms("all", keeps=True, replaces=True, honest=True, meets=True)
WEAK = STRICT._replace(meets=False)


def history(terms: Terms) -> Reference:
    """x1 was replaced by x2, which stands; y1 is open, and z1 has failed."""
    reference = Reference(terms)
    reference.invoke(0, 0, "put", "k", "a", {}, ("x", 1))
    reference.acknowledge(0, ("x", 1), {"x": 1})
    reference.invoke(1, 0, "get", "k", None, {})
    reference.invoke(2, 1, "put", "k", "b", {"x": 1}, ("x", 2))
    reference.invoke(3, 2, "put", "k", "c", {}, ("y", 1))
    reference.invoke(4, 3, "put", "k", "d", {}, ("z", 1))
    reference.fail(4)
    reference.acknowledge(2, ("x", 2), {"x": 2})
    return reference


def test_where_gets_meet_writes_a_get_must_know_what_was_acknowledged_and_must_not_show_what_it_replaced():
    assert history(STRICT).expect("k") == View(
        must=(("x", 2),), may=(("x", 2), ("y", 1)), must_not=(("x", 1), ("z", 1))
    )


def test_elsewhere_it_must_know_nothing_and_may_show_what_a_stale_copy_holds():
    assert history(WEAK).expect("k") == View(must=(), may=(("x", 1), ("x", 2), ("y", 1)), must_not=(("z", 1),))


def test_a_get_that_began_before_may_still_show_what_was_replaced_meanwhile():
    reference = history(STRICT)
    reference.answer(1, {("x", 1): "a"}, {"x": 1})
    assert reference.refusals == []


@pytest.mark.parametrize(
    ("shown", "context", "rule"),
    [
        ({("x", 2): "b"}, {"x": 2}, None),
        ({("x", 2): "b", ("y", 1): "c"}, {"x": 2, "y": 1}, None),
        ({("x", 2): "b"}, {"x": 2, "y": 1}, None),
        ({("y", 1): "c"}, {"x": 1, "y": 1}, "fresh-reads"),
        ({}, {"x": 2}, "honest-contexts"),
        ({("x", 2): "b"}, {"x": 1}, "fresh-reads"),
        ({("x", 1): "a", ("x", 2): "b"}, {"x": 2}, "no-false-sibling"),
        ({("x", 2): "b", ("z", 1): "d"}, {"x": 2, "z": 1}, "no-invented-value"),
        ({("x", 2): "c"}, {"x": 2}, "no-invented-value"),
        ({("x", 2): "b", ("y", 1): "c"}, {"x": 2}, "no-false-sibling"),
    ],
)
def test_an_answer_is_held_against_each_promise(shown, context, rule):
    reference = history(STRICT)
    reference.invoke(5, 5, "get", "k", None, {})
    reference.answer(5, shown, context)
    assert [refusal.rule for refusal in reference.refusals][:1] == ([rule] if rule else [])


def test_an_answer_that_hides_an_open_put_is_refused_once_that_is_acknowledged():
    reference = history(STRICT)
    reference.invoke(5, 5, "get", "k", None, {})
    reference.answer(5, {("x", 2): "b"}, {"x": 2, "y": 1})
    assert reference.refusals == []
    reference.acknowledge(3, ("y", 1), {"y": 1})
    assert [(r.rule, r.operations) for r in reference.refusals] == [("honest-contexts", (3, 5))]


def test_the_last_writer_leaves_one_version():
    reference = Reference(Terms("one", remains=True))
    for number, dot in enumerate((("x", 1), ("y", 1))):
        reference.invoke(number, number, "put", "k", "v", {}, dot)
        reference.acknowledge(number, dot, dict([dot]))
    for number, shown in ((2, {("x", 1): "v"}), (3, {("x", 1): "v", ("y", 1): "v"})):
        reference.invoke(number, number, "get", "k", None, {})
        reference.answer(number, shown, {"x": 1, "y": 1})
    assert [(r.rule, r.operations) for r in reference.refusals] == [("one-sibling", (3,))]


def test_a_get_that_a_delete_excused_is_refused_when_the_delete_fails():
    reference = history(STRICT)
    reference.invoke(5, 5, "delete", "k", None, {"x": 2})
    reference.invoke(6, 6, "get", "k", None, {})
    reference.answer(6, {}, {})
    assert reference.refusals == []
    reference.fail(5)
    assert [(r.rule, r.operations) for r in reference.refusals] == [("fresh-reads", (5, 6))]
