"""no-invented-value: what is returned or stands was put, and not later."""

import pytest

from checkers import siblings
from checkers.facts import Failed, Invoked, NameOf, NeverPut, Returned, Standing, Twice
from checkers.invented import check
from checkers.verdict import Invalid, Unknown, Valid
from kept.lab.config import RunConfig
from kept.lab.run import Lab, recorded
from kept.lab.swarm import swarm

A, B = ("n1", 1), ("n2", 1)


def facts(found):
    assert isinstance(found, Invalid), found
    return [type(fact) for fact in found.counterexample.facts]


def test_what_was_put_may_be_returned_and_may_stand(story):
    run = story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).end([(A, "a")], {"n1": 1})
    assert check(run) == Valid("1 value returned and 3 stored versions: each was put before")


def test_a_returned_value_that_nobody_put_is_told_in_one_sentence(story):
    found = check(story.put(1, 2, "milk", A).get(3, 4, [(A, "mil")], {"n1": 1}).end([]))
    assert facts(found) == [Returned, NeverPut, NameOf]
    assert found.counterexample.sentence == (
        'Get "k" by client 2 returned "mil" (n1/1) at 4 ms; nobody had put "mil" to "k" under the name n1/1; '
        'n1/1 is the name of put "k"="milk" by client 1.'
    )
    assert found.counterexample.operations == (0, 1)


def test_a_returned_value_under_a_name_that_was_never_given_is_found(story):
    assert facts(check(story.get(3, 4, [(A, "a")], {"n1": 1}).end([]))) == [Returned, NeverPut]


def test_a_value_that_stands_and_was_never_put_is_found(story):
    assert facts(check(story.put(1, 2, "a", A).end([(A, "b")], {"n1": 1}))) == [Standing, NeverPut, NameOf]


def test_the_value_of_another_key_is_invented(story):
    story.put(1, 2, "a", A, key="other")
    assert facts(check(story.get(3, 4, [(A, "a")], {"n1": 1}).end([]))) == [Returned, NeverPut, NameOf]


def test_a_failed_put_makes_no_value(story):
    story.put(1, 2, "a", A, outcome="fail")
    assert facts(check(story.end([(A, "a")], {"n1": 1}))) == [Standing, Failed]


def test_a_failed_put_makes_no_value_for_a_get(story):
    story.put(1, 2, "a", A, outcome="fail").get(3, 4, [(A, "a")], {"n1": 1})
    assert facts(check(story.end([]))) == [Returned, Failed]


def test_a_failed_put_that_was_never_named_makes_no_value_either(story):
    story.put(1, 2, "a", A, outcome="fail", minted=False).get(3, 4, [(A, "a")], {"n1": 1})
    assert facts(check(story.end([]))) == [Returned, Failed]


def test_a_put_that_a_whole_trace_does_not_name_makes_no_value(story):
    story.put(1, None, "a", A, outcome="info", minted=False).get(3, 4, [(A, "a")], {"n1": 1})
    assert facts(check(story.end([]))) == [Returned, NeverPut]


@pytest.mark.parametrize("end_ms", [9, None])
def test_an_unknown_put_may_be_returned_and_may_stand_and_may_do_neither(story, end_ms):
    story.put(1, end_ms, "a", A, outcome="info").get(2, 3, [(A, "a")], {"n1": 1}).get(2, 3, [], {})
    assert isinstance(check(story.end([(A, "a")], {"n1": 1})), Valid)


@pytest.mark.parametrize(("start_ms", "valid"), [(2, True), (4, True), (5, False)])
@pytest.mark.parametrize("traced", [True, False])
def test_a_value_is_not_returned_before_its_put_began(story, start_ms, valid, traced):
    story.get(1, 4, [(A, "a")], {"n1": 1})
    story.put(start_ms, 9, "a", A, outcome="ok" if traced else "info", minted=traced)
    found = check(story.end([], trace=traced))
    assert isinstance(found, Valid) if valid else facts(found) == [Returned, Invoked]


def test_a_value_under_a_second_name_is_nobodys(story):
    story.put(1, 2, "a", A).get(3, 4, [(B, "a")], {"n2": 1})
    assert facts(check(story.end([]))) == [Returned, Twice]


