"""Random small register histories in sessions, for comparison with the oracle of the ladder."""

import random

from histories.columns import Columns, Mark, Row, from_rows


def small(chance: random.Random, unique: bool = True, accesses: int = 6) -> Columns:
    """At most `accesses` reads and writes of one or two keys by two or three clients. Reads return something written
    to their key, or nil; with `unique` no value is written twice."""
    clients, keys = chance.choice([2, 2, 3]), chance.choice([1, 2, 2])
    count = chance.randrange(3, accesses + 1 - (clients == 3))
    planned = []
    for number in range(count):
        write = chance.random() < 0.5
        value = number + 1 if unique else chance.randrange(2)
        status = chance.choices(["ok", "info", "fail"], [12, 1, 1])[0] if write else "ok"
        planned.append((chance.randrange(clients), write, chance.randrange(keys), value, status))
    free = [0] * clients
    rows = []
    for now, (client, write, key, value, status) in enumerate(planned):
        start = max(2 * now, free[client])
        end = start + chance.choice([1, 1, 3, 6])
        free[client] = end + 1
        if write:
            rows.append(
                Row(client, "write", key, value, start=start, end=None if status == "info" else end, status=status)
            )
            continue
        written = [
            one[3] for one in planned if one[1] and one[2] == key and (one[4] != "fail" or chance.random() < 0.1)
        ]
        result = chance.choice([*written, *written, Mark.NIL])
        rows.append(Row(client, "read", key, result=result, start=start, end=end))
    return from_rows(rows)


def rich(chance: random.Random, unique: bool = True, accesses: int = 6) -> Columns:
    """As `small`, with everything that a register's history may hold: compare-and-sets, deletes, reads that nobody saw
    the end of, operations that failed, and with `unique` False values written twice. At most `accesses` reads and
    writes, where a compare-and-set that succeeded counts for both."""
    clients, keys = chance.choice([1, 2, 2, 3]), chance.choice([1, 1, 2])
    values = iter(range(1, 100))
    left = chance.randrange(2, accesses + 1 - (clients == 3))
    planned: list[Row] = []
    while left > 0:
        f = chance.choices(["read", "write", "cas", "delete"], [6, 5, 2, 1])[0]
        status = chance.choices(["ok", "info", "fail"], [10, 1, 1])[0]
        left -= 0 if status == "fail" else 2 if f == "cas" else 1
        value = next(values) if unique else chance.randrange(2)
        planned.append(Row(chance.randrange(clients), f, chance.randrange(keys), value, status=status))
    rows, free = [], [0] * clients
    for at, one in enumerate(planned):
        start = max(2 * at, free[one.process])
        end = start + chance.choice([1, 1, 3, 6])
        free[one.process] = end + 1
        likely = [other.value for other in planned if other.key == one.key and other.f in ("write", "cas")]
        found = chance.choice([*likely, *likely, Mark.NIL])
        done = {"start": start, "end": None if one.status == "info" else end}
        if one.f == "read":
            known = found if one.status == "ok" and chance.random() < 0.95 else Mark.NONE
            known = Mark.UNKNOWN if one.status == "ok" and known is Mark.NONE else known
            rows.append(one._replace(value=Mark.NONE, result=known, **done))
        elif one.f == "cas":
            expected = found if found != one.value and found is not Mark.NIL else 0
            rows.append(one._replace(value=expected, value2=one.value, **done))
        else:
            rows.append(one._replace(value=Mark.NONE if one.f == "delete" else one.value, **done))
    return from_rows(rows)
