"""Properties of the rungs on histories that hypothesis draws, and makes smaller where one fails.

What is compared is what `test_agreement.py` compares on seeded samples; here a difference comes with its example."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.agreement import JUDGES
from checkers.ladder.exhaustive import satisfies
from checkers.ladder.levels import weaker
from checkers.ladder.sequential import in_turn
from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import NIL, from_rows
from histories.strategies import histories

SMALL = histories(("read", "write", "cas", "delete"), keys=st.sampled_from("xy"), operations=4, processes=2)
EXAMPLES = 25


@pytest.mark.parametrize("level", JUDGES)
@settings(max_examples=EXAMPLES)
@given(SMALL)
def test_a_rung_is_what_its_definition_says(level, one):
    verdict = JUDGES[level](one)
    assert isinstance(verdict, Unknown) or isinstance(verdict, Valid) == satisfies(level, one, NIL)


@settings(max_examples=EXAMPLES)
@given(histories(("read", "write"), keys=st.sampled_from("xy"), operations=8))
def test_what_a_rung_implies_is_never_violated_where_it_holds(one):
    held = [level for level, judge in JUDGES.items() if isinstance(judge(one), Valid)]
    for level in held:
        crosses = {"linearizable", "regular"} if not in_turn(one) else set()
        for other in set(weaker(level)) & set(JUDGES):
            if level not in crosses and other not in crosses:
                assert not isinstance(JUDGES[other](one), Invalid), (level, other)


@settings(max_examples=2 * EXAMPLES)
@given(histories(("read", "write", "cas"), keys=st.sampled_from("xy"), operations=6), st.integers(1, 9))
def test_no_verdict_depends_on_the_unit_of_time_or_on_names(one, unit):
    def renamed(row):
        end = None if row.end is None else unit * row.end + 7
        return row._replace(process=f"n{row.process}", key=f"key {row.key}", start=unit * row.start + 7, end=end)

    other = from_rows([renamed(row) for row in one.rows()])
    for level, judge in JUDGES.items():
        assert type(judge(one)) is type(judge(other)), level


@settings(max_examples=2 * EXAMPLES)
@given(histories(("read", "write"), operations=8), st.data())
def test_a_beginning_of_a_linearizable_history_is_linearizable(one, data):
    """Whoever stops watching earlier sees operations that are still open, and no violation that was not one."""
    rows = list(one.rows())
    if not rows or isinstance(check(one, "register", None), Invalid):
        return
    until = data.draw(st.integers(0, max(row.start for row in rows) + 1))
    seen = [
        row if row.end is not None and row.end < until else row._replace(end=None, status="info")
        for row in rows
        if row.start < until and (row.status != "fail" or (row.end or 0) < until)
    ]
    seen = [row for row in seen if row.f != "read" or row.status == "ok"]
    assert not isinstance(check(from_rows(seen), "register", None), Invalid)
