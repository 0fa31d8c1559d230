"""kept.explore.judging: a story is judged as soon as it is refuted, an end only where a run may end."""

from collections.abc import Callable

import pytest

from kept.explore.judging import COPIES, ERRORS, Judge
from kept.explore.scope import Scope
from kept.explore.state import State
from kept.explore.system import Nodes
from model.explorer.explore import explore

Visit = Callable[[Nodes], list[State]]


def judged(scope: Scope, *claims: str) -> dict[str, int]:
    """The claims that do not hold, and in how many steps that shows."""
    nodes = Nodes(scope)
    judge = Judge(nodes, (*scope.claims(), *claims))
    outcome = explore(nodes, judge.properties())
    return {found.name: len(found.steps) for found in outcome.counterexamples}


def test_every_claim_holds_of_the_store_within_a_scope_with_a_crash() -> None:
    assert judged(Scope(crashes=1, clients=1, program="put get")) == {}


def test_last_writer_wins_loses_a_write() -> None:
    assert judged(Scope(crashes=0, versions="lww", program="put,put")) == {}
    assert judged(Scope(crashes=0, versions="lww", program="put,put"), "no-lost-write") == {"no-lost-write": 8}


def test_a_store_that_throws_everything_away_is_caught() -> None:
    assert judged(Scope(crashes=0, clients=1, program="put get", bug="canary"))["fresh-reads"] == 5


def test_ends_are_judged_only_at_rest(visit: Visit) -> None:
    nodes = Nodes(Scope(crashes=0, clients=1, program="put"))
    judge = Judge(nodes, nodes.scope.claims())
    states = visit(nodes)
    for state in states:
        before = len(judge.ends)
        assert judge.reasons(state) == {}
        assert (len(judge.ends) > before) <= nodes.at_rest(state)
    assert len(judge.ends) == len({state.machines for state in states if nodes.at_rest(state)})


def test_an_error_of_a_node_and_a_missing_copy_are_told_apart() -> None:
    nodes = Nodes(Scope())
    judge = Judge(nodes, ())
    state = next(iter(nodes.initial()))
    assert judge.reasons(state._replace(flaw="n1 stops with an error: X")) == {ERRORS: "n1 stops with an error: X"}
    assert list(judge.reasons(state._replace(flaw="a put was acknowledged with 1"))) == [COPIES]


def test_an_error_while_the_cluster_settles_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("gossip")

    nodes = Nodes(Scope(crashes=0, clients=1, program="get"))
    monkeypatch.setattr("dynamo.core.host.Host.at", broken)
    assert judged(nodes.scope) == {ERRORS: 1}
