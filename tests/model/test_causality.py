"""Version vectors are sets of dots."""

from hypothesis import given, settings
from hypothesis import strategies as st

from model.causality import covers, descends, grow, join

ACTORS = ("a", "b", "c")
VECTORS = st.dictionaries(st.sampled_from(ACTORS), st.integers(0, 4))
DOTS = [(actor, counter) for actor in ACTORS for counter in range(1, 6)]


def as_set(vector):
    return {(actor, counter) for actor, top in vector.items() for counter in range(1, top + 1)}


@settings(derandomize=True, database=None)
@given(VECTORS, VECTORS)
def test_covers_descends_and_join_are_membership_inclusion_and_union(one, other):
    assert {dot for dot in DOTS if covers(one, dot)} == as_set(one)
    assert descends(one, other) == (as_set(one) >= as_set(other))
    assert as_set(join([one, other])) == as_set(one) | as_set(other)
    grown = dict(one)
    grow(grown, other)
    assert as_set(grown) == as_set(one) | as_set(other)


def test_figure_3_of_the_paper():
    """Dynamo (SOSP 2007), figure 3: D3 and D4 are parallel branches that D5 reconciles."""
    d1, d2, d3, d4 = {"Sx": 1}, {"Sx": 2}, {"Sx": 2, "Sy": 1}, {"Sx": 2, "Sz": 1}
    d5 = {"Sx": 3, "Sy": 1, "Sz": 1}
    assert descends(d2, d1)
    assert descends(d3, d2)
    assert descends(d4, d2)
    assert not descends(d3, d4)
    assert not descends(d4, d3)
    assert join([d3, d4]) == {"Sx": 2, "Sy": 1, "Sz": 1}
    assert descends(d5, join([d3, d4]))
