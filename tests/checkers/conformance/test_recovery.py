"""A lost disk comes back from every other owner, or the node that lost it answers nobody."""

import pytest

from histories.steps import Answered, Asked, Confirmed, Crashed, Lost, Recovered
from tests.checkers.conformance.stories import PUT, X1, durable, refused, sent, told, wrote


def confirmed(by, message):
    return [
        sent(by, "n2", message, "same", request=""),
        Confirmed(node="n2", key="k", by=by, message=message),
    ]


LOST = Lost(node="n2")
BACK = [sent("n1", "n2", 20, "exchange", X1, request=""), wrote("n2", 2, X1, 20), durable("n2", 2)]
WHOLE = Recovered(node="n2", key="k")
READ = [
    Asked(node="n1", key="k", request="get"),
    sent("n2", "n1", 50, "reply", X1, request="get"),
    Answered(node="n1", key="k", request="get", replies={"n1": X1, "n2": X1}, shown=X1),
]
STORY = [*PUT, LOST, *BACK, *confirmed("n1", 30), *confirmed("n3", 31), WHOLE, *READ]


def without(*steps):
    return [step for step in STORY if step not in steps]


def test_a_disk_that_is_lost_and_recovered_from_all_others_answers_again():
    found = told(STORY)
    assert found.mismatch is None
    assert found.left_out == ()
    assert {name: found.actions[name] for name in ("lose_disk", "confirm", "recover", "finish_read")} == {
        "lose_disk": 1,
        "confirm": 2,
        "recover": 1,
        "finish_read": 1,
    }


@pytest.mark.parametrize(
    ("steps", "action", "guard"),
    [
        (without(WHOLE), "respond", "whole"),
        (without(*confirmed("n3", 31)), "recover", "confirmed"),
        (without(*BACK), "confirm", "whole"),
        (without(confirmed("n1", 30)[0]), "confirm", "effect"),
        (without(BACK[2]), "respond", "whole"),
    ],
)
def test_one_that_answers_before_everybody_has_confirmed_it_is_refused(steps, action, guard):
    assert refused(steps) == (action, guard)


def test_a_crash_takes_away_a_confirmation_of_what_was_not_on_the_disk_yet():
    heard = [*PUT, LOST, *BACK[:2], *confirmed("n1", 30), *confirmed("n3", 31)]
    assert told([*heard, BACK[2], WHOLE, *READ]).mismatch is None
    assert refused([*heard, Crashed(node="n2", batch=1), WHOLE]) == ("recover", "confirmed")


def test_two_lost_disks_at_a_time_are_left_out():
    found = told([*PUT, LOST, Lost(node="n1")])
    assert found.left_out == ("k from step 11 on: a disk was lost while another one was being recovered",)


def test_whoever_owns_nothing_may_lose_its_disk_at_any_time_and_its_hints_with_it():
    hint = [wrote("n4", 1, X1, 2, hint_for="n3"), durable("n4")]
    found = told([*PUT, *hint, LOST, Lost(node="n4"), *BACK])
    assert found.mismatch is None
    assert found.actions["lose_other_disk"] == 1
    late = sent("n4", "n3", 60, "handoff", X1, request="")
    assert refused([*PUT, *hint, Lost(node="n4"), late]) == ("hand_off", "effect")
