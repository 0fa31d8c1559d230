"""The patterns by their definition on the closure."""

from checkers.ladder.accesses import NOWHERE, READS, readings
from checkers.ladder.clocks import causes
from checkers.ladder.visible import conflicting, looked


def patterns(accesses, before):
    """Whether a read was overwritten, and the pairs of the conflict order, by definition."""
    overwritten, conflicts = False, set()
    writes = accesses.access.tolist()
    for read in [at for at in range(len(accesses.kind)) if accesses.kind[at] == READS]:
        source = writes[accesses.write[read]] if accesses.write[read] >= 0 else None
        for v in writes:
            if accesses.key[v] == accesses.key[read] and v != source and before[v, read]:
                overwritten |= source is None or bool(before[source, v])
                if source is not None:
                    conflicts.add((v, source))
    return overwritten, conflicts


def test_they_are_those_of_the_definition(given, closure):
    seen = 0
    for one in given(True):
        accesses = next(readings(one).some(1))
        if (accesses.write == NOWHERE).any():
            continue
        found = causes(one, accesses)
        if found.cyclic:
            continue
        before = closure(accesses)
        sight = looked(accesses, found, len(one.keys))
        overwritten, conflicts = patterns(accesses, before)
        assert (sight.overwritten is not None) == overwritten
        if overwritten:
            continue
        told = conflicting(accesses, found, len(one.keys), sight)
        pairs = {
            (int(accesses.access[v]), int(accesses.access[w])) for v, w in zip(told.before, told.after, strict=True)
        }
        assert pairs <= conflicts
        for v, w in conflicts:  # the others follow: v is a cause of w, or of a later write of its column
            assert before[v, w] or any(b == w and (a == v or before[v, a]) for a, b in pairs)
        seen += len(pairs)
    assert seen > 50
