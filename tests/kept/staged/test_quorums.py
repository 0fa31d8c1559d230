"""kept.staged.quorums: mutants of quorums and durability break the claim, and the store without the bug does not."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.staged import quorums


@pytest.mark.parametrize(
    "name",
    [
        "ack_at_one",
        "read_at_one",
        "hint_counted",
        "acked_before_sync",
        "sent_before_sync",
        "hint_dropped",
        "repair_overwrites",
    ],
)
def test_with_its_rule_switched_off_the_store_breaks_the_claim_and_as_it_is_it_holds(
    name: str, judged: Callable[[Any], Any]
) -> None:
    direction = getattr(quorums, name)()
    violated, otherwise = judged(direction)
    assert direction.claims[0] in violated
    assert otherwise == ()


@pytest.mark.parametrize("name", ["quorums_that_miss", "last_writer_wins"])
def test_what_the_configuration_does_not_promise_is_broken_without_any_bug(
    name: str, judged: Callable[[Any], Any]
) -> None:
    direction = getattr(quorums, name)()
    assert direction.config.bug == ""
    assert direction.claims[0] in judged(direction)[0]
