"""unique-dots: one dot, one thing; one request, one dot; and no counter goes back."""

import pytest

from checkers.dots import check
from checkers.facts import SeenBefore, Twice
from checkers.verdict import Invalid, Valid

A, B = ("n1", 1), ("n2", 1)


def facts(found):
    assert isinstance(found, Invalid), found
    return [type(fact) for fact in found.counterexample.facts]


@pytest.mark.parametrize("seed", range(15))
def test_a_dot_given_to_a_second_put_is_found(perfect, mutate, seed):
    run = perfect(seed)
    acknowledged = [op for op in run.operations if op.dot is not None]
    for first, second in zip(acknowledged, acknowledged[3:], strict=False):
        changed = mutate.operation(run, second.index, dot=first.dot, minted=first.dot)
        assert facts(check(changed)) == [Twice]


@pytest.mark.parametrize("seed", range(10))
def test_a_replica_that_holds_another_value_under_a_dot_is_found(perfect, mutate, seed):
    run = perfect(seed)
    op, dot = mutate.standing(run)[0]
    broken = mutate.each_state(
        run,
        lambda s: s._replace(versions=tuple(v._replace(value="other") if v.dot == dot else v for v in s.versions)),
    )
    assert facts(check(broken)) == [Twice]
    assert op.index in check(broken).counterexample.operations


def test_one_dot_in_two_keys_is_found(story):
    assert facts(check(story.put(1, 2, "a", A, key="k").put(3, 4, "a", A, key="l").end())) == [Twice]


def test_a_request_minted_twice_is_found(story):
    story.put(1, 9, "a", A, outcome="info")
    story.mintings.append((5000, "r1", b"k", B))
    assert facts(check(story.end())) == [Twice]


def test_an_acknowledgement_under_another_dot_than_the_minted_one_is_found(story):
    story.put(1, 9, "a", A, minted=False)
    story.mintings.append((5000, "r1", b"k", B))
    assert facts(check(story.end())) == [Twice]


def test_a_get_that_shows_another_value_under_a_dot_is_found(story):
    assert facts(check(story.put(1, 2, "a", A).get(3, 4, [(A, "b")], {"n1": 1}).end())) == [Twice]


def test_two_values_under_a_dot_that_was_minted_for_nobody_who_is_known_are_found(story):
    story.mintings.append((500, "r9", b"k", B))
    assert facts(check(story.get(1, 2, [(B, "a")], {"n2": 1}).get(3, 4, [(B, "b")], {"n2": 1}).end())) == [Twice]


def test_a_put_whose_own_context_covers_its_dot_is_found(story):
    assert facts(check(story.put(1, 2, "a", A, {"n1": 4}).end())) == [SeenBefore]


def test_a_counter_that_went_back_is_found_by_what_others_had_seen(story):
    found = check(story.get(1, 2, [], {"n1": 7}).put(3, 4, "a", A).end())
    assert facts(found) == [SeenBefore]
    assert found.counterexample.operations == (0, 1)


def test_a_context_that_came_after_the_put_began_proves_nothing(story):
    assert isinstance(check(story.put(1, 9, "a", A).get(2, 3, [], {"n1": 1}).end()), Valid)
