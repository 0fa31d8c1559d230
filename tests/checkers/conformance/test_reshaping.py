"""A change of the ring conforms phase by phase, and each barrier that is passed too early is told."""

import pytest

from histories.steps import Answered, Asked, Held, Made, Transferred, Turned
from tests.checkers.conformance.stories import PUT, X1, durable, refused, sent, told, wrote

OLD, NEW = ("n1", "n2", "n3"), ("n1", "n2", "n4")
NODES = ("n1", "n2", "n3", "n4")


def turned(node, phase, plan="p", lists=(OLD, NEW)):
    return Turned(node=node, key="k", plan=plan, phase=phase, lists=lists, members=NODES)


def all_turned(phase, nodes=NODES, **fields):
    return [turned(node, phase, **fields) for node in nodes]


def prepared():
    """Everybody knows that a change is prepared."""
    return all_turned("prepare")


def fetched(source, page, batch):
    """n4 fetches the record from an old owner."""
    return [
        sent(source, "n4", page, "page", request=""),
        sent(source, "n4", page + 1, "records", X1, request=""),
        wrote("n4", batch, X1, page + 1),
        durable("n4", batch),
        Transferred(node="n4", key="k", source=source, message=page),
    ]


TRANSFER = [*all_turned("transfer"), *fetched("n1", 20, 2), *fetched("n2", 30, 3)]
FLIP = all_turned("flip")
CLOSE = all_turned("close", lists=(NEW,))
ENDED = all_turned("", plan="", lists=(NEW,))
AWAY = [wrote("n3", 2, X1, hint_for="n4"), wrote("n3", 2, None), durable("n3", 2)]
DELIVERED = [
    sent("n3", "n4", 40, "handoff", X1, request=""),
    wrote("n4", 4, X1, 40),
    durable("n4", 4),
    wrote("n3", 3, None, hint_for="n4"),
    durable("n3", 3),
]
HAS = [wrote("n3", 1, X1, 1), durable("n3")]
CHANGE = [*PUT, *HAS, *prepared(), *TRANSFER, *FLIP, *CLOSE, *AWAY, *DELIVERED, *ENDED]


def without(*steps):
    return [step for step in CHANGE if step not in steps]


def test_a_change_that_keeps_to_its_phases_conforms_to_its_end():
    found = told(CHANGE)
    assert found.mismatch is None
    assert found.left_out == ()
    wanted = {
        "begin_change": 1, "learn_prepare": 4, "transfer": 2, "verify": 1, "begin_flip": 1, "learn_flip": 4,
        "begin_close": 1, "learn_close": 4, "exile": 1, "entrust": 1, "drop_hint": 1, "end_change": 1,
    }  # fmt: skip
    assert {name: found.actions.get(name, 0) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("steps", "action", "guard"),
    [
        (without(turned("n3", "prepare"), turned("n3", "transfer")), "transfer", "barrier"),
        (without(*fetched("n2", 30, 3)), "begin_flip", "verified"),
        (without(TRANSFER[4 + 3]), "transfer", "effect"),
        (without(TRANSFER[4]), "transfer", "effect"),
        (without(turned("n2", "flip"), turned("n2", "close", lists=(NEW,))), "begin_close", "barrier"),
        (without(turned("n2", "close", lists=(NEW,))), "end_change", "barrier"),
        (without(AWAY[0], *DELIVERED), "leave", "outside"),
        (without(AWAY[0], *DELIVERED, wrote("n4", 2, X1, 21), durable("n4", 2)), "transfer", "effect"),
        ([*PUT, *HAS, *AWAY], "exile", "outside"),
    ],
)
def test_a_change_that_skips_something_is_refused_with_the_guard_of_what_it_skips(steps, action, guard):
    assert refused(steps) == (action, guard)


def test_a_change_that_is_given_up_for_another_is_left_out_from_there_on():
    found = told([*PUT, *prepared(), turned("n1", "prepare", plan="q"), wrote("n1", 9, None)])
    assert found.mismatch is None
    assert found.left_out == ("k from step 14 on: a change of the ring was given up for another",)


def test_a_node_that_takes_no_part_is_waited_for_by_nobody():
    three = [step.model_copy(update={"members": ("n1", "n2", "n4")}) for step in CHANGE if step.event == "turned"]
    others = iter([step for step in three if step.node != "n3"])
    steps = [next(others) if step.event == "turned" else step for step in CHANGE if getattr(step, "node", "") != "n3"
             or step.event != "turned"]  # fmt: skip
    found = told([step for step in steps if step not in (*AWAY, *DELIVERED, *HAS)])
    assert found.mismatch is None
    assert found.actions["end_change"] == 1


def test_a_get_that_was_answered_before_the_close_may_repair_until_what_it_saw_is_forgotten():
    gone = Held(context={"x": 1})
    get = [
        Asked(node="n2", key="k", request="get", readers=OLD),
        sent("n3", "n2", 60, "reply", X1, request="get"),
        Answered(node="n2", key="k", request="get", replies={"n2": X1, "n3": X1}, shown=X1),
    ]
    delete = [
        Made(node="n1", key="k", request="delete", context={"x": 1}),
        wrote("n1", 2, gone),
        durable("n1", 2),
        sent("n1", "n2", 61, "replicate", gone, request="delete"),
        sent("n1", "n4", 62, "replicate", gone, request="delete"),
        *(step for node, batch, page in (("n2", 2, 61), ("n4", 5, 62)) for step in (
            wrote(node, batch, gone, page), durable(node, batch), sent(node, "n1", page + 5, "stored", request="delete")
        )),
        Answered(node="n1", key="k", request="delete", acks=("n1", "n2", "n4")),
    ]  # fmt: skip
    ballot = [
        step.model_copy(update={"ballot": 1})
        for at, node in enumerate(("n2", "n3", "n4"))
        for step in (sent("n1", node, 70 + at, "query", request=""), sent(node, "n1", 75 + at, "vote", request=""))
    ]
    reaped = [sent("n1", "n2", 80, "reap", request=""), wrote("n1", 3, None), durable("n1", 3)]
    late = [sent("n2", "n1", 81, "repair", X1, request="get"), wrote("n1", 4, X1, 81)]
    steps = [*PUT, *HAS, *prepared(), *TRANSFER, *get, *FLIP, *CLOSE, *AWAY, *DELIVERED, *ENDED, *delete]
    assert refused([*steps, *ballot, *reaped, *late]) == ("repair", "alive")
