"""placement: exactly the owners hold a key."""

import pytest

from checkers.facts import Holds, OwnersAre
from checkers.placement import check
from checkers.verdict import Invalid, Unknown


@pytest.mark.parametrize("seed", range(10))
def test_a_key_moved_to_a_wrong_node_is_found(perfect, mutate, seed):
    run = perfect(seed)
    for i, state in enumerate(run.replicas.states):
        for stranger in ("n1", "n2", "n3", "n4", "n5", "n6"):
            if any(s.node == stranger and s.key == state.key for s in run.replicas.states):
                continue
            states = list(run.replicas.states)
            states[i] = state._replace(node=stranger)
            found = check(mutate.states(run, states))
            assert isinstance(found, Invalid)
            assert found.counterexample.facts[1].node == stranger
            assert [type(fact) for fact in found.counterexample.facts] == [OwnersAre, Holds]


def test_an_owner_without_the_key_is_found(perfect, mutate):
    run = perfect(3)
    found = check(mutate.states(run, list(run.replicas.states[1:])))
    assert isinstance(found, Invalid)
    assert found.counterexample.facts[1].node == run.replicas.states[0].node


def test_a_run_that_did_not_settle_is_not_judged(perfect):
    run = perfect(3)
    header = run.replicas.header.model_copy(update={"settled": False})
    assert isinstance(check(run._replace(replicas=run.replicas._replace(header=header))), Unknown)


def test_without_a_ring_nobody_knows_who_the_owners_are(perfect):
    run = perfect(3)
    header = run.replicas.header.model_copy(update={"ring": None})
    assert isinstance(check(run._replace(replicas=run.replicas._replace(header=header))), Unknown)
