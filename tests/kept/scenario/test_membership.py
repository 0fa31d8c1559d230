"""kept.scenario.membership: who knows what, and whom a change waits for."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_nodes_that_know_the_same_stand_in_one_line(talk: Begin) -> None:
    conversation = talk("cluster nodes=4 n=2", "new node n5", "crash n2", "kill n3 for good")
    assert conversation.say("show members") == [
        "n1, n4: epoch 1: n1, n2, n3, n4",
        "n2: down",
        "n3: gone for good",
        "n5: in no ring",
    ]


def test_a_change_is_shown_with_those_that_it_waits_for(talk: Begin) -> None:
    conversation = talk("cluster nodes=4", "leave n4")
    known = "n1, n2, n3, n4: epoch 1: n1, n2, n3, n4; leave n4, driven by n1, phase prepare"
    assert conversation.say("show members") == [known, "leave n4 waits for n1, n2, n3, n4"]
    conversation.say("tick handoff n2", "tick handoff n1")
    assert conversation.say("show members") == [known, "leave n4 waits for n3, n4"]


def test_who_left_is_in_no_ring_and_knows_which_one(talk: Begin) -> None:
    conversation = talk("cluster nodes=4", "leave n4", "advance until done")
    assert conversation.say("show members") == [
        "n1, n2, n3: epoch 2: n1, n2, n3",
        "n4: in no ring; it knows epoch 2: n1, n2, n3",
    ]


def test_a_node_that_still_greets_is_starting(talk: Begin) -> None:
    conversation = talk("cluster nodes=3", "crash n1", "partition n1 | n2 n3", "restart n1")
    assert conversation.say("show members")[0] == "n1: starting; epoch 1: n1, n2, n3"


def test_a_rival_plan_that_binds_somebody_is_shown(talk: Begin) -> None:
    conversation = talk("cluster", "hold Announce", "leave n5 at n1", "leave n4 at n2")
    conversation.say("deliver n1->n3", "tick handoff n3", "deliver n2->n3", "deliver n3->n2")
    assert conversation.say("show members")[-1] == "leave n4 waits until n1 lets go of n1.1.1"


def test_the_owners_of_a_key_are_shown_before_and_after(talk: Begin) -> None:
    conversation = talk("cluster")
    assert conversation.say("show owners k") == ["k: n1, n2, n3"]
    conversation.say("leave n2")
    lists = "k: old n1, n2, n3; new n1, n3, n4; a put needs W of each list, a get asks the "
    assert conversation.say("show owners k") == [f"{lists}old one"]
    conversation.say("advance until flip")
    assert conversation.say("show owners k") == [f"{lists}new one"]
    conversation.say("advance until close")
    assert conversation.say("show owners k") == ["k: n1, n3, n4"]


def test_the_owners_of_a_key_that_a_change_does_not_concern_stay(talk: Begin) -> None:
    conversation = talk("cluster nodes=4 ring=3 partitions=8", "new node n5", "join n5")
    assert conversation.say("show owners milk") == ["milk: n4, n3, n1, before and after"]
    assert conversation.say("show owners 'a key'")[0].startswith('"a key": ')


@pytest.mark.parametrize(
    ("line", "told"),
    [("show members k", "k; accepted: show members"), ("show owners", "nothing; accepted: show owners KEY")],
)
def test_what_cannot_be_shown_is_told(talk: Begin, line: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", line)
    assert str(error.value).startswith(told)
