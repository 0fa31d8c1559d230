"""kept.staged.rehearsal: a staged run is judged against its claim, and saved so that it replays."""

from pathlib import Path

import kept
from kept.lab.direction import SECOND
from kept.lab.schedule import load_schedule
from kept.staged.quorums import pair, quorums_that_miss
from kept.staged.rehearsal import Rehearsal, file_name, rehearse


def test_a_run_that_violates_its_claim_is_saved_and_fails_again(tmp_path: Path) -> None:
    made = rehearse("reads meet writes (R=1)", "fresh-reads", quorums_that_miss(), "why", tmp_path / "new")
    assert made.violated
    assert made.file == tmp_path / "new" / "reads-meet-writes-r-1.json"
    assert load_schedule(made.file).about == "reads meet writes (R=1): why"
    assert kept.replay(made.file).result == "FAILED"


def test_a_run_that_holds_shows_nothing() -> None:
    direction = pair(2, 2)
    direction.put(1 * SECOND, "n1")
    direction.get(2 * SECOND, "n2")
    made = rehearse("holds", "fresh-reads", direction, "", None)
    assert (made.violated, made.file) == (False, None)
    assert not Rehearsal("none", "", "because").violated


def test_names_become_names_of_files() -> None:
    assert file_name("survives-disks f=2, though N > f") == "survives-disks-f-2-though-n-f"
