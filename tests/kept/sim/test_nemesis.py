"""The nemesis: plans that only the seed decides, of the allowed kinds, with enough nodes left standing."""

from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.sim import faults as kinds
from kept.sim.changes import MORE
from kept.sim.entropy import Stream, stream
from kept.sim.faults import KINDS, Fault
from kept.sim.nemesis import plan

STOPS = kinds.STOPS
CUTS = (kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL)
LINKS = (*kinds.CUTS, kinds.CLOGGED)
EVENTS = sorted(set(KINDS) - {kinds.TORN})
ALL = frozenset(KINDS)
COMING = (kinds.JOIN, kinds.REPLACE, kinds.RIVALS)
ABOUT = tuple(kind for kind in kinds.CHANGES if kind != kinds.ABORT)
LATE = frozenset({kinds.SWIZZLE})
SEEDS = st.integers(0, 10_000)
SIZES = st.integers(2, 9)


def names(count: int) -> tuple[str, ...]:
    return tuple(f"n{number}" for number in range(1, count + 1))


def planned(
    seed: int, nodes: int = 5, allowed: frozenset[str] = ALL, count: int = 60, gap_us: int = 600_000
) -> list[Fault]:
    return list(islice(plan(stream(seed, "nemesis"), names(nodes), allowed, gap_us), count))


@given(SEEDS, SIZES)
def test_equal_seeds_plan_equal_faults_however_the_kinds_were_written(seed: int, nodes: int) -> None:
    assert planned(seed, nodes) == planned(seed, nodes, frozenset(reversed(list(KINDS))))


def test_seeds_plan_different_faults() -> None:
    assert len({tuple(planned(seed, count=5)) for seed in range(50)}) == 50


@given(SEEDS, SIZES, st.sets(st.sampled_from(EVENTS), min_size=1), st.booleans())
def test_only_allowed_kinds_are_planned_in_the_order_of_their_times(
    seed: int, nodes: int, allowed: set[str], torn: bool
) -> None:
    faults = planned(seed, nodes, frozenset(allowed | ({kinds.TORN} if torn else set())), 30)
    assert {fault.kind for fault in faults} <= allowed
    times = [fault.at_us for fault in faults]
    assert all(one < other for one, other in pairwise(times))
    for fault in faults:
        assert fault.for_us == 1 if fault.kind in kinds.CHANGES else 50_000 <= fault.for_us <= 20_000_000
    assert torn or all(fault.torn < 0 for fault in faults)


@given(SEEDS, SIZES)
def test_a_fault_spells_out_what_it_hits_and_how(seed: int, nodes: int) -> None:
    known = set(names(nodes))
    for fault in planned(seed, nodes):
        if fault.kind in COMING:
            known |= {name for name in fault.nodes if int(name[1:]) > nodes}
        assert set(fault.nodes) <= known
        assert {name for pair in fault.pairs for name in pair} <= known
        assert bool(fault.pairs) == (fault.kind in LINKS)
        one = (*STOPS, *kinds.CLOCKS, *kinds.DISKS, kinds.SLOW_NODE, kinds.SWIZZLE, *ABOUT)
        assert bool(fault.nodes) == (fault.kind in one)
        assert fault.places == (), "which record is hit is decided when it happens"
        if fault.kind in (kinds.SLOW_NODE, kinds.SLOW_DISK):
            assert 500 <= fault.number <= 300_000
        if fault.kind in (kinds.BIT_ROT, kinds.MISDIRECTED):
            assert 0 <= fault.number < 3
        if fault.kind in (kinds.LOSS, kinds.DUPLICATE, kinds.DELAY):
            assert 0 < fault.number <= 0.1, "three at once still add up to a chance"
        if fault.kind == kinds.CRASH:
            assert 0 <= fault.number <= 1
            assert fault.torn < 1
        if fault.kind == kinds.MID_STEP:
            assert fault.number in (1, 2, 3)
        if fault.kind == kinds.DRIFT:
            assert 100 <= abs(fault.number) <= 50_000


@given(SEEDS, SIZES)
def test_whatever_befalls_a_node_befalls_a_member_as_the_plan_has_it(seed: int, nodes: int) -> None:
    """Faults that take a while to begin may befall one that has left meanwhile; the world then leaves it alone."""
    members = set(names(nodes))
    for fault in islice(plan(stream(seed, "nemesis"), names(nodes), ALL - LATE, 600_000, max(1, nodes - 2)), 80):
        at = set(fault.nodes) | {name for pair in fault.pairs for name in pair}
        come = {fault.nodes[{kinds.REPLACE: 1}.get(fault.kind, 0)]} if fault.kind in COMING else set()
        assert at - come <= members
        if fault.kind in (kinds.LEAVE, kinds.REMOVE, kinds.REPLACE, kinds.RIVALS):
            members -= at
        members |= come
        assert max(1, nodes - 2) <= len(members) <= nodes + MORE


