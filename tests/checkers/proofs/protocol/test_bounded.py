from collections import deque

from checkers.proofs.protocol.bounded import Chain, shortest
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import TRUE, some
from model.abstract.store import STORE
from model.abstract.vocabulary import acked, dur, i, r, resp, w

ONE = instance({"old": "a"}, r=1, w=1)
PAIR = instance({"old": "ab"}, r=1, w=2)


def breadth_first(protocol, chosen, target, longest):
    """The length of a shortest run, by visiting every state."""
    interpreter = Interpreter(protocol, chosen)
    waiting, seen = deque([(interpreter.initial, 0)]), {interpreter.initial}
    while waiting:
        state, length = waiting.popleft()
        if interpreter.holds(state, target):
            return length
        if length < longest:
            for _, after in interpreter.successors(state):
                if after not in seen:
                    seen.add(after)
                    waiting.append((after, length + 1))
    return None


def test_a_run_found_is_as_short_as_the_shortest_that_a_search_of_all_states_finds():
    targets = [
        some(w, holds=acked(w)),
        some(r, i, holds=resp(r, i)),
        some(r, w, holds=acked(w) & some(i, holds=resp(r, i))),
    ]
    for target in targets:
        steps = shortest(STORE, ONE, target, 8)
        assert len(steps) == breadth_first(STORE, ONE, target, 8)
    mutant = STORE.without_guard("replicate", "durable")
    target = ~STORE.invariant("no lost write").formula
    assert len(shortest(mutant, ONE, target, 8)) == breadth_first(mutant, ONE, target, 8) == 3


def test_a_run_is_one_that_the_interpreter_takes():
    interpreter = Interpreter(STORE, PAIR)
    state = interpreter.initial
    for step in shortest(STORE, PAIR, some(w, holds=acked(w)), 10):
        assert interpreter.broken(state, step) == ()
        state = interpreter.apply(state, step)
    assert interpreter.value(state, "acked") == {("put1",)}


def test_what_is_not_reached_within_the_bound_is_not_reached():
    assert shortest(STORE, PAIR, some(w, holds=acked(w)), 6) is None
    assert len(shortest(STORE, PAIR, some(w, holds=acked(w)), 7)) == 7


def test_the_initial_state_is_reached_in_no_step():
    assert shortest(STORE, ONE, TRUE, 0) == ()


def test_a_chain_answers_for_exactly_its_length():
    chain = Chain(STORE, ONE)
    held = some(w, i, holds=dur(i, w))
    lengths = []
    for _ in range(5):
        lengths.append(chain.meets(held) is not None)
        chain.grow()
    assert lengths == [False, False, True, True, True]
    assert Step("sync", ("a",)) in (chain.meets(held) or ())
