"""One machine: what a process asks for is carried out in order, and nothing of a dead one reaches the next."""

from typing import Any

import pytest

from dynamo.core.effects import (
    DATA,
    META,
    Asked,
    Boot,
    Change,
    Load,
    Loaded,
    Minted,
    Received,
    Reply,
    Send,
    SetTimer,
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.messages import Response
from dynamo.core.siblings import Siblings, Version
from kept.lab.config import RunConfig
from kept.lab.run import Lab
from kept.sim import faults as kinds
from kept.sim.faults import Fault
from kept.sim.machine import MESSAGE_LIFE_US

STATE = Siblings({"n1.0:0": 1}, (Version("n1.0:0", 1, b"v"),))
SECOND = 1_000_000


def write(seq: int, key: bytes = b"k") -> Write:
    return Write(seq, (Change(META, key, b"%d" % seq),))


def on(kind: type, *effects: Any, life: int = 0, name: str = "n1") -> Any:
    """Answer the events of one kind (in one life of the node, where given) with these effects."""

    def react(node: Any, event: Any) -> list[Any]:
        wanted = isinstance(event, kind) and node.name == name and life in (0, node.life)
        return list(effects) if wanted else []

    return react


def meta(stage: Any) -> dict[bytes, bytes]:
    return dict(stage.world.machines["n1"].disk.meta())


# Effects


def test_effects_are_carried_out_in_order(stage: Any) -> None:
    answers: list[Response] = []
    response = Response("c.1", "ok")
    staged = stage(
        react=on(Received, write(1), Send("n2", "hello"), Reply("c0", response), Minted("c.1", b"k", ("a", 1)))
    )
    staged.world.clients["c0"] = lambda answer, _: answers.append(answer)
    staged.world.machines["n1"].deliver("n3", "go")
    assert meta(staged) == {b"k": b"1"}, "a write is visible at once"
    assert staged.named == [Minted("c.1", b"k", ("a", 1))]
    staged.world.run(SECOND)
    assert staged.node("n2").of(Received) == [Received("n1", "hello")]
    assert answers == [response]


def test_a_load_sees_every_write_of_its_own_step(stage: Any) -> None:
    changes = (Change(DATA, b"k", STATE),)
    staged = stage(react=on(Received, Load(DATA, b"k"), Load(DATA, b"other"), Write(1, changes)))
    staged.world.machines["n1"].deliver("n2", "go")
    assert staged.node().of(Loaded) == [Loaded(DATA, b"k", STATE), Loaded(DATA, b"other", None)]


def test_a_node_is_told_its_own_clocks(stage: Any) -> None:
    staged = stage()
    machine = staged.world.machines["n1"]
    machine.clock.drift(0, 100_000)
    machine.clock.offset_us = -300
    staged.world.run(1_000)
    machine.asked("c0", "what")
    assert staged.node().heard[-1] == (1_100, 800, Asked("c0", "what"))


# Timers


def test_setting_a_timer_again_replaces_it(stage: Any) -> None:
    def react(node: Any, event: Any) -> list[Any]:
        return [SetTimer("t", 5_000), SetTimer("u", 1_000), SetTimer("t", 2_000)] if isinstance(event, Boot) else []

    staged = stage(("n1",), react)
    staged.world.run(SECOND)
    fired = [(now_us, event.name) for now_us, _, event in staged.node().heard if isinstance(event, TimerFired)]
    assert fired == [(1_000, "u"), (2_000, "t")]


def test_a_timer_of_the_past_fires_now(stage: Any) -> None:
    staged = stage(("n1",), on(Received, SetTimer("t", 10)))
    staged.world.run(500)
    staged.world.machines["n1"].deliver("n2", "go")
    staged.world.run(500)
    assert staged.node().heard[-1] == (500, 500, TimerFired("t"))


@pytest.mark.parametrize("ppm", [-50_000, -7, 0, 7, 50_000])
def test_a_timer_waits_by_the_machines_own_clock(stage: Any, ppm: int) -> None:
    staged = stage(("n1",), on(Received, SetTimer("t", SECOND)))
    staged.world.machines["n1"].clock.drift(0, ppm)
    staged.world.machines["n1"].deliver("n2", "go")
    staged.world.run(2 * SECOND)
    now_us = staged.node().heard[-1][0]
    assert SECOND <= now_us <= SECOND + 1, "at most one tick of true time is more than one of a fast clock"


def test_a_timer_never_fires_early_though_the_clock_slows_down_meanwhile(stage: Any) -> None:
    """`SetTimer`: "not before `at_us`", on the clock that the node is told."""
    staged = stage(("n1",), on(Received, SetTimer("t", SECOND)))
    staged.world.machines["n1"].deliver("n2", "go")
    staged.world.machines["n1"].clock.drift(0, -50_000)
    staged.world.run(2 * SECOND)
    now_us, _, event = staged.node().heard[-1]
    assert event == TimerFired("t")
    assert now_us >= SECOND


def test_a_timer_of_a_dead_process_never_reaches_the_next_even_under_the_same_name(stage: Any) -> None:
    def react(node: Any, event: Any) -> list[Any]:
        return [SetTimer("t", 1_000 if node.life == 1 else 3_000)] if isinstance(event, Boot) else []

    staged = stage(("n1",), react)
    machine = staged.world.machines["n1"]
    machine.crash()
    machine.boot()
    staged.world.run(SECOND)
    first, second = staged.lives["n1"]
    assert first.of(TimerFired) == []
    assert [now_us for now_us, _, event in second.heard if isinstance(event, TimerFired)] == [3_000]


# Disk


def test_a_crash_may_leave_a_share_of_what_was_not_synced(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, write(1, b"a"), write(2, b"b"), write(3, b"c"), write(4, b"d"), life=1))
    assert staged.world.machines["n1"].crash(0.5) == (2, False)
    staged.world.machines["n1"].boot()
    assert staged.boots()[1].meta == {b"a": b"1", b"b": b"2"}


