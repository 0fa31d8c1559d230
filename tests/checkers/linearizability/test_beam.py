"""The beam decides as the oracle does, whatever its width; going back, windows and more room change no answer."""

import random

import pytest

pytest.importorskip("numba")

from benchmarks.busy_histories import busy
from benchmarks.random_histories import MODELS, columns
from checkers.linearizability import beam, frontier
from checkers.linearizability.check import state_code
from checkers.linearizability.transitions import grouped, register_transitions
from histories.columns import NIL
from model.specifications.register import Register


def stuck(given, initial):
    together = columns(given)
    groups = grouped(register_transitions(together, state_code(together, initial)))
    outcomes = beam.decide(groups)
    assert all(outcome.result == beam.STUCK for outcome in outcomes)
    return {together.keys[int(groups.key[outcome.key])] for outcome in outcomes}


@pytest.mark.parametrize("name", ["register", "cas-register", "kv"])
def test_it_agrees_with_the_oracle(judged, name):
    _, given, oracle = judged(name)
    asked = [[op for op in one if op.required or op.call.f != "read"] for one in given]
    assert stuck(asked, MODELS[name][0].init) == {at for at, right in enumerate(oracle) if not right}


def spoiled(seed, operations=240, clients=6, swaps=0.0, lost=0.0):
    """A busy history, in which for most seeds one read returns another value."""
    chance = random.Random(seed)
    given = register_transitions(busy(operations, clients, values=4, seed=seed, swaps=swaps, lost=lost), NIL)
    if chance.random() < 0.8:
        reads = [at for at in range(40, len(given.pre)) if given.post[at] == -1]
        given.pre[chance.choice(reads)] = chance.randrange(4)
    return given


@pytest.mark.parametrize(("swaps", "lost"), [(0.0, 0.0), (0.4, 0.0), (0.2, 0.02)])
def test_a_beam_of_one_that_goes_back_and_refutes_by_windows_decides_as_the_complete_search(monkeypatch, swaps, lost):
    for name, value in {"WIDTH": 1, "SHORT": 0, "CHUNK": 16, "WINDOW": 4, "WIDER": 2}.items():
        monkeypatch.setattr(beam, name, value)
    answers = []
    for seed in range(60):
        given = spoiled(seed, swaps=swaps, lost=lost)
        found = beam.decide(grouped(given))
        right = isinstance(frontier.search(Register(NIL), given.intervals()), frontier.Fits)
        assert (not found) == right, f"seed {seed}"
        answers.append(right)
    assert 3 < sum(answers) < 57


def test_more_operations_in_flight_than_one_word_holds_take_more_words():
    given = register_transitions(busy(600, 100, values=3, seed=4), NIL)
    assert beam.decide(grouped(given)) == []


def test_what_is_found_wrong_is_the_operation_whose_end_nothing_explains():
    given = register_transitions(busy(3_000, 5, values=4, seed=2), NIL)
    groups = grouped(given)
    reads = [at for at in range(2_000, 3_000) if given.post[at] == -1]
    given.pre[reads[0]] = 4  # which nobody wrote
    (outcome,) = beam.decide(groups)
    assert (outcome.result, outcome.operation) == (beam.STUCK, reads[0])


def test_a_budget_of_steps_ends_it_and_the_outcome_tells_where():
    given = register_transitions(busy(3_000, 20, values=5, seed=1), NIL)
    (outcome,) = beam.decide(grouped(given), beam.Bounds(steps=500))
    assert beam.REACHED[outcome.result] == "the budget of steps"
    assert outcome.in_flight > 0


def test_a_bound_on_memory_ends_it():
    given = register_transitions(busy(200, 100, values=5, seed=1), NIL)
    (outcome,) = beam.decide(grouped(given), beam.Bounds(memory_bytes=2 << 20))
    assert beam.REACHED[outcome.result] == "the bound on memory"
