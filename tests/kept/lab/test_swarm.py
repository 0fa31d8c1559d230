"""Swarms: each seed draws its own conditions, always the same ones, within what the user allowed."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.swarm import LARGEST, PROMISING, fixed_fields, swarm, wide
from kept.lab.trial import configured
from kept.lab.workload import MIXES
from kept.sim.faults import ALL

DRAWN = ("faults", "fault_gap_ms", "strategy", "depth", "workload", "keys", "skew", "think_ms", "read_repair", "limits")


def drawn(count: int = 200, **fields: object) -> list[RunConfig]:
    base = RunConfig(strategy="swarm").model_copy(update=fields)
    return [swarm(base.model_copy(update={"seed": seed})) for seed in range(count)]


def drawn_wide(count: int, **fields: Any) -> list[RunConfig]:
    return [wide(RunConfig(seed=seed, **fields)) for seed in range(count)]


def test_a_seed_draws_the_same_conditions_every_time() -> None:
    assert drawn(50) == drawn(50)


def test_seeds_draw_different_conditions() -> None:
    configs = drawn()
    for field in DRAWN:
        assert len({getattr(config, field) for config in configs}) > 1, field
    assert {config.workload for config in configs} == set(MIXES)
    assert len({config.model_copy(update={"seed": 0}) for config in configs}) > 190


def test_what_is_drawn_is_a_configuration_that_would_be_accepted() -> None:
    for config in drawn():
        assert RunConfig(**config.document()) == config


def test_nothing_is_drawn_but_what_a_swarm_varies() -> None:
    base = RunConfig(strategy="swarm", seed=9, nodes=7, n=4, ops=123, sloppy=False)
    changed = {name for name, value in swarm(base) if value != getattr(base, name)}
    assert changed <= set(DRAWN)


def test_a_swarm_draws_only_from_the_allowed_kinds_and_each_about_every_second_time() -> None:
    configs = drawn(400)
    for kind in ALL:
        assert 0.4 < sum(kind in config.faults for config in configs) / 400 < 0.6, kind
    few = drawn(50, faults=("loss", "pause"))
    assert {kind for config in few for kind in config.faults} == {"loss", "pause"}
    assert all(config.faults for config in few), "a swarm that may have faults has some"


def test_a_swarm_without_faults_stays_without() -> None:
    assert {config.faults for config in drawn(20, faults=())} == {()}


def test_a_swarm_never_uses_more_keys_than_were_asked_for() -> None:
    assert {config.keys for config in drawn(50, keys=5)} == {2, 5}


def test_a_draw_is_its_own_swarm_and_other_strategies_draw_nothing() -> None:
    for config in drawn(20):
        assert config.strategy in ("uniform", "pct")
        assert swarm(config) is config


def test_a_swarm_leaves_read_repair_as_it_is_where_a_promise_or_a_bug_hangs_on_it() -> None:
    assert {config.read_repair for config in drawn(40, read_repair="blocking")} == {"blocking"}
    assert {config.read_repair for config in drawn(40, read_repair="off", bug="stale-tree")} == {"off"}
    assert {config.read_repair for config in drawn(40)} == {"after", "blocking", "off"}


def test_a_documented_seed_of_a_swarm_draws_what_it_always_drew() -> None:
    config = swarm(RunConfig(strategy="swarm", seed=3))
    drawn = {name: getattr(config, name) for name in DRAWN}
    assert drawn == {
        "faults": ("pause", "clock-jump", "disk-full", "slow-disk", "lying-sync", "bit-rot", "lost-disk", "leave"),
        "fault_gap_ms": 400,
        "strategy": "pct",
        "depth": 2,
        "workload": "delete",
        "keys": 40,
        "skew": 0.0,
        "think_ms": 5,
        "read_repair": "blocking",
        "limits": "ample",
    }


# The cluster as well

UP_TO_N = ("pr", "pw", "durable_copies")
REACHED: Mapping[str, set[Any]] = {
    "nodes": set(range(1, LARGEST + 1)),
    "n": set(range(1, LARGEST + 1)),
    "r": set(range(1, LARGEST + 1)),
    "w": set(range(1, LARGEST + 1)),
    "sloppy": {True, False},
    "versions": {"dvv", "vv", "lww"},
    "anti_entropy": {True, False},
    "ring": {1, 2, 3},
    "partitions": {8, 16, 64, 128},
    "tokens": {1, 2, 8, 32},
    "racks": {0, 2, 3, 5},
    "clients": {1, 2, 4, 8, 16},
    "ops": {60, 200, 600, 1_500},
    "fault_gap_ms": {150, 400, 1_000, 3_000},
    "strategy": {"uniform", "pct"},
    "depth": {2, 3, 5},
    "workload": set(MIXES),
    "keys": {2, 10, 40},
    "skew": {0.0, 0.6, 1.2},
    "think_ms": {5, 60, 200},
    "read_repair": {"after", "blocking", "off"},
    "limits": {"ample", "tight"},
    "rings": {1, 2},
}


def test_five_hundred_wide_draws_are_accepted_and_reach_every_value_of_each_field() -> None:
    configs = drawn_wide(500)
    for config in configs:
        assert RunConfig(**config.document()) == config
    for name, values in REACHED.items():
        reached = {getattr(config, name) for config in configs}
        assert reached == values, name
    for kind in ALL:
        assert 0.4 < sum(kind in config.faults for config in configs) / 500 < 0.6, kind


def test_the_rare_extremes_are_drawn_too() -> None:
    configs = drawn_wide(5_000)
    for name in UP_TO_N:
        assert {getattr(config, name) for config in configs} == set(range(LARGEST + 1)), name
        assert sum(getattr(config, name) == 0 for config in configs) > 2_000, "usually it is off"


def test_every_field_is_either_drawn_or_never_drawn_for_a_reason() -> None:
    assert set(RunConfig.model_fields) == {*REACHED, *UP_TO_N, "faults", "seed", "settle_s", "bug", "beyond"}


def test_a_wide_draw_is_the_same_every_time_its_own_swarm_and_the_seeds_differ() -> None:
    configs = drawn_wide(60)
    assert configs == drawn_wide(60)
    assert all(swarm(config) is config for config in configs)
    assert len({config.model_copy(update={"seed": 0}) for config in configs}) == 60


def test_every_claim_is_promised_by_some_and_the_usual_cluster_is_usual() -> None:
    configs = drawn_wide(500)
    claims = {claim for config in configs for claim in promised(config)}
    assert claims >= {"no-lost-write", "fresh-reads", "fresh-deletes", "convergence"}
    assert sum(config.n == 3 for config in configs) > 150
    assert sum("no-lost-write" in promised(config) for config in configs) > 300


def test_what_was_set_stays_even_at_its_default_value() -> None:
    for config in drawn_wide(50, n=3, ops=30, versions="dvv", faults=("loss",), racks=0):
        assert (config.n, config.ops, config.versions, config.faults, config.racks) == (3, 30, "dvv", ("loss",), 0)
        assert config.nodes >= 3
    assert fixed_fields(RunConfig(ops=3, n=3)) == ("seed", "n", "ops", "settle_s", "bug")


def test_the_strategy_swarm_leaves_the_strategy_to_be_drawn() -> None:
    assert {config.strategy for config in drawn_wide(50, strategy="swarm")} == {"uniform", "pct"}
    assert {config.strategy for config in drawn_wide(50, strategy="pct")} == {"pct"}


@given(
    seed=st.integers(0, 1 << 40),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "nodes": st.integers(1, 20),
            "n": st.integers(1, 9),
            "r": st.integers(1, 9),
            "w": st.integers(1, 9),
            "pr": st.integers(0, 9),
            "pw": st.integers(0, 9),
            "durable_copies": st.integers(0, 9),
            "ring": st.integers(1, 3),
            "partitions": st.integers(1, 30),
            "tokens": st.integers(1, 9),
            "keys": st.integers(1, 9),
            "rings": st.integers(1, 2),
            "faults": st.sampled_from([(), ("pause",)]),
        },
    ),
)
def test_whatever_is_fixed_and_accepted_can_be_completed(seed: int, fields: dict[str, Any]) -> None:
    try:
        config = RunConfig(seed=seed, **fields)
    except ValidationError:
        return
    whole = wide(config)
    assert RunConfig(**whole.document()) == whole
    assert {name: getattr(whole, name) for name in fields} == fields


@pytest.mark.parametrize("bug", ["doomstone", "sloppy-overlap", "actor-reuse"])
def test_with_a_bug_its_own_conditions_and_what_decides_the_promises_stay(bug: str) -> None:
    base = configured(RunConfig(bug=bug))
    stay = {*PROMISING, *base.model_fields_set}
    configs = [wide(base.model_copy(update={"seed": seed})) for seed in range(30)]
    for config in configs:
        assert all(getattr(config, name) == getattr(base, name) for name in stay - {"seed"})
        assert promised(config) == promised(base)
    assert len({config.tokens for config in configs}) > 1, "the rest is drawn"
