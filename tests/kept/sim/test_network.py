"""The network: every message arrives once, in order and soon, unless the weather or a cut says otherwise."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.sim.network import LINK_LIFE_US, Network
from kept.sim.scheduler import TimedQueue
from kept.sim.tape import DELAY, DUPLICATE, LOSS, Fate, Tape

LATENCY_US = (150, 1_200)
NAMES = ("n1", "n2", "n3")
Arrival = tuple[int, str, str, int]
"""(when, from, to, the sender's number)"""
TRAFFIC = st.lists(
    st.tuples(st.integers(0, 3_000), st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=60
)
"""(pause before, from, to)"""


class Post:
    """A network, and what arrives in it."""

    def __init__(self, seed: int = 0, tape: Tape | None = None, reorder: bool = False, **chances: float) -> None:
        self.queue = TimedQueue()
        self.tape = tape or Tape()
        self.counts: dict[str, int] = {}
        self.network = Network(seed, self.queue, self.tape, self.counts, LATENCY_US)
        for name, chance in chances.items():
            setattr(self.network.weather, name, chance)
        self.network.weather.reorder = reorder
        self.network.weather.settle()
        self.sent: list[tuple[int, str, str]] = []
        self.arrived: list[Arrival] = []

    def send(self, now_us: int, sender: str, to: str) -> None:
        self.sent.append((now_us, sender, to))
        self.network.send(sender, to, now_us, self._deliver, (sender, to), len(self.sent) - 1)

    def _deliver(self, link: Any, number: Any) -> None:
        self.arrived.append((self.now_us, *link, number))

    def run(self) -> list[Arrival]:
        self.now_us = 0
        while (event := self.queue.pop(self.now_us, 1 << 60)) is not None:
            self.now_us, action, one, two = event
            action(one, two)
        return self.arrived

    def all(self, traffic: list[tuple[int, str, str]]) -> "Post":
        now_us = 0
        for pause_us, sender, to in traffic:
            now_us += pause_us
            self.send(now_us, sender, to)
        self.run()
        return self


def steady(count: int, sender: str = "n1", to: str = "n2", every_us: int = 1_000) -> list[tuple[int, str, str]]:
    return [(every_us, sender, to)] * count


def in_order(post: Post) -> bool:
    links: dict[tuple[str, str], int] = {}
    for _, sender, to, number in post.arrived:
        if number < links.get((sender, to), -1):
            return False
        links[sender, to] = number
    return True


@given(TRAFFIC, st.integers(0, 99))
def test_in_fair_weather_each_message_arrives_once_in_order_within_the_latency(
    traffic: list[tuple[int, str, str]], seed: int
) -> None:
    post = Post(seed).all(traffic)
    assert Counter(number for *_, number in post.arrived) == Counter(range(len(traffic)))
    assert in_order(post)
    for at_us, _, _, number in post.arrived:
        assert LATENCY_US[0] <= at_us - post.sent[number][0] <= LATENCY_US[1]
    assert post.counts == {}
    assert post.tape.fates == {}


@given(TRAFFIC, st.integers(0, 99))
def test_links_keep_the_order_through_losses_and_delays_unless_the_weather_reorders(
    traffic: list[tuple[int, str, str]], seed: int
) -> None:
    assert in_order(Post(seed, loss=0.3, delay=0.3).all(traffic))


@given(TRAFFIC, st.integers(0, 99), st.booleans())
def test_no_message_is_on_its_way_for_longer_than_the_bound(
    traffic: list[tuple[int, str, str]], seed: int, reorder: bool
) -> None:
    post = Post(seed, reorder=reorder, delay=0.4, duplicate=0.4).all(traffic)
    for at_us, _, _, number in post.arrived:
        assert at_us - post.sent[number][0] <= LATENCY_US[1] + Tape.LIMIT_US


def test_lost_messages_never_arrive_and_are_counted() -> None:
    post = Post(loss=0.2).all(steady(1_000))
    lost = post.counts[LOSS]
    assert lost == 1_000 - len(post.arrived)
    assert lost == pytest.approx(200, abs=65)  # five standard deviations
    assert list(post.tape.fates.values()) == [(LOSS, 0)] * lost


def test_duplicated_messages_arrive_exactly_twice_and_are_counted() -> None:
    post = Post(duplicate=0.2).all(steady(1_000))
    times = Counter(number for *_, number in post.arrived)
    assert set(times) == set(range(1_000))
    assert set(times.values()) == {1, 2}
    assert sum(count == 2 for count in times.values()) == post.counts[DUPLICATE] == len(post.tape.fates)


@given(TRAFFIC, st.integers(0, 99))
def test_the_copy_of_a_message_does_not_arrive_before_the_messages_that_were_sent_earlier(
    traffic: list[tuple[int, str, str]], seed: int
) -> None:
    """`faults.KINDS`: "messages arrive twice, the second time late". The first arrival of each keeps the order."""
    post = Post(seed, duplicate=0.3, delay=0.3).all(traffic)
    firsts: dict[int, Arrival] = {}
    for arrival in post.arrived:
        firsts.setdefault(arrival[3], arrival)
    post.arrived = list(firsts.values())
    assert in_order(post)


def test_delayed_messages_arrive_late_by_what_the_tape_says() -> None:
    post = Post(delay=0.2, reorder=True).all(steady(1_000))
    assert post.counts[DELAY] == len(post.tape.fates)
    for at_us, sender, _, number in post.arrived:
        extra_us = post.tape.fates.get((sender, number + 1), (DELAY, 0))[1]
        assert LATENCY_US[0] <= at_us - extra_us - post.sent[number][0] <= LATENCY_US[1]


def test_in_reordering_weather_messages_overtake_each_other_and_are_counted() -> None:
    post = Post(reorder=True).all(steady(500, every_us=100))
    latest = -1
    overtaken = 0
    for *_, number in post.arrived:
        overtaken += number < latest
        latest = max(latest, number)
    assert overtaken > 50
    assert post.counts["reorder"] > 50


def test_a_cut_holds_in_its_direction_only_and_for_its_link_only() -> None:
    post = Post()
    post.network.cut["n1", "n2"] = 1
    for sender, to in (("n1", "n2"), ("n2", "n1"), ("n1", "n3"), ("n3", "n2")):
        post.send(0, sender, to)
    assert sorted((sender, to) for _, sender, to, _ in post.run()) == [("n1", "n3"), ("n2", "n1"), ("n3", "n2")]
    assert post.counts == {"messages cut off": 1}


def test_a_cut_is_met_when_a_message_sets_out_not_when_it_arrives() -> None:
    post = Post()
    post.send(0, "n1", "n2")
    post.network.cut["n1", "n2"] = 1
    assert len(post.run()) == 1


@given(TRAFFIC, st.integers(0, 99))
def test_replaying_the_tape_gives_the_same_arrivals(traffic: list[tuple[int, str, str]], seed: int) -> None:
    rough: dict[str, Any] = {"loss": 0.2, "duplicate": 0.2, "delay": 0.2}
    recorded = Post(seed, **rough).all(traffic)
    replayed = Post(seed, Tape(recorded.tape.fates), **rough).all(traffic)
    assert replayed.arrived == recorded.arrived
    assert replayed.counts == recorded.counts


@given(TRAFFIC, st.integers(0, 99), st.data())
def test_a_tape_with_one_fate_less_changes_only_that_message(
    traffic: list[tuple[int, str, str]], seed: int, data: st.DataObject
) -> None:
    """In weather that reorders, so that nobody waits for the one before."""
    rough: dict[str, Any] = {"loss": 0.3, "delay": 0.3}
    recorded = Post(seed, reorder=True, **rough).all(traffic)
    if not recorded.tape.fates:
        return
    gone = data.draw(st.sampled_from(sorted(recorded.tape.fates)))
    fates: dict[tuple[str, int], Fate] = {name: fate for name, fate in recorded.tape.fates.items() if name != gone}
    replayed = Post(seed, Tape(fates), reorder=True, **rough).all(traffic)
    numbers = [number for number, (_, sender, _) in enumerate(recorded.sent) if sender == gone[0]]
    changed = numbers[gone[1] - 1]
    assert [a for a in replayed.arrived if a[3] != changed] == [a for a in recorded.arrived if a[3] != changed]
    assert changed in [number for *_, number in replayed.arrived]


@given(TRAFFIC, st.integers(0, 99))
def test_what_one_sender_meets_does_not_depend_on_the_others(traffic: list[tuple[int, str, str]], seed: int) -> None:
    together = Post(seed, loss=0.2, duplicate=0.2, delay=0.2).all(traffic)
    alone = Post(seed, loss=0.2, duplicate=0.2, delay=0.2)
    now_us = 0
    for pause_us, sender, to in traffic:
        now_us += pause_us
        if sender == "n1":
            alone.send(now_us, sender, to)
    alone.run()
    assert [a[:3] for a in alone.arrived] == [a[:3] for a in together.arrived if a[1] == "n1"]


# Clogged links


def test_a_clogged_link_holds_everything_back_and_then_delivers_it_in_order() -> None:
    post = Post()
    post.network.clog(("n1", "n2"), 1, 0)
    for now_us in (0, 100, 200):
        post.send(now_us, "n1", "n2")
        post.send(now_us, "n2", "n1")
    post.network.clog(("n1", "n2"), -1, 50_000)
    post.run()
    assert in_order(post)
    assert all(now_us >= 50_000 for now_us, sender, _, _ in post.arrived if sender == "n1")
    assert all(now_us < 2_000 for now_us, sender, _, _ in post.arrived if sender == "n2")
    assert len(post.arrived) == 6
    assert post.counts == {"messages held back": 3}


def test_a_message_that_is_held_back_for_longer_than_messages_live_is_gone() -> None:
    post = Post()
    post.network.clog(("n1", "n2"), 1, 0)
    post.send(0, "n1", "n2")
    post.send(LINK_LIFE_US, "n1", "n2")
    post.network.clog(("n1", "n2"), -1, LINK_LIFE_US + 1)
    assert [number for *_, number in post.run()] == [1]


def test_a_link_is_clogged_until_the_last_fault_that_clogs_it_is_over() -> None:
    post = Post()
    for _ in range(2):
        post.network.clog(("n1", "n2"), 1, 0)
    post.network.clog(("n1", "n2"), -1, 10)
    post.send(20, "n1", "n2")
    post.network.clog(("n1", "n2"), -1, 70_000)
    ((arrived_us, *_),) = post.run()
    assert arrived_us > 70_000
    assert post.network.clogged == {}


def test_no_more_waits_at_a_clogged_link_than_was_sent_within_the_life_of_a_message() -> None:
    post = Post()
    post.network.clog(("n1", "n2"), 1, 0)
    for second in range(60):
        post.send(second * LINK_LIFE_US, "n1", "n2")
    post.network.clog(("n1", "n2"), -1, 59 * LINK_LIFE_US)
    assert len(post.queue) <= 2
