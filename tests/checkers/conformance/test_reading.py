"""Gets: whom they ask while the ring changes, and what replies may bring."""

import pytest

from histories.steps import Answered, Asked
from tests.checkers.conformance.stories import GET, HINT, PUT, X1, durable, refused, sent, told, wrote
from tests.checkers.conformance.test_reshaping import CLOSE, FLIP, HAS, NEW, OLD, TRANSFER, prepared

BEFORE = [*PUT, *HAS, *prepared(), *TRANSFER]


def get(readers, replies, node="n2"):
    return [
        Asked(node=node, key="k", request="get", readers=readers),
        *(sent(other, node, at, "reply", X1, request="get") for at, other in enumerate(replies, 80) if other != node),
        Answered(node=node, key="k", request="get", replies=dict.fromkeys(replies, X1), shown=X1),
    ]


def test_until_the_flip_gets_ask_the_old_list_and_then_the_new_one():
    assert told([*BEFORE, *get(OLD, ("n2", "n3"))]).mismatch is None
    assert told([*BEFORE, *FLIP, *get(NEW, ("n2", "n4"))]).mismatch is None
    late = [step for step in FLIP if step.node != "n2"]
    assert told([*BEFORE, *late, *get(OLD, ("n2", "n3"))]).mismatch is None


@pytest.mark.parametrize(
    ("steps", "action", "guard"),
    [
        ([*BEFORE, *get(NEW, ("n2", "n4"))], "start_read", "effect"),
        ([*BEFORE, *FLIP, *CLOSE, *get(OLD, ("n2", "n3"))], "start_read", "effect"),
        ([*BEFORE, *FLIP, *get(NEW, ("n2", "n3"))], "finish_read", "quorum"),
        ([*BEFORE, *get(OLD, ("n2", "n4"))], "finish_read", "quorum"),
    ],
)
def test_a_get_of_another_list_is_refused(steps, action, guard):
    assert refused(steps) == (action, guard)


def test_a_get_of_the_old_list_that_is_answered_after_the_close_is_refused():
    asked, *rest = get(OLD, ("n2", "n3"))
    assert refused([*BEFORE, asked, *FLIP, *CLOSE, *rest])[0] in ("respond", "finish_read")


def test_what_a_fallback_tells_is_on_its_disk():
    reply = sent("n4", "n2", 90, "reply", X1, request="get")
    assert told([*PUT, *HINT[:3], GET[0], reply]).mismatch is None
    assert refused([*PUT, GET[0], reply]) == ("respond", "effect")


def test_a_coordinator_repairs_with_what_the_replies_have_told():
    repair = sent("n2", "n1", 91, "repair", X1, request="get")
    assert told([*PUT, *GET[:1], repair, wrote("n1", 2, X1, 91), durable("n1", 2)]).mismatch is None
    assert refused([*PUT[:5], GET[0], repair]) == ("repair", "effect")


def test_how_many_owners_had_replied_is_told():
    found = told([*BEFORE, *get(OLD, ("n2",))]).mismatch
    assert found is not None
    assert found.sentence == "1 owners had replied"
