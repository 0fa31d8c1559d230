"""How long values matter."""

import numpy as np

from checkers.linearizability.needs import ends_that_matter, states_of
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, grouped, register_transitions
from histories.columns import NIL, Mark, Row, from_rows

NONE = Mark.NONE


def write(key, value, start, end, status="ok"):
    return Row(0, "write", key, value, NONE, NONE, start, end, status)


def read(key, value, start, end):
    return Row(0, "read", key, NONE, NONE, value, start, end)


def cas(key, old, new, start, end, status="ok"):
    return Row(0, "cas", key, old, new, NONE, start, end, status)


def of(*rows):
    groups = grouped(register_transitions(from_rows(rows), NIL))
    return groups, states_of(groups)


def test_values_that_nobody_asks_for_are_one_state_and_values_of_two_keys_are_two():
    _, found = of(write("a", 1, 0, 1), read("a", 1, 2, 3), write("a", 2, 4, 5), write("b", 1, 6, 7), read("b", 1, 8, 9))
    assert found.size == 3
    dead = found.size - 1
    assert found.post.tolist() == [0, ANY, dead, 1, ANY]
    assert found.pre.tolist() == [ANY, 0, ANY, ANY, 1]
    assert found.initial.tolist() == [dead, dead]
    assert found.needed.tolist() == [3, 9, -1]


def test_a_pending_write_ends_just_after_the_last_operation_that_asks_for_its_value():
    groups, found = of(write("a", 1, 0, None, "info"), read("a", 1, 5, 9), write("a", 2, 1, None, "info"))
    assert ends_that_matter(groups.operations, found).tolist() == [10, -1, 9]


def test_a_pending_compare_and_set_asks_as_long_as_somebody_asks_for_what_it_leaves():
    chain = [cas("a", at, at + 1, at, None, "info") for at in range(20)]
    _, found = of(write("a", 0, 0, 1), *chain, read("a", 20, 90, 99), cas("a", 50, 51, 200, None, "info"))
    of_chain, of_last = found.pre[1:-1], found.pre[-1]
    assert found.needed[of_chain].tolist() == [99] * 21
    assert int(found.needed[of_last]) == -1


def test_states_of_many_keys_with_few_values_are_the_same_by_table_and_by_sorting():
    chance = np.random.default_rng(2)
    rows = []
    for at in range(400):
        key, value = int(chance.integers(0, 100)), int(chance.integers(0, 10_000))
        rows.append(write(key, value, 2 * at, 2 * at + 1) if at % 2 else read(key, value, 2 * at, 2 * at + 1))
    groups, found = of(*rows)
    operations = groups.operations
    asked = {(int(k), int(v)) for k, v in zip(operations.key, operations.pre, strict=True) if v != ANY}
    assert found.size == len(asked) + 1
    for op in range(len(operations.key)):
        if operations.post[op] != ANY:
            wanted = (int(operations.key[op]), int(operations.post[op])) in asked
            assert (int(found.post[op]) != found.size - 1) == wanted
    assert NEVER not in found.needed.tolist()
