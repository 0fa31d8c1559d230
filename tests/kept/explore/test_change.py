"""kept.explore.change: a membership changes among the steps of a scope, and what is left out of that cannot show."""

from collections import Counter
from collections.abc import Callable

import pytest

from dynamo.core.membership import CLOSE, PHASES
from dynamo.core.messages import Announce, Progress
from kept.explore.explore import Plan, explored
from kept.explore.interning import arrives_at_once
from kept.explore.scope import Scope
from kept.explore.state import State
from kept.explore.system import Nodes
from model.explorer.outcome import Bounds

Visit = Callable[[Nodes], list[State]]
ALONE = {"nodes": 1, "n": 1, "r": 1, "w": 1, "clients": 1, "program": "put", "crashes": 0}
PAIR = {**ALONE, "nodes": 2, "n": 2}


def test_a_change_goes_through_all_its_phases_among_the_operations_of_clients(visit: Visit) -> None:
    nodes = Nodes(Scope.model_validate({**ALONE, "change": "join"}))
    met: Counter[tuple[str, int]] = Counter()
    epochs = set()
    for state in visit(nodes):
        for number in state.machines:
            node = nodes.locals.thaw(number).node
            assert node is not None
            table = node.participant.table
            epochs.add(table.epoch)
            if table.plan is not None:
                met[table.plan.phase, state.clients[0][0]] += 1
    assert {phase for phase, begun in met} == set(PHASES)
    assert all(met[phase, begun] for phase in PHASES for begun in (0, 1))
    assert epochs == {0, 1, 2}


@pytest.mark.parametrize("change", ["join", "leave", "remove"])
def test_every_claim_holds_whenever_the_membership_changes(change: str) -> None:
    scope = Scope.model_validate(
        {**(ALONE if change == "join" else PAIR), "change": change, "w": 1 + (change == "remove")}
    )
    found = explored(scope, scope.claims(), Plan(Bounds()))
    assert found.outcome.complete
    assert found.outcome.counterexamples == ()
    assert found.undecided == {}
    assert found.marks["membership changed"] > 0


def test_a_machine_that_was_removed_never_comes_back_and_its_clients_do_not_wait_for_it(visit: Visit) -> None:
    nodes = Nodes(Scope.model_validate({**PAIR, "w": 2, "change": "remove", "program": "put put"}))
    assert nodes.cluster.change is not None
    gone = nodes.names.index(nodes.cluster.change.node)
    dead = [state for state in visit(nodes) if nodes.locals.facts[state.machines[gone]].destroyed]
    assert dead
    for state in dead:
        assert all(nodes.locals.facts[after.machines[gone]].destroyed for _, after in nodes.steps(state))
    assert any(nodes.at_rest(state) and state.clients[0][0] < 2 for state in dead)


def test_a_report_is_heard_at_once_but_for_the_last_one() -> None:
    assert [arrives_at_once(Progress("p", phase)) for phase in PHASES] == [phase != CLOSE for phase in PHASES]
    assert not arrives_at_once(Announce(b""))


@pytest.mark.parametrize("bug", ["flip-before-transfer"])
def test_a_change_that_hands_over_too_early_is_caught(bug: str) -> None:
    scope = Scope.model_validate({**ALONE, "change": "join", "program": "put get", "bug": bug})
    outcome = explored(scope, scope.claims(), Plan(Bounds())).outcome
    assert "fresh-reads" in {found.name for found in outcome.counterexamples}
