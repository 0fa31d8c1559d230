"""kept.scenario.operating: machines that come and go, and orders to whoever can take them."""

from collections.abc import Callable
from typing import Any

import pytest

from dynamo.core.steward import ACTIONS
from kept.scenario import operating
from kept.scenario.config import MAX_NODES
from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_a_new_node_is_in_no_ring_until_it_has_joined(talk: Begin) -> None:
    conversation = talk("cluster")
    assert conversation.say("new node n6") == ["n6 is up, in no ring"]
    assert conversation.say("put n6 k v") == ["put k=v: fail (the node is in no ring)"]
    conversation.say("join n6", "advance until done", "settle")
    assert conversation.say("put n6 k v")[0].startswith("put k=v: ok")
    assert "epoch 2: n1, n2, n3, n4, n5, n6" in conversation.say("show members")[0]


def test_a_machine_that_was_killed_is_gone_with_its_disk_and_is_not_waited_for(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    assert conversation.say("kill n3 for good") == ["n3 is gone for good, and its disk"]
    assert conversation.say("show k")[2] == "n3: nothing  (gone for good)"
    assert conversation.say("settle") == ["no rest: after 60 s the ring has members that are not there"]
    conversation.say("remove n3", "advance until done")
    assert conversation.say("settle")[0].startswith("at rest")
    assert [line.split(":")[0] for line in conversation.say("show k")] == ["n1", "n2", "n4"]


def test_what_waits_for_a_machine_that_stands_still_is_lost_with_it(talk: Begin) -> None:
    conversation = talk("cluster", "pause n3", "put n1 k v")
    assert conversation.say("kill n3 for good") == [
        "lost: n1 -> n3 Replicate k [v n1.0:0/1] seen {n1.0:0/1}",
        "n3 is gone for good, and its disk",
    ]
    assert conversation.say("show wire") == ["nothing waits"]


def test_an_order_goes_to_the_first_member_that_runs_and_is_not_meant(talk: Begin) -> None:
    assert talk("cluster").say("leave n1")[0].startswith("leave n1 at n2: ok")
    assert talk("cluster", "crash n1", "pause n2").say("leave n4")[0].startswith("leave n4 at n3: ok")
    assert talk("cluster").say("leave n4 at n5")[0].startswith("leave n4 at n5: ok")


def test_an_abort_goes_to_the_driver(talk: Begin) -> None:
    conversation = talk("cluster", "leave n2 at n4")
    assert conversation.say("abort")[0].startswith("abort at n4: ok; ")
    conversation = talk("cluster", "leave n2 at n4", "crash n4")
    assert conversation.say("abort") == ["abort at n1: refused: a change is under way: leave n2, driven by n4; ask n4"]


def test_weights_and_racks_go_with_the_order(talk: Begin) -> None:
    conversation = talk("cluster nodes=4 ring=3 partitions=20 racks=2", "new node n5")
    conversation.say("join n5 weight 2 rack rack9 at n3", "advance until done", "weight n1 0.5", "advance until done")
    members = {member.name: member for member in conversation.stage.members}
    assert (members["n5"].weight, members["n5"].rack) == (2.0, "rack9")
    assert members["n1"].weight == 0.5
    assert len(members["n5"].tokens) > len(members["n2"].tokens) > len(members["n1"].tokens)


def test_a_replaced_node_leaves_its_tokens_to_the_other(talk: Begin) -> None:
    conversation = talk("cluster", "kill n2 for good", "new node n6")
    assert conversation.say("replace n2 by n6 rack r")[0].startswith("replace n2 by n6 at n1: ok")
    conversation.say("advance until done")
    assert conversation.say("show ring") == ["every key: n1, n6 in r, n3, then n4, n5"]


def test_what_the_cluster_refuses_is_an_answer(talk: Begin) -> None:
    conversation = talk("cluster", "leave n2")
    assert conversation.say("weight n3 2") == [
        "weight n3 2 at n1: refused: a change is under way: leave n2, driven by n1, phase prepare"
    ]
    assert conversation.say("join n3 at n1")[0].startswith("join n3 at n1: refused: ")


def test_every_action_of_the_store_is_a_command() -> None:
    assert {command.name for command in operating.COMMANDS} == {*ACTIONS, "new", "kill"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["new n6"], "n6; accepted: new node NAME"),
        (["new nod n6"], "nod; accepted: new node NAME"),
        (["new node 6"], "6; accepted: a letter"),
        (["new node n1"], "n1 is there already"),
        (["kill n2 for good", "new node n2"], "n2 is there already"),
        (["put n1 k v by ann", "new node ann"], "ann is there already"),
        (["new node operator"], "operator is there already"),
        (["kill n1"], "n1; accepted: kill NODE for good"),
        (["kill"], "nothing; accepted: kill NODE for good"),
        (["kill n9 for good"], "node: n9; accepted: n1"),
        (["kill n1 for good", "kill n1 for good"], "n1 is gone already"),
        (["kill n1 for good", "restart n1"], "n1 is gone for good"),
        (["kill n1 for good", "crash n1"], "n1 is gone for good"),
        (["kill n1 for good", "lose disk n1"], "n1 is gone for good"),
        (["kill n1 for good", "copy disk n1"], "n1 is gone for good"),
        (["kill n1 for good", "leave n2 at n1"], "n1 is gone for good"),
        (["join"], "nothing; accepted: join NODE [weight W]"),
        (["join n9"], "node: n9; accepted: n1"),
        (["join n1 of n2"], "option: of; accepted: at, weight, rack"),
        (["join n1 at n2 at n3"], "option: at; accepted"),
        (["join n1 at"], "at: nothing follows; accepted: join NODE"),
        (["join n1 weight heavy"], "weight: heavy; accepted: a number from 0.01 to 100"),
        (["join n1 weight nan"], "weight: nan; accepted"),
        (["leave n1 weight 2"], "option: weight; accepted: at"),
        (["leave n1 at n9"], "node: n9; accepted: n1"),
        (["pause n1", "leave n2 at n1"], "n1 stands still; `resume n1` first"),
        (["replace n1 n2"], "n1 n2; accepted: replace NODE by NODE"),
        (["replace n1 with n2"], "with; accepted: replace NODE by NODE"),
        (["replace n9 by n1"], "node: n9; accepted: n1"),
        (["weight n1"], "n1; accepted: weight NODE W"),
        (["weight n1 0"], "weight: 0; accepted: a number from 0.01 to 100"),
        (["abort now"], "option: now; accepted: at"),
        (["put n1 k v by operator"], "by operator; accepted: a name that no node has"),
    ],
)
def test_an_order_that_cannot_be_given_is_told(talk: Begin, lines: list[str], told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", *lines)
    assert str(error.value).startswith(told)


def test_nobody_can_be_told_where_nobody_runs(talk: Begin) -> None:
    with pytest.raises(ScenarioError, match="no member can be told; accepted: at NODE, where one runs"):
        talk("cluster nodes=2 n=2", "crash n1", "leave n2")


def test_there_is_an_end_to_new_machines(talk: Begin) -> None:
    conversation = talk(f"cluster nodes={MAX_NODES}")
    with pytest.raises(ScenarioError, match=f"{MAX_NODES} machines; accepted: up to {MAX_NODES}"):
        conversation.say("new node one-more")
