"""kept.lab.pool: answers come back whatever happens to other workers; who dies twice is reported."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.lab.pool import Died, Done, Pool

ROOT = str(Path(__file__).resolve().parents[3])


def work(task: tuple[str, str]) -> object:
    """Runs in the workers, which find it by its name."""
    what, value = task
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "kill-once" and not Path(value).exists():
        Path(value).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exit":
        os._exit(int(value))
    if what == "sleep":
        time.sleep(float(value))
    if what == "hash":
        return hash(value)
    if what == "long":
        return value * 1_000_000
    return os.getpid()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until_idle(pool: Pool[tuple[str, str], object], seconds: float = 30.0) -> list[Done | Died]:
    ends_s = time.monotonic() + seconds
    results: list[Done | Died] = []
    while pool.under_way and time.monotonic() < ends_s:
        results += pool.wait(0.5)
    assert not pool.under_way
    return results


@pytest.fixture
def two() -> Iterator[Pool[tuple[str, str], object]]:
    with Pool(work, 2) as pool:
        yield pool


def test_two_tasks_at_a_time_go_to_two_processes_and_neither_is_this_one(two: Pool[tuple[str, str], object]) -> None:
    for _ in range(2):
        two.submit(("sleep", "0.3"))
    assert not two.free
    results = until_idle(two)
    assert len({result.by for result in results}) == 2
    assert all(result.answer == result.by != os.getpid() for result in results)


def test_a_worker_is_used_again(two: Pool[tuple[str, str], object]) -> None:
    by = []
    for _ in range(3):
        two.submit(("pid", ""))
        by += [result.by for result in until_idle(two)]
    assert len(set(by)) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_can_be_kept_from_the_process_that_had_it_before_even_with_one_job(jobs: int) -> None:
    with Pool(work, jobs) as pool:
        pool.submit(("pid", ""))
        (first,) = until_idle(pool)
        for _ in range(2):
            pool.submit(("pid", ""), not_by=first.by)
            (other,) = until_idle(pool)
            assert other.by != first.by


def test_processes_have_hash_seeds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    with Pool(work, 1) as pool:
        pool.submit(("hash", "kept"))
        (first,) = until_idle(pool)
        pool.submit(("hash", "kept"), not_by=first.by)
        (other,) = until_idle(pool)
    assert first.answer != other.answer, "a repetition in another process sees an order that depends on hashes"


def test_a_task_whose_worker_dies_once_is_answered_by_another(
    two: Pool[tuple[str, str], object], tmp_path: Path
) -> None:
    two.submit(("kill-once", str(tmp_path / "died")))
    two.submit(("pid", ""))
    results = until_idle(two)
    assert (tmp_path / "died").exists()
    assert sorted(result.task[0] for result in results) == ["kill-once", "pid"]
    assert all(isinstance(result, Done) for result in results)


@pytest.mark.parametrize(("what", "exitcode"), [(("kill", ""), -signal.SIGKILL), (("exit", "7"), 7)])
def test_a_task_whose_worker_dies_twice_is_reported_and_others_are_answered(
    two: Pool[tuple[str, str], object], what: tuple[str, str], exitcode: int
) -> None:
    two.submit(what)
    two.submit(("sleep", "0.5"))
    results = {result.task: result for result in until_idle(two)}
    assert results[what] == Died(what, exitcode)
    assert isinstance(results[("sleep", "0.5")], Done)
    two.submit(("pid", ""))
    assert len(until_idle(two)) == 1, "the pool goes on"


def test_a_worker_that_dies_while_it_stands_idle_is_replaced(two: Pool[tuple[str, str], object]) -> None:
    two.submit(("pid", ""))
    (first,) = until_idle(two)
    os.kill(first.by, signal.SIGKILL)
    two.submit(("pid", ""))
    (other,) = until_idle(two)
    assert other.by != first.by


def test_an_answer_may_be_longer_than_a_pipe(two: Pool[tuple[str, str], object]) -> None:
    two.submit(("long", "four"))
    (result,) = until_idle(two)
    assert result.answer == "four" * 1_000_000


def test_leaving_the_pool_ends_workers_that_are_busy_and_idle() -> None:
    with Pool(work, 2) as pool:
        pool.submit(("pid", ""))
        (idle,) = until_idle(pool)
        pool.submit(("sleep", "60"), not_by=idle.by)
        pool.submit(("sleep", "60"))
        busy = [worker.process.pid for worker in pool._workers]
        assert all(alive(pid) for pid in busy)
    assert not any(alive(pid) for pid in busy)


def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "from tests.kept.lab.test_pool import work; from kept.lab.pool import Pool\n"
        "pool = Pool(work, 1)\npool.submit(('pid', ''))\n"
        "while pool.under_way:\n    for done in pool.wait(1): print(done.by, flush=True)\n"
        "import time; time.sleep(60)"
    )
    words = [sys.executable, "-c", script]
    parent = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": ROOT}, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) > 0
    parent.kill()
    parent.wait()
    ended, _, _ = select.select([parent.stdout], [], [], 10)
    assert ended, "the worker shares its parent's standard output, which is closed when both are gone"
    assert parent.stdout.read() == b""
    parent.stdout.close()


def test_workers_do_not_hear_an_interrupt_and_the_parent_still_does(two: Pool[tuple[str, str], object]) -> None:
    two.submit(("sleep", "0.5"))
    (pid,) = [worker.process.pid for worker in two._workers]
    assert pid is not None
    os.kill(pid, signal.SIGINT)  # perhaps before it has imported anything
    (result,) = until_idle(two)
    assert isinstance(result, Done)
    assert result.by == pid
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
