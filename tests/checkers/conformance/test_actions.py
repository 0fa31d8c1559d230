"""An action happens with all its guards, or is refused with the first that does not hold."""

import pytest

from checkers.conformance.actions import Actions, Nonconforming
from checkers.conformance.places import LIST, Places


def actions():
    return Actions(Places({LIST: ("a", "b")}, (), 1, 2, {"v": ("x", 1)}, ["r"]))


def test_an_action_that_happens_is_counted():
    acts = actions()
    acts.take("put", "v", "a", LIST, "r")
    acts.take("sync", "a")
    acts.take("replicate", "v", "a")
    acts.count("ack")
    assert acts.taken == {"put": 1, "sync": 1, "replicate": 1, "ack": 1}
    assert acts.places.holds("promised", "a", "v")


def test_one_whose_guard_does_not_hold_is_refused_and_changes_nothing():
    acts = actions()
    acts.take("put", "v", "a", LIST, "r")
    before = acts.places.state
    with pytest.raises(Nonconforming, match="the coordinator's own copy is on its disk") as refused:
        acts.take("replicate", "v", "a")
    assert (refused.value.action, refused.value.guard) == ("replicate", "durable")
    assert acts.places.state == before
    assert acts.taken == {"put": 1}
