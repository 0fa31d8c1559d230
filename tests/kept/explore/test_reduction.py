"""kept.explore.reduction: runs end in the same ways whether or not what cannot show is left out."""

from collections.abc import Callable

import pytest

from kept.explore import reduction
from kept.explore.judging import Judge
from kept.explore.scope import Scope
from kept.explore.state import State
from kept.explore.system import Nodes

Visit = Callable[[Nodes], list[State]]
ALONE = {"nodes": 1, "n": 1, "r": 1, "w": 1, "clients": 1, "program": "put", "crashes": 0}
PAIR = {**ALONE, "nodes": 2, "n": 2}


def ends(nodes: Nodes, states: list[State]) -> set[tuple[object, ...]]:
    """How runs may end: the story, and what each disk holds when the cluster has settled."""
    judge = Judge(nodes, nodes.scope.claims())
    found: set[tuple[object, ...]] = set()
    for state in states:
        if nodes.at_rest(state):
            assert judge.reasons(state) == {}
            replicas, _ = judge.ends[state.machines]
            assert replicas is not None
            held = tuple(
                (one.node, one.key, tuple(sorted(one.context.items())), one.versions) for one in replicas.states
            )
            found.add((nodes.stories.digests[state.story], held))
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"crashes": 0, "program": "put,get"},
        {"crashes": 1, "clients": 1, "program": "put get"},
        {"crashes": 0, "drops": 1, "program": "put,get"},
        {"crashes": 0, "sloppy": True, "n": 2, "r": 1, "partitions": 1, "program": "put,get"},
    ],
)
def test_what_is_left_out_leads_to_no_other_end(fields: dict[str, object], visit: Visit) -> None:
    whole, reduced = (Nodes(Scope.model_validate({**fields, "reduce": on})) for on in (False, True))
    all_states, fewer = visit(whole), visit(reduced)
    assert len(fewer) < len(all_states)
    assert ends(reduced, fewer) == ends(whole, all_states)


@pytest.mark.parametrize("fields", [{**ALONE, "change": "join"}, {**PAIR, "change": "leave", "program": "get"}])
def test_what_is_taken_in_at_once_leads_to_no_other_end(
    fields: dict[str, object], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    reduced = Nodes(Scope.model_validate(fields))
    fewer = visit(reduced)
    ending = ends(reduced, fewer)
    monkeypatch.setattr(reduction, "undisturbed", lambda _state: False)
    whole = Nodes(Scope.model_validate(fields))
    every = visit(whole)
    assert len(fewer) < len(every)
    assert ending == ends(whole, every)
