"""Histories with known verdicts, made without any checker: linearizable ones by construction, and broken ones.

`linearizable` runs clients against one atomic object: every operation takes effect at one instant between its start and
its end, in the order of these instants. That order is the witness. `broken` (histories.mutate) then spoils one.
"""

from collections.abc import Callable
from math import inf
from random import Random
from typing import Any, NamedTuple

from histories.columns import Columns, Mark, Row, from_rows

NOTHING = Mark.NIL
MODELS = ("register", "cas-register", "kv", "kv-append", "set", "counter", "mutex", "multi-register")
STEP_TIME = 10
"""Mean time between an operation's end and its client's next one, a tenth of how long the longest operation takes."""


class Shape(NamedTuple):
    """What kind of history to make."""

    model: str = "register"
    operations: int = 20
    processes: int = 4
    keys: int = 1
    values: int = 0
    """How many distinct values are written; 0: every value is written once only."""
    info: float = 0.1
    """Share of operations whose outcome the client never learns."""
    fail: float = 0.05
    """Share of operations that are refused and have no effect."""


class Known(NamedTuple):
    """A history whose verdict is known."""

    columns: Columns
    linearizable: bool
    reason: str
    """Why: one line."""
    initial: Any = NOTHING
    """What an object holds before the first operation."""


class _Planned(NamedTuple):
    point: float
    """The instant at which it takes effect; infinite: never."""
    start: int
    end: int
    process: int
    outcome: str


def linearizable(seed: int, shape: Shape = Shape()) -> Known:  # noqa: B008 - immutable
    """A linearizable history of `shape`, the same for the same `seed`."""
    chance = Random(seed)
    state: dict[Any, Any] = {}
    choose = _CHOICES[shape.model]
    fresh = iter(range(1, 1 << 62))
    planned = sorted(_plan(chance, shape))
    rows = [_executed(plan, choose(chance, shape, state, fresh), state) for plan in planned]
    return Known(from_rows(rows), True, "every operation took effect at one instant between its start and its end")


def _plan(chance: Random, shape: Shape) -> list[_Planned]:
    """When each operation starts, takes effect and ends. No two events have one time."""
    planned = []
    free = {process: chance.randrange(STEP_TIME) for process in range(shape.processes)}
    names = iter(range(shape.processes, 1 << 62))
    for _ in range(shape.operations):
        process = min(free, key=lambda name: (free[name], name))
        start = free.pop(process)
        end = start + 1 + chance.randrange(10 * STEP_TIME)
        drawn = chance.random()
        outcome = "info" if drawn < shape.info else "fail" if drawn < shape.info + shape.fail else "ok"
        point = start + chance.random() * (end - start)
        if outcome == "info":
            point += chance.choice([0, 50 * STEP_TIME, inf])  # at once, long after the client gave up, or never
        planned.append(_Planned(point, start, end, process, outcome))
        follower = next(names) if outcome == "info" else process
        free[follower] = end + 1 + chance.randrange(2 * STEP_TIME)
    return planned


class _Asked(NamedTuple):
    f: str
    key: Any
    value: Any = Mark.NONE
    value2: Any = Mark.NONE


def _executed(planned: _Planned, asked: _Asked, state: dict[Any, Any]) -> Row:
    outcome = planned.outcome
    result: Any = Mark.NONE
    possible = _possible(asked, state)
    if outcome == "fail" and asked.f == "cas" and possible:
        outcome = "ok"  # a compare-and-set that fails says that the value was another
    if outcome == "ok" and not possible:
        outcome = "fail"
    if outcome != "fail" and possible and planned.point < inf:
        result = _effect(asked, state)
    times = (planned.start, None if outcome == "info" else planned.end)
    told = result if outcome == "ok" else Mark.NONE
    return Row(planned.process, asked.f, asked.key, asked.value, asked.value2, told, *times, outcome)


def _possible(asked: _Asked, state: dict[Any, Any]) -> bool:
    held = state.get(asked.key, NOTHING)
    if asked.f == "cas":
        return bool(held == asked.value)
    if asked.f == "acquire":
        return held is NOTHING
    return asked.f != "release" or held is not NOTHING


