"""Clocks: a perfect store's are true, the definition agrees, and a recorded clock that was tampered with is found."""

import random
from collections import Counter

import pytest

from benchmarks.own_histories import small, true_clocks
from checkers import clocks
from checkers.verdict import Invalid, Valid


@pytest.mark.parametrize("seed", range(20))
def test_the_clocks_of_a_perfect_store_are_true(perfect, seed):
    assert isinstance(clocks.check(perfect(seed)), Valid)


def test_it_agrees_with_the_definition_on_small_histories_right_and_tampered_with():
    chance = random.Random(42)
    found: Counter[bool] = Counter()
    for _ in range(2_000):
        run = small(chance)
        verdict, right = clocks.check(run), true_clocks(run)
        assert isinstance(verdict, Valid) == right, run.operations
        assert isinstance(verdict, Valid | Invalid)
        found[right] += 1
    assert min(found[True], found[False]) > 200


def puts(run):
    return [op for op in run.operations if op.kind == "put" and op.dot is not None]


def test_a_context_of_an_answer_that_lost_a_cause_is_found(perfect, mutate):
    """The seeded bug: one counter of one recorded context is taken back behind what a put that it covers had seen."""
    tried = 0
    for run in (perfect(seed) for seed in range(8)):
        for op in run.operations:
            if op.outcome != "ok" or op.kind == "delete":
                continue
            deletes = [one for one in run.operations if one.kind == "delete" and one.key == op.key]
            if any(one.start_us <= op.end_us for one in deletes):
                continue  # what they had seen may be forgotten
            for put in puts(run):
                lost = [at for at in put.context if at != put.dot[0] and put.context[at] == op.seen.get(at)]
                if put.key == op.key and put is not op and op.seen.get(put.dot[0], 0) >= put.dot[1] and lost:
                    seen = {actor: counter - (actor == lost[0]) for actor, counter in op.seen.items()}
                    assert isinstance(clocks.check(mutate.operation(run, op.index, seen=seen)), Invalid)
                    tried += 1
    assert tried > 10


def clocks_of(run):
    found = clocks.check(run)
    assert isinstance(found, Invalid), found
    assert found.counterexample.claim == clocks.CLAIM
    return found.counterexample


def test_a_context_that_covers_a_put_that_has_not_begun_is_found(perfect, mutate):
    run = perfect(5)
    first, last = puts(run)[0], puts(run)[-1]
    later = next(op for op in reversed(puts(run)) if op.start_us > (first.end_us or 0) and op.key == first.key)
    found = clocks_of(mutate.operation(run, first.index, context={later.dot[0]: later.dot[1]}))
    assert found.operations[0] == first.index
    assert "before that put began" in found.sentence
    assert last.index >= later.index


def test_a_put_that_has_seen_itself_is_found(perfect, mutate):
    run = perfect(6)
    put = puts(run)[4]
    found = clocks_of(mutate.operation(run, put.index, context={put.dot[0]: put.dot[1]}))
    assert "which is itself" in found.sentence or "before that put began" in found.sentence


def test_counters_that_run_backwards_in_time_are_found(perfect, mutate):
    run = perfect(7)
    of_actor: dict = {}
    for op in puts(run):
        of_actor.setdefault((op.key, op.dot[0]), []).append(op)
    early, late = next((ops[0], ops[-1]) for ops in of_actor.values() if ops[-1].start_us > ops[0].end_us)
    broken = mutate.operation(run, early.index, dot=(early.dot[0], 999), minted=None)
    assert late.index in clocks_of(broken).operations


def test_a_get_that_knows_a_put_and_not_what_the_put_had_seen_is_told_with_both(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1})
    found = clocks_of(story.get(5, 6, [(("b", 1), "two")], {"b": 1}).end())
    assert found.operations == (1, 2)
    assert found.sentence == (
        'b/1 is put "k"="two" by client 2, which had seen {a/1}; '
        'get "k" by client 3 got the context {b/1}, which covers b/1, but not a/1.'
    )


def test_a_put_that_is_sent_with_a_torn_context_is_found(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1})
    assert clocks_of(story.put(5, 6, "three", ("c", 1), {"b": 1}).end()).operations == (1, 2)


def test_what_a_delete_may_have_made_the_store_forget_is_excused_from_then_on(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1})
    excused = story.delete(10, 11, {"a": 1, "b": 1}).get(12, 13, [], {"b": 1}).end()
    assert isinstance(clocks.check(excused), Valid)
    early = excused.operations[-1]._replace(start_us=5_000, end_us=6_000)
    operations = (*excused.operations[:-1], early)
    assert clocks_of(excused._replace(history=excused.history._replace(operations=operations))).operations == (1, 3)


def test_an_answer_to_a_put_that_lacks_its_name_or_what_it_sent_is_found(perfect, mutate):
    run = perfect(9)
    put = next(op for op in puts(run) if op.context and op.dot[0] not in op.context)
    without_name = {actor: at for actor, at in put.seen.items() if actor != put.dot[0]}
    assert "its own name" in clocks_of(mutate.operation(run, put.index, seen=without_name)).sentence
    without_context = {put.dot[0]: put.dot[1]}
    assert "which it had sent" in clocks_of(mutate.operation(run, put.index, seen=without_context)).sentence


def test_two_puts_that_have_seen_each_other_are_a_circle(story):
    story.put(5, None, "one", ("a", 1), {"b": 1}).put(5, None, "two", ("b", 1), {"a": 1})
    found = clocks_of(story.end())
    assert found.operations == (0, 1)
    assert "has seen a/1" in found.sentence
