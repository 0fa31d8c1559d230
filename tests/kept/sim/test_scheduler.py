"""The two queues: events at their times, and probabilistic concurrency testing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.sim.entropy import Stream, stream
from kept.sim.scheduler import PriorityQueue, Queue, TimedQueue

FOREVER_US = 1 << 60


def nothing(_one: Any, _two: Any) -> None:
    """An event that only its order matters of."""


def drain(queue: Queue, until_us: int = FOREVER_US, now_us: int = 0) -> list[tuple[int, Any]]:
    """Every event until then: when it ran, and its first argument."""
    ran = []
    while (event := queue.pop(now_us, until_us)) is not None:
        assert event[0] >= now_us, "virtual time went back"
        now_us = event[0]
        ran.append((now_us, event[2]))
    return ran


def fill(queue: Queue, rows: list[tuple[int, str]]) -> None:
    for number, (due_us, task) in enumerate(rows):
        queue.push(due_us, task, nothing, number, None)


ROWS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=30)


# TimedQueue


@given(ROWS)
def test_timed_events_run_at_their_times_and_ties_in_the_order_of_their_making(rows: list[tuple[int, str]]) -> None:
    queue = TimedQueue()
    fill(queue, rows)
    assert len(queue) == len(rows)
    by_time = sorted(range(len(rows)), key=lambda number: rows[number][0])  # stable
    assert drain(queue) == [(rows[number][0], number) for number in by_time]
    assert len(queue) == 0


def test_an_event_of_the_past_runs_now() -> None:
    queue = TimedQueue()
    queue.push(5, "a", nothing, "late", None)
    assert queue.pop(9, 9) == (9, nothing, "late", None)


def test_nothing_runs_after_the_given_time() -> None:
    queue = TimedQueue()
    queue.push(10, "a", nothing, 1, None)
    assert queue.pop(0, 9) is None
    assert queue.pop(0, 10) is not None


# PriorityQueue


def pct(depth: int = 1, steps: int = 1_000, seed: int = 0) -> PriorityQueue:
    return PriorityQueue(stream(seed, "pct"), depth, steps)


@given(ROWS, st.integers(0, 20), st.integers(1, 4))
def test_under_priorities_every_event_runs_once_not_before_its_time_and_each_task_in_order(
    rows: list[tuple[int, str]], seed: int, depth: int
) -> None:
    queue = pct(depth, 10, seed)
    fill(queue, rows)
    ran = drain(queue)
    assert sorted(number for _, number in ran) == list(range(len(rows)))
    assert all(at_us >= rows[number][0] for at_us, number in ran)
    for task in "abc":
        mine = [number for _, number in ran if rows[number][1] == task]
        assert mine == sorted(mine, key=lambda number: (rows[number][0], number))
    assert len(queue) == 0


@pytest.mark.parametrize("seed", range(10))
def test_the_task_with_the_highest_priority_goes_first_as_long_as_it_has_something_to_do(seed: int) -> None:
    queue = pct(seed=seed)
    fill(queue, [(0, task) for _ in range(5) for task in "abc"])
    order = ["abc"[number % 3] for _, number in drain(queue)]
    assert order == sorted(order, key=order.index), "one task after another"


def test_every_order_of_priorities_comes_up() -> None:
    orders = set()
    for seed in range(60):
        queue = pct(seed=seed)
        fill(queue, [(0, task) for task in "abc"])
        orders.add(tuple(number for _, number in drain(queue)))
    assert len(orders) == 6


def test_a_task_with_a_higher_priority_goes_on_as_soon_as_it_can() -> None:
    first = {seed: drain_two(seed)[0] for seed in range(20)}
    high = next(seed for seed, task in first.items() if task == "a")
    queue = pct(seed=high)
    fill(queue, [(0, "a"), (250, "a"), *[(0, "b")] * 8])
    assert [number for _, number in drain(queue)][:5] == [0, 2, 3, 1, 4]


def drain_two(seed: int) -> list[str]:
    queue = pct(seed=seed)
    fill(queue, [(0, "a"), (0, "b")])
    return ["ab"[number] for _, number in drain(queue)]


def test_a_step_takes_its_slice_of_virtual_time_and_idle_time_is_passed_over() -> None:
    queue = pct()
    fill(queue, [(0, "a"), (0, "a"), (70_000, "a")])
    assert [at_us for at_us, _ in drain(queue)] == [100, 200, 70_100]


def test_under_priorities_nothing_runs_after_the_given_time() -> None:
    queue = pct()
    fill(queue, [(0, "a"), (0, "a"), (500, "b")])
    assert [number for _, number in drain(queue, until_us=250)] == [0, 1]
    assert [number for _, number in drain(queue, until_us=599, now_us=250)] == []
    assert [number for _, number in drain(queue, until_us=600, now_us=599)] == []
    assert [number for _, number in drain(queue, until_us=700, now_us=600)] == [2]


@pytest.mark.parametrize("seed", range(5))
def test_at_a_change_point_the_task_that_would_run_is_moved_to_the_end(seed: int) -> None:
    """Depth 2 has one change point; with it the two tasks swap once, and the loser runs last."""
    steps = 40
    queue = pct(2, steps, seed)
    fill(queue, [(0, task) for _ in range(steps) for task in "ab"])
    order = "".join("ab"[number % 2] for _, number in drain(queue))
    leader, other = order[0], "b" if order[0] == "a" else "a"
    led = len(order) - len(order.lstrip(leader))
    assert queue.switches == 1
    assert led < steps
    assert order == leader * led + other * steps + leader * (steps - led)


def test_a_change_point_may_be_any_step_from_the_first_to_the_last() -> None:
    """One step and depth 2: the only change point there can be is that step."""
    for seed in range(5):
        queue = pct(2, 1, seed)
        fill(queue, [(0, "a"), (0, "b")])
        drain(queue)
        assert queue.switches == 1


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_there_are_at_most_depth_minus_one_priority_changes(depth: int) -> None:
    for seed in range(10):
        queue = pct(depth, 50, seed)
        fill(queue, [(0, task) for _ in range(100) for task in "ab"])
        drain(queue)
        assert queue.switches <= depth - 1


@pytest.mark.parametrize("seed", range(6))
def test_no_event_starves_behind_a_task_that_always_has_something_to_do(seed: int) -> None:
    queue = pct(seed=seed)
    ran: dict[str, int] = {}

    def busy(_one: Any, _two: Any) -> None:
        queue.push(now_us, "busy", busy, "busy", None)

    queue.push(0, "busy", busy, "busy", None)
    for number in range(3):
        queue.push(0, f"quiet{number}", nothing, f"quiet{number}", None)
    now_us = 0
    while now_us < 3_000_000:
        event = queue.pop(now_us, FOREVER_US)
        assert event is not None
        now_us = event[0]
        ran.setdefault(event[2], now_us)
        event[1](None, None)
    bound_us = PriorityQueue.STARVED_US + 5 * PriorityQueue.STEP_US
    assert max(ran[f"quiet{number}"] for number in range(3)) <= bound_us


# What priorities are for

RUNS = 1_500
FREES = 6
"""Steps of the task that takes the thing away."""


def use_after_free(queue: Queue, latency: Stream | None) -> bool:
    """One run of a toy with a bug of depth 2: task `user` checks that a thing is there and uses it one step later;
    task `owner` takes it away in its sixth step, each step sending itself the next. It breaks only where the whole
    of `owner` runs between the two steps of `user`. Without `latency` every step is ready at once, so the queue alone
    decides who goes."""
    there, broken = True, False

    def later_us() -> int:
        return now_us if latency is None else now_us + 1 + int(latency.random() * 99)

    def check(_one: Any, _two: Any) -> None:
        if there:
            queue.push(later_us(), "user", use, None, None)

    def use(_one: Any, _two: Any) -> None:
        nonlocal broken
        broken = not there

    def free(left: int, _two: Any) -> None:
        nonlocal there
        if left == 1:
            there = False
        else:
            queue.push(later_us(), "owner", free, left - 1, None)

    now_us = 0
    queue.push(later_us(), "user", check, None, None)
    queue.push(later_us(), "owner", free, FREES, None)
    while (event := queue.pop(now_us, FOREVER_US)) is not None:
        now_us, action, one, two = event
        action(one, two)
    return broken


def test_priorities_find_a_bug_of_depth_two_as_often_as_promised_and_more_often_than_uniform_choice() -> None:
    """Burckhardt et al. 2010, theorem 9: at least 1/(n k^(d-1)) for n = 2 tasks, k = 8 steps, d = 2."""
    steps = FREES + 2
    uniform = sum(use_after_free(TimedQueue(), stream(seed, "latency")) for seed in range(RUNS))
    ordered = sum(use_after_free(pct(2, steps, seed), None) for seed in range(RUNS))
    promised = RUNS / (2 * steps)
    assert ordered > 0.8 * promised
    assert ordered > 5 * uniform
