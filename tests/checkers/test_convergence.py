"""convergence: owners agree, strangers hold nothing, no hints, equal roots, and the run settled."""

import pytest

from checkers.convergence import check
from checkers.facts import HintLeft, Holds, NeverSettled, OwnersAre, RootsDiffer
from checkers.verdict import Invalid, Unknown, Valid


def facts(found):
    assert isinstance(found, Invalid), found
    return [type(fact) for fact in found.counterexample.facts]


@pytest.mark.parametrize("seed", range(10))
def test_one_replica_without_its_record_is_found(perfect, mutate, seed):
    run = perfect(seed)
    for i in range(len(run.replicas.states)):
        states = list(run.replicas.states)
        del states[i]
        assert Holds in facts(check(mutate.states(run, states)))


@pytest.mark.parametrize("seed", range(10))
def test_one_replica_with_another_context_or_version_is_found(perfect, mutate, seed):
    run = perfect(seed)
    for i, state in enumerate(run.replicas.states):
        states = list(run.replicas.states)
        states[i] = state._replace(context={**state.context, "n9": 1})
        assert Holds in facts(check(mutate.states(run, states)))
        if state.versions:
            states[i] = state._replace(versions=state.versions[1:])
            assert Holds in facts(check(mutate.states(run, states)))


def test_a_hint_left_is_found_even_if_it_says_nothing_new(perfect, mutate):
    run = perfect(2)
    state = run.replicas.states[0]
    hint = state._replace(space="hint", node="n5", owner=state.node)
    assert HintLeft in facts(check(mutate.states(run, [*run.replicas.states, hint])))


def test_a_stranger_that_holds_a_key_is_found_and_an_empty_record_is_no_holding(perfect, mutate):
    run = perfect(2)
    state = run.replicas.states[0]
    holders = {s.node for s in run.replicas.states if s.key == state.key}
    stranger = min({"n1", "n2", "n3", "n4", "n5"} - holders)
    moved = state._replace(node=stranger)
    assert OwnersAre in facts(check(mutate.states(run, [*run.replicas.states, moved])))
    empty = moved._replace(context={}, versions=())
    assert isinstance(check(mutate.states(run, [*run.replicas.states, empty])), Valid)


def test_one_different_or_missing_merkle_root_is_found(perfect):
    run = perfect(2)
    for node, mine in run.replicas.roots.items():
        for partition in mine:
            for changed in ({**mine, partition: "ff"}, {p: r for p, r in mine.items() if p != partition}):
                roots = {**run.replicas.roots, node: changed}
                assert RootsDiffer in facts(check(run._replace(replicas=run.replicas._replace(roots=roots))))


def test_a_root_under_a_name_that_is_no_partition_is_compared_at_every_node(perfect):
    run = perfect(2)

    def named(roots):
        replicas = run.replicas._replace(roots=roots)
        return check(run._replace(replicas=replicas))

    alike = {node: {**mine, "all": "ff"} for node, mine in run.replicas.roots.items()}
    assert isinstance(named(alike), Valid)
    first = min(alike)
    assert RootsDiffer in facts(named({**alike, first: {**alike[first], "all": "ee"}}))


def test_a_run_that_never_settled_violates_convergence(perfect):
    run = perfect(2)
    header = run.replicas.header.model_copy(update={"settled": False})
    assert facts(check(run._replace(replicas=run.replicas._replace(header=header)))) == [NeverSettled]


def test_without_a_ring_nobody_knows(perfect):
    run = perfect(2)
    header = run.replicas.header.model_copy(update={"ring": None})
    assert isinstance(check(run._replace(replicas=run.replicas._replace(header=header))), Unknown)
