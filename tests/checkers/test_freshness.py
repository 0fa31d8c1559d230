"""fresh-reads and fresh-deletes."""

import pytest

from checkers.facts import ReadMissed, Returned
from checkers.freshness import check, check_deletes
from checkers.verdict import Invalid, Valid

A, B = ("n1", 1), ("n2", 1)


def test_a_get_that_missed_an_acknowledged_put_is_found(story):
    found = check(story.put(1, 2, "a", A).get(3, 4, [], {}).end())
    assert isinstance(found, Invalid)
    assert isinstance(found.counterexample.facts[1], ReadMissed)
    assert found.counterexample.operations == (0, 1)


def test_what_was_looked_at_is_told(story):
    run = story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).get(5, 6, [(A, "a")], {"n1": 1}).end()
    assert check(run).witness == "2 gets: each knew every put acknowledged before it began"
    assert check_deletes(run).witness == "2 gets: none returned what a delete acknowledged before it had seen"


@pytest.mark.parametrize(("start_ms", "outcome"), [(2, "ok"), (3, "info")])
def test_a_get_need_not_know_a_put_still_open_or_unacknowledged(story, start_ms, outcome):
    assert isinstance(check(story.put(1, 2, "a", A, outcome=outcome).get(start_ms, 4, [], {}).end()), Valid)


@pytest.mark.parametrize("seed", range(15))
def test_the_check_agrees_with_the_quadratic_definition(perfect, mutate, seed):
    run = perfect(seed)
    gets = [op for op in run.operations if op.kind == "get" and op.outcome == "ok" and op.seen]
    for get in gets:
        for actor in sorted(get.seen):
            broken = mutate.operation(run, get.index, seen={**get.seen, actor: get.seen[actor] - 1})
            missed = any(
                put.dot == (actor, get.seen[actor]) and put.key == get.key and put.end_us < get.start_us
                for put in run.operations
                if put.dot is not None
            )
            forgotten = any(
                op.kind == "delete" and op.key == get.key and op.outcome != "fail" and op.start_us <= get.end_us
                for op in run.operations
            )
            found = check(broken)
            if not missed:
                assert isinstance(found, Valid)
            elif not forgotten:
                assert isinstance(found, Invalid)


def test_a_reaped_key_may_forget_what_was_deleted_and_what_that_had_replaced(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}).delete(5, 6, {"n2": 1})
    assert isinstance(check(story.get(7, 8, [], {}).end()), Valid)


def test_a_delete_that_began_only_after_the_get_excuses_nothing(story):
    story.put(1, 2, "a", A).get(3, 4, [], {}).delete(5, 6, {"n1": 1})
    assert isinstance(check(story.end()), Invalid)


def test_a_delete_that_had_not_seen_the_put_excuses_nothing(story):
    story.put(1, 2, "a", A).put(1, 2, "b", B).delete(5, 6, {"n2": 1})
    assert isinstance(check(story.get(7, 8, [], {}).end()), Invalid)


def test_a_get_that_returns_a_deleted_version_is_found(story):
    story.put(1, 2, "a", A).delete(3, 4, {"n1": 1})
    found = check_deletes(story.get(5, 6, [(A, "a")], {"n1": 1}).end())
    assert isinstance(found, Invalid)
    assert isinstance(found.counterexample.facts[1], Returned)


@pytest.mark.parametrize(("start_ms", "outcome"), [(4, "ok"), (5, "info"), (5, "fail")])
def test_a_get_may_return_what_no_acknowledged_delete_had_seen(story, start_ms, outcome):
    story.put(1, 2, "a", A).delete(3, 4, {"n1": 1}, outcome)
    assert isinstance(check_deletes(story.get(start_ms, 6, [(A, "a")], {"n1": 1}).end()), Valid)
