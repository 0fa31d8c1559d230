"""Vector clocks are the transitive closure of session order and reads-from."""

from checkers.ladder.accesses import NOWHERE, readings
from checkers.ladder.clocks import causes


def test_they_say_what_the_closure_says(given, closure):
    cycles = 0
    for one in given(True):
        accesses = next(readings(one).some(1))
        if (accesses.write == NOWHERE).any():
            continue
        before, found = closure(accesses), causes(one, accesses)
        assert found.cyclic == before.diagonal().any()
        cycles += found.cyclic
        if found.cyclic:
            continue
        for w, at in enumerate(accesses.access.tolist()):
            for v, other in enumerate(accesses.access.tolist()):
                counted = found.clock[w, accesses.column[v]] >= v - accesses.columns[accesses.column[v]] + 1
                assert counted == (v == w or before[other, at])
                assert not before[other, at] or found.place[v] < found.place[w]
    assert cycles > 10
