"""The equation where some puts have no known name, against brute force over subsets and names."""

import random
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from model.anonymous import explain_anonymous
from model.durability import Write, expected, explain

ACTORS = ("a", "b")
UNIVERSE = [(actor, counter) for actor in ACTORS for counter in (1, 2, 3)]


def brute_force(writes, final):
    """Whether some unknown writes, the nameless ones under some free names, explain `final`."""
    unknown = [w for w in writes if not w.acknowledged]
    free = [dot for dot in UNIVERSE if dot not in {w.dot for w in writes}]
    for mask in range(1 << len(unknown)):
        some = [w for i, w in enumerate(unknown) if mask >> i & 1]
        nameless = [w for w in some if w.value is not None and w.dot is None]
        rest = [w for w in some if w.value is None or w.dot is not None] + [w for w in writes if w.acknowledged]
        for names in permutations(free, len(nameless)):
            if expected([*rest, *(w._replace(dot=d) for w, d in zip(nameless, names, strict=True))]) == final:
                return True
    return False


@st.composite
def cases(draw):
    contexts = st.dictionaries(st.sampled_from(ACTORS), st.integers(1, 3), max_size=2)
    dots = draw(st.lists(st.sampled_from(UNIVERSE), unique=True, max_size=4))
    writes = [Write(draw(contexts), draw(st.booleans()), draw(st.sampled_from("xy")), dot) for dot in dots]
    writes += [Write(draw(contexts), False, draw(st.sampled_from("xy"))) for _ in range(draw(st.integers(1, 3)))]
    writes += [Write(context, draw(st.booleans())) for context in draw(st.lists(contexts, max_size=1))]
    free = [dot for dot in UNIVERSE if dot not in dots]
    effective = []
    for write in writes:
        if write.acknowledged or draw(st.booleans()):
            if write.value is not None and write.dot is None:
                if not free:
                    continue
                write = write._replace(dot=free.pop(draw(st.integers(0, len(free) - 1))))  # noqa: PLW2901
            effective.append(write)
    final = expected(effective)
    for dot in draw(st.lists(st.sampled_from(UNIVERSE), max_size=1)):
        if final.pop(dot, None) is None:
            final[dot] = draw(st.sampled_from("xy"))
    return writes, final


def test_the_choices_decide_as_brute_force_does():
    verdicts = []

    @settings(max_examples=1500, deadline=None, derandomize=True, database=None)
    @given(cases())
    def law(case):
        writes, final = case
        found = explain_anonymous(writes, final)
        truth = brute_force(writes, final)
        verdicts.append(truth)
        assert found.decided
        assert found.holds == truth

    law()
    assert min(verdicts.count(True), verdicts.count(False)) > 200, "both verdicts must be exercised"


def random_case(draw):
    """A case near the border: few names are free, and what stands is often one short."""
    dots = draw.sample(UNIVERSE, draw.randrange(1, 5))
    writes = [Write(random_context(draw), draw.random() < 0.7, draw.choice("xy"), dot) for dot in dots]
    writes += [Write(random_context(draw), False, draw.choice("xy")) for _ in range(draw.randrange(1, 3))]
    final = expected([w for w in writes if w.acknowledged])
    for dot in sorted(final):
        if draw.random() < 0.4:
            del final[dot]
    return writes, final


def random_context(draw):
    return {actor: draw.randrange(1, 3) for actor in draw.sample(ACTORS, draw.choice((0, 1, 1, 2)))}


def test_three_thousand_cases_short_of_names_decide_as_brute_force_does():
    draw = random.Random(20071014)
    verdicts = []
    for _ in range(3000):
        writes, final = random_case(draw)
        verdicts.append(brute_force(writes, final))
        assert explain_anonymous(writes, final).holds == verdicts[-1], (writes, final)
    assert min(verdicts.count(True), verdicts.count(False)) > 300


def test_a_put_for_which_no_name_is_left_did_not_take_effect():
    lost = [Write({}, True, "x", ("a", 1)), Write({"a": 1}, False, "y")]
    assert explain_anonymous(lost, {}).lost == (0,)
    assert explain_anonymous([lost[0], lost[1]._replace(context={"a": 2})], {}).holds


def test_with_every_name_known_it_is_the_plain_equation():
    writes = [Write({}, True, "x", ("a", 1)), Write({"a": 1}, False)]
    assert explain_anonymous(writes, {}) == explain(writes, {})


def test_more_siblings_of_a_value_than_puts_of_it_are_false():
    writes = [Write({}, False, "x")]
    assert explain_anonymous(writes, {("a", 1): "x"}).holds
    assert explain_anonymous(writes, {("a", 1): "x", ("b", 1): "x"}).false == (("b", 1),)
