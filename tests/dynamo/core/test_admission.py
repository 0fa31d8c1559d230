"""Admission control (Dynamo, section 6.5): background work yields to the foreground, comes back, and never starves."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.admission import STEPS_TO_RECOVER, Admission, adjusted, starting_at
from dynamo.core.config import StoreConfig
from dynamo.core.effects import DATA
from dynamo.core.host import Host
from dynamo.core.messages import FAIL, GET, OK, Handoff, Read, Replicate, TreeRecord, TreeRoots
from dynamo.core.rules import rules_for
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of

SLICE_US = 100 * MS
HELD_BACK = "background work held back"


def state(value: bytes = b"v", actor: str = "x") -> Siblings:
    return Siblings({actor: 1}, (Version(actor, 1, value),))


def governed(**config: Any) -> tuple[Host, Admission]:
    """The controller of a node with nothing under way."""
    host = Cluster("abcd", **config).nodes["a"].host
    host.waiting.clear()
    host.seq = host.durable_seq = 0
    host.effects = []
    host.now_us = 1_000 * SECOND
    host.admission.take("probe", 0)
    return host, host.admission


def suffer(host: Host, slices: int, latency_us: int = 1 * SECOND) -> None:
    """Reads take long for so many slices; something in the background asks in each."""
    for _ in range(slices):
        host.admission.served(latency_us)
        host.now_us += SLICE_US
        host.admission.take("probe", 0)


# The response


@given(
    st.integers(0, 2_000), st.integers(0, 2_000), st.integers(0, 200_000), st.integers(0, 200_000), st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_worse_never_gives_more_and_more_before_never_gives_less(
    slots: int, other: int, worst_us: int, better_us: int, pressed: bool, pressed_too: bool
) -> None:
    few, many = sorted((slots, other))
    better_us, worst_us = sorted((worst_us, better_us))
    less, more = pressed or pressed_too, pressed and pressed_too
    assert adjusted(few, 1_024, worst_us, 50_000, less) <= adjusted(many, 1_024, better_us, 50_000, more)


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 90_000)), max_size=60))
def test_a_node_whose_reads_are_slower_throughout_never_grants_more(latencies: list[tuple[int, int]]) -> None:
    quick, slow = governed(), governed()
    for one_us, other_us in latencies:
        for (host, admission), latency_us in ((quick, min(one_us, other_us)), (slow, max(one_us, other_us))):
            admission.served(latency_us)
            host.now_us += SLICE_US
            admission.take("probe", 0)
        assert slow[1].slots <= quick[1].slots


@pytest.mark.parametrize(
    ("worst_us", "slots"), [(0, 164), (37_500, 164), (37_501, 100), (50_000, 100), (50_001, 50), (10**9, 50)]
)
def test_the_share_grows_far_below_the_threshold_stays_near_it_and_is_halved_above(worst_us: int, slots: int) -> None:
    assert adjusted(100, 1_024, worst_us, 50_000, pressed=False) == slots


def test_the_defaults_are_the_papers() -> None:
    """Section 6.5: the 99th percentile of the read latency over the last 60 seconds, and a threshold of 50 ms."""
    config = StoreConfig()
    assert config.admission_window_us == 60 * SECOND
    assert config.admission_threshold_us == 50 * MS
    assert config.admission_permille == 990


def test_one_slow_read_in_a_hundred_is_no_reason_and_two_are() -> None:
    for slow, slots in ((1, 1_024), (2, 512)):
        host, admission = governed()
        for number in range(100):
            admission.served(60 * MS if number < slow else 1 * MS)
        host.now_us += SLICE_US
        admission.take("probe", 0)
        assert admission.slots == slots


def test_a_calm_node_grants_everything_that_its_tasks_ask_for() -> None:
    host, admission = governed()
    for _ in range(50):
        assert admission.take("handoff", 32) == 32
        assert admission.grant("exchange")
        host.now_us += SLICE_US
    assert HELD_BACK not in host.marks


# The floor


def test_under_any_pressure_each_task_keeps_its_floor_in_every_slice() -> None:
    host, admission = governed()
    suffer(host, 20)
    assert admission.slots == 0
    for _ in range(30):
        assert [admission.take(task, 1_000) for task in ("handoff", "exchange", "transfer")] == [8, 8, 8]
        assert admission.take("handoff", 1_000) == 0, "and no more than that"
        suffer(host, 1)


def test_where_nothing_is_shared_a_task_is_granted_its_floor_and_no_more() -> None:
    host, admission = governed(admission_floor=3)
    suffer(host, 20)
    assert [admission.grant("exchange") for _ in range(5)] == [True, True, True, False, False]
    suffer(host, 1)
    assert admission.grant("exchange", 7), "what cannot be divided may take more than there is"
    suffer(host, 1)
    assert not admission.grant("exchange"), "and is paid for"


@given(st.integers(1, 60), st.integers(1, 16), st.booleans())
def test_a_number_of_records_takes_at_most_the_slices_that_the_floor_says(k: int, floor: int, whole: bool) -> None:
    """`dynamo.core.admission`: ceil(k / floor) slices; what cannot be divided is paid for in the next ones."""
    host, admission = governed(admission_floor=floor)
    suffer(host, 20)
    rival = slices = done = 0
    bound = -(-k // floor)
    while done < k:
        rival += admission.take("rival", 1_000)
        if not whole:
            done += admission.take("task", k - done)
        elif admission.grant("task", k):
            done = k
        suffer(host, 1)
        slices += 1
        assert slices <= bound
    for _ in range(bound):
        suffer(host, 1)
    assert admission.grant("task", k), "whatever it has cost, it is paid for by now"


def test_what_is_not_used_in_a_slice_is_gone() -> None:
    host, admission = governed(admission_slots=10, admission_floor=1)
    host.now_us += 1_000 * SLICE_US
    assert admission.take("handoff", 1_000) == 11


def test_a_full_node_grants_nothing_at_all() -> None:
    host, admission = governed(max_unsynced=2)
    host.seq = 2
    assert admission.take("handoff", 5) == 0
    assert not admission.grant("exchange")
    host.durable_seq = 1
    assert admission.take("handoff", 5) == 5
    assert admission.grant("exchange")
    assert host.marks[HELD_BACK] == 2


# Recovery


def test_after_the_window_has_passed_the_whole_share_is_back_within_the_promised_slices() -> None:
    host, admission = governed(admission_window_us=2 * SECOND)
    suffer(host, 20)
    assert admission.slots == 0
    host.now_us += 2 * SECOND  # the bad reads leave the window
    for _ in range(STEPS_TO_RECOVER):
        admission.served(1 * MS)
        host.now_us += SLICE_US
        admission.take("probe", 0)
    assert admission.slots == host.config.admission_slots


def test_silence_is_no_pressure_and_slices_that_nobody_saw_count() -> None:
    host, admission = governed(admission_window_us=2 * SECOND)
    suffer(host, 20)
    host.now_us += 10 * SECOND
    admission.take("probe", 0)
    assert admission.slots == host.config.admission_slots


def test_a_disk_that_answers_nothing_is_noticed_though_no_read_ends() -> None:
    cluster = Cluster("abcd")
    host = cluster.nodes["a"].host
    cluster.stuck.add("a")
    for index in range(2):
        cluster.hand_in(Packet("b", "a", Replicate(1, cluster.key(index), state())))
    before = host.admission.slots
    for _ in range(3):
        cluster.now_us += SLICE_US
        host.now_us = cluster.now_us
        host.admission.take("probe", 0)
    assert host.admission.latencies.percentile(host.now_us, 990) < 50 * MS
    assert host.admission.slots < before


def test_a_load_that_is_never_answered_is_noticed_too() -> None:
    cluster = Cluster("abcd")
    host = cluster.nodes["a"].host
    cluster.slow_loads.add("a")
    cluster.hand_in(Packet("b", "a", Read(1, cluster.key())))
    before = host.admission.slots
    for _ in range(3):
        cluster.now_us += SLICE_US
        host.now_us = cluster.now_us
        host.admission.take("probe", 0)
    assert host.admission.slots < before


# What is measured, and who asks


@pytest.mark.parametrize("own", [True, False], ids=["its own get", "a peer's read"])
def test_a_read_counts_from_its_arrival_until_it_is_served(own: bool) -> None:
    cluster = Cluster("abc")
    host = cluster.nodes["a"].host
    cluster.slow_loads.add("a")
    if own:
        cluster.ask("a", "get", cluster.key())
    else:
        cluster.hand_in(Packet("b", "a", Read(1, cluster.key())))
    cluster.now_us += 70 * MS
    cluster.answer_loads("a")
    assert host.admission.latencies.count == 1
    assert 70 * MS <= host.admission.latencies.percentile(cluster.now_us, 990) < 80 * MS


def test_a_silent_peer_is_no_reason_to_hold_background_work_back() -> None:
    """A get that waits for other nodes says nothing about this node's disk."""
    cluster = Cluster("abc", sloppy=False)
    cluster.put("a", cluster.key(), b"v")
    cluster.cut = lambda packet: packet.sender == "a"
    asked = cluster.ask("a", GET, cluster.key())
    cluster.run(2 * SECOND)
    assert cluster.reply(asked).status == FAIL
    assert cluster.nodes["a"].host.admission.latencies.percentile(cluster.now_us, 990) < 1 * MS


