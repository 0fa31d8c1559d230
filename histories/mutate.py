"""Broken histories: a linearizable one of registers with unique values, spoiled in one way, and the reason in words.

Each way is wrong by itself, whatever else is in the history, because each value is written at most once.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from histories.columns import Row, from_rows
from histories.generate import NOTHING, Known, Shape, linearizable

NOBODYS = 1 << 40
"""A value that nobody writes, and the first number of clients that only a mutation knows."""


class _Spoiled(NamedTuple):
    rows: list[Row]
    reason: str


def broken(seed: int, way: str, shape: Shape = Shape()) -> Known:  # noqa: B008 - immutable
    """A history that is not linearizable: `way` is one of `WAYS`. `shape` must be a register with unique values."""
    assert shape.model == "register", "the ways are those of registers"
    assert not shape.values, "only unique values show which write was read"
    chance = Random(f"{seed}/{way}")
    rows = list(linearizable(seed, shape).columns.rows())
    spoiled = WAYS[way](rows, chance)
    return Known(from_rows(spoiled.rows), False, spoiled.reason)


def _after(rows: list[Row]) -> int:
    return 1 + max((max(row.start, row.end or 0) for row in rows), default=0)


def _read(number: int, key: object, result: object, start: int) -> Row:
    return Row(NOBODYS + number, "read", key, result=result, start=start, end=start + 1)


def _write(number: int, key: object, value: int, start: int) -> Row:
    return Row(NOBODYS + number, "write", key, value, start=start, end=start + 1)


def _key(rows: list[Row], chance: Random) -> object:
    return chance.choice(rows).key if rows else None


def _thin_air(rows: list[Row], chance: Random) -> _Spoiled:
    reads = [at for at, row in enumerate(rows) if row.f == "read" and row.status == "ok"]
    if reads:
        at = chance.choice(reads)
        rows[at] = rows[at]._replace(result=NOBODYS)
    else:
        rows.append(_read(0, _key(rows, chance), NOBODYS, _after(rows)))
    return _Spoiled(rows, f"a read returned {NOBODYS}, which nobody wrote")


def _future_read(rows: list[Row], chance: Random) -> _Spoiled:
    key, at = _key(rows, chance), _after(rows)
    rows += [_read(0, key, NOBODYS, at), _write(1, key, NOBODYS, at + 2)]
    return _Spoiled(rows, f"a read returned {NOBODYS} and ended before the write of it began")


def _stale_read(rows: list[Row], chance: Random) -> _Spoiled:
    key, at = _key(rows, chance), _after(rows)
    rows += [_write(0, key, NOBODYS, at), _write(1, key, NOBODYS + 1, at + 2), _read(2, key, NOBODYS, at + 4)]
    return _Spoiled(rows, f"a read returned {NOBODYS} after it had been overwritten")


def _lost_write(rows: list[Row], chance: Random) -> _Spoiled:
    key, at = _key(rows, chance), _after(rows)
    rows += [_write(0, key, NOBODYS, at), _read(1, key, NOTHING, at + 2)]
    return _Spoiled(rows, "a read that began after an acknowledged write found nothing")


def _new_then_old(rows: list[Row], chance: Random) -> _Spoiled:
    key, at = _key(rows, chance), _after(rows)
    write = Row(NOBODYS + 1, "write", key, NOBODYS + 1, start=at + 2, end=at + 20)
    rows += [_write(0, key, NOBODYS, at), write, _read(2, key, NOBODYS + 1, at + 4), _read(3, key, NOBODYS, at + 6)]
    return _Spoiled(rows, "during one write, a read returned the new value and a later one the old")


def _failed_read(rows: list[Row], chance: Random) -> _Spoiled:
    key, at = _key(rows, chance), _after(rows)
    failed = _write(0, key, NOBODYS, at)._replace(status="fail")
    rows += [failed, _read(1, key, NOBODYS, at + 2)]
    return _Spoiled(rows, f"a read returned {NOBODYS}, whose write had failed")


def _forgotten_result(rows: list[Row], chance: Random) -> _Spoiled:
    """A read of the past: an old value comes back although a later one had been read."""
    key, at = _key(rows, chance), _after(rows)
    rows += [
        _write(0, key, NOBODYS, at),
        Row(NOBODYS + 1, "write", key, NOBODYS + 1, start=at + 1, end=None, status="info"),
        _read(2, key, NOBODYS + 1, at + 4),
        _read(3, key, NOBODYS, at + 6),
    ]
    return _Spoiled(
        rows, "a write of unknown outcome was read, and after that the acknowledged one that had ended before"
    )


WAYS: dict[str, Callable[[list[Row], Random], _Spoiled]] = {
    "thin-air": _thin_air,
    "future-read": _future_read,
    "stale-read": _stale_read,
    "lost-write": _lost_write,
    "new-then-old": _new_then_old,
    "failed-write-read": _failed_read,
    "unknown-then-old": _forgotten_result,
}
