"""kept.lab.knobs: a smaller configuration promises what the greater one did, and overlaps as it did."""

import pytest

from kept.lab import knobs
from kept.lab.case import Case
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.sim.faults import CRASH, Fault

CONFIGS = [
    RunConfig(),
    RunConfig(nodes=7, n=5, r=3, w=3, sloppy=False),
    RunConfig(nodes=7, n=4, r=1, w=4, pr=1, pw=4),
    RunConfig(n=3, r=1, w=1, durable_copies=2),
    RunConfig(n=3, r=3, w=2, versions="lww", anti_entropy=False),
]


def case(config: RunConfig, *faults: Fault) -> Case:
    return Case(config, faults, (), ())


@pytest.mark.parametrize("config", CONFIGS)
def test_a_smaller_quorum_is_smaller_and_guarantees_the_same(config: RunConfig) -> None:
    found = [one.config for one in knobs.smaller_quorums(case(config))]
    assert found
    for small in found:
        sizes = [(one.n, one.r, one.w, one.pr, one.pw, one.durable_copies) for one in (small, config)]
        assert sizes[0] < sizes[1]
        assert small.n <= config.n
        assert promised(small) == promised(config)
        assert (small.r + small.w > small.n) == (config.r + config.w > config.n)
        assert (small.pr + small.pw > small.n) == (config.pr + config.pw > config.n)
        assert bool(small.durable_copies) == bool(config.durable_copies)


def test_one_replica_is_the_smallest_quorum_of_all() -> None:
    assert next(knobs.smaller_quorums(case(RunConfig(sloppy=False)))).config.n == 1
    assert list(knobs.smaller_quorums(case(RunConfig(n=1, r=1, w=1)))) == []


def test_where_a_fault_takes_what_was_durable_the_number_of_copies_stays() -> None:
    lost = Fault("lost-disk", 1, 1, ("n1",))
    assert list(knobs.smaller_quorums(case(RunConfig(), lost))) == []
    assert list(knobs.smaller_quorums(case(RunConfig(), Fault(CRASH, 1, 1, ("n1",))))) != []


def test_a_coarser_ring_has_fewer_partitions_tokens_or_racks_and_still_enough() -> None:
    config = RunConfig(nodes=5, partitions=64, tokens=8, racks=3)
    found = [one.config for one in knobs.coarser_rings(case(config))]
    assert [(one.partitions, one.tokens, one.racks) for one in found] == [
        (5, 8, 3), (8, 8, 3), (16, 8, 3), (64, 1, 3), (64, 8, 0), (64, 8, 1),
    ]  # fmt: skip
    assert next(knobs.coarser_rings(case(config.model_copy(update={"ring": 2})))).config.partitions == 1


def test_plain_knobs_are_the_defaults_and_decide_neither_promises_nor_sizes() -> None:
    config = RunConfig(nodes=7, ops=9, strategy="pct", skew=1.2, read_repair="off", versions="vv", seed=4)
    first, *single = [one.config for one in knobs.plain_knobs(case(config))]
    assert first == RunConfig(nodes=7, ops=9, versions="vv", seed=4)
    assert len(single) == 3
    for one in single:
        assert sum(getattr(one, name) != getattr(config, name) for name in RunConfig.model_fields) == 1
    assert list(knobs.plain_knobs(case(first))) == []
