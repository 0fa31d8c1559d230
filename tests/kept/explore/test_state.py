"""kept.explore.state: a step reads as one short line."""

from kept.explore.state import Step


def test_a_step_says_where_and_what() -> None:
    assert str(Step("sync", "n1", "its disk syncs", 4)) == "n1: its disk syncs"
    assert str(Step("x", "", "everybody waits")) == "everybody waits"
    assert Step("deliver", "n1", "Read", 1) != Step("deliver", "n1", "Read", 2)
