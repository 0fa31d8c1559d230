"""kept.explore.growth: an estimate is exact at the end, and of the right order before it."""

from kept.explore.growth import estimated_states, longest_run
from kept.explore.scope import Scope
from kept.explore.system import Nodes

FIRST_SCOPE = (1, 5, 16, 43, 103, 235, 514, 1114, 2350, 4886, 9551, 17521, 30588, 47469, 61250, 65128, 64588, 63878)
REST = (50550, 26862, 8418, 1140)
"""The levels of 3 nodes, 2 clients with 2 operations each and one crash (docs/explore-real.md)."""


def test_what_is_complete_is_counted() -> None:
    assert estimated_states((1, 2, 3, 2), longest=3) == 8
    assert estimated_states((1, 2), longest=40) == 3


def test_an_estimate_is_of_the_right_order_from_the_eleventh_level_on() -> None:
    levels = FIRST_SCOPE + REST
    for known in range(11, len(levels)):
        assert 1 / 10 < estimated_states(levels[:known], longest=18) / sum(levels) < 10


def test_walks_find_the_length_of_runs(one_put: Nodes) -> None:
    # the coordinator's disk, two replicas that take it in, one acknowledgement that is waited for, and the question
    assert longest_run(one_put) == 4
    assert longest_run(Nodes(Scope(clients=1, program="get", crashes=0))) == 3
