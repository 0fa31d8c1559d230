"""What deletes excuse, held against the closure computed from its definition."""

import pytest

from checkers.forgotten import Forgotten

A, B = ("n1", 1), ("n2", 1)


def closure(run, key, by_us):
    """actor -> counter: what deletes that began by then had seen, and what the puts that they had seen had seen."""
    writes = [op for op in run.operations if op.key == key and op.kind != "get" and op.outcome != "fail"]
    seen = [op.context for op in writes if op.kind == "delete" and op.start_us <= by_us]
    known: dict[str, dict[str, int]] = {}
    grown = True
    while grown:
        grown = False
        for context in seen:
            for actor, counter in context.items():
                if known.get(actor, 0) < counter:
                    known[actor] = counter
                    grown = True
        covered = [op for op in writes if op.kind == "put" and op.named and known.get(op.named[0], 0) >= op.named[1]]
        seen = [op.context for op in covered]
    return known


@pytest.mark.parametrize("seed", range(20))
def test_what_is_excused_is_the_closure_of_the_deletes_that_had_begun(perfect, seed):
    run = perfect(seed)
    forgotten = Forgotten(run)
    times = sorted({op.start_us for op in run.operations if op.kind == "delete"})
    looked = 0
    for key in sorted({op.key for op in run.operations}):
        actors = sorted({op.named[0] for op in run.operations if op.key == key and op.named})
        for by_us in (0, *times[:: max(1, len(times) // 6)]):
            known = closure(run, key, by_us)
            for actor in actors:
                for counter in range(1, 8):
                    looked += 1
                    assert forgotten.covers(key, actor, counter, by_us) == (known.get(actor, 0) >= counter)
    assert looked > 100


def test_a_delete_excuses_what_it_had_seen_and_what_that_had_replaced_but_of_its_own_key_only(story):
    run = story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}).delete(5, 6, {"n2": 1}).end()
    forgotten = Forgotten(run)
    assert forgotten.covers("k", "n1", 1, 5_000)
    assert forgotten.covers("k", "n2", 1, 5_000)
    assert not forgotten.covers("k", "n2", 2, 5_000)
    assert not forgotten.covers("k", "n1", 1, 4_999), "it had not begun"
    assert not forgotten.covers("other", "n1", 1, 5_000)


def test_a_delete_that_failed_excuses_nothing(story):
    run = story.put(1, 2, "a", A).delete(5, 6, {"n1": 1}, outcome="fail").end()
    assert not Forgotten(run).covers("k", "n1", 1, 9_000)