def test_every_boot_is_offered_a_name_that_no_boot_has_used(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, write(1), life=1))
    machine = staged.world.machines["n1"]
    staged.world.run(SECOND)
    machine.crash()
    machine.boot()
    machine.crash()
    machine.lose_disk()
    machine.boot()
    machine.crash()
    machine.lose_disk()
    machine.boot()
    boots = staged.boots()
    assert [boot.fresh_disk for boot in boots] == ["n1.0", "n1.0.3", "n1.1", "n1.2"]
    assert [dict(boot.meta) for boot in boots] == [{}, {b"k": b"1"}, {}, {}]
    assert [boot.genesis for boot in boots] == [True, False, False, False]


def test_a_real_node_keeps_its_incarnation_over_a_restart_and_takes_a_new_one_with_a_new_disk() -> None:
    lab = Lab(RunConfig.model_validate({"faults": ()}), None)
    world = lab.world
    world.start()
    world.run(SECOND)
    machine = world.machines["n1"]
    seen = []
    for lost in (False, False, True):
        assert machine.node is not None
        seen.append((machine.node.host.incarnation, machine.node.host.generation))
        machine.crash()
        if lost:
            machine.lose_disk()
        machine.boot()
        world.run(world.now_us + SECOND)
    assert machine.node is not None
    seen.append((machine.node.host.incarnation, machine.node.host.generation))
    assert [incarnation for incarnation, _ in seen] == ["n1.0", "n1.0", "n1.0", "n1.1"]
    boots = [generation for _, generation in seen]
    assert boots == sorted(set(boots)), "each boot has a higher number, also after the disk that counts them was lost"
    assert lab.marks["lost disk noticed"] == 1


def test_only_a_dead_machine_boots_or_loses_its_disk(stage: Any) -> None:
    machine = stage().world.machines["n1"]
    with pytest.raises(AssertionError):
        machine.boot()
    with pytest.raises(AssertionError):
        machine.lose_disk()


# Death between two effects


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_machine_dies_after_so_many_effects_and_the_rest_never_happens(stage: Any, after: int) -> None:
    staged = stage(react=on(Received, Send("n2", 1), Send("n2", 2), Send("n2", 3)))
    machine = staged.world.machines["n1"]
    machine.dies_after = after
    machine.deliver("n3", "go")
    assert not machine.up
    staged.world.run(SECOND)
    assert [event.message for event in staged.node("n2").of(Received)] == [1, 2, 3][:after]
    assert staged.world.counts["mid-step-crash"] == 1


def test_a_step_with_no_more_effects_than_that_is_survived(stage: Any) -> None:
    staged = stage(react=on(Received, Send("n2", 1), Send("n2", 2)))
    machine = staged.world.machines["n1"]
    machine.dies_after = 2
    machine.deliver("n3", "go")
    assert machine.up
    staged.world.run(SECOND)
    assert len(staged.node("n2").of(Received)) == 2


def test_a_write_before_the_death_in_a_step_is_lost_unless_it_was_synced(stage: Any) -> None:
    staged = stage(("n1",), on(Received, write(1), write(2)))
    machine = staged.world.machines["n1"]
    machine.dies_after = 1
    machine.deliver("n2", "go")
    assert meta(staged) == {}
    assert staged.world.counts["unsynced writes lost"] == 1


# Messages, death and standing still


def test_messages_to_a_dead_machine_are_lost_and_the_next_process_hears_new_ones(stage: Any) -> None:
    staged = stage()
    machine = staged.world.machines["n1"]
    machine.crash()
    assert not machine.up
    assert not machine.serving
    machine.deliver("n2", "lost")
    machine.asked("c0", "lost")
    machine.boot()
    machine.deliver("n2", "heard")
    assert staged.node().of(Received) == [Received("n2", "heard")]
    assert staged.node().of(Asked) == []


