"""kept.judge.workloads: what only one kind of history can violate is found, and nothing else is said to be."""

from typing import Any

import pytest

import kept
from checkers.ladder.levels import LEVELS
from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import Mark, Row, from_rows
from histories.values import set_of
from kept.judge.workloads import ELEMENTS, OWN_LEVELS, WORKLOADS

N = Mark.NONE


def judged(level: str, initial: Any, *rows: tuple[Any, ...]) -> Any:
    """Rows of (f, value, value2, result), one after the other, each by a client of its own."""
    history = from_rows(
        Row(at, f, None, value, value2, result, 2 * at, 2 * at + 1)
        for at, (f, value, value2, result) in enumerate(rows)
    )
    return WORKLOADS[level].judge(history, initial)


@pytest.mark.parametrize("elements", [(1, 2), set_of([1, 2])])
def test_an_element_that_later_reads_lack_is_lost(elements: Any) -> None:
    added = [("add", 1, N, N), ("add", 2, N, N), ("read", N, N, elements)]
    assert isinstance(judged("no-lost-element", (), *added), Valid)
    assert isinstance(judged("no-lost-element", (), *added, ("read", N, N, (1,))), Invalid)


def test_elements_may_be_there_at_first_and_may_be_deleted() -> None:
    gone = [("add", 1, N, N), ("delete", 1, N, N), ("read", N, N, ())]
    assert isinstance(judged("no-lost-element", (), *gone), Valid)
    assert isinstance(judged("no-lost-element", (), *gone, ("read", N, N, (1,))), Invalid)
    assert isinstance(judged("no-lost-element", (5,), ("read", N, N, (5,))), Valid)
    assert isinstance(judged("no-lost-element", (5,), ("read", N, N, ())), Invalid)


def test_an_element_that_comes_late_is_stale_and_not_lost() -> None:
    late = [("add", 1, N, N), ("read", N, N, ()), ("read", N, N, (1,))]
    assert isinstance(judged("no-lost-element", (), *late), Valid)
    assert isinstance(judged("no-stale-element", (), *late), Invalid)
    assert isinstance(judged("no-lost-element", (), ("add", 1, N, N)), Unknown)
    assert set(ELEMENTS) == {level for level, one in WORKLOADS.items() if one.models == ("set",)}


def test_an_identifier_given_twice_is_found() -> None:
    given = [("generate", N, N, 1), ("generate", N, N, 2)]
    assert isinstance(judged("no-duplicate-id", None, *given), Valid)
    assert isinstance(judged("no-duplicate-id", None, *given, ("generate", N, N, 1)), Invalid)


def test_a_count_outside_its_bounds_is_found() -> None:
    assert isinstance(judged("within-bounds", 5, ("add", 2, N, N), ("read", N, N, 7)), Valid)
    assert isinstance(judged("within-bounds", 5, ("add", 2, N, N), ("read", N, N, 2)), Invalid)


def test_two_updates_from_one_value_lose_one() -> None:
    swaps = [("write", 1, N, N), ("cas", 1, 2, N)]
    assert isinstance(judged("no-lost-update", None, *swaps, ("cas", 2, 3, N)), Valid)
    assert isinstance(judged("no-lost-update", None, *swaps, ("cas", 1, 3, N)), Invalid)


def test_two_writes_computed_from_one_read_lose_one() -> None:
    history = from_rows(
        Row(client, f, None, value, N, result, 2 * at, 2 * at + 1)
        for at, (client, f, value, result) in enumerate(
            [(0, "read", N, Mark.NIL), (1, "read", N, Mark.NIL), (0, "write", 1, N), (1, "write", 2, N)]
        )
    )
    assert isinstance(WORKLOADS["no-lost-update"].judge(history, None), Valid)
    assert isinstance(WORKLOADS["no-lost-write-back"].judge(history, None), Invalid)


def test_two_transactions_that_replace_one_value_lose_one() -> None:
    steps = [(("read", "x", 0), ("write", "x", at)) for at in (1, 2)]
    rows = [("txn", one, N, one) for one in steps]
    assert isinstance(judged("no-lost-transaction", {"x": 0}, rows[0]), Valid)
    assert isinstance(judged("no-lost-transaction", {"x": 0}, *rows), Invalid)


def test_a_run_of_this_store_has_maximal_siblings_and_true_clocks() -> None:
    run = kept.run(seed=2, ops=80).trial.run
    assert all(isinstance(level.judge(run), Valid) for level in OWN_LEVELS.values())


def test_no_two_levels_of_a_model_have_one_name() -> None:
    assert not set(WORKLOADS) & {*LEVELS, *CLAIMS, *OWN_LEVELS}
    assert not set(OWN_LEVELS) & set(CLAIMS)
