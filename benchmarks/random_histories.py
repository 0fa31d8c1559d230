"""Random small histories of every model, linearizable and not in about equal parts, for comparison with the oracle."""

import random
from collections.abc import Callable, Sequence

from checkers.linearizability.operations import NEVER, Interval
from histories.columns import Columns, Mark, Row, from_rows
from model.specifications.appending import AppendRegister
from model.specifications.counter import Counter
from model.specifications.multiregister import MultiRegister
from model.specifications.mutex import Mutex
from model.specifications.register import Register
from model.specifications.sets import GrowingSet
from model.specifications.specification import REFUSED, Call, Specification, State

Ask = Callable[[random.Random], Call]


def _register(values: int, cas: bool, delete: bool = False) -> Ask:
    def ask(chance: random.Random) -> Call:
        kinds = ["read", "read", "write", *(["cas", "cas"] if cas else []), *(["delete"] if delete else [])]
        match chance.choice(kinds):
            case "read":
                return Call("read", None, chance.randrange(values))
            case "cas":
                return Call("cas", (chance.randrange(values), chance.randrange(values)))
            case "delete":
                return Call("delete")
        return Call("write", chance.randrange(values))

    return ask


def _append(chance: random.Random) -> Call:
    kind = chance.choice(["read", "read", "append", "append", "write"])
    return Call(kind, None if kind == "read" else chance.choice("ab"))


def _mutex(chance: random.Random) -> Call:
    return Call(chance.choice(["acquire", "release"]))


def _txn(chance: random.Random) -> Call:
    steps = [
        (chance.choice(["read", "write"]), chance.choice("xy"), chance.randrange(2))
        for _ in range(chance.randint(1, 2))
    ]
    return Call("txn", tuple(steps), tuple(steps))


def _set(chance: random.Random) -> Call:
    kind = chance.choice(["read", "add", "add"])
    return Call(kind, None if kind == "read" else chance.randrange(3))


def _set_with_delete(chance: random.Random) -> Call:
    kind = chance.choice(["read", "read", "add", "add", "delete"])
    return Call(kind, None if kind == "read" else chance.randrange(2))


def _counter(chance: random.Random) -> Call:
    kind = chance.choice(["read", "add"])
    return Call(kind, None if kind == "read" else chance.choice([1, 1, 2, -1]))


MODELS: dict[str, tuple[Specification, Ask]] = {
    "register": (Register(0), _register(3, False)),
    "cas-register": (Register(0), _register(3, True)),
    "kv": (Register(), _register(2, True, True)),
    "kv-append": (AppendRegister(), _append),
    "multi-register": (MultiRegister((("x", 0), ("y", 0))), _txn),
    "mutex": (Mutex(), _mutex),
    "set": (GrowingSet(), _set),
    "set with delete": (GrowingSet(), _set_with_delete),
    "counter": (Counter(), _counter),
}


def history(name: str, chance: random.Random, most: int = 7) -> list[Interval]:
    """One history of 1 to `most` operations. Times are few, so that many touch."""
    specification, ask = MODELS[name]
    count = chance.randint(1, most)
    span = chance.choice([count, 3 * count, 6 * count])
    intervals = []
    for _ in range(count):
        start = chance.randrange(span)
        intervals.append((start, start + chance.randrange(1 + span // chance.choice([1, 3]))))
    intervals.sort()
    order = sorted(range(count), key=lambda at: chance.uniform(*intervals[at]))
    calls: list[Call] = [ask(chance) for _ in range(count)]
    if chance.random() < 0.85:
        state = specification.init
        for at in order:
            calls[at], state = _answered(specification, state, calls[at], ask, chance)
    operations = []
    for (start, end), call in zip(intervals, calls, strict=True):
        if chance.random() < 0.2:
            told = call._replace(known=False) if call.f in ("read", "txn") else call
            operations.append(Interval(start, NEVER, told, False))
        else:
            operations.append(Interval(start, end, call))
    if chance.random() < 0.7:
        at = chance.randrange(count)
        operations[at] = operations[at]._replace(call=_spoiled(operations[at].call, calls, ask, chance))
    return [op._replace(row=at) for at, op in enumerate(operations)]


def _answered(
    specification: Specification, state: State, call: Call, ask: Ask, chance: random.Random
) -> tuple[Call, State]:
    """The call as the object would answer it, or another one that it would."""
    for _ in range(20):
        told = call._replace(result=_shown(state), known=True) if call.f == "read" else call
        if call.f == "txn":
            held = dict(state)  # type: ignore[call-overload]
            steps = []
            for f, register, value in call.argument:
                steps.append((f, register, held.get(register) if f == "read" else value))
                if f == "write":
                    held[register] = value
            told = Call("txn", tuple(steps), tuple(steps))
        after = specification.step(state, told)
        if after is not REFUSED:
            return told, after
        call = ask(chance)
    return call, state


def _shown(state: State) -> object:
    return tuple(sorted(state)) if isinstance(state, frozenset) else state


def _spoiled(call: Call, calls: list[Call], ask: Ask, chance: random.Random) -> Call:
    """Another answer: that of another call of the kind, or a call of its own."""
    others = [other for other in calls if other.f == call.f]
    if isinstance(call.result, tuple) and call.f == "read" and chance.random() < 0.5:
        return call._replace(result=tuple(sorted(chance.sample(range(3), chance.randint(0, 3)))))
    if call.f == "read" and call.known:
        return call._replace(result=chance.choice(others).result)
    return ask(chance) if call.f != "read" else call


def unique(chance: random.Random, swaps: bool, most: int = 8) -> list[Interval]:
    """A register history in which every value is written at most once; 0 is the initial value."""
    count = chance.randint(1, most)
    span = chance.choice([count, 3 * count, 6 * count])
    intervals = []
    for _ in range(count):
        start = chance.randrange(span)
        intervals.append((start, start + chance.randrange(1 + span // chance.choice([1, 3]))))
    intervals.sort()
    calls: dict[int, Call] = {}
    state, fresh = 0, 0
    for at in sorted(range(count), key=lambda at: chance.uniform(*intervals[at])):
        kind = chance.choice(["read", "read", "write", *(["cas", "cas"] if swaps else [])])
        if kind == "read":
            calls[at] = Call("read", None, state)
            continue
        fresh += 1
        calls[at] = Call("write", fresh) if kind == "write" else Call("cas", (state, fresh))
        state = fresh
    if chance.random() < 0.6:
        at = chance.randrange(count)
        if calls[at].f == "read":
            calls[at] = calls[at]._replace(result=chance.randint(0, fresh))
        elif calls[at].f == "cas":
            calls[at] = calls[at]._replace(argument=(chance.randint(0, fresh), calls[at].argument[1]))
    return [
        Interval(start, NEVER, calls[at], False, at)
        if calls[at].f != "read" and chance.random() < 0.2
        else Interval(start, end, calls[at], True, at)
        for at, (start, end) in enumerate(intervals)
    ]


def columns(histories: Sequence[Sequence[Interval]]) -> Columns:
    """Register histories as one history of many keys."""
    rows = []
    for key, operations in enumerate(histories):
        for op in operations:
            f, argument, result, known = op.call
            old, new = argument if f == "cas" else (Mark.NONE if f in ("read", "delete") else argument, Mark.NONE)
            told = Mark.NONE if f != "read" else Mark.UNKNOWN if not known else Mark.NIL if result is None else result
            old = Mark.NIL if old is None else old
            end, status = (op.end, "ok") if op.required else (None, "info")
            rows.append(Row(op.row, f, key, old, new, told if op.required else Mark.NONE, op.start, end, status))
    return from_rows(rows)
