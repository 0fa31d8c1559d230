"""Each guard of the abstract protocol that a trace can break is told when one does: a story, and the story spoilt."""

import pytest

from checkers.conformance.check import conforms
from histories.steps import Answered, Asked, Crashed, Durable, Held, Made, Sent, Steps, StepsHeader, Wrote

HEADER = StepsHeader(r=2, w=2, sloppy=False, nodes=("n1", "n2", "n3", "n4"), owners={"k": ("n1", "n2", "n3")})
X1 = Held(context={"x": 1}, dots=(("x", 1),))
X2 = Held(context={"x": 2}, dots=(("x", 2),))
NOTHING = Held()


def wrote(node, batch, held, message=None, hint_for=""):
    return Wrote(node=node, key="k", batch=batch, held=held, message=message, hint_for=hint_for)


def sent(node, to, message, what, held=None, request="put", hint_for=""):
    return Sent(node=node, to=to, key="k", message=message, what=what, request=request, held=held, hint_for=hint_for)


def durable(node, batch=1):
    return Durable(node=node, batch=batch)


PUT = [
    Made(node="n1", key="k", request="put", dot=("x", 1)),
    wrote("n1", 1, X1),
    durable("n1"),
    sent("n1", "n2", 1, "replicate", X1),
    sent("n1", "n4", 2, "replicate", X1, hint_for="n3"),
    wrote("n2", 1, X1, 1),
    durable("n2"),
    sent("n2", "n1", 3, "stored"),
    Answered(node="n1", key="k", request="put", acks=("n1", "n2")),
]
HINT = [
    wrote("n4", 1, X1, 2, hint_for="n3"),
    durable("n4"),
    sent("n4", "n1", 4, "stored"),
    sent("n4", "n3", 5, "handoff", X1, request=""),
    wrote("n3", 1, X1, 5),
    durable("n3"),
    wrote("n4", 2, None, hint_for="n3"),
    durable("n4", 2),
]
GET = [
    Asked(node="n2", key="k", request="get"),
    sent("n3", "n2", 6, "reply", X1, request="get"),
    Answered(node="n2", key="k", request="get", replies={"n2": X1, "n3": X1}, shown=X1),
]
OVERWRITE = [
    Made(node="n2", key="k", request="again", dot=("x", 2), context={"x": 1}),
    wrote("n2", 2, X2),
    durable("n2", 2),
    sent("n2", "n1", 7, "replicate", X2, request="again"),
    wrote("n1", 2, X2, 7),
    durable("n1", 2),
    sent("n1", "n2", 8, "stored", request="again"),
    Answered(node="n2", key="k", request="again", acks=("n2", "n1")),
    sent("n1", "n3", 9, "exchange", X2, request=""),
    wrote("n3", 2, X2, 9),
    durable("n3", 2),
]
STORY = [*PUT, *HINT, *GET, *OVERWRITE]


def told(steps, header=HEADER):
    return conforms(Steps.model_construct(header=header, steps=tuple(steps)))


def at(*steps):
    return [STORY.index(step) for step in steps]


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
        ([*PUT, wrote("n4", 1, X1, 1)], "store", "owner"),
    ],
)
def test_a_spoilt_story_is_refused_at_its_first_wrong_step_with_the_nearest_action_and_its_guard(steps, action, guard):
    found = told(steps)
    assert found.mismatch is not None
    assert (found.mismatch.action, found.mismatch.guard) == (action, guard), found.mismatch
    assert found.key == "k"
    assert told(steps[: found.mismatch.at]).mismatch is None, "it is the first"


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


def test_a_key_that_is_forgotten_is_looked_at_no_longer_and_that_is_told():
    found = told([*PUT, wrote("n1", 2, None)])
    assert found.mismatch is None
    assert found.left_out == ("k from step 10 on: it was deleted and forgotten",)
