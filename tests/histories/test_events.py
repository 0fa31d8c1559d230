"""Rows go into arrays; names of clients and functions become numbers."""

import pytest

from histories.columns import ACROSS, FUNCTIONS, NIL
from histories.errors import Malformed
from histories.events import MAX_FUNCTIONS, MAX_TIME, EventLog


def test_rows_become_arrays_with_tables() -> None:
    log = EventLog()
    log.add(3, 0, "get", "k", None, 10, 1)
    log.add(3, 1, "get", "k", "v", 12, 2)
    events = log.finish()
    assert (len(log), events.process.tolist(), events.kind.tolist(), events.line.tolist()) == (
        2,
        [3, 3],
        [0, 1],
        [1, 2],
    )
    assert [events.functions[f] for f in events.f] == ["read", "read"]
    assert (events.value.tolist(), list(events.values), list(events.keys)) == ([NIL, 0], ["v"], ["k"])
    assert events.time.tolist() == [10, 12]


def test_one_row_without_a_time_makes_all_times_worthless() -> None:
    log = EventLog()
    log.add(0, 0, "read", None, None, 5, 1)
    log.add(0, 1, "read", None, None, None, 2)
    assert log.finish().time is None


def test_numbers_of_clients_become_names_once_a_client_has_one() -> None:
    log = EventLog()
    for process in (7, "n1", 7):
        log.add(process, 0, "read", None, None, None, 1)
    events = log.finish()
    assert [events.processes[number] for number in events.process] == [7, "n1", 7]


def test_a_client_with_a_huge_number_is_a_name() -> None:
    log = EventLog()
    log.add(1 << 80, 0, "read", None, None, None, 1)
    assert log.finish().processes == (1 << 80,)


def test_a_transaction_without_a_key_is_across_keys() -> None:
    log = EventLog()
    log.add(0, 0, "txn", None, (), None, 1)
    log.add(1, 0, "txn", "a", (), None, 2)
    events = log.finish()
    assert events.key.tolist() == [ACROSS, 0]


@pytest.mark.parametrize("time", [MAX_TIME + 1, -MAX_TIME - 1, 1 << 100])
def test_a_time_that_does_not_fit_is_refused(time: int) -> None:
    with pytest.raises(Malformed, match="time"):
        EventLog().add(0, 0, "read", None, None, time, 1)


def test_too_many_functions_are_refused() -> None:
    log = EventLog()
    spare = MAX_FUNCTIONS - len(FUNCTIONS)
    for number in range(spare):
        log.add(0, 0, f"f{number}", None, None, None, 1)
    with pytest.raises(Malformed, match="functions"):
        log.add(0, 0, "one more", None, None, None, 1)
