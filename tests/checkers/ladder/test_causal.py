"""The causal levels: the oracle's answers, the figures of Bouajjani et al., and compiled code beside plain Python."""

import pytest

from benchmarks.busy_histories import busy
from checkers.ladder import causal, sessions
from checkers.verdict import Invalid, Unknown, Valid

JUDGES = {
    "causal-consistency": causal.causal_consistency,
    "causal-convergence": causal.causal_convergence,
    "causal-memory": causal.causal_memory,
    "pram": causal.pram,
}


@pytest.mark.parametrize("level", JUDGES)
def test_it_agrees_with_the_definition_where_values_are_unique(given, oracle, agrees, level):
    agrees(JUDGES[level], given(True), oracle(level, True))


@pytest.mark.parametrize("level", JUDGES)
def test_it_agrees_with_the_definition_where_values_repeat(given, oracle, agrees, level):
    decided = 0.9 if level == "causal-memory" else 1.0
    agrees(JUDGES[level], given(False)[:500], oracle(level, False)[:500], decided)


@pytest.mark.parametrize("level", JUDGES)
def test_compiled_code_gives_the_same_verdicts(given, level):
    pytest.importorskip("numba")
    for one in given(True)[:300]:
        assert JUDGES[level](one, compiled=True) == JUDGES[level](one, compiled=False)


FIGURES = {
    # Bouajjani et al. 2017, figure 3: which of causal memory, convergence and consistency hold
    "3a": (("a: w x 1, r x 2", "b: w x 2, r x 1"), (True, False, True)),
    "3b": (("a: w z 1, w x 1, w y 1", "b: w x 2, r z nil, r y 1, r x 2"), (False, True, True)),
    "3c": (("a: w x 1", "b: w x 2, r x 1, r x 2"), (False, False, True)),
    "3e": (("a: w x 1, w y 1", "b: r y 1, w x 2", "c: r x 2, r x 1"), (False, False, False)),
}


@pytest.mark.parametrize("figure", FIGURES)
def test_the_histories_of_the_paper_are_told_apart_as_the_paper_tells_them_apart(history, figure):
    clients, expected = FIGURES[figure]
    one = history(*clients)
    found = [JUDGES[level](one) for level in ("causal-memory", "causal-convergence", "causal-consistency")]
    assert tuple(isinstance(verdict, Valid) for verdict in found) == expected


@pytest.mark.parametrize("level", JUDGES)
def test_the_initial_value_after_a_causally_earlier_put_is_a_violation(history, level):
    # AWDIT's trap: an acknowledged put, seen through another key, is lost
    one = history("a: w x 1, w y 2", "b: r y 2, r x nil")
    verdict = JUDGES[level](one)
    assert isinstance(verdict, Invalid)


def test_a_write_of_unknown_outcome_may_come_late_or_never(history):
    late = history("a: w? x 1, r x nil, r x nil", "b: w y 5, r x 1, r y 5")
    for judge in JUDGES.values():
        assert isinstance(judge(late), Valid)


def test_a_write_of_unknown_outcome_that_was_read_has_its_causes(history):
    one = history("a: w y 1, w? x 2", "b: r x 2, r y nil")
    for judge in JUDGES.values():
        assert isinstance(judge(one), Invalid)


def test_what_the_counterexample_names_violates_the_level_by_itself(given, oracle):
    for level in ("causal-consistency", "causal-convergence"):
        for one, right in zip(given(True), oracle(level, True), strict=True):
            if not right:
                rows = list(JUDGES[level](one).counterexample.operations)
                assert isinstance(JUDGES[level](one.take(rows)), Invalid)


def test_large_histories_that_are_linearizable_hold_and_one_stale_read_is_found():
    one = busy(3_000, 10, 5)
    for judge in JUDGES.values():
        assert isinstance(judge(one), Valid)
    result = one.result.copy()
    reads = (one.f == 0).nonzero()[0]
    result[reads[-1]] = -2
    broken = one.take(slice(None))
    object.__setattr__(broken, "result", result)
    for judge in JUDGES.values():
        assert isinstance(judge(broken), Invalid)


def test_too_many_choices_are_unknown_and_say_what_to_try():
    one = busy(600, 6, 1, values=2)
    found = causal.causal_convergence(one, budget=1)
    assert isinstance(found, Unknown)
    assert "1 of more than 1,000,000,000 choices" in found.reason
    assert "larger budget" in found.reason


def test_more_clients_than_can_be_looked_at_are_unknown_at_once(history, monkeypatch):
    one = history("a: w x 1", "b: r x 1, w x 2", "c: r x 2, r x 1")
    judges = (causal.causal_consistency, causal.causal_memory, causal.pram, sessions.monotonic_writes)
    for bound in ("MOST_STEPS", "MOST_CLOCKS"):
        with monkeypatch.context() as narrow:
            narrow.setattr(causal, bound, 5)
            for judge in judges:
                verdict = judge(one)
                assert isinstance(verdict, Unknown)
                assert "3 clients and 0 unknown writes" in verdict.reason
            assert isinstance(sessions.monotonic_reads(one), Valid), "which looks at no client but one"