def _effect(asked: _Asked, state: dict[Any, Any]) -> Any:
    """Change `state`; what the operation returns."""
    key, held = asked.key, state.get(asked.key, NOTHING)
    if asked.f == "read":
        return held
    if asked.f == "txn":
        return tuple([(f, name, _step(f, name, value, state)) for f, name, value in asked.value])
    if asked.f == "append":
        state[key] = ("" if held is NOTHING else held) + asked.value
    elif asked.f == "add":
        state[key] = held + asked.value if isinstance(held, int) else (*held, asked.value)
    elif asked.f in {"delete", "release"}:
        state.pop(key, None)
    else:
        state[key] = {"cas": asked.value2, "acquire": True}.get(asked.f, asked.value)
    return Mark.NONE


def _step(f: str, name: Any, value: Any, state: dict[Any, Any]) -> Any:
    if f == "read":
        return state.get(name, NOTHING)
    state[name] = value
    return value


# What a client asks for, model by model


def _key(chance: Random, shape: Shape) -> Any:
    return f"k{chance.randrange(shape.keys)}" if shape.keys > 1 else None


def _value(chance: Random, shape: Shape, fresh: Any) -> int:
    return chance.randrange(shape.values) if shape.values else next(fresh)


def _register(chance: Random, shape: Shape, _state: dict[Any, Any], fresh: Any) -> _Asked:
    key = _key(chance, shape)
    return _Asked("read", key) if chance.random() < 0.5 else _Asked("write", key, _value(chance, shape, fresh))


def _cas_register(chance: Random, shape: Shape, state: dict[Any, Any], fresh: Any) -> _Asked:
    if chance.random() < 0.6:
        return _register(chance, shape, state, fresh)
    key = _key(chance, shape)
    held = state.get(key, NOTHING)
    if held is NOTHING or chance.random() < 0.3:
        held = chance.randrange(shape.values) if shape.values else -next(fresh)  # mostly one that fails
    return _Asked("cas", key, held, _value(chance, shape, fresh))


def _kv(chance: Random, shape: Shape, state: dict[Any, Any], fresh: Any) -> _Asked:
    return _Asked("delete", _key(chance, shape)) if chance.random() < 0.2 else _register(chance, shape, state, fresh)


def _kv_append(chance: Random, shape: Shape, state: dict[Any, Any], fresh: Any) -> _Asked:
    key = _key(chance, shape)
    if chance.random() < 0.4:
        return _Asked("append", key, f"<{_value(chance, shape, fresh)}>")
    asked = _register(chance, shape, state, fresh)
    return asked if asked.f == "read" else asked._replace(value=f"<{asked.value}>")


def _set(chance: Random, shape: Shape, state: dict[Any, Any], fresh: Any) -> _Asked:
    state.setdefault(None, ())
    return _Asked("read", None) if chance.random() < 0.3 else _Asked("add", None, _value(chance, shape, fresh))


def _counter(chance: Random, _shape: Shape, state: dict[Any, Any], _fresh: Any) -> _Asked:
    state.setdefault(None, 0)
    return _Asked("read", None) if chance.random() < 0.5 else _Asked("add", None, chance.randrange(1, 5))


def _mutex(chance: Random, _shape: Shape, _state: dict[Any, Any], _fresh: Any) -> _Asked:
    return _Asked(chance.choice(["acquire", "release"]), None)


def _multi_register(chance: Random, shape: Shape, _state: dict[Any, Any], fresh: Any) -> _Asked:
    steps: list[tuple[str, Any, Any]] = []
    for name in chance.sample("xyz", chance.randrange(1, 3)):
        read = chance.random() < 0.5
        steps.append(("read", name, Mark.NONE) if read else ("write", name, _value(chance, shape, fresh)))
    return _Asked("txn", Mark.NONE, tuple(steps))


_CHOICES: dict[str, Callable[[Random, Shape, dict[Any, Any], Any], _Asked]] = {
    "register": _register,
    "cas-register": _cas_register,
    "kv": _kv,
    "kv-append": _kv_append,
    "set": _set,
    "counter": _counter,
    "mutex": _mutex,
    "multi-register": _multi_register,
}
