"""What a crash or a batch leaves on a disk: hints keep what the same batch removes, or it is refused."""

from histories.steps import Crashed, Turned
from tests.checkers.conformance.stories import HINT, OVERWRITE, PUT, X1, X2, durable, refused, sent, told, wrote

LEFT = Turned(node="n4", key="k", plan="p", phase="prepare", lists=(("n1", "n2", "n3"), ("n1", "n2", "n4")))
KEPT = [*PUT, *HINT[:3]]


def test_a_hint_may_be_kept_for_another_owner_by_the_batch_that_drops_it():
    found = told([*KEPT, wrote("n4", 2, None, hint_for="n3"), wrote("n4", 2, X1, hint_for="n2"), durable("n4", 2)])
    assert found.mismatch is None
    assert found.actions["entrust"] == 1
    assert "drop_hint" not in found.actions


def test_in_a_batch_of_its_own_it_is_dropped_too_early():
    steps = [*KEPT, wrote("n4", 2, None, hint_for="n3"), wrote("n4", 3, X1, hint_for="n2"), durable("n4", 3)]
    assert refused(steps) == ("drop_hint", "delivered")


def test_a_record_that_is_removed_stays_on_the_disk_until_that_is_durable():
    steps = [*PUT, Crashed(node="n2", batch=1), wrote("n2", 2, X1, 1), durable("n2", 2)]
    assert told(steps).mismatch is None


def test_a_hint_that_a_crash_took_is_kept_by_nobody():
    steps = [*PUT, HINT[0], Crashed(node="n4", batch=0), HINT[2]]
    assert refused(steps) == ("keep_hint", "effect")


def test_of_two_hints_the_delivered_one_may_be_dropped():
    other = [
        sent("n2", "n4", 11, "replicate", X2, request="again", hint_for="n1"),
        wrote("n4", 2, X2, 11, hint_for="n1"),
        durable("n4", 2),
    ]
    found = told([*PUT, *HINT[:6], *OVERWRITE[:4], *other, wrote("n4", 3, None, hint_for="n3"), durable("n4", 3)])
    assert found.mismatch is None
    assert found.actions["drop_hint"] == 1


def test_what_a_node_has_acknowledged_stands_when_its_record_grows():
    found = told([*PUT, *HINT, *OVERWRITE, sent("n1", "n3", 10, "replicate", X1)])
    assert found.mismatch is None
    assert found.actions["replicate"] == 2, "each put once"
