"""honest-contexts: what a get covers it has shown, or something that it covers too has replaced it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkers.contexts import check
from checkers.facts import Acknowledged, Hid
from checkers.verdict import Invalid, Valid
from histories.header import RunHeader
from histories.operation import Operation
from histories.recorder import Recorder
from kept.lab.config import RunConfig
from kept.lab.run import Lab, recorded
from kept.lab.swarm import swarm
from model.causality import covers

A, B, C = ("n1", 1), ("n2", 1), ("n3", 1)
BOTH = {"n1": 1, "n2": 1}
EMPTY = Recorder(None, RunHeader(seed=0, config={}, created_by="kept", code="tests")).recorded()


def hidden(run):
    """The get and the put of the counterexample, or None."""
    found = check(run)
    if isinstance(found, Valid):
        return None
    acknowledged, hid = found.counterexample.facts
    assert isinstance(acknowledged, Acknowledged)
    assert isinstance(hid, Hid)
    assert hid.dot == acknowledged.op.dot
    assert found.counterexample.operations == tuple(sorted((acknowledged.op.index, hid.read.index)))
    return hid.read.index, acknowledged.op.index


def hidden_by_definition(run):
    """The claim as it is worded, put by put and get by get."""
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        writes = [op for op in run.operations if op.key == get.key and op.kind != "get" and op.outcome != "fail"]
        seen_by = []
        for op in writes:
            if op.named is not None:
                if covers(get.seen, op.named):
                    seen_by.append(op.context)
            elif (op.kind == "delete" or not run.mintings_known) and op.start_us <= get.end_us:
                seen_by.append(op.context)
        for put in writes:
            asked_for = put.dot is not None and covers(get.seen, put.dot) and put.dot not in get.dots
            if asked_for and not any(covers(context, put.dot) for context in seen_by):
                return get.index, put.index
    return None


# By hand


def test_a_get_that_shows_every_sibling_is_honest(story):
    story.put(1, 2, "a", A).put(1, 2, "b", B).get(3, 4, [(A, "a"), (B, "b")], BOTH)
    assert check(story.end()) == Valid("1 get with 2 siblings: none covers what it neither showed nor knew")


def test_a_get_that_hides_a_sibling_is_told_in_one_sentence(story):
    found = check(story.put(1, 2, "a", A).put(1, 3, "b", B).get(4, 5, [(B, "b")], BOTH).end())
    assert isinstance(found, Invalid)
    assert found.counterexample.sentence == (
        'Put "k"="a" by client 1 was acknowledged as n1/1 at 2 ms; get "k" by client 3 answered at 5 ms without it, '
        "but with a context {n1/1, n2/1} that covers n1/1, "
        "and neither anything in that context nor a delete had replaced it."
    )
    assert found.counterexample.operations == (0, 2)


def test_a_get_that_shows_nothing_under_a_full_context_is_found(story):
    assert hidden(story.put(1, 2, "a", A).get(3, 4, [], {"n1": 1}).end()) == (1, 0)


def test_a_stale_get_that_does_not_cover_what_it_does_not_show_is_honest(story):
    assert hidden(story.put(1, 2, "a", A).put(1, 2, "b", B).get(3, 4, [(B, "b")], {"n2": 1}).end()) is None


def test_an_earlier_version_of_an_actor_whose_last_one_is_shown_must_be_shown_too(story):
    story.put(1, 2, "a", A).put(3, 4, "b", ("n1", 2)).get(5, 6, [(("n1", 2), "b")], {"n1": 2})
    assert hidden(story.end()) == (2, 0)


def test_a_version_that_a_put_within_the_context_had_seen_need_not_be_shown(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}).get(5, 6, [(B, "b")], BOTH)
    assert hidden(story.end()) is None


def test_a_chain_of_replacements_is_honest(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}).put(5, 6, "c", C, {"n2": 1})
    assert hidden(story.get(7, 8, [(C, "c")], {**BOTH, "n3": 1}).end()) is None


def test_a_put_beyond_the_context_excuses_nothing(story):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}).get(5, 6, [], {"n1": 1})
    assert hidden(story.end()) == (2, 0)


@pytest.mark.parametrize(("outcome", "excused"), [("ok", True), ("info", True), ("fail", False)])
def test_what_a_put_of_unknown_outcome_had_seen_is_excused_but_not_what_a_failed_one_had(story, outcome, excused):
    story.put(1, 2, "a", A).put(3, 4, "b", B, {"n1": 1}, outcome).get(5, 6, [(B, "b")], BOTH)
    assert (hidden(story.end()) is None) == excused


@pytest.mark.parametrize(("trace", "excused"), [(True, False), (False, True)])
def test_a_put_that_nobody_named_excuses_only_where_the_trace_is_not_whole(story, trace, excused):
    story.put(1, 2, "a", A).put(3, None, "b", B, {"n1": 1}, "info", minted=False).get(5, 6, [], {"n1": 1})
    assert (hidden(story.end(trace=trace)) is None) == excused


def test_a_nameless_put_that_began_after_the_get_excuses_nothing(story):
    story.put(1, 2, "a", A).get(3, 4, [], {"n1": 1}).put(5, None, "b", B, {"n1": 1}, "info", minted=False)
    assert hidden(story.end(trace=False)) == (1, 0)


@pytest.mark.parametrize(
    ("start_ms", "outcome", "context", "excused"),
    [
        (3, "ok", {"n1": 1}, True),
        (3, "info", {"n1": 1}, True),
        (3, "fail", {"n1": 1}, False),
        (6, "ok", {"n1": 1}, True),  # during the get
        (7, "ok", {"n1": 1}, True),  # at its very end
        (8, "ok", {"n1": 1}, False),
        (3, "ok", {"n2": 1}, False),
    ],
)
def test_a_delete_excuses_what_it_had_seen_if_it_began_before_the_get_ended(story, start_ms, outcome, context, excused):
    story.put(1, 2, "a", A).delete(start_ms, 9, context, outcome).get(5, 7, [], {"n1": 1})
    assert (hidden(story.end()) is None) == excused


def test_two_deletes_that_had_seen_different_things_excuse_both(story):
    story.put(1, 2, "a", A).put(1, 2, "b", B).delete(3, 4, {"n1": 1}).delete(3, 4, {"n2": 1})
    assert hidden(story.get(5, 6, [], BOTH).end()) is None


def test_two_puts_of_one_actor_that_had_seen_different_things_excuse_both(story):
    story.put(1, 2, "a", A).put(1, 2, "b", B).put(3, 4, "c", C, {"n1": 1}).put(5, 6, "d", ("n3", 2), {"n2": 1})
    last = [(C, "c"), (("n3", 2), "d")]
    assert hidden(story.get(7, 8, last, {**BOTH, "n3": 2}).end()) is None


def test_a_put_that_was_acknowledged_only_after_the_get_must_be_shown_where_it_is_covered(story):
    assert hidden(story.put(1, 9, "a", A).get(2, 3, [], {"n1": 1}).end()) == (1, 0)


@pytest.mark.parametrize("outcome", ["info", "fail"])
def test_a_put_that_was_not_acknowledged_need_not_be_shown(story, outcome):
    """A crash may have taken it, and its actor's next counter covers the gap."""
    assert hidden(story.put(1, 9, "a", A, outcome=outcome).get(10, 11, [], {"n1": 1}).end()) is None


