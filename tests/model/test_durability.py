"""The equation of the promises, against brute force over every subset of the unknown writes."""

import random
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.durability import Write, expected, explain

ACTORS = ("a", "b", "c")


def subsets(items):
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def brute_force(writes, final):
    """Whether some subset of the unknown writes explains `final`: the definition."""
    sure = [w for w in writes if w.acknowledged]
    return any(expected([*sure, *some]) == final for some in subsets([w for w in writes if not w.acknowledged]))


@st.composite
def cases(draw, likely_valid):
    contexts = st.dictionaries(st.sampled_from(ACTORS), st.integers(1, 3), max_size=2)
    dots = draw(st.lists(st.tuples(st.sampled_from(ACTORS), st.integers(1, 3)), unique=True, max_size=7))
    writes = [Write(draw(contexts), draw(st.booleans()), draw(st.sampled_from("xy")), dot) for dot in dots]
    writes += [Write(context, draw(st.booleans())) for context in draw(st.lists(contexts, max_size=2))]
    final = expected([w for w in writes if w.acknowledged or draw(st.booleans())])
    if not likely_valid:
        for dot in draw(st.lists(st.tuples(st.sampled_from(ACTORS), st.integers(1, 3)), min_size=1, max_size=2)):
            if dot in final:
                del final[dot]
            else:
                final[dot] = next((w.value for w in writes if w.dot == dot), "z")  # type: ignore[assignment]
    return writes, final


@pytest.mark.parametrize("likely_valid", [True, False])
def test_the_greatest_set_decides_as_brute_force_does(likely_valid):
    verdicts = []

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(cases(likely_valid))
    def law(case):
        writes, final = case
        truth = brute_force(writes, final)
        verdicts.append(truth)
        assert explain(writes, final).holds == truth

    law()
    assert verdicts.count(likely_valid) > 60, "both verdicts must be exercised"


def random_case(draw):
    """One small case, and not always one that the equation allows."""
    dots = draw.sample([(actor, counter) for actor in ACTORS for counter in (1, 2, 3)], draw.randrange(7))
    writes = [Write(random_context(draw), draw.random() < 0.5, draw.choice("xy"), dot) for dot in dots]
    writes += [Write(random_context(draw), draw.random() < 0.5) for _ in range(draw.randrange(3))]
    final = expected([w for w in writes if w.acknowledged or draw.random() < 0.5])
    if final and draw.random() < 0.3:
        del final[draw.choice(sorted(final))]
    if writes and draw.random() < 0.3:
        again = draw.choice(writes)
        if again.dot is not None:
            final[again.dot] = again.value
    return writes, final


def random_context(draw):
    return {actor: draw.randrange(1, 4) for actor in draw.sample(ACTORS, draw.choice((0, 1, 1, 2)))}


def test_ten_thousand_random_cases_decide_as_brute_force_does():
    draw = random.Random(20071014)
    verdicts = []
    for _ in range(10_000):
        writes, final = random_case(draw)
        verdicts.append(brute_force(writes, final))
        assert explain(writes, final).holds == verdicts[-1], (writes, final)
    assert min(verdicts.count(True), verdicts.count(False)) > 1500


def test_two_unknown_puts_that_only_explain_each_other_are_both_admitted():
    writes = [
        Write({}, True, "x", ("a", 1)),
        Write({"a": 1, "c": 1}, False, "y", ("b", 1)),
        Write({"b": 1}, False, "z", ("c", 1)),
    ]
    assert explain(writes, {}).holds
    assert explain(writes[:2], {}).lost == (0,)


def test_a_false_sibling_does_not_hide_a_lost_write_nor_make_one():
    deleted = Write({"a": 1}, True)
    writes = [Write({}, True, "x", ("a", 1)), deleted, Write({}, True, "y", ("b", 1))]
    found = explain(writes, {("a", 1): "x"})
    assert found.false == (("a", 1),)
    assert found.lost == (2,)
    assert explain(writes, {("a", 1): "x", ("b", 1): "y"}).lost == ()


def test_a_false_sibling_is_no_evidence_against_an_unknown_delete():
    """b/1 came back after an acknowledged delete; that says nothing about the unknown delete that had seen both."""
    writes = [
        Write({}, True, "x", ("a", 1)),
        Write({}, True, "y", ("b", 1)),
        Write({"b": 1}, True),
        Write({"a": 1, "b": 1}, False),
    ]
    found = explain(writes, {("b", 1): "y"})
    assert (found.lost, found.false) == ((), (("b", 1),))


def test_a_long_chain_of_unknown_puts_falls_in_one_sweep():
    """Each put is covered only by the next; the last is covered by nothing, so none took effect."""
    length = 3000
    chain_of = [Write({"a": i} if i else {}, i == 0, "v", ("a", i + 1)) for i in range(length)]
    chain_of = [w._replace(dot=(f"a{i}", 1), context={f"a{i - 1}": 1} if i else {}) for i, w in enumerate(chain_of)]
    assert explain(chain_of, {}).lost == (0,)
    assert explain([*chain_of, Write({f"a{length - 1}": 1}, False)], {}).holds
