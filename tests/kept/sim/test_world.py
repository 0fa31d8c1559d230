"""The world: every fault does what its kind says, heals by itself, and two faults at once end with the later one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.effects import DATA, Asked, Boot, Change, Received, Reply, Send, Synced, Write
from dynamo.core.messages import GET, OK, Request, Response
from dynamo.core.siblings import Siblings, Version
from kept.sim import faults as kinds
from kept.sim.entropy import stream
from kept.sim.faults import Fault
from kept.sim.scheduler import PriorityQueue, Queue, TimedQueue

SECOND = 1_000_000
STATE = Siblings({"n1.0:0": 1}, (Version("n1.0:0", 1, b"v"),))


def down(staged: Any, name: str = "n1") -> bool:
    """Whether the machine does not work now: dead or standing still."""
    machine = staged.world.machines[name]
    return not machine.up or machine.paused


def after(staged: Any, us: int) -> Any:
    staged.world.run(staged.world.now_us + us)
    return staged


def bent(staged: Any) -> tuple[int, int]:
    clock = staged.world.machines["n1"].clock
    return clock.offset_us, clock.ppm


def burden(staged: Any) -> tuple[Any, ...]:
    """What is wrong with n1's process and disk."""
    machine = staged.world.machines["n1"]
    syncs = machine.syncs
    return (machine.slower_us, syncs.slower_us, syncs.room, syncs.lying, syncs.fails and syncs.fails.kind)


FIT: tuple[Any, ...] = ([], [], None, 0, None)


def sky(staged: Any) -> tuple[float, float, float, bool]:
    weather = staged.world.network.weather
    return weather.loss, weather.duplicate, weather.delay, weather.reorder


CASES: dict[str, tuple[Fault, Callable[[Any], Any], Any, Any]] = {
    kinds.LOSS: (Fault(kinds.LOSS, 0, SECOND, number=0.1), sky, (0.1, 0, 0, False), (0, 0, 0, False)),
    kinds.DUPLICATE: (Fault(kinds.DUPLICATE, 0, SECOND, number=0.1), sky, (0, 0.1, 0, False), (0, 0, 0, False)),
    kinds.DELAY: (Fault(kinds.DELAY, 0, SECOND, number=0.1), sky, (0, 0, 0.1, False), (0, 0, 0, False)),
    kinds.REORDER: (Fault(kinds.REORDER, 0, SECOND), sky, (0, 0, 0, True), (0, 0, 0, False)),
    kinds.CRASH: (Fault(kinds.CRASH, 0, SECOND, ("n1",)), down, True, False),
    kinds.PAUSE: (Fault(kinds.PAUSE, 0, SECOND, ("n1",)), down, True, False),
    kinds.MID_STEP: (
        Fault(kinds.MID_STEP, 0, SECOND, ("n1",), number=1),
        lambda staged: staged.world.machines["n1"].dies_after,
        1,
        None,
    ),
    kinds.OFFSET: (Fault(kinds.OFFSET, 0, SECOND, ("n1",), number=-700), bent, (-700, 0), (0, 0)),
    kinds.DRIFT: (Fault(kinds.DRIFT, 0, SECOND, ("n1",), number=500), bent, (0, 500), (0, 0)),
    kinds.JUMP: (Fault(kinds.JUMP, 0, SECOND, ("n1",), number=-7e9), bent, (-7_000_000_000, 0), (0, 0)),
    kinds.SLOW_NODE: (Fault(kinds.SLOW_NODE, 0, SECOND, ("n1",), number=500), burden, ([500], *FIT[1:]), FIT),
    kinds.SLOW_DISK: (
        Fault(kinds.SLOW_DISK, 0, SECOND, ("n1",), number=500),
        burden,
        ([], [500], *FIT[2:]),
        FIT,
    ),
    kinds.DISK_FULL: (
        Fault(kinds.DISK_FULL, 0, SECOND, ("n1",), number=5),
        burden,
        (*FIT[:2], 5, *FIT[3:]),
        FIT,
    ),
    kinds.LYING: (Fault(kinds.LYING, 0, SECOND, ("n1",)), burden, (*FIT[:3], 1, None), FIT),
    kinds.IO_ERROR: (Fault(kinds.IO_ERROR, 0, SECOND, ("n1",)), burden, (*FIT[:4], kinds.IO_ERROR), FIT),
    kinds.LOST_DISK: (Fault(kinds.LOST_DISK, 0, SECOND, ("n1",)), down, True, False),
    kinds.CLOGGED: (
        Fault(kinds.CLOGGED, 0, SECOND, (), (("n1", "n2"),)),
        lambda staged: dict(staged.world.network.clogged),
        {("n1", "n2"): 1},
        {},
    ),
    **{
        kind: (
            Fault(kind, 0, SECOND, (), (("n1", "n2"),)),
            lambda staged: dict(staged.world.network.cut),
            {("n1", "n2"): 1},
            {},
        )
        for kind in kinds.CUTS
    },
}


