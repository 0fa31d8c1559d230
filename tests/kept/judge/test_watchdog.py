"""kept.judge.watchdog: loading ends when time or memory is spent, whatever it is doing, and leaves no alarm behind."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from kept.judge.files import judge_files
from kept.judge.processes import resident_bytes
from kept.judge.question import Limits, asked
from kept.judge.watchdog import Spent, Watched

ROW = '{{"process":{0},"f":"write","value":[{0}.5],"start":{0},"end":{0}}}\n'


def forever() -> None:
    while True:
        time.sleep(60)


def greedy() -> None:
    held = []
    for _ in range(100):
        held.append(bytearray(b"x" * (16 << 20)))
        time.sleep(0.02)


def test_what_takes_too_long_is_left_in_the_middle() -> None:
    with pytest.raises(Spent, match="budget"), Watched(Limits(budget_s=0.2), time.monotonic()):
        forever()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_holds_too_much_is_left_in_the_middle() -> None:
    limits = Limits(memory_bytes=resident_bytes(os.getpid()) + (64 << 20))
    with pytest.raises(Spent, match="memory"), Watched(limits, 0.0):
        greedy()


def test_within_the_limits_nothing_is_felt_and_the_alarm_is_as_before() -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        with Watched(Limits(60.0, 1 << 40), time.monotonic()):
            time.sleep(0.12)
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_IGN
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_are_not_watched() -> None:
    done = []

    def work() -> None:
        with Watched(Limits(budget_s=0.0), 0.0):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.mark.parametrize("limits", [Limits(budget_s=0.3), Limits(memory_bytes=1 << 20)], ids=["budget", "memory"])
def test_a_single_file_that_is_too_large_to_load_is_unknown(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(ROW.format(at) for at in range(100_000))
    report = judge_files([str(path)], asked(limits=limits))
    assert report.stopped == ("memory" if limits.budget_s is None else "budget")
    assert report.verdict == "unknown"
