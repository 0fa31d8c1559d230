"""kept.scenario.stage: nothing happens by itself, and the same commands do the same."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_no_time_passes_while_messages_are_delivered(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    before_us = conversation.stage.now_us
    conversation.stage.run()
    assert conversation.stage.now_us == before_us


def test_timers_fire_at_their_times_and_in_their_order(talk: Begin) -> None:
    stage = talk("cluster").stage
    fired: list[tuple[int, str]] = []
    for machine in stage.machines.values():
        fire = machine.fire

        def noted(timer: str, fire: Any = fire, name: str = machine.name) -> None:
            fired.append((stage.now_us, name))
            fire(timer)

        machine.fire = noted
    stage.advance(1_000_000)
    assert stage.now_us == 1_000_000
    assert fired == sorted(fired, key=lambda each: each[0])
    assert {name for _, name in fired} == set(stage.machines)
    assert len(fired) >= 5 * 5, "gossip, exchange and reap once, handoff four times"


def test_a_machine_that_stands_still_fires_no_timer_until_it_goes_on(talk: Begin) -> None:
    conversation = talk("cluster", "pause n1")
    before = dict(conversation.stage.machines["n1"].timers)
    conversation.say("advance 2s")
    assert conversation.stage.machines["n1"].timers == before
    conversation.say("resume n1", "advance 1ms")
    assert all(at_us > 2_000_000 for at_us in conversation.stage.machines["n1"].timers.values())


@pytest.mark.parametrize(
    ("level", "lines"),
    [
        ("off", ["put k=v: ok n1.0:0/1, context {n1.0:0/1}"]),
        (
            "on",
            [
                "n1 -> n2 Replicate k [v n1.0:0/1] seen {n1.0:0/1}",
                "n2 -> n1 Stored",
                "put k=v: ok n1.0:0/1, context {n1.0:0/1}",
            ],
        ),
        (
            "all",
            [
                "n1 -> n2 Replicate k [v n1.0:0/1] seen {n1.0:0/1}",
                "n2 -> n1 Stored",
                "n1 -> client Response ok",
                "put k=v: ok n1.0:0/1, context {n1.0:0/1}",
            ],
        ),
    ],
)
def test_the_trace_shows_what_arrives(talk: Begin, level: str, lines: list[str]) -> None:
    conversation = talk("cluster nodes=2 n=2", f"trace {level}")
    assert conversation.say("put n1 k v") == lines


def test_messages_to_a_machine_that_is_down_are_lost(talk: Begin) -> None:
    conversation = talk("cluster sloppy=no", "crash n3", "trace on")
    said = conversation.say("put n1 k v")
    assert "lost: n1 -> n3 Replicate k [v n1.0:0/1] seen {n1.0:0/1} (n3 is down)" in said


def test_a_cluster_that_does_not_come_to_rest_is_given_up(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kept.scenario.stage.MAX_DELIVERIES", 3)
    with pytest.raises(ScenarioError, match="did not come to rest after 3 messages"):
        talk("cluster", "put n1 k v")


def test_equal_commands_have_equal_answers(talk: Begin) -> None:
    lines = [
        "cluster",
        "trace all",
        "put n1 k v",
        "crash n2",
        "put n4 k w",
        "advance 30s",
        "restart n2",
        "settle",
        "check",
    ]

    def said() -> list[str]:
        conversation = talk(lines[0])
        return [told for line in lines[1:] for told in conversation.say(line)]

    first = said()
    assert len(first) > 300
    assert said() == first


def test_the_ring_is_the_newest_that_a_running_node_knows(talk: Begin) -> None:
    conversation = talk("cluster nodes=4", "leave n4 at n1", "advance until done")
    assert [member.name for member in conversation.stage.members] == ["n1", "n2", "n3"]
    conversation.say(*(f"crash {name}" for name in conversation.stage.machines))
    assert [member.name for member in conversation.stage.members] == ["n1", "n2", "n3"], "as the disks know it"
    conversation.say(*(f"kill {name} for good" for name in conversation.stage.machines))
    assert [member.name for member in conversation.stage.members] == ["n1", "n2", "n3", "n4"], "as it was founded"


def test_rings_that_were_founded_apart_do_not_know_each_other(talk: Begin) -> None:
    conversation = talk("cluster rings=n1,n2|n3,n4 n=2", "put n1 k v", "put n3 k w")
    assert conversation.say("show k") == [
        "n1: [v n1.0:0/1] seen {n1.0:0/1}",
        "n2: [v n1.0:0/1] seen {n1.0:0/1}",
        "n3: [w n3.0:0/1] seen {n3.0:0/1}",
        "n4: [w n3.0:0/1] seen {n3.0:0/1}",
    ]
    conversation.say("settle")
    assert [member.name for member in conversation.stage.members] == ["n1", "n2", "n3", "n4"]
