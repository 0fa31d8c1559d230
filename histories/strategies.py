"""Hypothesis strategies for histories: well-formed, of any verdict, small, and shrinking towards fewer operations.

The only module of this package that loads hypothesis.
"""

from typing import Any

from hypothesis import strategies as st

from histories.columns import Columns, Mark, Row, from_rows
from histories.values import Character, Keyword, Symbol, map_of, set_of

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(1 << 66), 1 << 66)
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)


def values(depth: int = 8) -> st.SearchStrategy[Any]:
    """Any value that a recorded history may hold."""
    leaves = st.one_of(
        PLAIN, st.floats(), NAMES.map(Keyword), NAMES.map(Symbol), st.sampled_from("aZ9 \n(").map(Character)
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(tuple),
            st.lists(inner, max_size=3).map(set_of),
            st.lists(st.tuples(inner, inner), max_size=3).map(map_of),
        ),
        max_leaves=depth,
    )


@st.composite
def histories(
    draw: st.DrawFn,
    functions: tuple[str, ...] = ("read", "write", "cas"),
    keys: st.SearchStrategy[Any] = st.just(None),  # noqa: B008 - immutable
    contents: st.SearchStrategy[Any] = st.integers(0, 3),  # noqa: B008 - immutable
    operations: int = 8,
    processes: int = 3,
    nothing: Mark = Mark.NIL,
) -> Columns:
    """A history of at most `operations`, whose reads return anything that any operation might have written.

    `nothing` is what a read of nil holds. Events happen at distinct times 0, 1, 2, ...
    """
    rows: list[Row] = []
    open_rows: dict[int, int] = {}
    names = list(range(processes))
    for time in range(draw(st.integers(0, operations)) * 2):
        slot = draw(st.integers(0, processes - 1))
        if slot in open_rows:
            at = open_rows.pop(slot)
            rows[at] = _ended(draw, rows[at], time, contents, nothing)
            if rows[at].status == "info":
                names[slot] += processes  # its client goes on as a new process
        elif len(rows) < operations:
            open_rows[slot] = len(rows)
            rows.append(_begun(draw, names[slot], draw(st.sampled_from(functions)), draw(keys), contents, time))
    return from_rows(rows)


def _begun(draw: st.DrawFn, process: int, f: str, key: Any, contents: st.SearchStrategy[Any], time: int) -> Row:
    value = value2 = Mark.NONE
    if f not in {"read", "delete", "acquire", "release"}:
        value = draw(contents)
    if f == "cas":
        value2 = draw(contents)
    return Row(process, f, key, value, value2, start=time, status="info")


def _ended(draw: st.DrawFn, row: Row, time: int, contents: st.SearchStrategy[Any], nothing: Mark) -> Row:
    status = draw(st.sampled_from(["ok", "ok", "ok", "fail", "info"]))
    if status == "info":
        return row
    result = Mark.NONE
    if status == "ok" and row.f == "read":
        result = draw(st.one_of(st.just(nothing), contents))
    return row._replace(end=time, status=status, result=result)
