"""no-resurrection: what an acknowledged delete had seen never stands in the end."""

import pytest

from checkers.resurrection import check
from checkers.verdict import Invalid, Valid
from histories.replicas import FinalVersion

A = ("n1", 1)


@pytest.mark.parametrize("seed", range(15))
def test_every_deleted_version_that_stands_again_is_found(perfect, mutate, seed):
    run = perfect(seed)
    deleted = [(old, by) for old, by in mutate.replaced(run) if by.kind == "delete"]
    for old, _ in deleted:
        found = check(mutate.add(run, old.key, old.dot, old.value))
        assert isinstance(found, Invalid)
        assert old.index in found.counterexample.operations


def test_the_generated_runs_hold_deletes_to_break(perfect, mutate):
    assert sum(by.kind == "delete" for seed in range(15) for _, by in mutate.replaced(perfect(seed))) > 50


def test_one_replica_that_brings_a_deleted_version_back_is_found_once_settled(story, mutate):
    run = story.put(1, 2, "a", A).delete(3, 4, {"n1": 1}).end([], {"n1": 1})
    first, *others = run.replicas.states
    back = first._replace(versions=(FinalVersion(A, "a"),))
    broken = mutate.states(run, [back, *others])
    assert isinstance(check(broken), Invalid)
    header = run.replicas.header.model_copy(update={"settled": False})
    stale = broken._replace(replicas=broken.replicas._replace(header=header))
    assert isinstance(check(stale), Valid), "a stale replica of a restless cluster may not have heard of the delete"


def test_a_put_that_the_delete_had_not_seen_may_stand(story):
    run = story.put(1, 2, "a", A).put(1, 9, "b", ("n2", 1)).delete(3, 4, {"n1": 1}).end([(("n2", 1), "b")])
    assert isinstance(check(run), Valid)


@pytest.mark.parametrize("outcome", ["info", "fail"])
def test_a_delete_that_was_not_acknowledged_forbids_nothing(story, outcome):
    run = story.put(1, 2, "a", A).delete(3, 4, {"n1": 1}, outcome).end([(A, "a")], {"n1": 1})
    assert isinstance(check(run), Valid)
