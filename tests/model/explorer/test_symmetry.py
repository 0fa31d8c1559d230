from itertools import permutations

import pytest

from model.abstract.grounding import Grounding
from model.abstract.instance import instance
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE
from model.explorer.abstract import AbstractSystem
from model.explorer.explore import explore
from model.explorer.symmetry import renamings, shuffles

ONE_GET = register_instance({"a": ("put",), "b": ("get",)})


def test_servers_are_alike_and_quorums_follow_them():
    found = renamings(Grounding(REGISTER, ONE_GET), ["Server"])
    assert len(found) == 6
    assert all(name == other for sort in found[0].values() for name, other in sort.items())
    swapped = next(one for one in found if one["Server"] == {"s1": "s2", "s2": "s1", "s3": "s3"})
    assert swapped["Quorum"] == {"s1+s2": "s1+s2", "s1+s3": "s2+s3", "s2+s3": "s1+s3"}
    assert swapped["Operation"] == {"a.put1": "a.put1", "b.get1": "b.get1"}


def test_things_that_differ_are_not_exchanged():
    fallback = instance({"old": "ab"}, r=1, w=2, nodes="f")
    found = renamings(Grounding(STORE, fallback), ["Node"])
    assert [one["Node"]["f"] for one in found] == ["f", "f"]
    two_lists = instance({"old": "ab", "new": "bc"}, r=1, w=2)
    assert len(renamings(Grounding(STORE, two_lists), ["Node"])) == 1
    reads = instance({"old": "a"}, r=1, w=1, writes=("put1", "put2"), deletes=("del1",), reads=("get1", "get2"))
    assert len(renamings(Grounding(STORE, reads), ["Write", "Read"])) == 4


def test_the_steps_of_a_renamed_state_are_the_renamed_steps():
    system = AbstractSystem(REGISTER, ONE_GET)
    moved = shuffles(system.grounding, ["Server"])
    state = next(system.initial())
    for number in range(14):
        after = sorted(one for _, one in system.steps(state))
        for shuffle in moved:
            renamed = sorted(one for _, one in system.steps(shuffle.apply(state)))
            assert renamed == sorted(shuffle.apply(one) for one in after)
        state = after[number * 5 % len(after)]


@pytest.mark.parametrize("clients", [{"a": ("put",)}, {"a": ("put",), "b": ("get",)}])
def test_as_many_states_are_visited_as_there_are_classes_of_states(clients):
    chosen = register_instance(clients)
    plain = AbstractSystem(REGISTER, chosen)
    seen, waiting = set(plain.initial()), list(plain.initial())
    while waiting:
        for _, after in plain.steps(waiting.pop()):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    moved = shuffles(plain.grounding, ["Server"])
    classes = {min(state, *(shuffle.apply(state) for shuffle in moved)) for state in seen}
    found = explore(AbstractSystem(REGISTER, chosen, symmetric=["Server"]))
    assert found.states == len(classes) < len(seen)


def test_a_counterexample_under_symmetry_is_a_run_and_as_short():
    hasty = REGISTER.without_guard("finish", "quorum")
    plain, symmetric = (AbstractSystem(hasty, ONE_GET, symmetric=sorts) for sorts in ((), ("Server",)))
    (expected,) = explore(plain, plain.properties()).counterexamples
    (found,) = explore(symmetric, symmetric.properties()).counterexamples
    assert len(found.steps) == len(expected.steps)
    state = found.first
    for label, after in found.steps:
        assert (label, after) in list(plain.steps(state))
        state = after


def test_renamings_are_a_group():
    found = {
        tuple(one["Server"][name] for name in ("s1", "s2", "s3"))
        for one in renamings(Grounding(REGISTER, ONE_GET), ["Server"])
    }
    assert found == set(permutations(("s1", "s2", "s3")))