def test_writes_to_another_key_excuse_nothing(story):
    story.put(1, 2, "a", A).delete(3, 4, {"n1": 1}, key="other").put(3, 4, "b", B, {"n1": 1}, key="other")
    assert hidden(story.get(5, 6, [], BOTH).end()) == (3, 0)


def test_the_first_get_and_the_first_put_that_it_hid_are_named(story):
    story.put(1, 2, "b", B).put(3, 4, "a", A).put(4, 5, "a2", ("n1", 2))
    story.get(6, 9, [(A, "a")], {"n1": 2, "n2": 1}).get(7, 8, [], {"n1": 2, "n2": 1})
    assert hidden(story.end()) == (3, 0)


# Against the definition


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("traced", [True, False])
def test_every_hidden_sibling_of_a_perfect_run_is_found_unless_the_definition_excuses_it(perfect, mutate, seed, traced):
    run = perfect(seed) if traced else mutate.untraced(perfect(seed))
    found = 0
    for get in run.operations:
        for at in range(len(get.dots)):
            shown = {"dots": get.dots[:at] + get.dots[at + 1 :], "values": get.values[:at] + get.values[at + 1 :]}
            broken = mutate.operation(run, get.index, **shown)
            assert hidden(broken) == hidden_by_definition(broken)
            found += hidden(broken) is not None
    assert found


