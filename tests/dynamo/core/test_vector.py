"""The laws of version vectors, on small vectors where every order and tie occurs."""

from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.vector import EMPTY, Vector, concurrent, covers, descends, join

ACTORS = ("a", "b", "c")
vectors = st.dictionaries(st.sampled_from(ACTORS), st.integers(1, 3))


def dots(vector: Vector) -> frozenset[tuple[str, int]]:
    """The vector spelled out: the set of events that it has seen."""
    return frozenset((actor, n) for actor, counter in vector.items() for n in range(1, counter + 1))


@given(vectors)
def test_a_vector_covers_exactly_the_dots_up_to_its_counters(vector: Vector) -> None:
    assert {(a, n) for a in ACTORS for n in range(1, 5) if covers(vector, (a, n))} == dots(vector)


@given(vectors, vectors)
def test_descent_is_inclusion_of_events(one: Vector, other: Vector) -> None:
    assert descends(one, other) == (dots(one) >= dots(other))


@given(vectors, vectors)
def test_concurrent_is_neither_descends(one: Vector, other: Vector) -> None:
    assert concurrent(one, other) == (not dots(one) <= dots(other) and not dots(other) <= dots(one))


@given(vectors, vectors, vectors)
def test_descent_is_a_partial_order(one: Vector, other: Vector, third: Vector) -> None:
    assert descends(one, one)
    assert descends(one, dict(one))
    if descends(one, other) and descends(other, one):
        assert one == other
    if descends(one, other) and descends(other, third):
        assert descends(one, third)


@given(vectors, vectors)
def test_join_is_the_union_of_events(one: Vector, other: Vector) -> None:
    assert dots(join(one, other)) == dots(one) | dots(other)


@given(vectors, vectors)
def test_join_returns_its_first_argument_where_that_descends_the_other(one: Vector, other: Vector) -> None:
    if descends(one, other):
        assert join(one, other) is one


@given(vectors, vectors)
def test_join_changes_neither_argument(one: Vector, other: Vector) -> None:
    before = dict(one), dict(other)
    join(one, other)
    assert (one, other) == before


def test_join_with_the_empty_vector_copies_nothing() -> None:
    vector = {"a": 1}
    assert join(EMPTY, vector) is vector
    assert join(vector, EMPTY) is vector
