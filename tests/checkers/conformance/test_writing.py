"""Puts: who must acknowledge them while the ring changes, and who is the only owner."""

from histories.steps import Answered, Made, StepsHeader
from tests.checkers.conformance.stories import X1, durable, refused, sent, told, wrote
from tests.checkers.conformance.test_reshaping import NEW, OLD, prepared

ALONE = StepsHeader(r=1, w=1, sloppy=False, nodes=("n1", "n2"), owners={"k": ("n1",)})
MADE = Made(node="n1", key="k", request="put", dot=("x", 1))


def put_to(lists, acks):
    """A put of n1 that waits for these lists, and who has it."""
    return [
        MADE.model_copy(update={"lists": lists}),
        wrote("n1", 1, X1),
        durable("n1"),
        *(sent("n1", node, at, "replicate", X1) for at, node in enumerate(acks[1:], 1)),
        *(step for at, node in enumerate(acks[1:], 1) for step in (wrote(node, 1, X1, at), durable(node))),
        *(sent(node, "n1", at + 10, "stored") for at, node in enumerate(acks[1:], 1)),
        Answered(node="n1", key="k", request="put", acks=acks),
    ]


def test_the_only_owner_sends_nothing_and_answers_once_its_own_copy_is_durable():
    answer = Answered(node="n1", key="k", request="put", acks=("n1",))
    assert told([MADE, wrote("n1", 1, X1), durable("n1"), answer], ALONE).mismatch is None
    assert refused([MADE, wrote("n1", 1, X1), answer], ALONE) == ("replicate", "durable")


def test_during_a_change_w_of_both_lists_are_needed():
    assert told([*prepared(), *put_to((OLD, NEW), ("n1", "n2", "n4"))]).mismatch is None
    assert refused([*prepared(), *put_to((OLD, NEW), ("n1", "n2"))][:-1] + put_to((OLD, NEW), ("n1", "n3"))[-1:]) == (
        "complete",
        "quorum",
    )


def test_a_put_that_began_before_its_coordinator_knew_needs_the_old_list_alone():
    assert told([*prepared(), *put_to((OLD,), ("n1", "n3"))]).mismatch is None


def test_before_transfers_a_put_waits_for_the_list_in_force():
    assert refused([*prepared(), MADE.model_copy(update={"lists": (NEW,)})]) == ("put", "effect")


def test_nobody_counts_who_has_acknowledged_nothing():
    answer = Answered(node="n1", key="k", request="put", acks=("n1", "n2", "n3"))
    assert told(put_to((), ("n1", "n2"))).mismatch is None
    assert refused([*put_to((), ("n1", "n2"))[:-1], answer]) == ("complete", "quorum")
