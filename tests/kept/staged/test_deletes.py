"""kept.staged.deletes: mutants of deletion and reaping break the claim, and the store without the bug does not."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.staged import deletes


@pytest.mark.parametrize(
    "name",
    [
        "reaped_alone",
        "live_reaped",
        "stale_owner_ignored",
        "no_grace_for_reads",
        "no_grace_for_writes",
        "hint_ignored",
        "handoff_ignored",
        "tombstones_not_exchanged",
    ],
)
def test_with_its_rule_switched_off_the_store_breaks_the_claim_and_as_it_is_it_holds(
    name: str, judged: Callable[[Any], Any]
) -> None:
    direction = getattr(deletes, name)()
    violated, otherwise = judged(direction)
    assert direction.claims[0] in violated
    assert otherwise == ()
