"""monotonic-reads: no client loses sight of what it has read."""

from itertools import combinations

import pytest

from checkers.facts import Showed, WentBack
from checkers.forgotten import Forgotten
from checkers.monotonic import check
from checkers.verdict import Invalid, Valid

A, B = ("n1", 1), ("n2", 1)


def by_one_client(mutate, run, *indices):
    """The same run, where these operations are of one process."""
    for index in indices:
        run = mutate.operation(run, index, process=99)
    return run


def test_a_get_that_knows_less_than_an_earlier_one_of_its_client_is_found(story, mutate):
    story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).get(5, 6, [], {})
    found = check(by_one_client(mutate, story.end(), 1, 2))
    assert isinstance(found, Invalid)
    showed, back = found.counterexample.facts
    assert isinstance(showed, Showed)
    assert isinstance(back, WentBack)
    assert (back.dot, found.counterexample.operations) == (A, (1, 2))
    assert "does not cover n1/1" in found.counterexample.sentence


def test_two_clients_may_see_a_put_and_not_see_it(story):
    assert isinstance(check(story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).get(5, 6, [], {}).end()), Valid)


def test_what_was_read_of_one_key_says_nothing_of_another(story, mutate):
    story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).get(5, 6, [], {}, key="other")
    assert isinstance(check(by_one_client(mutate, story.end(), 1, 2)), Valid)


def test_the_get_that_is_named_is_the_last_that_knew_more(story, mutate):
    story.get(1, 2, [(A, "a")], {"n1": 1}).get(3, 4, [(A, "a")], {"n1": 1}).get(5, 6, [], {})
    assert check(by_one_client(mutate, story.end(), 0, 1, 2)).counterexample.operations == (1, 2)


def test_a_put_that_replaced_what_was_read_must_cover_it(story, mutate):
    story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).put(4, 5, "b", B, {"n1": 1})
    story.get(6, 7, [(B, "b")], {"n1": 1, "n2": 1}).get(8, 9, [(B, "b")], {"n2": 1})
    run = story.end()
    assert isinstance(check(by_one_client(mutate, run, 1, 3)), Valid)
    assert isinstance(check(by_one_client(mutate, run, 1, 4)), Invalid)


@pytest.mark.parametrize(("start_ms", "holds"), [(4, True), (6, True), (7, False)])
def test_a_delete_excuses_a_get_that_ends_after_the_delete_began(story, mutate, start_ms, holds):
    story.put(1, 2, "a", A).get(2, 3, [(A, "a")], {"n1": 1}).get(5, 6, [], {}).delete(start_ms, 9, {"n1": 1})
    run = story.end()
    gets = [op.index for op in run.operations if op.kind == "get"]
    assert isinstance(check(by_one_client(mutate, run, *gets)), Valid) == holds


@pytest.mark.parametrize("seed", range(15))
def test_the_check_agrees_with_the_comparison_of_all_pairs(perfect, mutate, seed):
    run = perfect(seed)
    gets = [op for op in run.operations if op.kind == "get" and op.outcome == "ok" and op.seen]
    violated = 0
    for get in gets:
        actor = min(get.seen)
        broken = mutate.operation(run, get.index, seen={**get.seen, actor: get.seen[actor] - 1})
        forgotten = Forgotten(broken)
        pairs = [
            (one, other)
            for one, other in combinations([op for op in broken.operations if op.kind == "get"], 2)
            if one.outcome == other.outcome == "ok" and (one.process, one.key) == (other.process, other.key)
        ]
        back = any(
            other.seen.get(name, 0) < counter and not forgotten.covers(other.key, name, counter, other.end_us)
            for one, other in pairs
            for name, counter in one.seen.items()
        )
        assert isinstance(check(broken), Invalid) == back
        violated += back
    assert violated or seed != 0, "some of them are"
