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