@given(SEEDS, SIZES)
def test_never_more_than_a_minority_is_down_unless_the_power_fails(seed: int, nodes: int) -> None:
    until_us: dict[str, int] = {}
    for fault in planned(seed, nodes, ALL - set(kinds.CHANGES), count=120, gap_us=100_000):
        if fault.kind not in STOPS:
            continue
        still = {name for name, end_us in until_us.items() if end_us > fault.at_us}
        if fault.nodes == names(nodes):
            assert fault.kind == kinds.CRASH
        else:
            assert len(fault.nodes) == 1
            assert not still & set(fault.nodes), "who is down is left alone"
            assert len(still) + 1 <= max(1, (nodes - 1) // 2)
        for name in fault.nodes:
            until_us[name] = max(until_us.get(name, 0), fault.at_us + fault.for_us)


@given(SEEDS, SIZES)
def test_a_partition_cuts_two_groups_both_ways_and_a_one_way_partition_one_way(seed: int, nodes: int) -> None:
    for fault in planned(seed, nodes, frozenset(CUTS), 30):
        pairs = set(fault.pairs)
        assert fault.pairs == tuple(sorted(pairs)), "sorted, none twice"
        assert all(one != other for one, other in pairs)
        back = {(other, one) for one, other in pairs}
        if fault.kind == kinds.ONE_WAY:
            senders, deaf = {one for one, _ in pairs}, {other for _, other in pairs}
            assert senders | deaf == set(names(nodes))
            assert not senders & deaf
            assert pairs == {(one, other) for one in senders for other in deaf}
        else:
            assert pairs == back
        if fault.kind == kinds.PARTITION:
            side = {names(nodes)[0]} | {other for other in names(nodes) if (names(nodes)[0], other) not in pairs}
            rest = set(names(nodes)) - side
            assert pairs == {(a, b) for a in side for b in rest} | {(b, a) for a in side for b in rest}
            assert rest


@given(SEEDS, SIZES)
def test_a_swizzle_cuts_nodes_off_one_by_one_and_brings_them_back_each_at_its_own_time(seed: int, nodes: int) -> None:
    faults = planned(seed, nodes, frozenset({kinds.SWIZZLE}), 30, gap_us=30_000_000_000)
    first = faults[0]
    together = [fault for fault in faults if fault.at_us - first.at_us < 1_000_000]
    assert 1 <= len(together) <= nodes
    assert len({fault.nodes for fault in together}) == len(together), "no node twice"
    assert all(fault.at_us + fault.for_us > max(one.at_us for one in together) for fault in together)
    for fault in together:
        (node,) = fault.nodes
        others = set(names(nodes)) - {node}
        assert set(fault.pairs) == {(node, other) for other in others} | {(other, node) for other in others}


def test_the_nodes_of_a_swizzle_come_back_in_another_order_than_they_went() -> None:
    orders = set()
    for seed in range(40):
        faults = planned(seed, 5, frozenset({kinds.SWIZZLE}), 8, gap_us=30_000_000_000)
        together = [fault for fault in faults if fault.at_us - faults[0].at_us < 1_000_000]
        back = sorted(together, key=lambda fault: fault.at_us + fault.for_us)
        orders.add(tuple(map(together.index, back)))
    assert len(orders) > 10


def test_every_kind_is_planned_and_crashes_come_dirty_torn_and_to_all() -> None:
    faults = [fault for seed in range(20) for fault in planned(seed)]
    assert {fault.kind for fault in faults} == set(EVENTS)
    crashes = [fault for fault in faults if fault.kind == kinds.CRASH]
    assert {fault.dirty for fault in crashes} == {True, False}
    assert {fault.torn >= 0 for fault in crashes} == {True, False}
    assert {1, 5} < {len(fault.nodes) for fault in crashes}, "to all, however many they are then"
    assert {fault.number for fault in crashes} == {0.0, 0.5, 1.0}


def test_the_mean_time_between_faults_is_the_gap_where_none_is_refused() -> None:
    """Five standard errors of the mean of 4,000 exponential gaps are 8 percent."""
    faults = planned(0, allowed=frozenset({kinds.LOSS}), count=4_000, gap_us=200_000)
    assert faults[-1].at_us / len(faults) == pytest.approx(200_000, rel=0.08)


@pytest.mark.parametrize("allowed", [frozenset[str](), frozenset({kinds.TORN})])
def test_without_a_kind_that_comes_by_itself_the_plan_is_empty(allowed: frozenset[str]) -> None:
    assert planned(0, allowed=allowed) == []


class Impatient(Stream):
    """A stream that loses patience with a plan that never comes to its next fault."""

    left = 10_000

    def random(self) -> float:
        self.left -= 1
        if self.left < 0:
            raise TimeoutError("the plan draws for ever and yields nothing")
        return super().random()

    def choice(self, seq: Any) -> Any:
        return seq[int(self.random() * len(seq))]


@pytest.mark.parametrize("kind", EVENTS)
def test_a_single_node_can_have_a_nemesis_of_every_kind(kind: str) -> None:
    """Where a kind cannot happen to one node (a partition), the plan ends or goes on without it; it does not hang."""
    faults = list(islice(plan(Impatient(1), ("n1",), frozenset({kind}), 600_000), 3))
    assert all(fault.kind == kind and not fault.pairs for fault in faults)
