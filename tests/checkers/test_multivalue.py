"""Siblings: a perfect store returns maximal ones, the definition agrees, and each defect put into a run is found."""

import random
from collections import Counter

import pytest

from benchmarks.own_histories import maximal_siblings, small
from checkers import contexts, multivalue
from checkers.verdict import Invalid, Valid


@pytest.mark.parametrize("seed", range(20))
def test_a_perfect_store_returns_maximal_siblings(perfect, seed):
    assert isinstance(multivalue.check(perfect(seed)), Valid)


def puts(run):
    return [op for op in run.operations if op.kind == "put" and op.dot is not None]


@pytest.mark.parametrize("seed", range(10))
def test_a_sibling_beside_the_put_that_replaced_it_is_found(perfect, mutate, seed):
    run = perfect(seed)
    by_dot = {(op.key, op.dot): op for op in puts(run)}
    found = 0
    for get in run.operations:
        for dot, _value in zip(get.dots, get.values, strict=True):
            by = by_dot.get((get.key, dot))
            for old in (one for one in puts(run) if by is not None and one.key == get.key):
                if by.context.get(old.dot[0], 0) >= old.dot[1]:
                    broken = mutate.operation(
                        run, get.index, dots=(*get.dots, old.dot), values=(*get.values, old.value)
                    )
                    verdict = multivalue.check(broken)
                    assert isinstance(verdict, Invalid)
                    assert verdict.counterexample.claim == multivalue.CLAIM
                    assert get.index in verdict.counterexample.operations
                    found += 1
                    break
    assert found


def test_a_sibling_outside_its_context_and_one_that_is_hidden_are_found(perfect, mutate):
    run = perfect(3)
    get = next(op for op in run.operations if op.dots)
    assert isinstance(multivalue.check(mutate.operation(run, get.index, seen={})), Invalid)
    assert isinstance(multivalue.check(mutate.operation(run, get.index, dots=(), values=())), Invalid)


def test_it_agrees_with_the_definition_on_small_histories_right_and_wrong():
    chance = random.Random(41)
    found: Counter[bool] = Counter()
    for _ in range(2_000):
        run = small(chance)
        verdict, right = multivalue.check(run), maximal_siblings(run)
        assert isinstance(verdict, Valid) == right, run.operations
        assert isinstance(verdict, Valid | Invalid)
        found[right] += 1
    assert min(found[True], found[False]) > 200


def test_a_put_of_unknown_outcome_excuses_only_where_it_is_shown_or_was_replaced_itself(story):
    story.put(0, 1, "one", ("a", 1)).put(2, None, "two", ("b", 1), {"a": 1})
    alone = story.get(5, 6, [], {"a": 1, "b": 1}).end()
    assert isinstance(contexts.check(alone), Valid)  # which asks for less
    found = multivalue.check(alone)
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 2)


def test_a_put_of_unknown_outcome_that_was_replaced_excuses_what_it_had_seen(story):
    story.put(0, 1, "one", ("a", 1)).put(2, None, "two", ("b", 1), {"a": 1}).put(4, 5, "three", ("b", 2), {"b": 1})
    assert isinstance(multivalue.check(story.get(6, 7, [(("b", 2), "three")], {"a": 1, "b": 2}).end()), Valid)


def test_a_delete_that_begins_before_the_get_ends_excuses_what_it_had_seen(story):
    story.put(1, 2, "one", ("a", 1)).get(3, 9, [], {"a": 1}).delete(5, 6, {"a": 1})
    assert isinstance(multivalue.check(story.end()), Valid)


def test_a_delete_that_would_have_removed_what_is_shown_excuses_nothing(story, mutate):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1)).delete(4, 9, {"a": 1, "b": 1})
    both = [(("a", 1), "one"), (("b", 1), "two")]
    right = story.get(5, 6, both, {"a": 1, "b": 1}).end()
    assert isinstance(multivalue.check(right), Valid)
    found = multivalue.check(mutate.operation(right, 3, dots=(("b", 1),), values=("two",)))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 3)
    assert isinstance(multivalue.check(mutate.operation(right, 3, dots=(), values=())), Valid)


def test_a_sibling_that_a_hidden_but_covered_put_had_seen_is_found(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1}).put(4, 5, "three", ("c", 1), {"b": 1})
    shown = [(("a", 1), "one"), (("c", 1), "three")]
    found = multivalue.check(story.get(6, 7, shown, {"a": 1, "b": 1, "c": 1}).end())
    assert isinstance(found, Invalid)
    assert "returned a/1 and its context covers b/1" in found.counterexample.sentence