class Miser(Admission):
    """Grants what a test says."""

    allowed = 0

    def take(self, _task: str, wanted: int) -> int:
        granted = min(wanted, self.allowed)
        self.allowed -= granted
        return granted

    def grant(self, task: str, cost: int = 1) -> bool:
        return self.take(task, cost) == cost


def miserly(names: str = "abcd", **config: Any) -> Cluster:
    return Cluster(names, rules=replace(rules_for("dvv"), admission=Miser), **config)


def allow(cluster: Cluster, name: str, slots: int) -> None:
    admission = cluster.nodes[name].host.admission
    assert isinstance(admission, Miser)
    admission.allowed = slots


def hints(cluster: Cluster, owners: str, each: int) -> None:
    """`d` keeps hints for the owners, which are up."""
    for op, (owner, index) in enumerate((owner, index) for owner in owners for index in range(each)):
        cluster.hand_in(Packet("b", "d", Replicate(op, cluster.key(index), state(), owner)))
    cluster.sync("d")
    cluster.wire.clear()


def test_a_batch_of_hints_is_as_large_as_what_is_admitted() -> None:
    cluster = miserly()
    hints(cluster, "a", 5)
    cluster.fire("d", "handoff")
    assert cluster.packets(of(Handoff)) == []
    allow(cluster, "d", 2)
    cluster.fire("d", "handoff")
    (packet,) = cluster.take(of(Handoff))
    assert len(packet.message.records) == 2


