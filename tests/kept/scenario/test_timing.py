"""kept.scenario.timing: time passes when it is told to."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_time_passes_by_exactly_what_was_said(talk: Begin) -> None:
    conversation = talk("cluster")
    assert conversation.say("advance 1500ms") == ["1.5 s later"]
    assert conversation.stage.now_us == 1_500_000


def test_a_tick_fires_one_timer_and_none_else(talk: Begin) -> None:
    conversation = talk("cluster", "trace all")
    said = conversation.say("tick gossip n3")
    assert [line.split()[3] for line in said[:-1]] == ["GossipSyn", "GossipAck"]
    assert said[-1] == "the gossip timer of n3 has fired"


@pytest.mark.parametrize(("timer", "message"), [("gossip", "GossipSyn"), ("exchange", "TreeRoots")])
@pytest.mark.parametrize("peer", ["n2", "n3"])
def test_a_tick_turns_to_the_peer_that_is_named(talk: Begin, timer: str, message: str, peer: str) -> None:
    conversation = talk("cluster nodes=3", "trace all")
    assert conversation.say(f"tick {timer} n1 with {peer}")[0] == f"n1 -> {peer} {message}"


def test_settling_waits_for_hints_and_repairs_and_beyond_the_graces_end(talk: Begin) -> None:
    conversation = talk("cluster", "crash n1", "advance 30s", "put n2 k v as v", "delete n2 k with v", "restart n1")
    began_us = conversation.stage.now_us
    (said,) = conversation.say("settle")
    assert said.startswith("at rest after ")
    assert conversation.stage.now_us - began_us > 8_000_000
    assert conversation.say("show k") == ["n1: nothing", "n2: nothing", "n3: nothing"], "the tombstone was reaped"


def test_settling_says_what_is_in_the_way(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v", "crash n1")
    assert conversation.say("settle") == ["no rest: after 60 s n1 is not serving"]


def test_settling_finds_work_that_never_ends(talk: Begin) -> None:
    conversation = talk("cluster", "bug half-reaping", "put n1 k v as v", "delete n1 k with v")
    assert conversation.say("settle") == ["no rest: anti-entropy finds differences again and again"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["advance"], "nothing; accepted: advance SPAN"),
        (["advance 0s"], "0s; accepted: a time above 0"),
        (["advance -1s"], "-1s; accepted: a time above 0"),
        (["tick"], "nothing; accepted: tick TIMER NODE [with PEER]"),
        (["tick gossip n1 by n2"], "gossip n1 by n2; accepted: tick"),
        (["tick gosip n1"], "timer: gosip; accepted: exchange, gossip, handoff, reap; did you mean gossip?"),
        (["tick handoff n1 with n2"], "n2 is no choice of n1 for handoff; accepted: none"),
        (["tick exchange n1 with n1"], "n1 is no choice of n1 for exchange; accepted: n2, n3"),
        (["pause n1", "tick reap n1"], "n1 stands still"),
        (["crash n1", "tick reap n1"], "n1 is down"),
        (["hold Replicate", "settle"], "messages are held or cut off"),
        (["cut n1->n2", "settle"], "messages are held or cut off"),
        (["trace loud"], "trace: loud; accepted: off, on, all"),
    ],
)
def test_time_that_cannot_pass_so_is_told(talk: Begin, lines: list[str], told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", *lines)
    assert str(error.value).startswith(told)


def test_time_passes_until_a_change_comes_to_a_phase(talk: Begin) -> None:
    conversation = talk("cluster nodes=4", "leave n4")
    for phase in ("transfer", "flip", "close"):
        (said,) = conversation.say(f"advance until {phase}")
        assert said.endswith(f"later: epoch 1: n1, n2, n3, n4; leave n4, driven by n1, phase {phase}")
        assert conversation.stage.table.plan.phase == phase
    (said,) = conversation.say("advance until done")
    assert said.endswith("later: epoch 2: n1, n2, n3")


def test_a_phase_may_be_passed_over(talk: Begin) -> None:
    assert talk("cluster nodes=4", "leave n4").say("advance until done")[0].endswith("epoch 2: n1, n2, n3")


def test_a_tick_of_gossip_can_turn_to_a_seed_of_another_ring(talk: Begin) -> None:
    conversation = talk("cluster rings=n1,n2|n3,n4 n=2", "trace all")
    assert conversation.say("tick gossip n2 with n3")[0] == "n2 -> n3 GossipSyn"
    assert conversation.say("tick gossip n2 with n1")[0] == "n2 -> n1 GossipSyn"
    conversation.say("new node n5")
    assert conversation.say("tick gossip n5 with n3")[0] == "n5 -> n3 GossipSyn"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["advance until"], "nothing; accepted: advance until PHASE"),
        (["advance until full"], "phase: full; accepted: prepare, transfer, flip, close, done"),
        (["advance until flip"], "flip: epoch 1: n1, n2, n3, n4, n5, as of now; accepted: a phase to come"),
        (["advance until done"], "done: epoch 1: n1, n2, n3, n4, n5, as of now; accepted: a phase to come"),
        (["leave n2", "advance until prepare"], "prepare: epoch 1: n1, n2, n3, n4, n5; leave n2, driven by n1, phase"),
        (
            ["leave n2", "crash n3", "advance until done"],
            "done: not within 60 s: epoch 1: n1, n2, n3, n4, n5; leave n2",
        ),
        (["new node n6", "tick exchange n6 with n1"], "n1 is no choice of n6 for exchange; accepted: none"),
    ],
)
def test_a_phase_that_does_not_come_is_told(talk: Begin, lines: list[str], told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", *lines)
    assert str(error.value).startswith(told)
