"""Dynamo, figure 8 (section 6.2): load-balancing efficiency of the three partitioning strategies, S=30, N=3.

Efficiency is mean load / maximum load under uniform load; a node's load is the exact size of all ranges that it
holds a replica of. `PAPER` is digitised from the vector figure of the published PDF; `SIMULATED` was recomputed by
an independent simulation (replicas on N distinct nodes clockwise, Q = 1000 under strategy 2, whose Q the paper does
not give; random placement under strategy 3). The abscissa is the metadata size S x T, which is Q under strategy 3.
"""

from functools import cache

import pytest

from dynamo.core.partition import size_of
from dynamo.core.ring import Member, Ring
from dynamo.core.tokens import build_members

NODES = 30
REPLICAS = 3
FIXED_Q = 1000

PAPER = {
    1: {60: 0.520, 240: 0.690, 960: 0.821, 3840: 0.909},
    2: {60: 0.532, 240: 0.701, 960: 0.822, 3840: 0.881, 15360: 0.851},
    3: {60: 0.861, 240: 0.901, 960: 0.941, 3840: 0.971},
}
SIMULATED = {
    1: {60: 0.527, 240: 0.695, 960: 0.815, 3840: 0.895},
    2: {60: 0.564, 240: 0.677, 960: 0.807, 3840: 0.871, 15360: 0.837},
    3: {60: 0.859, 240: 0.901, 960: 0.946, 3840: 0.969},
}
SPREAD_OF_90_PERCENT = {
    (1, 60): (0.41, 0.64),
    (1, 3840): (0.865, 0.93),
    (3, 60): (0.75, 1.0),
    (3, 3840): (0.957, 0.980),
}
"""The 5th and 95th percentile of single runs of the independent simulation."""

ROWS = [(strategy, metadata) for strategy, row in PAPER.items() for metadata in row]


def efficiency(strategy: int, metadata: int, salt: str) -> float:
    specs = [Member(f"node{i}", ()) for i in range(NODES)]
    partitions = FIXED_Q if strategy == 2 else metadata
    ring = Ring(build_members(specs, strategy, metadata // NODES, partitions, salt), REPLICAS, strategy, partitions)
    load = dict.fromkeys(ring.names, 0)
    for partition in range(ring.count):
        size = size_of(ring.range_of(partition))
        for owner in ring.owners(partition):
            load[owner] += size
    assert sum(load.values()) == REPLICAS << 128
    return sum(load.values()) / NODES / max(load.values())


@cache
def runs(strategy: int, metadata: int) -> list[float]:
    return [efficiency(strategy, metadata, f"run {i}") for i in range(100 if metadata <= 1000 else 40)]


def mean(strategy: int, metadata: int) -> float:
    return sum(runs(strategy, metadata)) / len(runs(strategy, metadata))


@pytest.mark.parametrize(("strategy", "metadata"), ROWS)
def test_mean_efficiency_is_that_of_the_published_figure(strategy: int, metadata: int) -> None:
    assert mean(strategy, metadata) == pytest.approx(PAPER[strategy][metadata], abs=0.02)


@pytest.mark.parametrize(("strategy", "metadata"), ROWS)
def test_mean_efficiency_is_that_of_an_independent_simulation(strategy: int, metadata: int) -> None:
    # Few runs stand behind a point of that simulation, and at 60 single runs differ most: strategies 1 and 2 cannot
    # differ there (Q = 1000 cuts 60 ranges finely), but its points for them do, by .037.
    tolerance = {(2, 60): 0.06}.get((strategy, metadata), 0.04 if metadata == 60 else 0.02)
    assert mean(strategy, metadata) == pytest.approx(SIMULATED[strategy][metadata], abs=tolerance)


@pytest.mark.parametrize(("strategy", "metadata"), SPREAD_OF_90_PERCENT)
def test_single_runs_spread_as_widely_as_in_an_independent_simulation(strategy: int, metadata: int) -> None:
    low, high = SPREAD_OF_90_PERCENT[strategy, metadata]
    inside = sum(low - 0.005 <= run <= high + 0.005 for run in runs(strategy, metadata))
    assert inside >= 0.8 * len(runs(strategy, metadata))
    assert max(runs(strategy, metadata)) - min(runs(strategy, metadata)) > (high - low) / 2


@pytest.mark.parametrize("metadata", [60, 240, 960, 3840])
def test_strategy_3_balances_best_at_every_metadata_size(metadata: int) -> None:
    assert mean(3, metadata) > max(mean(1, metadata), mean(2, metadata))


def test_more_tokens_do_not_help_strategy_2_once_they_outnumber_its_partitions() -> None:
    assert mean(2, 960) < mean(2, 3840)
    assert mean(2, 15360) < mean(2, 3840)
