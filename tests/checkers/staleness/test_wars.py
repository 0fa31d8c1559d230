"""checkers.staleness.wars: against a simulation of each trial by its events, and against the counting of quorums."""

import random

import numpy as np
import pytest

from checkers.staleness.wars import Gets, Puts, enough


def trial(n, chance):
    """Delays of one trial, all different."""
    return [[chance.random() * 10 for _ in range(n)] for _ in range(4)]


def fresh(delays, r, w, t):
    """Play the trial: messages arrive one after the other."""
    there, acknowledgement, reads, replies = delays
    n = len(there)
    arrivals = sorted((there[i] + acknowledgement[i], i) for i in range(n))
    acknowledged = arrivals[w - 1][0]
    starts = acknowledged + t
    answers = []
    for i in range(n):
        asked = starts + reads[i]
        answers.append((asked + replies[i], there[i] <= asked))
    return any(has for _, has in sorted(answers)[:r])


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_a_get_is_fresh_exactly_from_the_time_that_is_enough(n):
    chance = random.Random(n)
    trials = [trial(n, chance) for _ in range(150)]
    columns = [np.array([one[leg] for one in trials]) for leg in range(4)]
    puts, gets = Puts(*columns[:2]), Gets(*columns[2:])
    for r in range(1, n + 1):
        for w in range(1, n + 1):
            least = enough(puts, gets, gets.first(r), puts.acknowledged(w))
            for one, time in zip(trials, least.tolist(), strict=True):
                assert fresh(one, r, w, time + 1e-9)
                assert not fresh(one, r, w, time - 1e-9)


def test_quorums_that_meet_leave_no_get_stale():
    chance = random.Random(9)
    trials = [trial(5, chance) for _ in range(2_000)]
    columns = [np.array([one[leg] for one in trials]) for leg in range(4)]
    puts, gets = Puts(*columns[:2]), Gets(*columns[2:])
    for r in range(1, 6):
        for w in range(1, 6):
            late = np.count_nonzero(enough(puts, gets, gets.first(r), puts.acknowledged(w)) > 0)
            assert late == 0 if r + w > 5 else r + w == 5 or late > 0


def test_latencies_are_those_of_the_quorum():
    puts = Puts(np.array([[1.0, 5.0, 3.0]]), np.array([[1.0, 1.0, 1.0]]))
    gets = Gets(np.array([[1.0, 5.0, 3.0]]), np.array([[9.0, 1.0, 1.0]]))
    assert [puts.acknowledged(w).tolist() for w in (1, 2, 3)] == [[2.0], [4.0], [6.0]]
    assert [gets.answered(r).tolist() for r in (1, 2, 3)] == [[4.0], [6.0], [10.0]]
    assert [sorted(gets.first(r)[0].tolist()) for r in (1, 2, 3)] == [[2], [1, 2], [0, 1, 2]]
