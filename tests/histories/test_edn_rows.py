"""Maps of a history are read alike by the short way and by the full reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories import edn_rows as short
from histories.edn import EdnError, Torn
from histories.edn_rows import EdnRow, edn_rows
from histories.edn_text import edn_text
from histories.interning import identity
from histories.source import Source
from histories.strategies import values
from histories.values import Keyword, map_of
from histories.window import Window

ROW = '{:process 0, :type :invoke, :f :cas, :value [1 nil], :key "k"}'
FIELDS = {"process": 0, "type": Keyword("invoke"), "f": Keyword("cas"), "value": (1, None), "key": "k"}


def read(text: str) -> tuple[list[EdnRow], EdnError | None]:
    """The rows before the error, and the error."""
    rows: list[EdnRow] = []
    try:
        rows.extend(edn_rows(Window(Source("h", text.encode())), "a map"))
    except EdnError as error:
        return rows, error
    return rows, None


@pytest.mark.parametrize(
    "text", ["{0}\n{0}", "[{0} {0}]", "({0},{0})", "; x\n[{0};}}\n #_ {0} {0}\n]\n;", "#_ [1] #op{0}{0}"]
)
def test_a_vector_a_list_and_a_sequence_hold_the_same_rows(text: str) -> None:
    rows, error = read(text.replace("{0}", ROW).replace("}}", "}"))
    assert error is None
    assert [row.fields for row in rows] == [FIELDS, FIELDS]


def test_each_row_comes_with_its_place() -> None:
    assert [row.line for row in read(f" [{ROW}\n\n  {{:a \\x}} ]")[0]] == [1, 3]


@pytest.mark.parametrize("text", ["", " ; nothing\n", "[]", "(;\n)"])
def test_a_text_without_rows_has_none(text: str) -> None:
    assert read(text) == ([], None)


@pytest.mark.parametrize("text", [ROW + "\n" + ROW[:30], "[" + ROW, ROW + ' {:a "x', ROW + "{", "[" + ROW + " #_"])
def test_a_text_that_is_cut_off_is_torn_and_its_whole_rows_are_there(text: str) -> None:
    rows, error = read(text)
    assert [row.fields for row in rows] == [FIELDS]
    assert type(error) is Torn


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [("7", 0, "'7'"), ("[{} x]", 4, "'x]'"), ("[{}] {}", 5, "'{}'"), ("{}]", 2, "']'"), ("{:a 1:b 2}", 0, "")],
)
def test_what_is_no_map_is_told_with_its_place(text: str, at: int, found: str) -> None:
    _, error = read(text)
    assert error is not None
    assert (error.at >= at, found in error.found) == (True, True)


PIECES = st.sampled_from(
    [
        *[
            r":a",
            r":b",
            r":a-b",
            r":a.b",
            r"1",
            r"-0",
            r"007",
            r"1.5",
            r"nil",
            r"nilx",
            r"true",
            r'"x"',
            r'"\n"',
            r"[",
            r"]",
            r"[1,2]",
            r"[:x]",
            r",",
            r"{}",
            r"\a",
        ],
        ";\n",
    ]
)


def told(row: EdnRow) -> list[object]:
    return [row.line, *sorted((name, repr(identity(value))) for name, value in row.fields.items())]


@given(st.lists(PIECES, max_size=8), st.sampled_from([" ", ""]))
def test_the_short_way_gives_what_the_full_reader_gives(pieces: list[str], between: str) -> None:
    text = "{" + between.join(pieces) + "}"
    found = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(short, "_FLAT", type("Never", (), {"match": staticmethod(lambda *_: None)}))
        rows, error = read(text)
    assert [told(row) for row in found[0]] == [told(row) for row in rows]
    assert repr(found[1]) == repr(error)


@given(st.dictionaries(st.sampled_from("abc"), values(4)))
def test_fields_of_any_value_come_back(fields: dict[str, object]) -> None:
    text = edn_text(map_of((Keyword(name), value) for name, value in fields.items()))
    (row,), error = read(text)
    assert error is None
    assert {name: identity(value) for name, value in row.fields.items()} == {
        name: identity(value) for name, value in fields.items()
    }