def test_every_kind_has_its_case() -> None:
    """A torn write comes with a crash, damage to records does not heal by itself, and a change of membership is the
    operator's: they have tests of their own."""
    others = {kinds.TORN, kinds.BIT_ROT, kinds.MISDIRECTED, kinds.OLD_DISK, *kinds.CHANGES}
    assert set(CASES) == set(kinds.KINDS) - others


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_of_fault_happens_and_heals_by_itself(stage: Any, kind: str) -> None:
    fault, look, broken, whole = CASES[kind]
    staged = stage()
    assert look(staged) == whole
    staged.world.inject(fault)
    assert look(staged) == broken
    assert look(after(staged, SECOND - 1)) == broken
    assert look(after(staged, 1)) == whole
    (told,) = staged.told(kind)
    assert told == {"nodes": fault.nodes, "pairs": fault.pairs, "number": fault.number, "for_us": fault.for_us}


@pytest.mark.parametrize("kind", CASES)
def test_healing_the_world_ends_each_kind_of_fault_at_once_and_for_good(stage: Any, kind: str) -> None:
    fault, look, _, whole = CASES[kind]
    staged = stage()
    staged.world.inject(fault)
    staged.world.heal()
    assert look(staged) == whole
    assert look(after(staged, 2 * SECOND)) == whole
    assert staged.told("healed") == [{}]
    assert len(staged.lives["n1"]) <= 2, "the fault that was ended does not heal a second time"


LATER = (kinds.MID_STEP, kinds.SLOW_NODE, kinds.SLOW_DISK, kinds.LYING, kinds.IO_ERROR)
"""These are counted when they first make a difference."""


@pytest.mark.parametrize("kind", [kind for kind in CASES if kind not in (*LATER, *list(CASES)[:4])])
def test_a_fault_that_hits_at_once_is_counted_once(stage: Any, kind: str) -> None:
    staged = stage()
    staged.world.inject(CASES[kind][0])
    assert staged.world.counts == {kind: 1}


def test_a_fault_that_is_refused_is_told_and_changes_nothing(stage: Any) -> None:
    staged = stage()
    fault = Fault(kinds.BIT_ROT, 0, SECOND, ("n1",))
    assert staged.world.inject(fault) == fault, "nothing is stored that could rot"
    assert staged.told(kinds.BIT_ROT) == []
    (told,) = staged.told("refused")
    assert told["fault"] == kinds.BIT_ROT
    assert staged.world.counts == {"damage refused": 1}


# Two faults at once

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 20))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([kinds.CRASH, kinds.PAUSE]), SPANS), min_size=1, max_size=5))
def test_a_node_works_again_when_the_last_fault_that_holds_it_is_over(
    stage: Any, faults: list[tuple[str, tuple[int, int]]]
) -> None:
    """The oracle: a crash holds its node until its end; a pause holds the process that it met, if that still runs."""
    staged = stage(("n1",))
    for tick in range(42):
        for kind, (start, lasting) in faults:
            if start == tick:
                staged.world.inject(Fault(kind, tick * 1_000, lasting * 1_000, ("n1",)))
        after(staged, 500)
        running = [kind for kind, (start, lasting) in faults if start <= tick < start + lasting]
        assert staged.world.machines["n1"].up == (kinds.CRASH not in running)
        if not running:
            assert not down(staged)
        after(staged, 500)


@given(st.lists(st.tuples(SPANS, st.sampled_from([("n1", "n2"), ("n2", "n1"), ("n1", "n3")])), max_size=6))
def test_a_link_is_cut_as_long_as_one_partition_cuts_it(
    stage: Any, faults: list[tuple[tuple[int, int], tuple[str, str]]]
) -> None:
    staged = stage()
    for tick in range(42):
        for (start, lasting), pair in faults:
            if start == tick:
                staged.world.inject(Fault(kinds.ONE_WAY, tick * 1_000, lasting * 1_000, (), (pair,)))
        after(staged, 500)
        cut = [pair for (start, lasting), pair in faults if start <= tick < start + lasting]
        assert staged.world.network.cut == {pair: cut.count(pair) for pair in cut}
        after(staged, 500)