@pytest.mark.parametrize(("dots", "verdict"), [([A], Valid), ([A, A], Valid), ([A, B], Invalid)])
def test_without_a_trace_each_nameless_put_explains_one_name_and_no_more(story, dots, verdict):
    story.put(1, 9, "a", A, outcome="info", minted=False).get(2, 3, [(dots[0], "a")], {dots[0][0]: 1})
    assert isinstance(check(story.end([(dots[-1], "a")], {dots[-1][0]: 1}, trace=False)), verdict)


def test_a_value_that_one_replica_or_hint_alone_holds_counts(story, mutate):
    run = story.put(1, 2, "a", A).end([(A, "a")], {"n1": 1})
    (version,) = run.replicas.states[0].versions
    ghost = run.replicas.states[0]._replace(
        space="hint", node="n9", owner="n1", versions=(version._replace(value="x"),)
    )
    found = check(mutate.states(run, [*run.replicas.states, ghost]))
    assert facts(found) == [Standing, NeverPut, NameOf]


def test_a_tombstone_is_nobodys_value(story, mutate):
    run = story.put(1, 2, "a", A).end([(A, "a")], {"n1": 1})
    (version,) = run.replicas.states[0].versions
    grave = run.replicas.states[0]._replace(versions=(version._replace(dot=("n5", 9), value=None),))
    assert isinstance(check(mutate.states(run, [grave])), Valid)


def test_without_final_states_honest_gets_are_unknown(story):
    found = check(story.put(1, 2, "a", A).get(3, 4, [(A, "a")], {"n1": 1}).end())
    assert isinstance(found, Unknown)
    assert "no get returned an invented value, but no final states" in found.reason


def test_without_final_states_an_invented_value_is_found_all_the_same(story):
    assert isinstance(check(story.put(1, 2, "a", A).get(3, 4, [(A, "b")], {"n1": 1}).end()), Invalid)


# Defects in valid runs


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("traced", [True, False])
def test_a_returned_value_that_is_cut_off_or_exchanged_is_found_and_is_a_false_sibling_too(
    perfect, mutate, seed, traced
):
    run = perfect(seed) if traced else mutate.untraced(perfect(seed))
    elsewhere = {op.key: op.value for op in run.operations if op.kind == "put"}
    reads = [op for op in run.operations if op.values]
    assert reads
    for read in reads:
        stranger = next(value for key, value in elsewhere.items() if key != read.key)
        for wrong in (read.values[0][:1], stranger):
            broken = mutate.operation(run, read.index, values=(wrong, *read.values[1:]))
            assert NeverPut in facts(check(broken))
            assert NeverPut in facts(siblings.check(broken))


@pytest.mark.parametrize("seed", range(12))
def test_a_final_value_that_is_cut_off_is_found_on_any_one_replica(perfect, mutate, seed):
    run = perfect(seed)
    states = list(run.replicas.states)
    held = [at for at, state in enumerate(states) if state.versions]
    assert held
    for at in held:
        first, *others = states[at].versions
        cut = states[at]._replace(versions=(first._replace(value=first.value[:1]), *others))
        assert NeverPut in facts(check(mutate.states(run, [*states[:at], cut, *states[at + 1 :]])))


@pytest.mark.parametrize("seed", range(12))
def test_a_put_whose_value_was_seen_cannot_have_failed(perfect, mutate, seed):
    run = perfect(seed)
    standing = mutate.standing(run)
    assert standing
    for op, _ in standing:
        assert Failed in facts(check(mutate.operation(run, op.index, outcome="fail", dot=None)))


# No false alarm


@pytest.mark.parametrize(
    "fields",
    [
        {"versions": "lww"},
        {"versions": "vv"},
        {"versions": "lww", "workload": "delete", "fault_gap_ms": 200},
        {"versions": "vv", "workload": "delete", "faults": ("crash",), "fault_gap_ms": 100},
        {"workload": "cart", "keys": 4},
        {"strategy": "swarm"},
    ],
)
def test_no_policy_of_the_store_invents_a_value_under_faults(fields, mutate):
    run = recorded(Lab(swarm(RunConfig(seed=40, ops=600, **fields)), None).execute(), None)
    assert sum(len(op.values) for op in run.operations) > 30, "enough values to say something"
    assert isinstance(check(run), Valid)
    assert isinstance(check(mutate.untraced(run)), Valid)
