"""Fields of scanned rows become numbers, names and codes, or are left to the reader in Python."""

from typing import Any

import pytest

from histories.codecs.scanned import Declined, Scanned, Wanted
from histories.columns import NIL
from histories.texts import Texts
from histories.values import from_document

pytest.importorskip("numba")


def rows(*texts: str, unwrap: bool = False) -> Scanned:
    return Scanned([f"{{{text}}}\n".encode() for text in texts], [Wanted("a", unwrap), Wanted("b")])


def coded(found: Scanned, numbers: bool = True) -> tuple[list[list[Any]], Any]:
    columns, table = found.coded(["a", "b"], from_document, numbers)
    return [[table[code] if code != NIL else None for code in column] for column in columns], table


def test_text_is_coded_and_decoded_only_when_it_is_looked_at() -> None:
    columns, table = coded(rows('"a":"x","b":"y"', '"a":null,"b":"x"', '"b":"ñ"'))
    assert columns == [["x", None, None], ["y", "x", "ñ"]]
    assert isinstance(table, Texts)


def test_numbers_are_coded_by_subtraction_or_by_sorting() -> None:
    columns, table = coded(rows('"a":5,"b":-3', '"b":0'))
    assert (columns, type(table)) == ([[5, None], [-3, 0]], range)
    columns, table = coded(rows('"a":500000,"b":-3'))
    assert (columns, table) == ([[500000], [-3]], [-3, 500000])


def test_one_value_in_several_spellings_is_one() -> None:
    spelled = ['"a":"A","b":"\\u0041"', '"a":1.0,"b":1.00', '"a":[1, 2],"b":[1,2]', '"a":7,"b":"7"', '"a":-0,"b":0']
    columns, table = coded(rows(*spelled))
    assert columns == [["A", 1.0, (1, 2), 7, 0], ["A", 1.0, (1, 2), "7", 0]]
    assert len(table) == 6


def test_whole_numbers_have_bounds_and_may_be_missing_where_that_is_said() -> None:
    found = rows('"a":5', '"a":null', "")
    assert found.whole("a", 0, 9, empty=-7).tolist() == [5, -7, -7]
    assert not found.all_numbers("a")
    for least, most, empty in [(0, 9, None), (6, 9, 0), (0, 4, 0)]:
        with pytest.raises(Declined):
            found.whole("a", least, most, empty)


def test_names_become_what_the_reader_makes_of_them() -> None:
    found = rows('"a":"x"', '"a":"yy"', '"a":"x"')
    assert found.names("a", len).tolist() == [1, 2, 1]
    assert rows('"a":"x"', "").names("a", len, empty=9).tolist() == [1, 9]
    for bad in ('"a":1', "", '"a":"\\n"'):
        with pytest.raises(Declined):
            rows('"a":"x"', bad).names("a", len)


def test_a_missing_field_is_told_from_null() -> None:
    found = rows('"a":null', "")
    assert found.missing("a", found.whole("a", 0, 1, empty=0) == 0)
    assert not rows('"a":null').missing("a", rows('"a":null').whole("a", 0, 1, empty=0) == 0)


@pytest.mark.parametrize("text", ['"a":1,', '"a":"\\ud800"', '"a":' + "[" * 70 + "]" * 70])
def test_what_the_scanner_does_not_know_is_left_to_others(text: str) -> None:
    with pytest.raises(Declined):
        coded(rows('"a":1', text))


def test_bytes_that_are_no_text_are_left_to_others() -> None:
    with pytest.raises(Declined):
        Scanned([b'{"a":"\xff"}\n'], [Wanted("a")])


def test_numbers_are_left_to_others_where_they_are_no_values() -> None:
    with pytest.raises(Declined):
        coded(rows('"a":1'), numbers=False)


def test_any_number_of_distinct_tokens_in_any_pieces_is_coded() -> None:
    texts = [f'"a":"{number}","b":"b{number % 1500}"' for number in range(3000)]
    lines = "".join(f"{{{text}}}\n" for text in texts).encode()
    cut = len("".join(f"{{{text}}}\n" for text in texts[:1700]))
    expected = [[str(number) for number in range(3000)], [f"b{number % 1500}" for number in range(3000)]]
    for pieces in ([lines], [lines[:cut], lines[cut:]], [line + b"\n" for line in lines.split(b"\n")[:-1]]):
        found = Scanned(pieces, [Wanted("a"), Wanted("b")])
        assert found.rows == 3000
        assert coded(found)[0] == expected


def test_a_row_of_more_tokens_than_there_is_room_for_is_read() -> None:
    row = "{" + ",".join(f'"a":"{number}"' for number in range(5000)) + "}\n"
    assert coded(Scanned([b'{"a":"x"}\n', row.encode()], [Wanted("a"), Wanted("b")]))[0][0] == ["x", "4999"]