def test_a_machine_that_stands_still_takes_in_what_has_piled_up_when_it_goes_on(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, SetTimer("t", 1_000), write(1)))
    machine = staged.world.machines["n1"]
    machine.pause()
    machine.deliver("n2", 1)
    staged.world.run(MESSAGE_LIFE_US)
    machine.deliver("n2", 2)
    assert len(staged.node().heard) == 1, "only its boot"
    machine.resume()
    (pause_ends_us,) = {now_us for now_us, _, event in staged.node().heard if not isinstance(event, Boot)}
    assert pause_ends_us == MESSAGE_LIFE_US
    kinds = [type(event) for _, _, event in staged.node().heard[1:]]
    assert sorted(kinds, key=lambda kind: kind.__name__) == [Received, Received, Synced, TimerFired]
    assert staged.node().of(Received) == [Received("n2", 1), Received("n2", 2)]


def test_messages_that_waited_too_long_are_gone_but_timers_and_syncs_stay(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, SetTimer("t", 1_000), write(1)))
    machine = staged.world.machines["n1"]
    machine.pause()
    machine.deliver("n2", "old")
    machine.asked("c0", "old")
    staged.world.run(MESSAGE_LIFE_US + 1)
    machine.deliver("n2", "new")
    machine.resume()
    assert staged.node().of(Received) == [Received("n2", "new")]
    assert staged.node().of(Asked) == []
    assert staged.node().of(TimerFired) == [TimerFired("t")]
    assert staged.node().of(Synced) == [Synced(1)]


def test_what_piled_up_before_a_crash_is_lost_with_the_process(stage: Any) -> None:
    staged = stage()
    machine = staged.world.machines["n1"]
    machine.pause()
    machine.deliver("n2", "lost")
    machine.crash()
    machine.boot()
    assert not machine.paused
    machine.deliver("n2", "heard")
    assert staged.node().of(Received) == [Received("n2", "heard")]


def test_a_machine_that_dies_while_it_catches_up_takes_in_nothing_more(stage: Any) -> None:
    staged = stage(react=on(Received, Send("n2", 1), Send("n2", 2)))
    machine = staged.world.machines["n1"]
    machine.pause()
    machine.deliver("n3", 1)
    machine.deliver("n3", 2)
    machine.dies_after = 1
    machine.resume()
    assert not machine.up
    assert staged.node().of(Received) == [Received("n3", 1)]


# Slowness


def slowed(stage: Any, us: int = 1_000) -> Any:
    staged = stage(("n1",))
    staged.world.inject(Fault(kinds.SLOW_NODE, 0, SECOND, ("n1",), number=us))
    return staged


def heard(staged: Any) -> list[tuple[int, Any]]:
    return [(now_us, event.message) for now_us, _, event in staged.node().heard if isinstance(event, Received)]


def test_a_slow_node_takes_its_events_in_one_after_the_other_and_in_their_order(stage: Any) -> None:
    staged = slowed(stage)
    for number in range(3):
        staged.world.machines["n1"].deliver("n2", number)
    staged.world.run(10_000)
    assert heard(staged) == [(0, 0), (1_000, 1), (2_000, 2)]
    staged.world.machines["n1"].deliver("n2", 3)
    assert heard(staged)[-1] == (10_000, 3), "it had nothing else to do"


def test_a_node_that_is_no_longer_slow_works_off_at_once_what_has_piled_up(stage: Any) -> None:
    staged = slowed(stage, 400_000)
    for number in range(6):
        staged.world.machines["n1"].deliver("n2", number)
    staged.world.run(SECOND)
    assert heard(staged) == [(0, 0), (400_000, 1), (800_000, 2), *((SECOND, number) for number in (3, 4, 5))]


def test_what_waits_at_a_slow_node_for_too_long_is_gone_but_timers_stay(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, SetTimer("t", 1_000)))
    staged.world.inject(Fault(kinds.SLOW_NODE, 0, 9 * SECOND, ("n1",), number=2_000_000))
    staged.world.machines["n1"].deliver("n2", "first")
    staged.world.machines["n1"].deliver("n2", "old")
    staged.world.run(5 * SECOND)
    assert [message for _, message in heard(staged)] == ["first"]
    assert staged.node().of(TimerFired) == [TimerFired("t")]


def test_a_slow_node_that_stands_still_goes_on_where_it_was(stage: Any) -> None:
    staged = slowed(stage)
    machine = staged.world.machines["n1"]
    for number in range(3):
        machine.deliver("n2", number)
    machine.pause()
    staged.world.run(50_000)
    assert len(heard(staged)) == 1
    machine.resume()
    staged.world.run(60_000)
    assert heard(staged) == [(0, 0), (50_000, 1), (51_000, 2)]


def test_nothing_that_waits_at_a_slow_node_survives_its_process(stage: Any) -> None:
    staged = slowed(stage)
    machine = staged.world.machines["n1"]
    for number in range(3):
        machine.deliver("n2", number)
    machine.crash()
    machine.boot()
    staged.world.run(10_000)
    assert heard(staged) == []
    machine.deliver("n2", 9)
    assert heard(staged) == [(10_000, 9)]
