"""The configuration of a run: whatever cannot work is refused, each mistake with one line that names the field."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from dynamo.core.config import StoreConfig
from kept.lab.config import LIMITS, STRATEGIES, TIGHT, WORKLOADS, RunConfig
from kept.lab.run import Lab
from kept.lab.usage import first_problem
from kept.lab.workload import MIXES
from kept.sim.faults import ALL
from kept.sim.machine import MESSAGE_LIFE_US
from kept.sim.tape import Tape
from kept.sim.world import LATENCY_US


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("seed", -1),
        ("seed", 1 << 63),
        ("seed", "x"),
        ("nodes", 0),
        ("nodes", 1_001),
        ("n", 0),
        ("n", 6),
        ("r", 0),
        ("r", 4),
        ("w", 0),
        ("w", 4),
        ("pr", 3),
        ("pr", -1),
        ("pw", 3),
        ("sloppy", "perhaps"),
        ("versions", "vector"),
        ("read_repair", "never"),
        ("anti_entropy", 7),
        ("durable_copies", 4),
        ("ring", 0),
        ("ring", 4),
        ("partitions", 0),
        ("partitions", 4),
        ("partitions", (1 << 16) + 1),
        ("tokens", 0),
        ("tokens", 1_025),
        ("racks", -1),
        ("clients", 0),
        ("clients", 10_001),
        ("ops", 0),
        ("ops", 10_000_001),
        ("keys", 0),
        ("skew", -0.1),
        ("skew", 3.1),
        ("skew", float("nan")),
        ("workload", "idle"),
        ("think_ms", -1),
        ("think_ms", 60_001),
        ("faults", ("meteor",)),
        ("faults", ("lo\nss",)),
        ("fault_gap_ms", 9),
        ("strategy", "luck"),
        ("limits", "none"),
        ("depth", 0),
        ("depth", 101),
        ("settle_s", 0),
        ("colour", "red"),
        ("colour\n", "red"),
        ("seed", "9" * 5_000),
    ],
)
def test_each_bad_field_is_refused_with_one_short_line_that_names_it(field: str, bad: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        RunConfig(**{field: bad})
    line = first_problem(refused.value, RunConfig)
    assert line.startswith(field.strip())
    assert line.isprintable()
    assert len(line) < 500


def test_a_quorum_that_fits_the_default_n_but_not_the_given_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="r: 2"):
        RunConfig(n=1, w=1)


def test_a_configuration_does_not_change() -> None:
    with pytest.raises(ValidationError):
        setattr(RunConfig(), "seed", 1)  # noqa: B010  # mypy knows that it cannot be


def test_a_configuration_comes_back_from_its_document() -> None:
    config = RunConfig(seed=7, faults=("crash", "loss"), skew=1.25, versions="vv", strategy="pct")
    assert RunConfig(**json.loads(json.dumps(config.document()))) == config


def test_all_faults_are_allowed_unless_told_otherwise() -> None:
    assert RunConfig().faults == ALL


@pytest.mark.parametrize(("field", "accepted"), [("strategy", STRATEGIES), ("workload", WORKLOADS), ("limits", LIMITS)])
def test_the_listed_names_are_the_accepted_ones(field: str, accepted: tuple[str, ...]) -> None:
    assert [getattr(RunConfig(**{field: name}), field) for name in accepted] == list(accepted)


def test_every_workload_has_a_mix() -> None:
    assert set(WORKLOADS) == set(MIXES)


def test_the_store_gets_what_the_run_was_given() -> None:
    config = RunConfig(
        nodes=7, n=5, r=3, w=4, pr=1, pw=2, sloppy=False, versions="lww", read_repair="off", anti_entropy=False,
        durable_copies=2, ring=2, partitions=128,
    )  # fmt: skip
    store = config.store()
    assert (store.n, store.r, store.w, store.pr, store.pw, store.sloppy) == (5, 3, 4, 1, 2, False)
    assert (store.versions, store.read_repair, store.anti_entropy) == ("lww", "off", False)
    assert (store.durable_copies, store.strategy, store.partitions) == (2, 2, 128)


def test_tight_limits_are_far_below_the_stores_own_and_ample_ones_are_these() -> None:
    ample, tight = RunConfig().store(), RunConfig(limits="tight").store()
    for name, limit in TIGHT.items():
        assert getattr(tight, name) == limit
        assert getattr(ample, name) == getattr(StoreConfig(), name)
        assert limit * 5 < getattr(ample, name)


def test_the_reaper_waits_for_longer_than_anything_older_can_be_on_its_way() -> None:
    """`StoreConfig.reap_grace_us`: "longer than twice the life of a message plus `operation_life_us`". A message is
    delayed by the network, and then waits at a machine that stands still."""
    store = RunConfig().store()
    life_us = LATENCY_US[1] + Tape.LIMIT_US + MESSAGE_LIFE_US
    assert store.reap_grace_us > 2 * life_us + store.operation_life_us


@pytest.mark.parametrize(
    "fields",
    [
        {"ring": 1},
        {"ring": 2},
        {"ring": 1, "tokens": 1},
        {"nodes": 1, "n": 1, "r": 1, "w": 1},
        {"nodes": 6, "racks": 2},
        {"partitions": 5},
        {"clients": 1, "keys": 1, "think_ms": 0},
        {"versions": "vv"},
        {"versions": "lww"},
        {"read_repair": "blocking"},
        {"durable_copies": 1},
        {"skew": 3.0},
        {"n": 5, "r": 5, "w": 5, "pr": 5, "pw": 5},
    ],
)
def test_a_configuration_that_is_accepted_runs_and_settles(fields: dict[str, Any]) -> None:
    outcome = Lab(RunConfig(ops=60, faults=(), **fields), None).execute()
    assert outcome.unrest == ""
    assert sum(outcome.outcomes.values()) == 60
    assert outcome.outcomes["ok"] >= 55
