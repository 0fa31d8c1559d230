"""reference-model: what the model does not allow is named, with the operations; what other claims call violated, it
refuses too."""

import pytest

from checkers import reference
from checkers.registry import CLAIMS, judge
from checkers.verdict import Invalid, Unknown, Valid
from model.store.terms import Terms

ALL = Terms("all", keeps=True, replaces=True, honest=True, settles=True, meets=True, monotonic=True)
DOT = ("n1.0:5", 1)
NEXT = ("n1.0:5", 2)


def refused(run, terms=ALL) -> str:
    verdict = reference.check_under(run, terms)
    assert isinstance(verdict, Invalid), verdict
    return verdict.counterexample.sentence


@pytest.mark.parametrize("seed", range(25))
def test_a_perfect_run_keeps_every_term(perfect, seed):
    verdict = reference.check_under(perfect(seed), ALL._replace(monotonic=False))
    assert isinstance(verdict, Valid), verdict
    assert "completed operations and the final states of 4 keys" in verdict.witness


def test_the_terms_are_those_of_the_configuration_in_the_header(story):
    run = story.put(0, 1, "v", DOT).get(2, 3, [], {}).end([(DOT, "v")], {"n1.0:5": 1})
    assert isinstance(reference.check(run), Valid), "this header promises nothing"
    assert refused(run) == ('Get "k" by client 2: its context does not cover n1.0:5/1 (fresh-reads).')


def test_where_an_end_and_a_start_have_one_time_they_are_concurrent(story):
    run = story.put(0, 2, "v", DOT).get(2, 3, [], {}).end([(DOT, "v")], {"n1.0:5": 1})
    assert isinstance(reference.check_under(run, ALL), Valid)


def test_a_get_that_hides_a_put_is_refused_when_the_put_is_acknowledged_after_it(story):
    run = story.put(0, 9, "v", DOT).get(2, 3, [], {"n1.0:5": 1}).end([(DOT, "v")], {"n1.0:5": 1})
    assert "covers n1.0:5/1, does not show it" in refused(run)
    unknown = _again(story).put(0, 9, "v", DOT, outcome="info").get(2, 3, [], {"n1.0:5": 1}).end([], {})
    assert isinstance(reference.check_under(unknown, ALL), Valid)


def test_a_get_that_hides_the_sibling_of_what_it_shows_is_refused_though_each_alone_is_fresh(story):
    other = ("n2.0:5", 1)
    run = story.put(0, 1, "v", DOT).put(0, 1, "w", other).get(2, 3, [(DOT, "v")], {"n1.0:5": 1, "n2.0:5": 1})
    assert "covers n2.0:5/1, does not show it" in refused(run.end([(DOT, "v"), (other, "w")], {}))


def test_a_get_that_covers_a_put_and_not_what_that_had_seen_is_refused_where_no_other_claim_sees_it(story):
    other = ("n2.0:5", 1)
    run = (
        story.put(0, 1, "v", DOT)
        .put(2, 3, "w", other, {"n1.0:5": 1})
        .get(4, 5, [(other, "w")], {"n2.0:5": 1})
        .end([(other, "w")], {"n1.0:5": 1, "n2.0:5": 1})
    )
    assert "had seen n1.0:5/1, and not that" in refused(run, ALL._replace(meets=False))
    assert not [n for n, v in judge(run, CLAIMS).items() if isinstance(v, Invalid) and not n.startswith("fresh")]


def test_a_failed_put_that_was_shown_is_refused_whichever_came_first(story):
    first = story.put(0, 9, "v", DOT, outcome="fail").get(2, 3, [(DOT, "v")], {"n1.0:5": 1}).end([], {})
    assert "it failed, and a get had shown it (no-invented-value)" in refused(first)
    later = _again(story).put(0, 1, "v", DOT, outcome="fail").get(2, 3, [(DOT, "v")], {"n1.0:5": 1}).end([], {})
    assert "of a put that failed (no-invented-value)" in refused(later)


def test_a_version_that_was_replaced_before_a_get_began_is_refused_where_gets_meet_writes(story):
    run = (
        story.put(0, 1, "v", DOT)
        .put(2, 3, "w", NEXT, {"n1.0:5": 1})
        .get(4, 5, [(DOT, "v")], {"n1.0:5": 2})
        .end([(NEXT, "w")], {"n1.0:5": 2})
    )
    assert "n1.0:5/1 had been replaced before it began" in refused(run)
    weak = ALL._replace(meets=False, settles=False)
    assert "covers n1.0:5/2, does not show it" in refused(run, weak)


def test_a_client_that_reads_less_than_before_is_refused(story):
    run = story.put(0, None, "v", DOT).get(2, 3, [(DOT, "v")], {"n1.0:5": 1}).end()
    again = run.operations[1]._replace(index=2, start_us=3000, end_us=5000, values=(), dots=(), seen={}, request="x")
    longer = run._replace(history=run.history._replace(operations=(*run.operations, again)))
    assert refused(longer) == 'Get "k" by client 2: its client had read n1.0:5/1 (monotonic-reads).'
    assert isinstance(reference.check_under(longer, ALL._replace(monotonic=False)), Unknown)


def test_a_second_name_and_a_second_use_of_a_name_are_refused(story):
    run = story.put(0, 1, "v", DOT).put(2, 3, "w", DOT).end([(DOT, "v")], {"n1.0:5": 1})
    assert "(unique-dots)" in refused(run)
    twice = _again(story).put(0, 1, "v", DOT, minted=False)
    twice.mintings += [(0, "r1", b"k", DOT), (0, "r1", b"k", NEXT)]
    assert "it was named n1.0:5/1 and n1.0:5/2 (unique-dots)" in refused(twice.end([(DOT, "v")], {"n1.0:5": 1}))


def test_a_lost_a_false_and_a_stray_final_version_are_refused_each_under_its_promise(perfect, mutate):
    run = perfect(1)
    put, dot = mutate.standing(run)[0]
    assert "(no-lost-write)" in refused(mutate.drop(run, put.key, dot), ALL._replace(monotonic=False))
    old, _ = mutate.replaced(run)[0]
    back = mutate.add(run, old.key, old.dot, old.value)
    assert "(no-false-sibling)" in refused(back, ALL._replace(monotonic=False))
    node = next(s.node for s in run.replicas.states if s.key == put.key)
    less = mutate.states(run, [s for s in run.replicas.states if (s.node, s.key) != (node, put.key)])
    assert "(convergence)" in refused(less, ALL._replace(monotonic=False))


def test_a_run_without_final_states_is_unknown_unless_an_operation_is_refused(perfect):
    verdict = reference.check_under(perfect(0)._replace(replicas=None), ALL._replace(monotonic=False))
    assert isinstance(verdict, Unknown)
    assert "conform to the reference model, but no final states" in verdict.reason


@pytest.mark.parametrize("seed", range(20))
def test_a_run_whose_names_nobody_told_is_judged_by_what_gets_show(perfect, mutate, seed):
    verdict = reference.check_under(mutate.untraced(perfect(seed)), ALL._replace(monotonic=False))
    assert isinstance(verdict, Valid), verdict


def _again(story):
    return type(story)()