def test_an_owner_that_was_turned_away_goes_first_the_next_time() -> None:
    cluster = miserly()
    hints(cluster, "abc", 3)
    served = []
    for _ in range(3):
        allow(cluster, "d", 1)
        cluster.fire("d", "handoff")
        served += [packet.to for packet in cluster.take(of(Handoff))]
        cluster.nodes["d"].handoff.under_way.clear()  # as if it had been delivered; there is more for the same owner
    assert served == ["a", "b", "c"]


def test_a_batch_that_is_not_admitted_where_it_arrives_is_sent_again_and_nothing_is_lost() -> None:
    cluster = miserly(handoff_us=500 * MS)
    hints(cluster, "a", 2)
    allow(cluster, "d", 100)
    cluster.fire("d", "handoff")
    cluster.settle()
    assert cluster.values("a", cluster.key()) == []
    assert len(cluster.hints("d")) == 2
    allow(cluster, "a", 100)
    allow(cluster, "d", 100)
    cluster.run(3 * SECOND)
    assert cluster.values("a", cluster.key()) == [b"v"]
    assert cluster.hints("d") == []


def test_a_node_begins_no_exchange_and_takes_in_no_record_that_is_not_admitted() -> None:
    cluster = miserly("ab", n=2, r=1, w=1)
    cluster.hand_in(Packet("b", "a", Replicate(1, cluster.key(), state())))
    cluster.sync("a")
    cluster.wire.clear()
    cluster.fire("a", "exchange")
    assert cluster.packets(of(TreeRoots)) == []
    allow(cluster, "a", 10)
    cluster.fire("a", "exchange")
    cluster.settle()
    assert cluster.held("b", cluster.key()) is None, "b admits nothing"
    for name in "ab":
        allow(cluster, name, 10)
    cluster.fire("a", "exchange")
    cluster.settle()
    assert cluster.values("b", cluster.key()) == [b"v"]


