"""kept.lab.replay: every combination of then and now, of same and other code."""

from functools import cache

import pytest

from kept.lab.config import RunConfig
from kept.lab.replay import replay
from kept.lab.schedule import Schedule
from kept.lab.trial import claims_of, finish, prepare

NO_LOST = "no-lost-write"


@cache
def recorded(versions: str) -> Schedule:
    config = RunConfig(seed=1, ops=120, versions=versions)  # type: ignore[arg-type]
    return finish(prepare(config), claims_of(config, [NO_LOST])).schedule()


def changed(versions: str, **fields: object) -> Schedule:
    return recorded(versions).model_copy(update=fields)


OTHER = "0" * 12


@pytest.mark.parametrize(
    ("schedule", "result", "reason"),
    [
        (changed("dvv"), "SAME", "every claim held then and holds now; same code"),
        (changed("lww"), "FAILED", "no-lost-write is violated again; same code"),
        (changed("dvv", history_sha256=""), "DIVERGED", "the same code made another history"),
        (changed("lww", history_sha256=""), "DIVERGED", "the same code made another history"),
        (changed("dvv", violated=(NO_LOST,)), "DIVERGED", "violated was no-lost-write, now nothing"),
        (changed("lww", violated=()), "DIVERGED", "violated was nothing, now no-lost-write"),
        (changed("dvv", code=OTHER), "SAME", "000000000000 then, "),
        (changed("dvv", code=OTHER, history_sha256=""), "SAME", "so does its history"),
        (changed("dvv", code=OTHER, violated=(NO_LOST,)), "FIXED", "was violated then, and holds now"),
        (changed("lww", code=OTHER), "FAILED", "its history is the same"),
        (changed("lww", code=OTHER, violated=()), "FAILED", "it held then; now no-lost-write is violated"),
        (
            changed("lww", code=OTHER, violated=("placement",)),
            "FAILED",
            "placement was violated then; now no-lost",
        ),
    ],
)
def test_the_result_follows_from_then_and_now(schedule: Schedule, result: str, reason: str) -> None:
    made = replay(schedule)
    assert made.result == result
    assert reason in made.reason


def test_a_hostile_code_name_is_shown_short_and_printable() -> None:
    reason = replay(changed("dvv", code="\x1b[31m\n" * 1_000, created_by="\x00")).reason
    assert reason.isprintable()
    assert len(reason) < 400
