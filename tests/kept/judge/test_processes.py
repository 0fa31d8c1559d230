"""kept.judge.processes: answers in order, and none that takes too long, holds too much, or outlives its parent."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from histories.errors import HistoryError
from kept.judge.processes import Answer, cores, run
from kept.judge.question import Limits
from kept.lab.usage import UsageError


def forever() -> None:
    while True:
        time.sleep(60)


def greedy() -> None:
    held = []
    while True:
        held.append(bytearray(b"x" * (16 << 20)))
        time.sleep(0.001)


def faulty() -> None:
    raise HistoryError("h.edn", 3, "rubbish", "a history")


def missing() -> None:
    Path("no-such-file").read_bytes()


def mistaken() -> None:
    raise AssertionError("our own")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_answers_come_in_the_order_of_the_tasks() -> None:
    answers = run([lambda at=at: at * at for at in range(5)], workers=2)  # type: ignore[misc]
    assert answers == [Answer(at * at) for at in range(5)]


def test_what_is_not_done_within_the_budget_is_said_and_ended() -> None:
    answers = run([lambda: 1, forever, lambda: 3], Limits(budget_s=1.0), workers=2)
    assert answers == [Answer(1), Answer(None, "budget"), Answer(3)]
    assert not multiprocessing.active_children()


def test_a_budget_that_is_spent_before_the_beginning_starts_nothing() -> None:
    assert run([forever], Limits(budget_s=1.0), began_s=time.monotonic() - 5) == [Answer(None, "budget")]


def test_a_process_that_holds_too_much_is_ended_and_the_others_go_on() -> None:
    answers = run([greedy, lambda: 2], Limits(memory_bytes=400 << 20), workers=2)
    assert answers == [Answer(None, "memory"), Answer(2)]


def test_a_process_that_somebody_killed_is_no_verdict() -> None:
    assert run([killed]) == [Answer(None, "memory")]


def test_an_interruption_keeps_what_was_found() -> None:
    def interrupt_parent() -> None:
        time.sleep(0.3)
        os.kill(os.getppid(), signal.SIGINT)
        forever()

    assert run([lambda: 1, interrupt_parent], workers=2) == [Answer(1), Answer(None, "interrupted")]
    assert not multiprocessing.active_children()


def test_what_is_wrong_with_a_file_is_one_line_of_the_users() -> None:
    with pytest.raises(UsageError, match=r"^h.edn:3: found rubbish; accepted: a history$"):
        run([faulty])
    with pytest.raises(FileNotFoundError):
        run([missing])


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(RuntimeError, match="AssertionError: our own"):
        run([mistaken])


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1
