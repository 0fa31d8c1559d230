"""Hypothesis strategies for histories: well-formed, of any verdict, small, and shrinking towards fewer operations.

The only module of this package that loads hypothesis.
"""

from typing import Any, NamedTuple

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


def histories(
    functions: tuple[str, ...] = ("read", "write", "cas"),
    keys: st.SearchStrategy[Any] = st.just(None),  # noqa: B008 - immutable
    contents: st.SearchStrategy[Any] = st.integers(0, 3),  # noqa: B008 - immutable
    operations: int = 8,
    processes: int = 3,
    nothing: Mark = Mark.NIL,
) -> st.SearchStrategy[Columns]:
    """A history of at most `operations`, whose reads return anything that any operation might have written.

    `nothing` is what a read of nil holds. Events happen at distinct times 0, 1, 2, ...
    """
    drawn = st.builds(
        _Drawn,
        st.integers(0, processes - 1),
        st.integers(0, 3),
        st.integers(0, 5),
        st.sampled_from(functions),
        keys,
        contents,
        contents,
        st.sampled_from(["ok", "fail", "info"]),
        st.one_of(st.just(nothing), contents),
    )
    return st.lists(drawn, max_size=operations).map(lambda found: _history(found, processes))


class _Drawn(NamedTuple):
    """One operation: whole, so that a history without it is a history again, and shrinking finds it."""

    slot: int
    pause: int
    """Time between the start of the operation before and this one's."""
    lasts: int
    f: str
    key: Any
    value: Any
    value2: Any
    status: str
    result: Any


def _history(drawn: list[_Drawn], processes: int) -> Columns:
    names = list(range(processes))
    free = [0] * processes
    now = 0
    times: list[tuple[int, int, int]] = []  # (time, which of those at one time, operation)
    rows: list[Row] = []
    for at, one in enumerate(drawn):
        now = max(now + one.pause, free[one.slot])
        times += [(now, len(times), at), (now + one.lasts, len(times) + 1, at)]
        free[one.slot] = now + one.lasts
        rows.append(_row(names[one.slot], one))
        if one.status == "info":
            names[one.slot] += processes  # its client goes on as a new process
    began: dict[int, int] = {}
    for rank, (_, _, at) in enumerate(sorted(times)):
        if at in began:
            rows[at] = rows[at]._replace(start=began[at], end=None if rows[at].status == "info" else rank)
        began.setdefault(at, rank)
    return from_rows(rows)


def _row(process: int, one: _Drawn) -> Row:
    value = Mark.NONE if one.f in {"read", "delete", "acquire", "release"} else one.value
    value2 = one.value2 if one.f == "cas" else Mark.NONE
    result = one.result if one.status == "ok" and one.f == "read" else Mark.NONE
    return Row(process, one.f, one.key, value, value2, result, status=one.status)
