"""The protocol of traces differs from the proved one where it is said to, and there a solver proves it again."""

import json
from pathlib import Path

import pytest

from checkers.conformance.protocol import ADDED, PROTOCOL, PROVED, UNNEEDED
from checkers.proofs.protocol.asking import ask
from checkers.proofs.protocol.obligations import step
from histories.steps import Answered, Made
from model.abstract.store import STORE
from tests.checkers.conformance.stories import X1, durable, sent, told, wrote
from tests.checkers.conformance.test_reshaping import AWAY, CLOSE, DELIVERED, ENDED, FLIP, TRANSFER, prepared

GUARDS = json.loads((Path(__file__).parents[1] / "proofs" / "protocol" / "golden" / "guards.json").read_text())


def test_only_guards_that_no_proof_needs_are_left_out():
    for action in STORE.actions:
        kept = {guard.name for guard in PROVED.action(action.name).guards}
        left = {guard.name for guard in action.guards} - kept
        assert left == {guard for name, guard in UNNEEDED if name == action.name}
        assert all(GUARDS[f"{action.name} / {guard}"]["verdict"] == "not needed" for guard in left)


CHANGED = sorted({name for name, _ in UNNEEDED} | {action.name for action in ADDED})


@pytest.mark.parametrize("name", CHANGED)
def test_each_action_that_is_added_or_freed_of_guards_keeps_every_invariant(name):
    outcomes = ask(step(PROVED, PROVED.action(name)), ("z3",), 10_000)
    assert {outcome.result for outcome in outcomes} == {"proved"}


def test_one_guard_is_weaker_than_in_the_proof_and_no_other():
    differs = [action.name for action in PROTOCOL.actions if action != PROVED.action(action.name)]
    assert differs == ["begin_flip"]
    outcomes = ask(step(PROTOCOL, PROTOCOL.action("begin_flip")), ("z3",), 10_000)
    assert {outcome.name.rpartition(": ")[2] for outcome in outcomes if outcome.result != "proved"} == {
        "verified before the flip"
    }


def test_who_leaves_may_have_coordinated_a_write_that_is_answered():
    put = [
        Made(node="n3", key="k", request="put", dot=("x", 1)),
        wrote("n3", 1, X1),
        durable("n3"),
        *(sent("n3", node, at, "replicate", X1) for at, node in ((1, "n1"), (2, "n2"))),
        *(step for at, node in ((1, "n1"), (2, "n2")) for step in (wrote(node, 1, X1, at), durable(node))),
        sent("n1", "n3", 3, "stored"),
        Answered(node="n3", key="k", request="put", acks=("n3", "n1")),
    ]
    found = told([*put, *prepared(), *TRANSFER, *FLIP, *CLOSE, *AWAY, *DELIVERED, *ENDED])
    assert (found.mismatch, found.left_out) == (None, ())
