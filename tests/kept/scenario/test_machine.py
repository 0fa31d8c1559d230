"""kept.scenario.machine: a hand-held shell that syncs at once, or when it is told to."""

from collections.abc import Callable
from typing import Any

from kept.scenario.machine import FLUSH, FLUSH_US, Dice


def test_a_disk_that_is_not_held_has_synced_before_the_command_ends(talk: Callable[..., Any]) -> None:
    stage = talk("cluster", "put n1 k v").stage
    assert [machine.disk.unsynced for machine in stage.machines.values()] == [0] * 5


def test_a_held_disk_keeps_its_writes_and_tells_nobody(talk: Callable[..., Any]) -> None:
    stage = talk("cluster", "hold disk n1", "put n1 k v").stage
    assert stage.machines["n1"].disk.unsynced == 1
    assert stage.machines["n2"].disk.read("data", b"k") == (None, False)


def test_what_nobody_waits_for_is_written_after_a_while(talk: Callable[..., Any]) -> None:
    stage = talk("cluster durable_copies=1", "put n1 k v").stage
    machine = stage.machines["n2"]
    assert machine.disk.unsynced == 1
    assert machine.timers[FLUSH] == stage.now_us + FLUSH_US
    stage.advance(FLUSH_US)
    assert machine.disk.unsynced == 0


def test_each_boot_and_each_disk_has_a_name_of_its_own(talk: Callable[..., Any]) -> None:
    conversation = talk("cluster", "put n1 k v", "crash n1", "lose disk n1", "restart n1")
    node = conversation.stage.machines["n1"].node
    assert (node.host.incarnation, node.host.generation) == ("n1.1", 2)


def test_a_crash_forgets_timers(talk: Callable[..., Any]) -> None:
    stage = talk("cluster", "crash n1").stage
    assert stage.machines["n1"].timers == {}


def test_choices_are_a_fixed_sequence_for_each_name_and_within_their_sides() -> None:
    def rolled(name: str) -> list[int]:
        dice = Dice(name)
        return [dice(sides) for sides in range(1, 60)]

    assert rolled("n1") == rolled("n1") != rolled("n2")
    assert all(0 <= choice < sides for sides, choice in enumerate(rolled("n1"), 1))


def test_wishes_decide_the_choices_that_they_are_about_in_their_order_and_others_take_their_last() -> None:
    dice = Dice("n1")
    dice.wishes = [(10, 0), (4, 2)]
    assert [dice(sides) for sides in (4, 10, 10, 4, 4)] == [3, 0, 9, 2, 3]
