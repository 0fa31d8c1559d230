"""kept.lab.ddmin against brute force over all parts of small lists."""

from collections.abc import Callable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kept.lab.ddmin import ddmin

SIZE = 7
PARTS = st.frozensets(st.integers(0, SIZE - 1))


def search(
    items: tuple[int, ...], fails: Callable[[tuple[int, ...]], bool]
) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """What ddmin leaves, and what it asked."""
    asked: list[tuple[int, ...]] = []

    def told(part: tuple[int, ...]) -> bool:
        asked.append(part)
        return fails(part)

    return ddmin(items, told), asked


@given(st.integers(0, 40), st.data())
def test_where_some_items_are_needed_together_exactly_these_are_left(count: int, data: st.DataObject) -> None:
    items = tuple(range(count))
    needed = data.draw(st.frozensets(st.sampled_from(items)) if items else st.just(frozenset()))
    left, _ = search(items, lambda part: needed <= set(part))
    assert left == tuple(sorted(needed))


@given(st.sets(PARTS, min_size=1, max_size=4))
def test_where_more_never_helps_nothing_smaller_within_the_result_fails(causes: set[frozenset[int]]) -> None:
    """A monotone predicate: brute force over all parts of the result."""

    def fails(part: tuple[int, ...]) -> bool:
        return any(cause <= set(part) for cause in causes)

    left, _ = search(tuple(range(SIZE)), fails)
    assert fails(left)
    assert not any(fails(part) for size in range(len(left)) for part in combinations(left, size))


@given(st.frozensets(PARTS), st.integers(0, SIZE))
def test_of_any_predicate_the_result_fails_and_passes_without_any_one_item(
    failing: frozenset[frozenset[int]], count: int
) -> None:
    """Not monotone: each part fails or passes for itself."""
    items = tuple(range(count))
    table = {*failing, frozenset(items)}
    left, asked = search(items, lambda part: frozenset(part) in table)
    assert frozenset(left) in table
    assert left == tuple(sorted(left)), "in their order"
    for place in range(len(left)):
        assert frozenset(left[:place] + left[place + 1 :]) not in table
    assert items not in asked or not items, "the whole is known to fail"
    assert len(asked) <= count * count + 3 * count + 1, "the paper's bound (3.2)"


def test_few_needed_items_of_many_are_found_with_few_questions() -> None:
    left, asked = search(tuple(range(1_000)), lambda part: {17, 600} <= set(part))
    assert left == (17, 600)
    assert len(asked) < 60
