"""The value columns are filled according to what each function takes and returns."""

import numpy as np
import pytest

from histories.arguments import Misfit, Table, fill, rewritten
from histories.columns import (
    ACQUIRE,
    CAS,
    DELETE,
    FAIL,
    FUNCTIONS,
    INFO,
    NIL,
    NONE,
    OK,
    READ,
    TXN,
    UNKNOWN,
    WRITE,
    Mark,
)  # fmt: skip

VALUES = ["a", "b", ("a", "b"), ("a", "c"), (("r", "x", None),)]


def filled(f: list[int], given: list[int], told: list[int], status: list[int], nil: int = NIL):
    return fill(np.array(f, np.int8), np.array(given), np.array(told), np.array(status, np.int8), VALUES, nil)


@pytest.mark.parametrize(
    ("f", "given", "told", "status", "value", "result"),
    [
        (READ, 0, 1, OK, NONE, 1),
        (READ, 0, NIL, OK, NONE, NIL),
        (READ, NIL, 1, FAIL, NONE, NONE),
        (READ, NIL, 1, INFO, NONE, NONE),
        (WRITE, 0, 0, OK, 0, NONE),
        (WRITE, NIL, NIL, OK, NIL, NONE),
        (DELETE, 0, 0, OK, NONE, NONE),
        (ACQUIRE, NIL, 1, OK, NONE, NONE),
        (len(FUNCTIONS), NIL, 1, OK, NONE, 1),
        (len(FUNCTIONS), 0, NIL, OK, 0, NIL),
    ],
)
def test_each_function_has_its_argument_and_result(
    f: int, given: int, told: int, status: int, value: int, result: int
) -> None:
    columns = filled([f], [given], [told], [status])
    assert (columns.value.tolist(), columns.value2.tolist(), columns.result.tolist()) == ([value], [NONE], [result])


def test_a_read_of_nil_is_unknown_where_the_reader_says_so() -> None:
    assert filled([READ], [NIL], [NIL], [OK], UNKNOWN).result.tolist() == [UNKNOWN]


def test_pairs_are_split_once_per_distinct_pair_and_old_numbers_stay() -> None:
    columns = filled([CAS, WRITE, CAS], [2, 1, 3], [2, 1, 3], [OK, OK, FAIL])
    spelled = [[columns.values[code] if code >= 0 else code for code in column] for column in columns[:2]]
    assert spelled == [["a", "b", "a"], ["b", NONE, "c"]]
    assert list(columns.values[: len(VALUES)]) == VALUES


def test_a_transaction_gets_its_normal_form_and_its_answer() -> None:
    columns = filled([TXN], [4], [4], [OK], UNKNOWN)
    assert columns.values[columns.value[0]] == (("read", "x", Mark.NONE),)
    assert columns.values[columns.result[0]] == (("read", "x", Mark.UNKNOWN),)


def test_an_argument_that_its_function_cannot_have_is_told_with_its_operation() -> None:
    with pytest.raises(Misfit) as error:
        filled([WRITE, CAS, CAS], [0, 0, 1], [0, 0, 1], [OK, OK, OK])
    assert error.value.index == 1


def test_a_table_that_nothing_is_added_to_stays_as_it_is() -> None:
    lazy = range(5)
    assert Table(lazy).values is lazy


def test_only_an_acknowledged_argument_that_differs_is_rewritten() -> None:
    f = np.array([WRITE, WRITE, WRITE, WRITE, READ], np.int8)
    given, told = np.array([0, 0, 0, NIL, 0]), np.array([1, NIL, 1, 1, 1])
    status = np.array([OK, OK, INFO, OK, OK], np.int8)
    assert rewritten(f, given, told, status).tolist() == [True, False, False, False, False]
