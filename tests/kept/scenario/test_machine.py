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


def test_a_disk_that_was_put_back_is_no_new_one_and_its_boots_go_on(talk: Callable[..., Any]) -> None:
    conversation = talk("cluster", "copy disk n1", "put n1 k v", "advance 3s", "crash n1", "restart n1 from copy")
    machine = conversation.stage.machines["n1"]
    assert (machine.disk.name, machine.disk.boots) == ("n1.0", 2)
    assert (machine.node.host.incarnation, machine.node.host.generation) == ("n1.0.2", 2)
    conversation.say("crash n1", "restart n1 from copy")
    assert machine.node.host.incarnation == "n1.0.3", "no boot takes the name of another one"


def test_a_first_boot_that_nothing_came_of_uses_up_its_name(talk: Callable[..., Any]) -> None:
    conversation = talk("cluster", "new node n6", "crash n6", "lose disk n6", "restart n6")
    machine = conversation.stage.machines["n6"]
    assert machine.node.host.incarnation == "n6.1"
    conversation.say("crash n6", "lose disk n6", "hold disk n6", "restart n6", "crash n6 losing unsynced")
    conversation.say("release disk n6", "restart n6")
    assert machine.node.host.incarnation == "n6.2.4"