def test_an_exchange_sends_no_more_records_than_are_admitted_and_the_rest_later() -> None:
    cluster = miserly("ab", n=2, r=1, w=1)
    for index in range(6):
        cluster.hand_in(Packet("b", "a", Replicate(index, cluster.key(index), state())))
    cluster.sync("a")
    cluster.wire.clear()
    rounds = 0
    while cluster.disks["a"].durable[DATA] != cluster.disks["b"].durable[DATA]:
        allow(cluster, "a", 3)
        allow(cluster, "b", 100)
        cluster.fire("a", "exchange")
        cluster.settle()
        rounds += 1
        sent = [effect for _, effect in cluster.log if isinstance(getattr(effect, "message", None), TreeRecord)]
        assert len([effect for effect in sent if effect.to == "b"]) <= 2 * rounds, "one slot is for the round itself"
        assert rounds < 10


def test_healing_and_reaping_ask_too_and_a_key_that_was_turned_away_goes_first() -> None:
    cluster = miserly()
    for index in range(3):
        cluster.nodes["a"].replica.damaged[cluster.key(index)] = None
    asked = []
    for _ in range(3):
        allow(cluster, "a", 1)
        cluster.fire("a", "handoff")
        asked += [packet.message.key for packet in cluster.take(of(Read)) if packet.to == "b"]
    assert asked == [cluster.key(index) for index in range(3)]


def test_no_vote_is_called_on_a_tombstone_that_is_not_admitted() -> None:
    cluster = miserly(reap_grace_us=5 * SECOND, anti_entropy=False)
    seen = cluster.put("a", cluster.key(), b"v").context
    cluster.delete("a", cluster.key(), context=seen)
    cluster.run(20 * SECOND)
    assert cluster.held("a", cluster.key()) is not None
    for name in "abcd":
        allow(cluster, name, 100)
    cluster.run(6 * SECOND)
    assert cluster.held("a", cluster.key()) is None


def test_the_foreground_asks_nobody() -> None:
    cluster = miserly("abc")
    assert cluster.put("a", cluster.key(), b"v").status == OK
    assert cluster.get("b", cluster.key()).values == (b"v",)


def test_under_full_pressure_hints_still_arrive_within_the_bound() -> None:
    """The real controller at its floor: 20 hints, two a slice, sent every 500 ms."""
    cluster = Cluster("abcd", anti_entropy=False, admission_floor=2, admission_slots=0)
    hints(cluster, "a", 20)
    cluster.run(20 // 2 * 500 * MS + 1 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.marked("d", HELD_BACK) > 0


@given(st.lists(st.integers(0, 9), unique=True), st.integers(0, 9))
def test_going_first_changes_nothing_but_where_the_round_begins(items: list[int], first: int) -> None:
    turned = starting_at(items, first)
    if first in items:
        assert turned[0] == first
        assert turned[turned.index(items[0]) :] + turned[: turned.index(items[0])] == items
    else:
        assert turned == items
