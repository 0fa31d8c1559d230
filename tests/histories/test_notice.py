"""Every kind of doubt has a name of its own that people and programs can read."""

import re

from histories.notice import Doubt, Notice


def test_kinds_have_distinct_names_in_one_style() -> None:
    assert len({doubt.value for doubt in Doubt}) == len(Doubt)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", doubt.value) for doubt in Doubt)


def test_a_notice_tells_how_many_rows_and_the_first() -> None:
    assert Notice(Doubt.TORN, 1, 7, "cut off") == (Doubt.TORN, 1, 7, "cut off")