@given(
    st.lists(st.tuples(SPANS, st.sampled_from([kinds.OFFSET, kinds.DRIFT]), st.integers(-50_000, 50_000)), max_size=6)
)
def test_clock_faults_add_up_and_each_takes_back_what_it_gave(
    stage: Any, faults: list[tuple[tuple[int, int], str, int]]
) -> None:
    staged = stage()
    for tick in range(42):
        for (start, lasting), kind, number in faults:
            if start == tick:
                staged.world.inject(Fault(kind, 0, lasting * 1_000, ("n1",), number=float(number)))
        after(staged, 500)
        now = [(kind, number) for (start, lasting), kind, number in faults if start <= tick < start + lasting]
        assert bent(staged) == tuple(sum(n for k, n in now if k == kind) for kind in (kinds.OFFSET, kinds.DRIFT))
        after(staged, 500)


@given(st.lists(st.tuples(SPANS, st.sampled_from([kinds.LOSS, kinds.DELAY]), st.integers(100, 1_000)), max_size=6))
def test_chances_of_the_weather_add_up_and_end_at_exactly_nothing(
    stage: Any, faults: list[tuple[tuple[int, int], str, int]]
) -> None:
    """Exactly: a rest of 10^-18 would keep every later message on the slow path that draws its fate."""
    staged = stage()
    for tick in range(42):
        for (start, lasting), kind, number in faults:
            if start == tick:
                staged.world.inject(Fault(kind, 0, lasting * 1_000, number=number / 10_000))
        after(staged, 500)
        now = [(kind, number) for (start, lasting), kind, number in faults if start <= tick < start + lasting]
        weather = staged.world.network.weather
        for kind in (kinds.LOSS, kinds.DELAY):
            assert getattr(weather, kind) == pytest.approx(sum(n for k, n in now if k == kind) / 10_000)
        assert weather.rough == pytest.approx(weather.loss + weather.delay)
        after(staged, 500)
    assert sky(staged) == (0, 0, 0, False)
    assert staged.world.network.weather.rough == 0


def test_a_dead_node_that_another_fault_hits_stays_dead_until_both_are_over(stage: Any) -> None:
    staged = stage()
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",)))
    staged.world.inject(Fault(kinds.MID_STEP, 0, 3_000, ("n1",), number=1))
    assert down(after(staged, 2_999))
    assert not down(after(staged, 1))
    assert staged.world.machines["n1"].dies_after is None
    assert len(staged.lives["n1"]) == 2


# How machines die


def writes(node: Any, event: Any) -> list[Any]:
    """Write a record for every message."""
    if isinstance(event, Received):
        return [Write(len(node.of(Received)), (Change(DATA, event.message, STATE),))]
    return []


@pytest.mark.parametrize("ordered", [False, True])
def test_a_dirty_crash_waits_for_a_write_and_strikes_before_it_is_synced(stage: Any, ordered: bool) -> None:
    queue: Queue = PriorityQueue(stream(0, "pct"), 1, 1) if ordered else TimedQueue()
    staged = stage(("n1",), writes, queue)
    staged.world.inject(Fault(kinds.CRASH, 0, SECOND, ("n1",), dirty=True))
    assert not down(after(staged, 1_000))
    assert staged.world.counts == {}
    staged.world.machines["n1"].deliver("n2", b"k")
    assert not down(staged)
    assert down(after(staged, 10_000))
    assert staged.world.counts == {kinds.CRASH: 1, "unsynced writes lost": 1}
    assert staged.lives["n1"][0].of(Synced) == []
    assert not down(after(staged, SECOND))
    assert list(staged.world.machines["n1"].disk.contents(DATA)) == []


def test_a_dirty_crash_that_meets_no_write_passes(stage: Any) -> None:
    staged = stage(("n1",), writes)
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",), dirty=True))
    after(staged, 1_001)
    staged.world.machines["n1"].deliver("n2", b"k")
    assert not down(after(staged, SECOND))
    assert len(staged.lives["n1"]) == 1


