"""Guards of the store that another one doubles: without them no run breaks a promise, so they cannot be bugs of the
zoo. docs/zoo.md argues why. The day on which one of these tests fails, its guard belongs into the zoo."""

from dataclasses import replace
from typing import Any

import pytest

from checkers.verdict import Valid
from dynamo.core.gets import GetCoordinator
from dynamo.core.host import Host
from dynamo.core.membership import Table
from dynamo.core.participant import Participant
from dynamo.core.puts import PutCoordinator
from dynamo.core.reaping import Reaper
from dynamo.core.replica import Replica
from dynamo.core.rules import rules_for
from dynamo.core.transfer import Transfer
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts

SEEDS = range(6)


class Calm:
    """A host as the reaper sees it: the membership never changes."""

    def __init__(self, host: Host) -> None:
        object.__setattr__(self, "_host", host)

    def __getattr__(self, name: str) -> Any:
        return False if name == "changing" else getattr(object.__getattribute__(self, "_host"), name)


def reaping_during_a_change(host: Host, replica: Replica, puts: PutCoordinator, gets: GetCoordinator) -> Reaper:
    return Reaper(Calm(host), replica, puts, gets)


class Faithless(Participant):
    """Takes up a rival of the greater rank, whatever it has reported for another plan."""

    def _bound(self, theirs: Table, sender: str) -> bool:
        return False


class Hasty(Transfer):
    """Reports the transfer as complete at once; what is not here when gets ask for it is still noticed."""

    @property
    def complete(self) -> bool:
        return True


REAPING: dict[str, Any] = {
    "ops": 1_000, "workload": "delete", "keys": 30, "think_ms": 250, "clients": 6, "nodes": 4, "n": 2, "r": 1, "w": 2,
    "faults": ("join", "leave", "weight", "partition", "loss", "delay"), "fault_gap_ms": 1_500,
}  # fmt: skip
RIVALS: dict[str, Any] = {
    "ops": 800, "workload": "register", "keys": 20, "think_ms": 80, "nodes": 4, "n": 2, "r": 1, "w": 2,
    "sloppy": False, "read_repair": "off", "fault_gap_ms": 500,
    "faults": ("rival-operators", "abort", "remove", "join", "loss", "delay", "one-way-partition"),
}  # fmt: skip
MOVES: dict[str, Any] = {**RIVALS, "faults": ("join", "leave", "weight", "loss"), "fault_gap_ms": 800}
DOUBLED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "tombstones are not reaped during a change": (
        {"reaper": reaping_during_a_change}, REAPING, "tombstone reaped",
    ),
    "who has reported for a plan takes up no rival": ({"participant": Faithless}, RIVALS, "rival plan met"),
    "ownership changes when the transfer is complete": (
        {"transfer": Hasty}, MOVES, "flipped before the transfer was complete",
    ),
}  # fmt: skip
"""guard -> the rules without it, the runs that would need it, and the mark that shows that they would."""


@pytest.mark.parametrize("guard", DOUBLED)
def test_a_guard_that_another_one_doubles_is_missed_by_no_promise(guard: str) -> None:
    rules, fields, mark = DOUBLED[guard]
    needed = 0
    for seed in SEEDS:
        config = RunConfig(seed=seed, **fields)
        outcome = Lab(config, None, rules=replace(rules_for("dvv"), **rules)).execute()
        needed += outcome.marks.get(mark, 0)
        found = verdicts(recorded(outcome, None), promised(config))
        assert {claim: verdict for claim, verdict in found.items() if not isinstance(verdict, Valid)} == {}
    assert needed > 0
