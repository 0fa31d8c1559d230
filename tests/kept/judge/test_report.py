"""kept.judge.report: verdicts combine as everywhere, and a violation is told as a paragraph."""

import pickle

import pytest

from checkers.facts import NeverSettled
from checkers.ladder.climb import climb
from checkers.verdict import Invalid, Unknown, Valid, refute
from histories.columns import Mark, Row, from_rows
from kept.judge.question import Question
from kept.judge.report import CheckReport, Judged, Stopped, story, timeline, unjudged

N = Mark.NONE
STALE = from_rows([Row(0, "write", None, 1, N, N, 0, 1), Row(1, "read", None, N, N, Mark.NIL, 2, 3)])
BAD = climb(STALE, ["linearizable"]).verdicts["linearizable"]


def judged(*verdicts: Valid | Invalid | Unknown, stopped: Stopped = "") -> Judged:
    return Judged("h", {str(at): verdict for at, verdict in enumerate(verdicts)}, stopped=stopped)


def test_invalid_wins_over_unknown_and_unknown_over_valid() -> None:
    assert CheckReport((judged(Valid("a")), judged(Valid("b")))).verdict == "valid"
    assert CheckReport((judged(Valid("a")), judged(Unknown("b")))).verdict == "unknown"
    assert CheckReport((judged(Valid("a"), BAD), judged(Unknown("b")))).verdict == "invalid"
    assert CheckReport((judged(),)).verdict == "unknown"
    assert not CheckReport((judged(Unknown("b")),)).holds


def test_the_first_history_answers_for_a_report_of_one() -> None:
    report = CheckReport((judged(Valid("a"), BAD),))
    assert (report.violated, list(report.verdicts), report.strongest) == (("1",), ["0", "1"], ())


def test_an_interruption_is_told_before_a_budget_and_that_before_memory() -> None:
    stops: tuple[Stopped, ...] = ("", "memory", "budget", "interrupted")
    for at, stopped in enumerate(stops):
        assert CheckReport(tuple(judged(stopped=one) for one in stops[: at + 1])).stopped == stopped


def test_a_history_that_was_not_judged_is_unknown_for_that_reason() -> None:
    one = unjudged("h", Question(levels=("pram",)), "budget")
    assert one.verdicts == {"pram": Unknown("the budget was spent: try a larger --budget")}
    assert (one.verdict, one.stopped) == ("unknown", "budget")


def test_a_violation_is_explained_in_the_order_of_time_and_drawn() -> None:
    assert isinstance(BAD, Invalid)
    told = CheckReport((judged(Valid("a"), BAD),)).explain()
    assert told == story(BAD.counterexample)
    assert told.index("Write 1") < told.index("Read nil by client 1 began at 2")
    assert len(timeline(BAD.counterexample)) == 2


def test_facts_without_operations_are_told_as_they_are() -> None:
    found = refute("convergence", [NeverSettled()]).counterexample
    assert story(found).startswith("The cluster did not settle")
    assert timeline(found) == []


def test_nothing_violated_is_nothing_to_explain() -> None:
    with pytest.raises(ValueError, match="nothing is violated"):
        CheckReport((judged(Valid("a")),)).explain()


def test_a_judged_history_comes_back_from_another_process_as_it_was() -> None:
    one = judged(Valid("a"), BAD, Unknown("c"))
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes
