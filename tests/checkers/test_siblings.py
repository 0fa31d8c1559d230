"""no-false-sibling: what must not stand or be returned."""

import pytest

from checkers.facts import Failed, NeverPut, Overwrote, Twice
from checkers.siblings import check
from checkers.verdict import Invalid, Valid

A, B = ("n1", 1), ("n2", 1)


def facts(found):
    assert isinstance(found, Invalid), found
    return [type(fact) for fact in found.counterexample.facts]


@pytest.mark.parametrize("seed", range(15))
def test_a_replaced_version_that_stands_again_is_false(perfect, mutate, seed):
    run = perfect(seed)
    pairs = mutate.replaced(run)
    assert pairs
    for old, _ in pairs[:10]:
        assert Overwrote in facts(check(mutate.add(run, old.key, old.dot, old.value)))


@pytest.mark.parametrize("seed", range(10))
def test_a_value_that_nobody_put_is_false(perfect, mutate, seed):
    run = perfect(seed)
    assert NeverPut in facts(check(mutate.add(run, "k0", ("n1", 10_000), "ghost")))


@pytest.mark.parametrize("seed", range(10))
def test_a_value_under_a_second_dot_is_false(perfect, mutate, seed):
    run = perfect(seed)
    op, _ = mutate.standing(run)[0]
    assert Twice in facts(check(mutate.add(run, op.key, ("n1", 10_000), op.value)))


def test_a_failed_put_that_stands_is_false(story):
    run = story.put(1, 2, "a", A, outcome="fail").end([(A, "a")], {"n1": 1})
    assert Failed in facts(check(run))


def test_a_failed_put_that_a_get_returns_is_false(story):
    run = story.put(1, 2, "a", A, outcome="fail").get(3, 4, [(A, "a")], {"n1": 1}).end([])
    assert Failed in facts(check(run))


def test_a_value_that_nobody_put_and_that_was_replaced_is_told_with_who_replaced_it(story):
    found = check(story.put(1, 2, "a", A, {"n2": 1}).end([(A, "a"), (B, "ghost")], {"n1": 1, "n2": 1}))
    assert Overwrote in facts(found)
    assert found.counterexample.operations == (0,)


def test_an_unknown_put_may_stand_and_may_not(story):
    story.put(1, 9, "a", A, outcome="info")
    assert isinstance(check(story.end([(A, "a")], {"n1": 1})), Valid)


def test_an_unknown_put_that_stands_certainly_replaced_what_it_had_seen(story):
    run = story.put(1, 2, "a", A).put(3, 9, "b", B, {"n1": 1}, "info").end([(A, "a"), (B, "b")], {"n1": 1, "n2": 1})
    assert Overwrote in facts(check(run))


def test_an_unknown_delete_does_not_make_what_stands_false(story):
    run = story.put(1, 2, "a", A).delete(3, None, {"n1": 1}).end([(A, "a")], {"n1": 1})
    assert isinstance(check(run), Valid)


def test_a_get_of_a_value_that_was_put_only_later_is_false(story):
    run = story.get(1, 2, [(A, "a")], {"n1": 1}).put(3, 4, "a", A).end([(A, "a")], {"n1": 1})
    assert isinstance(check(run), Invalid)


def test_a_get_of_a_put_still_open_is_fine(story):
    run = story.put(1, 9, "a", A).get(2, 3, [(A, "a")], {"n1": 1}).end([(A, "a")], {"n1": 1})
    assert isinstance(check(run), Valid)


def test_a_get_that_returns_one_dot_twice_is_false(story):
    run = story.put(1, 2, "a", A).get(3, 4, [(A, "a"), (A, "a")], {"n1": 1}).end([(A, "a")], {"n1": 1})
    assert Twice in facts(check(run))


def test_a_get_that_returns_a_put_beside_the_one_that_replaced_it_is_false(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1})
    run = story.get(5, 6, [(A, "a"), (B, "b")], {"n1": 1, "n2": 1}).end([(B, "b")], {"n1": 1, "n2": 1})
    assert Overwrote in facts(check(run))


def test_a_stale_get_of_a_replaced_value_alone_is_fine(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1})
    run = story.get(5, 6, [(A, "a")], {"n1": 1}).end([(B, "b")], {"n1": 1, "n2": 1})
    assert isinstance(check(run), Valid)


@pytest.mark.parametrize(("dots", "verdict"), [([A], Valid), ([A, A], Valid), ([A, B], Invalid)])
def test_without_a_trace_each_nameless_put_explains_one_dot_and_no_more(story, dots, verdict):
    story.put(1, 9, "a", A, outcome="info", minted=False)
    for dot in dots:
        story.get(2, 3, [(dot, "a")], {dot[0]: 1})
    assert isinstance(check(story.end([], trace=False)), verdict)
