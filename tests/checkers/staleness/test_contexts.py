"""checkers.staleness.contexts: this store's own gets, by what their contexts cover."""

import kept
from checkers.freshness import check
from checkers.staleness.contexts import staleness
from checkers.verdict import Invalid, Valid
from kept.lab.config import RunConfig

CALM = {"nodes": 3, "faults": (), "sloppy": False, "anti_entropy": False, "read_repair": "off", "keys": 1}


def measured(**fields):
    run = kept.run(
        **{"seed": 1, "ops": 400, "workload": "register", "think_ms": 0, "clients": 12, **CALM, **fields}
    ).trial.run
    return staleness(run), run


def test_quorums_that_meet_are_always_fresh_and_others_are_not():
    strict, run = measured(r=2, w=2)
    assert (strict.fresh.share, strict.most_missed, strict.oldest_stale) == (1.0, 0, None)
    assert isinstance(check(run), Valid)
    partial, run = measured(r=1, w=1)
    assert partial.fresh.share < 0.95
    assert partial.most_missed >= 1
    assert partial.reads == strict.reads or partial.reads > 50
    assert isinstance(check(run), Invalid)


def test_each_get_missed_what_its_context_does_not_cover():
    found, run = measured(r=1, w=1, seed=4)
    sample = early = 0
    most = stale = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        before = [op for op in run.operations if op.dot and op.key == get.key and op.end_us < get.start_us]
        missed = sum(get.seen.get(put.dot[0], 0) < put.dot[1] for put in before)
        sample, early = sample + bool(before), early + (not before)
        most, stale = max(most, missed), stale + (missed > 0)
    assert (found.reads, found.left_out.too_early) == (sample, early)
    assert (found.most_missed, found.fresh.of - found.fresh.successes) == (most, stale)
    assert stale > 0


def test_what_a_delete_made_the_store_forget_is_not_missed():
    run = kept.run(seed=2, ops=600, workload="delete", keys=3, nodes=3, faults=(), think_ms=20).trial.run
    found = staleness(run)
    assert found.reads > 50
    assert found.fresh.share == 1.0
    assert RunConfig().r + RunConfig().w > RunConfig().n