@pytest.mark.parametrize("seed", range(12))
def test_a_context_that_runs_ahead_of_what_was_shown_is_judged_as_defined(perfect, mutate, seed):
    run = perfect(seed)
    found = 0
    for get in run.operations:
        for actor in sorted(get.seen):
            broken = mutate.operation(run, get.index, seen={**get.seen, actor: get.seen[actor] + 2})
            assert hidden(broken) == hidden_by_definition(broken)
            found += hidden(broken) is not None
    assert found


_counters = st.integers(1, 3)
_contexts = st.dictionaries(st.sampled_from("xyz"), _counters, max_size=3)
_dots = st.tuples(st.sampled_from("xyz"), _counters)


@st.composite
def _runs(draw):
    """Any few operations at all, sensible or not."""
    operations = []
    for index in range(draw(st.integers(2, 14))):
        kind = draw(st.sampled_from(("get", "put", "put", "put", "put", "delete")))
        outcome = draw(st.sampled_from(("ok", "ok", "ok", "info", "fail")))
        ok = outcome == "ok"
        shown = draw(st.lists(_dots, max_size=2, unique=True)) if kind == "get" and ok else []
        dot = draw(_dots) if kind == "put" and ok else None
        operations.append(
            Operation(
                index,
                index,
                kind,
                "k",
                "v" if kind == "put" else None,
                draw(_contexts) if kind != "get" else {},
                str(index),
                start_us=index * 2,
                end_us=index * 2 + draw(st.integers(1, 7)),
                outcome=outcome,
                values=("v",) * len(shown),
                dots=tuple(shown),
                seen=draw(_contexts) if kind == "get" and ok else {},
                dot=dot,
                minted=draw(st.none() | _dots) if kind == "put" and not ok else dot,
            )
        )
    return tuple(operations), draw(st.booleans())


@given(_runs())
@settings(max_examples=600, derandomize=True, deadline=None)
def test_the_index_agrees_with_the_definition_on_any_operations(drawn):
    operations, traced = drawn
    run = EMPTY._replace(history=EMPTY.history._replace(operations=operations), trace=EMPTY.trace if traced else None)
    assert run.mintings_known == traced
    assert hidden(run) == hidden_by_definition(run)


# No false alarm

CONFIGURATIONS = {
    "default": {},
    "strict": {"sloppy": False},
    "swarm": {"strategy": "swarm"},
    "deletes": {"workload": "delete", "keys": 6, "fault_gap_ms": 200},
    "one node": {"nodes": 1, "n": 1, "r": 1, "w": 1},
    "strategy 1": {"ring": 1},
}


@pytest.mark.parametrize("fields", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_the_store_answers_honestly_under_faults(fields, mutate):
    config = swarm(RunConfig(seed=41, ops=600, **fields))
    run = recorded(Lab(config, None).execute(), None)
    assert sum(op.kind == "get" and len(op.seen) > 0 for op in run.operations) > 30, "enough gets to say something"
    assert isinstance(check(run), Valid)
    assert isinstance(check(mutate.untraced(run)), Valid)
