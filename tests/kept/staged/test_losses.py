"""kept.staged.losses: mutants of lost disks break the claim, and the store without the bug does not."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.lab.promises import promised
from kept.staged import losses


@pytest.mark.parametrize(
    "name", ["wiped_disk_rejoins", "recovered_by_one", "two_disks_at_once", "fallback_coordinates"]
)
def test_with_its_rule_switched_off_the_store_breaks_the_claim_and_as_it_is_it_holds(
    name: str, judged: Callable[[Any], Any]
) -> None:
    direction = getattr(losses, name)()
    violated, otherwise = judged(direction)
    assert direction.claims[0] in violated
    assert otherwise == ()


def test_what_the_configuration_does_not_promise_is_broken_without_any_bug(judged: Callable[[Any], Any]) -> None:
    direction = losses.the_only_disk()
    assert direction.config.bug == ""
    assert direction.claims[0] in judged(direction)[0]


def test_a_fallback_that_coordinates_is_not_asked_by_who_recovers() -> None:
    """A promise by PR + PW > N, and one lost record, lost before the put was answered: the abstract store needs an
    owner as coordinator, and here is why (docs/protocol-proof.md)."""
    direction = losses.fallback_coordinates()
    config = direction.config
    assert "fresh-reads" in promised(config.model_copy(update={"beyond": False}))
    trial = direction.run()
    assert trial.outcome.counts["bit-rot"] == 1
    put = next(op for op in trial.run.operations if op.kind == "put")
    (lost,) = (fault for fault in trial.outcome.faults if fault.kind == "bit-rot")
    assert put.outcome == "ok"
    assert put.end_us is not None
    assert put.start_us < lost.at_us < put.end_us
    assert trial.violated == ("fresh-reads",)
