"""Random small histories and what the oracle says of them, made once."""

import random

import pytest

from benchmarks import random_histories
from checkers.linearizability import exhaustive
from model.specifications.register import Register

COUNT = 2_000


@pytest.fixture(scope="session")
def judged():
    """`judged(name)`: the specification, histories of that model, and whether each is linearizable."""
    known = {}

    def of(name):
        if name not in known:
            chance = random.Random(name)
            if name.startswith("unique"):
                specification: object = Register(0)
                given = [random_histories.unique(chance, name.endswith("swaps")) for _ in range(COUNT)]
            else:
                specification = random_histories.MODELS[name][0]
                given = [random_histories.history(name, chance) for _ in range(COUNT)]
            known[name] = specification, given, [exhaustive.linearizable(specification, one) for one in given]
        return known[name]

    return of
