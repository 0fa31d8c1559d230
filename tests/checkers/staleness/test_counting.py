"""checkers.staleness.counting: as many as one counts."""

import random

import numpy as np
import pytest

from checkers.staleness.counting import Ranks


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 64, 100])
def test_every_answer_is_that_of_counting(size):
    chance = random.Random(size)
    ranks = list(range(size))
    chance.shuffle(ranks)
    asked = [(first, rank) for first in range(size + 1) for rank in range(size + 1)]
    first, rank = np.array(asked, dtype=np.int64).T
    found = Ranks(np.array(ranks, dtype=np.int64)).above(first, rank)
    assert found.tolist() == [sum(one >= least for one in ranks[:count]) for count, least in asked]
