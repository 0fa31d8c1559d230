"""Siblings and clocks: a perfect store keeps both claims, and each defect put into its run is found."""

import pytest

from checkers.multivalue import CLOCKS, SIBLINGS, maximal_siblings, true_clocks
from checkers.verdict import Invalid, Valid


@pytest.mark.parametrize("seed", range(20))
def test_a_perfect_store_returns_maximal_siblings_and_its_clocks_are_true(perfect, seed):
    run = perfect(seed)
    assert isinstance(maximal_siblings(run), Valid)
    assert isinstance(true_clocks(run), Valid)


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
                    verdict = maximal_siblings(broken)
                    assert isinstance(verdict, Invalid)
                    assert verdict.counterexample.claim == SIBLINGS
                    assert get.index in verdict.counterexample.operations
                    found += 1
                    break
    assert found


def test_a_sibling_outside_its_context_and_one_that_is_hidden_are_found(perfect, mutate):
    run = perfect(3)
    get = next(op for op in run.operations if op.dots)
    assert isinstance(maximal_siblings(mutate.operation(run, get.index, seen={})), Invalid)
    assert isinstance(maximal_siblings(mutate.operation(run, get.index, dots=(), values=())), Invalid)


def clocks_of(run):
    found = true_clocks(run)
    assert isinstance(found, Invalid), found
    assert found.counterexample.claim == CLOCKS
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
