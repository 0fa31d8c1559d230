"""A tombstone is forgotten when everybody has agreed, and every shortcut is told."""

import pytest

from histories.steps import Answered, Asked, Crashed, Held, Made
from tests.checkers.conformance.stories import HEADER, PUT, X1, durable, refused, sent, told, wrote

GONE = Held(context={"x": 1})
OTHERS = ("n2", "n3", "n4")
DELETE = [
    Made(node="n1", key="k", request="delete", context={"x": 1}),
    wrote("n1", 2, GONE),
    durable("n1", 2),
    sent("n1", "n2", 7, "replicate", GONE, request="delete"),
    sent("n1", "n3", 8, "replicate", GONE, request="delete"),
    wrote("n2", 2, GONE, 7),
    durable("n2", 2),
    wrote("n3", 1, GONE, 8),
    durable("n3", 1),
    sent("n2", "n1", 9, "stored", request="delete"),
    Answered(node="n1", key="k", request="delete", acks=("n1", "n2")),
]


def query(to, ballot=1):
    return sent("n1", to, 50 + ballot, "query", request="").model_copy(update={"ballot": ballot})


def vote(node, ballot=1):
    return sent(node, "n1", 60 + ballot, "vote", request="").model_copy(update={"ballot": ballot})


CALL = [query(node) for node in OTHERS]
VOTES = [vote(node) for node in OTHERS]
REAP = [sent("n1", node, 70, "reap", request="") for node in ("n2", "n3")]
FORGET = [wrote("n1", 3, None), durable("n1", 3), wrote("n2", 3, None, 70), durable("n2", 3)]
STORY = [*PUT, *DELETE, *CALL, *VOTES, *REAP, *FORGET]


def without(*steps):
    return [step for step in STORY if step not in steps]


def test_a_tombstone_that_everybody_has_voted_on_is_forgotten():
    found = told(STORY)
    assert found.mismatch is None
    assert found.left_out == ()
    assert {name: found.actions[name] for name in ("call", "vote", "decide", "forget")} == {
        "call": 1,
        "vote": 4,
        "decide": 1,
        "forget": 2,
    }


def test_and_the_key_lives_on():
    again = [
        Made(node="n1", key="k", request="again", dot=("y", 1)),
        wrote("n1", 4, Held(context={"y": 1}, dots=(("y", 1),))),
        durable("n1", 4),
    ]
    assert told([*STORY, *again]).mismatch is None


SHOWS = [wrote("n3", 1, X1, 1), durable("n3")]
DELETE_UNHEARD = [*DELETE[:4], *DELETE[5:7], *DELETE[9:]]
HINTED = [wrote("n4", 1, X1, 2, hint_for="n3"), durable("n4")]


@pytest.mark.parametrize(
    ("steps", "action", "guard"),
    [
        ([*PUT, *DELETE, *FORGET], "forget", "agreed"),
        (without(VOTES[2]), "decide", "unanimous"),
        (without(CALL[2], VOTES[2]), "decide", "unanimous"),
        (without(*DELETE), "call", "dead"),
        ([*PUT, *SHOWS, *DELETE_UNHEARD, *CALL, *VOTES, *REAP], "call", "agreed"),
        ([*PUT, *DELETE, *HINTED, *CALL, *VOTES], "vote", "no hint"),
        ([*PUT, *DELETE, *CALL, Crashed(node="n3", batch=1), *VOTES], "vote", "steady"),
        ([*STORY, wrote("n3", 2, X1, 1)], "store", "effect"),
        ([*STORY, wrote("n2", 4, X1, 1)], "store", "sent"),
        ([*STORY, *HINTED], "keep_hint", "sent"),
    ],
)
def test_a_tombstone_that_goes_without_that_is_refused(steps, action, guard):
    assert refused(steps) == (action, guard)


def test_a_ballot_that_nobody_wins_is_no_step_and_a_later_one_counts():
    second = [query(node, 2) for node in OTHERS] + [vote(node, 2) for node in OTHERS]
    found = told([*PUT, *DELETE, *CALL, VOTES[0], *second, *REAP, *FORGET])
    assert found.mismatch is None
    assert found.actions["call"] == 1


def test_forgetting_that_a_crash_has_taken_back_leaves_the_tombstone():
    steps = [*STORY[:-1], Crashed(node="n2", batch=2), wrote("n2", 4, None, 70), durable("n2", 4)]
    assert told(steps).mismatch is None


def test_nobody_outside_the_ring_is_asked():
    header = HEADER.model_copy(update={"outside": ("n4",)})
    assert told(without(CALL[2], VOTES[2]), header).mismatch is None


def test_nor_may_anybody_outside_keep_a_hint():
    header = HEADER.model_copy(update={"outside": ("n4",)})
    assert refused([*PUT, *DELETE, *HINTED, *CALL[:2], *VOTES[:2], *REAP], header) == ("vote", "no hint")


def test_a_hint_that_was_dropped_before_the_ballot_is_in_nobodys_way():
    delivered = [
        sent("n4", "n3", 5, "handoff", X1, request=""),
        wrote("n3", 1, X1, 5),
        durable("n3"),
        wrote("n4", 2, None, hint_for="n3"),
        durable("n4", 2),
    ]
    later = [wrote("n3", 2, GONE, 8), durable("n3", 2)]
    delete = [step for step in DELETE if step.node != "n3"]
    during = [durable("n2", 2)]
    steps = [*PUT, *HINTED, *delivered, *delete, *later, *CALL, *during, *VOTES, *REAP, *FORGET]
    assert told(steps).mismatch is None


def test_a_get_that_shows_nothing_of_it_goes_on_repairing():
    get = [
        Asked(node="n2", key="k", request="get"),
        sent("n3", "n2", 80, "reply", GONE, request="get"),
        Answered(node="n2", key="k", request="get", replies={"n2": GONE, "n3": GONE}, shown=GONE),
    ]
    repaired = [sent("n2", "n1", 81, "repair", GONE, request="get"), wrote("n1", 4, GONE, 81)]
    assert told([*PUT, *DELETE, *get, *CALL, *VOTES, *REAP, *FORGET, *repaired]).mismatch is None
