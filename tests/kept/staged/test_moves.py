"""kept.staged.moves: mutants of the change of the list break the claim, and the store without the bug does not."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.staged import moves


@pytest.mark.parametrize(
    "name",
    [
        "old_list_only",
        "union_of_lists",
        "flip_before_transfer",
        "transfer_not_verified",
        "transfer_before_barrier",
        "closed_before_barrier",
        "older_puts",
        "older_gets",
        "left_before_hand_over",
    ],
)
def test_with_its_rule_switched_off_the_store_breaks_the_claim_and_as_it_is_it_holds(
    name: str, judged: Callable[[Any], Any]
) -> None:
    direction = getattr(moves, name)()
    violated, otherwise = judged(direction)
    assert direction.claims[0] in violated
    assert otherwise == ()
