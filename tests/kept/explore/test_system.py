"""kept.explore.system: every fault is a step, budgets are kept, and what is left out does not show."""

from collections import Counter
from collections.abc import Callable

import pytest

from kept.explore.plain import PlainExplorer
from kept.explore.scope import Scope
from kept.explore.state import State
from kept.explore.system import Nodes
from model.explorer.explore import explore

Visit = Callable[[Nodes], list[State]]


def counted_by_hand() -> int:
    """One put at three nodes, from the protocol alone: it is asked for, the coordinator's disk syncs; then each of the
    two replicas by itself is sent the version, has it in memory, has acknowledged it, or has been heard."""
    replica = ("sent", "in memory", "acknowledged", "heard")
    return 1 + 1 + sum(1 for _ in replica for _ in replica)


def test_one_put_has_as_many_states_as_counted_by_hand(visit: Visit) -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=0, reduce=False))
    assert len(visit(nodes)) == counted_by_hand() == 18


@pytest.mark.parametrize(("program", "states"), [("put", 18), ("get get", 55)])
def test_copying_whole_clusters_comes_to_the_same_states(program: str, states: int) -> None:
    scope = Scope(clients=1, program=program, crashes=0, reduce=False)
    plain = PlainExplorer(scope)
    plain.run()
    outcome = explore(Nodes(scope))
    assert (plain.states, plain.transitions) == (outcome.states, outcome.transitions)
    assert plain.states == states


def test_copying_whole_clusters_comes_to_the_same_states_with_two_keys() -> None:
    scope = Scope(clients=2, keys=2, ops=1, crashes=0, reduce=False, r=1, w=1, n=1, nodes=2)
    plain = PlainExplorer(scope)
    plain.run()
    outcome = explore(Nodes(scope))
    assert (plain.states, plain.transitions) == (outcome.states, outcome.transitions)
    assert plain.states == 13


@pytest.mark.parametrize(
    ("budget", "actions", "fields"),
    [
        ("crashes", {"crash", "crash in a step"}, {}),
        ("drops", {"drop"}, {}),
        ("duplicates", {"duplicate", "ask twice"}, {}),
        ("partitions", {"cut"}, {}),
        ("timeouts", {"timeout"}, {}),
        ("exchanges", {"exchange"}, {}),
        ("handoffs", {"handoff"}, {"sloppy": True, "n": 2, "r": 1, "timeouts": 1}),
    ],
)
def test_every_fault_happens_and_not_more_often_than_its_budget(
    budget: str, actions: set[str], fields: dict[str, object]
) -> None:
    scope = Scope.model_validate({"clients": 1, "program": "put", "crashes": 0, **fields, budget: 1})
    nodes = Nodes(scope)
    waiting: list[tuple[State, int]] = [(state, 0) for state in nodes.initial()]
    known = set()
    met: Counter[str] = Counter()
    while waiting:
        state, spent = waiting.pop()
        for step, after in nodes.steps(state):
            met[step.action] += 1
            now = spent + (step.action in actions)
            assert now + getattr(after.left, budget) == 1
            mark = nodes.fingerprint(after)
            if mark not in known:
                known.add(mark)
                waiting.append((after, now))
    assert all(met[action] for action in actions)


def test_a_cut_node_hears_nothing_of_the_others_and_its_client_still_reaches_it(visit: Visit) -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=0, partitions=1))
    mine = nodes.contacts[0][0]
    cut = [state for state in visit(nodes) if state.cut == mine]
    assert cut
    for state in cut:
        assert all(mine not in (nodes.messages.senders[n], nodes.messages.receivers[n]) for n in state.under_way)
    assert any(state.clients[0][0] == 1 for state in cut)


def test_a_client_of_a_dead_node_knows_that_it_will_not_be_answered(visit: Visit) -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=1))
    mine = nodes.contacts[0][0]
    dead = [s for s in visit(nodes) if not nodes.locals.facts[s.machines[mine]].up and s.clients[0][0] == 1]
    outcomes = {told.status for state in dead if (told := nodes.stories.all[state.story][0]) is not None}
    assert outcomes == {"ok", "info"}


def test_an_acknowledgement_without_w_durable_copies_is_seen(visit: Visit) -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=0, bug="replica-acknowledges-from-memory", reduce=False))
    nodes.counts_copies = True
    flaws = {state.flaw for state in visit(nodes)}
    assert flaws == {"", "a put was acknowledged with 1 durable copies, and W is 2"}
