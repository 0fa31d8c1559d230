"""Random runs of the abstract store, and its proof, which is made once."""

from collections.abc import Callable, Iterable
from random import Random
from time import process_time

import pytest

from checkers.proofs.protocol.proof import Proof, prove
from model.abstract.evaluation import State
from model.abstract.interpreter import Interpreter, Step


@pytest.fixture(scope="session")
def proof() -> Proof:
    """The whole protocol layer, by both solvers."""
    pytest.importorskip("cvc5")
    return prove(clock=process_time)


@pytest.fixture
def walk() -> Callable[[Interpreter, int, int], Iterable[State]]:
    """States of a random run: of the possible actions each is as likely as any other, however many ways it has."""

    def states(interpreter: Interpreter, seed: int, length: int) -> Iterable[State]:
        chance = Random(seed)
        state = interpreter.initial
        names = [action.name for action in interpreter.protocol.actions]
        for _ in range(length):
            yield state
            for name in chance.sample(names, len(names)):
                ways = [Step(name, args) for args in interpreter.arguments(name)]
                chance.shuffle(ways)
                possible = next((way for way in ways if not interpreter.broken(state, way)), None)
                after = state if possible is None else interpreter.apply(state, possible)
                if after != state:
                    state = after
                    break

    return states
