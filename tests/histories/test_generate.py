"""Generated histories are what they say: brute force over all orders agrees."""

from typing import Any

import pytest

from histories.columns import Mark, Row
from histories.generate import MODELS, NOTHING, Shape, linearizable

SEEDS = range(60)


def step(state: dict[Any, Any], row: Row) -> bool:
    """Apply one operation to `state`, written apart from the generator; whether what it returned fits."""
    held = state.get(row.key, NOTHING)
    ok = row.status == "ok"
    if row.f == "read":
        return not ok or bool(row.result == held)
    if row.f == "txn":
        return transacted(state, row, ok)
    possible = {"cas": held == row.value, "acquire": held is NOTHING, "release": held is not NOTHING}
    if not possible.get(row.f, True):
        return not ok
    after = {
        "cas": lambda: row.value2,
        "acquire": lambda: True,
        "release": lambda: NOTHING,
        "delete": lambda: NOTHING,
        "append": lambda: row.value if held is NOTHING else held + row.value,
        "add": lambda: (*held, row.value) if isinstance(held, tuple) else held + row.value,
        "write": lambda: row.value,
    }
    state[row.key] = after[row.f]()
    return True


def transacted(state: dict[Any, Any], row: Row, ok: bool) -> bool:
    for (f, name, value), told in zip(row.value, row.result if ok else row.value, strict=True):
        if f == "write":
            state[name] = value
        elif ok and told[2] != state.get(name, NOTHING):
            return False
    return True


def brute_force(rows: list[Row], initial: dict[Any, Any]) -> bool:
    """Whether some order of the effective operations explains all results: every order is tried."""
    sure = [row for row in rows if row.status == "ok"]
    maybe = [row for row in rows if row.status == "info" and row.f != "read"]
    for mask in range(1 << len(maybe)):
        chosen = sure + [row for at, row in enumerate(maybe) if mask >> at & 1]
        if search(chosen, dict(initial)):
            return True
    return False


def search(rest: list[Row], state: dict[Any, Any]) -> bool:
    if not rest:
        return True
    first_end = min((row.end for row in rest if row.end is not None), default=None)
    for at, row in enumerate(rest):
        if first_end is not None and row.start > first_end:
            continue
        after = dict(state)
        if step(after, row) and search(rest[:at] + rest[at + 1 :], after):
            return True
    return False


INITIAL: dict[str, dict[Any, Any]] = {"set": {None: ()}, "counter": {None: 0}}


@pytest.mark.parametrize("model", MODELS)
def test_every_generated_history_is_linearizable_by_brute_force(model: str) -> None:
    for seed in SEEDS:
        known = linearizable(seed, Shape(model=model, operations=7, keys=2, values=seed % 3, info=0.15))
        assert known.linearizable
        assert brute_force(list(known.columns.rows()), INITIAL.get(model, {})), seed


def test_the_brute_force_of_this_test_tells_broken_histories() -> None:
    write = Row(0, "write", None, 1, start=0, end=1)
    assert brute_force([write, Row(1, "read", result=1, start=2, end=3)], {})
    assert not brute_force([write, Row(1, "read", result=Mark.NIL, start=2, end=3)], {})


def test_a_seed_makes_one_history_and_another_seed_another() -> None:
    rows = [list(linearizable(seed, Shape(operations=30)).columns.rows()) for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


@pytest.mark.parametrize("model", MODELS)
def test_every_outcome_occurs_and_no_process_has_two_operations_open(model: str) -> None:
    rows = list(linearizable(5, Shape(model=model, operations=400, keys=3, info=0.2, fail=0.1)).columns.rows())
    assert {row.status for row in rows} == {"ok", "fail", "info"}
    ends: dict[Any, int] = {}
    for row in rows:
        assert row.start > ends.get(row.process, -1)
        ends[row.process] = 1 << 60 if row.end is None else row.end


def test_some_operations_of_unknown_outcome_take_effect_and_some_never_do() -> None:
    rows = list(linearizable(3, Shape(operations=2000, info=0.3)).columns.rows())
    read = {row.result for row in rows if row.f == "read"}
    unknown = [row.value for row in rows if row.f == "write" and row.status == "info"]
    assert 0 < sum(value in read for value in unknown) < len(unknown)


def test_values_are_unique_unless_a_number_of_them_is_asked_for() -> None:
    written = [row.value for row in linearizable(1, Shape(operations=200)).columns.rows() if row.f == "write"]
    assert len(set(written)) == len(written)
    few = [row.value for row in linearizable(1, Shape(operations=200, values=3)).columns.rows() if row.f == "write"]
    assert set(few) == {0, 1, 2}