def test_healing_calls_off_a_strike_that_is_already_on_its_way(stage: Any) -> None:
    staged = stage(("n1",), writes)
    staged.world.inject(Fault(kinds.CRASH, 0, SECOND, ("n1",), dirty=True))
    staged.world.machines["n1"].deliver("n2", b"k")
    staged.world.heal()
    assert not down(after(staged, SECOND))
    assert len(staged.lives["n1"]) == 1


@pytest.mark.parametrize(("torn", "count"), [(0.5, {kinds.TORN: 1}), (-1.0, {})])
def test_a_torn_write_is_counted_and_thrown_away(stage: Any, torn: float, count: dict[str, int]) -> None:
    staged = stage(("n1",), writes)
    staged.world.machines["n1"].deliver("n2", b"k")
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",), torn=torn))
    assert staged.world.counts == {kinds.CRASH: 1, "unsynced writes lost": 1, **count}
    assert staged.told("crashed") == [{"node": "n1", "lost_batches": 1, "torn": torn >= 0}]
    assert list(after(staged, 2_000).boots()[1].data) == []


def test_a_crash_keeps_the_share_of_unsynced_batches_that_it_says(stage: Any) -> None:
    staged = stage(("n1",), writes)
    for key in (b"a", b"b", b"c", b"d"):
        staged.world.machines["n1"].deliver("n2", key)
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",), number=0.5))
    assert [key for key, _ in after(staged, 2_000).boots()[1].data] == [b"a", b"b"]


def test_a_power_failure_takes_all_nodes_and_all_come_back(stage: Any) -> None:
    staged = stage()
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1", "n2", "n3")))
    assert [down(staged, name) for name in staged.world.machines] == [True] * 3
    assert staged.world.counts[kinds.CRASH] == 3
    after(staged, 1_000)
    assert [down(staged, name) for name in staged.world.machines] == [False] * 3
    assert [fields["node"] for fields in staged.told("boot")] == ["n1", "n2", "n3"]


# Time and clients


def test_the_first_start_is_the_genesis_and_no_later_one(stage: Any) -> None:
    staged = stage()
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",)))
    assert [boot.genesis for boot in after(staged, 2_000).boots()] == [True, False]


def test_a_request_reaches_its_node_and_the_response_its_client(stage: Any) -> None:
    def react(_node: Any, event: Any) -> list[Any]:
        return [Reply(event.client, Response(event.request.id, OK))] if isinstance(event, Asked) else []

    staged = stage(react=react)
    answers: list[tuple[int, Response]] = []
    staged.world.clients["c0"] = lambda response, _: answers.append((staged.world.now_us, response))
    staged.world.ask("c0", "n2", Request("0.1", GET, b"k"))
    after(staged, SECOND)
    ((at_us, response),) = answers
    assert response == Response("0.1", OK)
    assert 2 * 150 <= at_us <= 2 * 1_200
    assert staged.node("n1").of(Asked) == []


def test_time_passes_though_nothing_happens_and_stops_where_somebody_says_so(stage: Any) -> None:
    staged = stage()
    after(staged, 700)
    assert staged.world.now_us == 700

    def stop(_one: Any, _two: Any) -> None:
        staged.world.stopped = True

    for due_us in (900, 950):
        staged.world.at(due_us, "test", stop)
    staged.world.run(SECOND)
    assert staged.world.now_us == 900
    staged.world.run(SECOND)
    assert staged.world.now_us == 950
    assert staged.world.events == 2


def test_whoever_watches_sees_every_message_and_every_write(stage: Any) -> None:
    seen: list[tuple[Any, ...]] = []

    class Watch:
        def sent(self, *args: Any) -> None:
            seen.append(("sent", *args))

        def wrote(self, time_us: int, node: str, disk: Any, changes: tuple[Change, ...]) -> None:
            seen.append(("wrote", time_us, node, disk.name, changes))

    def react(node: Any, event: Any) -> list[Any]:
        return [*writes(node, event), Send("n2", "on")] if isinstance(event, Received) and node.name == "n1" else []

    staged = stage(react=react)
    staged.world.watch = Watch()
    staged.world.machines["n1"].deliver("n3", b"k")
    changes = (Change(DATA, b"k", STATE),)
    assert seen == [("wrote", 0, "n1", "n1.0", changes), ("sent", 0, "n1", "n2", "on")]
    assert staged.boots("n2") == staged.node("n2").of(Boot)
