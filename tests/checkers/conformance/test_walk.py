"""Each guard of the abstract protocol that a trace can break is told when one does: a story, and the story spoilt."""

import pytest

from histories.steps import Answered, Crashed, Held, Made
from tests.checkers.conformance.stories import (
    GET,
    HEADER,
    HINT,
    NOTHING,
    OVERWRITE,
    PUT,
    X1,
    X2,
    durable,
    refused,
    sent,
    told,
    wrote,
)

STORY = [*PUT, *HINT, *GET, *OVERWRITE]


def without(*steps):
    return [step for step in STORY if step not in steps]


def with_(place, step):
    return [*STORY[:place], step, *STORY[place + 1 :]]


def moved(step, to):
    left = without(step)
    place = left.index(to) + 1
    return [*left[:place], step, *left[place:]]


def test_a_story_without_faults_is_one_of_the_abstract_protocol():
    found = told(STORY)
    assert found.mismatch is None
    assert found.left_out == ()
    assert found.actions == {
        "ack": 2, "complete": 2, "drop_hint": 1, "exchange": 1, "finish_read": 1, "hand_off": 1, "keep_hint": 1,
        "put": 2, "replicate": 2, "respond": 2, "start_read": 3, "store": 2, "sync": 6,
    }  # fmt: skip
    assert found.explained == len(STORY)


@pytest.mark.parametrize(
    ("steps", "action", "guard"),
    [
        (without(PUT[2]), "replicate", "durable"),
        (without(PUT[6]), "ack", "synced"),
        (without(PUT[7]), "complete", "quorum"),
        (with_(8, Answered(node="n1", key="k", request="put", acks=("n1",))), "complete", "quorum"),
        (without(HINT[1]), "keep_hint", "effect"),
        (moved(HINT[5], GET[2]), "drop_hint", "delivered"),
        (with_(19, Answered(node="n2", key="k", request="get", replies={"n2": X1}, shown=X1)), "finish_read", "quorum"),
        (with_(19, GET[2].model_copy(update={"shown": NOTHING})), "finish_read", "effect"),
        (with_(18, sent("n3", "n2", 6, "reply", X2, request="get")), "respond", "effect"),
        (with_(21, wrote("n2", 2, Held(context={"x": 2}, dots=(("x", 1), ("x", 2))))), "put", "effect"),
        (with_(29, wrote("n3", 2, Held(context={"x": 2}, dots=(("x", 1), ("x", 2))), 9)), "exchange", "effect"),
        (with_(29, wrote("n3", 2, NOTHING, 9)), "exchange", "effect"),
        (with_(28, sent("n1", "n3", 9, "replicate", X1, request="never")), "put", "effect"),
        (with_(28, sent("n1", "n3", 9, "exchange", Held(context={"x": 2, "y": 1}), request="")), "exchange", "effect"),
        (with_(22, durable("n9", 2)), "crash", "effect"),
        (with_(19, GET[2].model_copy(update={"request": "never"})), "start_read", "effect"),
        ([*STORY[:28], wrote("n3", 2, X2, 1)], "store", "effect"),
        (with_(29, wrote("n3", 2, Held(context={"x": 3}, dots=(("x", 3),)), 9)), "put", "effect"),
        ([*PUT, wrote("n4", 1, X1, 1)], "store", "owner"),
    ],
)
def test_a_spoilt_story_is_refused_at_its_first_wrong_step_with_the_nearest_action_and_its_guard(steps, action, guard):
    assert refused(steps) == (action, guard)
    assert told(steps).key == "k"


def test_what_a_crash_took_before_anybody_saw_it_may_be_covered_later():
    lost = [Made(node="n1", key="k", request="lost", dot=("x", 1)), wrote("n1", 1, X1), Crashed(node="n1", batch=0)]
    again = [Made(node="n1", key="k", request="put", dot=("x", 2)), wrote("n1", 1, X2), durable("n1")]
    assert told([*lost, *again, sent("n1", "n2", 1, "replicate", X2)]).mismatch is None
    kept = [lost[0], lost[1], Crashed(node="n1", batch=1)]
    assert told([*kept, *again]).mismatch is not None, "what is on the disk is not lost"


def test_under_a_sloppy_quorum_a_fallback_counts_and_under_a_strict_one_it_does_not():
    steps = [*PUT[:5], *HINT[:3], Answered(node="n1", key="k", request="put", acks=("n1", "n4"))]
    found = told(steps)
    assert found.mismatch is not None
    assert found.mismatch.action == "complete"
    sloppy = told(steps, HEADER.model_copy(update={"sloppy": True}))
    assert sloppy.mismatch is None
    assert sloppy.actions["complete_sloppily"] == 1


def test_a_delete_is_seen_where_all_is_that_its_messages_say():
    gone = Held(context={"x": 1})
    steps = [
        *PUT,
        Made(node="n1", key="k", request="delete", context={"x": 1}),
        wrote("n1", 2, gone),
        durable("n1", 2),
        sent("n1", "n2", 7, "replicate", gone, request="delete"),
        wrote("n2", 2, gone, 7),
        durable("n2", 2),
        sent("n2", "n1", 8, "stored", request="delete"),
        Answered(node="n1", key="k", request="delete", acks=("n1", "n2")),
    ]
    assert told(steps).mismatch is None
    early = told([step for step in steps if step != durable("n2", 2)])
    assert early.mismatch is not None
    assert (early.mismatch.action, early.mismatch.guard) == ("ack", "synced")


def test_a_record_that_nobody_has_voted_on_is_not_forgotten():
    assert refused([*PUT, wrote("n1", 2, None)]) == ("forget", "agreed")
