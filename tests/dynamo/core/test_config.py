"""The configuration: what the paper says by default, and one clear line for what cannot work."""

from typing import Any

import pytest

from dynamo.core.config import StoreConfig
from dynamo.core.errors import CallerError


def test_the_defaults_are_the_papers() -> None:
    """Section 6: "the common (N,R,W) configuration used by several instances of Dynamo is (3,2,2)"."""
    config = StoreConfig()
    assert (config.n, config.r, config.w, config.sloppy, config.strategy) == (3, 2, 2, True, 3)
    assert config.gossip_us == 1_000_000, "4.8.1: each node contacts a peer chosen at random every second"


def test_the_grace_period_outlasts_every_operation() -> None:
    config = StoreConfig()
    assert config.reap_grace_us > config.operation_life_us > config.timeout_us > config.hedge_us


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"n": 0}, "n: 0 is out of range; accepted: 1 to 1000"),
        ({"n": 1}, "r: 2 is out of range; accepted: 1 to 1"),
        ({"w": 4}, "w: 4 is out of range; accepted: 1 to 3"),
        ({"r": 0}, "r: 0 is out of range; accepted: 1 to 3"),
        ({"pr": 3}, "pr: 3 is out of range; accepted: 0 to 2"),
        ({"pw": 3}, "pw: 3 is out of range; accepted: 0 to 2"),
        ({"durable_copies": 4}, "durable_copies: 4 is out of range; accepted: 0 to 3"),
        ({"strategy": 4}, "strategy: 4 is out of range; accepted: 1 to 3"),
        ({"partitions": 0}, "partitions: 0 is out of range; accepted: 1 to 1048576"),
        ({"merkle_depth": 7}, "merkle_depth: 7 is out of range; accepted: 1 to 6"),
        ({"w": True}, "w: True is not a whole number of 0 or more"),
        ({"r": "2"}, "r: '2' is not a whole number of 0 or more"),
        ({"timeout_us": 1.5}, "timeout_us: 1.5 is not a whole number of 0 or more"),
        ({"reap_grace_us": -1}, "reap_grace_us: -1 is not a whole number of 0 or more"),
        ({"timeout_us": 0}, "timeout_us: 0 is out of range; accepted: 1 to 3000000"),
        ({"birth_lease": 0}, "birth_lease: must be at least 1"),
        ({"versions": "rcs"}, "versions: 'rcs' is unknown; accepted: dvv, vv, lww"),
        ({"read_repair": "later"}, "read_repair: 'later' is unknown; accepted: after, blocking, off"),
    ],
)
def test_what_cannot_work_is_refused_with_one_line_that_names_the_field(fields: dict[str, Any], line: str) -> None:
    with pytest.raises(CallerError) as caught:
        StoreConfig(**fields)
    assert str(caught.value) == line


@pytest.mark.parametrize("name", ["hedge_us", "gossip_us", "exchange_us", "reap_us", "handoff_us"])
def test_a_background_pace_of_zero_is_refused(name: str) -> None:
    with pytest.raises(CallerError, match=f"^{name}: "):
        StoreConfig(**{name: 0})


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("cache_records", 0, "a record is evicted before whoever waits for it gets it: the node loads forever"),
        ("handoff_batch", 0, "a batch that is full at no record is never full"),
        ("detector_threshold", 0.0, "the detector asserts that it is positive"),
    ],
)
def test_what_a_node_cannot_run_with_is_refused(name: str, value: float, why: str) -> None:
    with pytest.raises(CallerError, match=f"^{name}: "):
        pytest.fail(f"accepted: {StoreConfig(**{name: value})}, but {why}")  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [{"n": 1, "r": 1, "w": 1}, {"r": 3, "w": 3, "pr": 3, "pw": 3}, {"max_hints": 0}])
def test_the_bounds_themselves_are_accepted(fields: dict[str, Any]) -> None:
    config = StoreConfig(**fields)
    assert {name: getattr(config, name) for name in fields} == fields
