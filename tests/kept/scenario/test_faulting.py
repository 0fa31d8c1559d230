"""kept.scenario.faulting: machines, disks, clocks and links that fail on command."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]
HELD = "n1 -> {} Replicate k [v n1.0:0/1] seen {{n1.0:0/1}}"


def test_a_crash_keeps_what_was_written_and_a_power_failure_does_not(talk: Begin) -> None:
    for words, lost, held in (
        ("", "0 of 1", True),
        (" losing unsynced", "1 of 1", False),
        (" keeping 1", "0 of 1", True),
    ):
        conversation = talk("cluster", "hold disk n1", "put n1 k v")
        assert conversation.say(f"crash n1{words}") == [f"n1 is down; {lost} write not synced is lost"]
        record, _ = conversation.stage.machines["n1"].disk.read("data", b"k")
        assert (record is not None) == held


def test_a_crash_without_unsynced_writes_says_so(talk: Begin) -> None:
    assert talk("cluster").say("crash n1 losing unsynced") == ["n1 is down; nothing is lost"]


def test_a_lost_disk_is_empty(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v", "crash n1")
    assert conversation.say("lose disk n1", "show k")[0] == "n1: nothing  (down)"


def test_a_damaged_record_is_found_at_the_next_start_and_healed(talk: Begin) -> None:
    conversation = talk("cluster anti_entropy=no", "put n1 k v", "crash n2", "damage n2 k")
    assert conversation.say("show k")[1] == "n2: damaged  (down)"
    conversation.say("restart n2", "advance 1s")
    assert conversation.say("show k")[1] == "n2: [v n1.0:0/1] seen {n1.0:0/1}"


def test_a_paused_node_misses_nothing(talk: Begin) -> None:
    conversation = talk("cluster", "pause n3")
    assert conversation.say("put n1 k v")[0] == "held: " + HELD.format("n3")
    assert conversation.say("resume n3", "show k")[2] == "n3: [v n1.0:0/1] seen {n1.0:0/1}"


def test_what_waits_for_a_node_that_stands_still_is_lost_when_it_crashes(talk: Begin) -> None:
    conversation = talk("cluster", "pause n3", "put n1 k v")
    assert conversation.say("crash n3") == ["lost: " + HELD.format("n3"), "n3 is down; nothing is lost"]
    assert conversation.say("show wire") == ["nothing waits"]


def test_a_message_that_is_held_by_name_stays_held_when_its_receiver_goes_on(talk: Begin) -> None:
    conversation = talk("cluster", "hold *->n3 Replicate", "pause n3", "put n1 k v", "resume n3")
    assert conversation.say("show wire") == [HELD.format("n3")]


def test_a_wall_clock_is_set_by_how_far_it_is_wrong(talk: Begin) -> None:
    conversation = talk("cluster versions=lww")
    assert conversation.say("clock n1 +250ms") == ["the wall clock of n1 is 250 ms ahead"]
    assert conversation.say("put n1 k v", "show k")[0] == "n1: [v n1.0:0/1 at 251 ms]"
    assert conversation.say("clock n1 -1s") == ["the wall clock of n1 is 750 ms behind"]
    assert conversation.say("clock n1 +750ms") == ["the wall clock of n1 is right"]


def test_a_partition_cuts_both_ways_between_its_groups_and_nowhere_else(talk: Begin) -> None:
    conversation = talk("cluster", "partition n1 | n2 n4")
    cuts = {(cut.sender, cut.to) for cut in conversation.stage.wire.cuts}
    assert cuts == {("n1", "n2"), ("n2", "n1"), ("n1", "n4"), ("n4", "n1")}
    assert conversation.say("heal", "put n1 k v", "show k")[1].startswith("n2: [v")


def test_a_cut_goes_one_way_and_may_be_of_one_kind(talk: Begin) -> None:
    conversation = talk("cluster", "cut n1->n2 Replicate", "put n1 k v")
    assert conversation.say("show k")[1:] == ["n2: nothing", "n3: [v n1.0:0/1] seen {n1.0:0/1}"]
    assert conversation.say("put n2 k w", "show k")[0].startswith("n1: [v n1.0:0/1, w n2.0:0/1]")


def test_held_messages_are_delivered_dropped_or_doubled_by_name(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k v")
    assert conversation.say("duplicate n1->n2")[-1:] != []
    assert conversation.say("show wire") == [HELD.format("n3"), HELD.format("n2")]
    assert conversation.say("drop n1->n3") == ["lost: " + HELD.format("n3")]
    assert conversation.say("deliver n1->n2") == ["delivered: " + HELD.format("n2")]
    assert conversation.say("show wire") == ["nothing waits"]
    assert conversation.say("show k")[1:] == ["n2: [v n1.0:0/1] seen {n1.0:0/1}", "n3: nothing"]


def test_release_lets_everything_pass(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "hold n2->*", "put n1 k v")
    assert conversation.say("release Replicate")[0].startswith("held: n2 -> n1 Stored")
    assert conversation.say("release", "show wire") == ["nothing waits"]


def test_a_held_disk_is_synced_by_hand_or_released(talk: Begin) -> None:
    conversation = talk("cluster", "hold disk n2", "put n1 k a", "put n1 k b")
    assert conversation.say("sync n2 1") == ["n2 has synced 1 write"]
    assert conversation.say("show k")[1].endswith("(1 write not synced)")
    assert conversation.say("release disk n2") == ["the disk of n2 syncs again"]
    assert not conversation.say("show k")[1].endswith("synced)")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["crash n1", "crash n1"], "n1 is down"),
        (["crash n1 losing"], "losing; accepted: nothing, `losing unsynced` or `keeping COUNT`"),
        (["crash"], "node: ''; accepted"),
        (["restart n1"], "n1 is up; `crash n1` first"),
        (["lose disk n1"], "n1 is up"),
        (["lose n1"], "n1; accepted: lose disk NODE"),
        (["lose disc n1"], "disc; accepted: lose disk NODE"),
        (["damage n1 k"], "n1 has no record of k"),
        (["pause n1", "pause n1"], "n1 is paused already"),
        (["resume n1"], "n1 is not paused"),
        (["sync n1"], "n1 has 0 writes not synced"),
        (["hold disk n1", "put n1 k v", "pause n1", "sync n1"], "n1 stands still"),
        (["hold disk n1", "pause n1", "release disk n1"], "n1 stands still"),
        (["hold Replicate", "put n1 k v", "pause n2", "deliver n1->n2"], "n2 stands still"),
        (["sync"], "nothing; accepted: sync NODE [COUNT]"),
        (["clock n1 5"], "5; accepted: a time up to an hour"),
        (["partition n1 n2"], "n1 n2; accepted: partition NODE... | NODE..."),
        (["partition n1 | n1"], "n1 | n1; accepted: partition"),
        (["partition n1 |"], "n1 |; accepted: partition"),
        (["heal"], "nothing is cut off"),
        (["release"], "any message is not held back; held back: nothing"),
        (["release Replicate"], "Replicate is not held back; held back: nothing"),
        (["release disk n1"], "the disk of n1 is not held"),
        (["deliver"], "no held message matches any message; held: nothing"),
        (["drop Replicate"], "no held message matches Replicate; held: nothing"),
        (["duplicate n1->n2"], "no held message matches n1->n2; held: nothing"),
    ],
)
def test_a_fault_that_cannot_happen_is_told_and_no_transcript_passes_with_it(
    talk: Begin, lines: list[str], told: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", *lines)
    assert str(error.value).startswith(told)


def test_a_machine_starts_on_the_copy_of_its_disk(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    assert conversation.say("copy disk n1") == ["what is durable on the disk of n1 is copied"]
    conversation.say("put n1 k w", "crash n1")
    assert conversation.say("restart n1 from copy") == ["n1 is up, on the copy of its disk"]
    assert conversation.say("show k")[0] == "n1: [v n1.0:0/1] seen {n1.0:0/1}"


def test_a_copy_can_be_put_back_twice(talk: Begin) -> None:
    conversation = talk("cluster", "copy disk n1")
    for _ in range(2):
        conversation.say("put n1 k v", "crash n1", "restart n1 from copy")
        assert conversation.say("show k")[0] == "n1: nothing"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["restart n1 from image"], "from image; accepted: nothing, or `from copy`"),
        (["crash n1", "restart n1 from copy"], "there is no copy of the disk of n1; `copy disk n1` makes one"),
        (["copy disk n1", "restart n1 from copy"], "n1 is up; `crash n1` first"),
        (["restart"], "node: ''; accepted: n1"),
        (["copy n1"], "n1; accepted: copy disk NODE"),
        (["copy disc n1"], "disc; accepted: copy disk NODE"),
    ],
)
def test_a_copy_that_cannot_be_made_or_put_back_is_told(talk: Begin, lines: list[str], told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", *lines)
    assert str(error.value).startswith(told)
