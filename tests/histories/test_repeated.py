"""A value that is written twice to one key is found, with the lines."""

from hypothesis import given

from histories.columns import Columns, Row, from_rows
from histories.notice import Doubt
from histories.repeated import repeated_value
from histories.strategies import histories


def write(value: object, start: int, key: object = None, **fields: object) -> Row:
    row = Row(start, "write", key, value, start=start, end=start + 1, line=start + 10)
    return row._replace(**fields)


def test_the_first_repeated_value_is_told_with_its_lines() -> None:
    notice = repeated_value(from_rows([write(1, 0), write(2, 1), write(2, 2), write(1, 3), write(1, 4)]))
    assert (notice.doubt, notice.rows, notice.line) == (Doubt.REPEATED_VALUE, 3, 12)
    assert notice.text == "2 written again, after line 11"


def test_one_value_may_be_written_to_two_keys_and_again_after_a_failure() -> None:
    assert (
        repeated_value(
            from_rows([write(1, 0, "a"), write(1, 1, "b"), write(1, 2, "c", status="fail"), write(1, 3, "c")])
        )
        is None
    )


def test_what_a_compare_and_set_writes_counts() -> None:
    cas = Row(9, "cas", "k", 5, 1, start=3, end=4, line=3)
    assert repeated_value(from_rows([write(1, 0, "k"), cas])).text == "1 written to key 'k' again, after line 10"


@given(histories())
def test_repeated_values_are_those_that_counting_finds(columns: Columns) -> None:
    seen, again = set(), 0
    for row in columns.rows():
        if row.f == "read" or row.status == "fail":
            continue
        written = row.value2 if row.f == "cas" else row.value
        again += written in seen
        seen.add(written)
    notice = repeated_value(columns)
    assert (notice.rows if notice else 0) == again
