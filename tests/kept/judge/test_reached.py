"""Where a search was when it was stopped."""

from multiprocessing import get_context

from histories.columns import Row, from_rows
from kept.judge.reached import Reached

HISTORY = from_rows([Row(at, "write", "x", 1, start=at, end=9 - at, line=at + 1) for at in range(4)])


def test_what_another_process_told_is_known_here_and_names_key_place_and_crowd() -> None:
    reached = Reached(2)
    process = get_context("fork").Process(target=lambda: reached.watch(1)(0, 2))
    process.start()
    process.join()
    told = reached.told(HISTORY, 1, "budget")
    assert told.startswith('key "x" was not decided: the budget was reached after 3 of 4 operations, at line 3; ')
    assert "most in flight at once: 4, at line 4. The budget was spent: try a larger --budget" in told


def test_what_was_not_begun_is_told_by_the_reason_alone() -> None:
    assert Reached(1).told(HISTORY, 0, "memory").startswith("the memory was spent")
