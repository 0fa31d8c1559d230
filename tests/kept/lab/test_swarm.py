"""Swarms: each seed draws its own conditions, always the same ones, within what the user allowed."""

from kept.lab.config import RunConfig
from kept.lab.swarm import swarm
from kept.lab.workload import MIXES
from kept.sim.faults import KINDS

DRAWN = ("faults", "fault_gap_ms", "strategy", "depth", "workload", "keys", "skew", "think_ms", "read_repair")


def drawn(count: int = 200, **fields: object) -> list[RunConfig]:
    base = RunConfig(strategy="swarm").model_copy(update=fields)
    return [swarm(base.model_copy(update={"seed": seed})) for seed in range(count)]


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
    for kind in KINDS:
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
