"""kept.scenario.operator: each order has its answer, and one that is late is told when it comes."""

from collections.abc import Callable
from typing import Any

Begin = Callable[..., Any]


def test_an_order_is_answered_in_the_line_that_gives_it(talk: Begin) -> None:
    assert talk("cluster nodes=3").say("status") == ["status at n1: a member; epoch 1: n1, n2, n3"]


def test_an_answer_that_is_held_back_is_told_when_it_arrives(talk: Begin) -> None:
    conversation = talk("cluster", "hold n2->operator")
    said = conversation.say("leave n4 at n2")
    assert said == ["leave n4 at n2: no answer yet"]
    assert conversation.say("show wire")[0] == "n2 -> operator Operated ok"
    told = conversation.say("release n2->operator")
    assert told[0].startswith("leave n4 at n2: ok; epoch 1: ")


def test_answers_find_their_orders_whatever_order_they_come_in(talk: Begin) -> None:
    conversation = talk("cluster nodes=3", "hold n1->operator", "status at n1", "status at n2")
    assert conversation.say("deliver") == [
        "delivered: n1 -> operator Operated ok",
        "status at n1: a member; epoch 1: n1, n2, n3",
    ]


def test_a_lost_answer_is_no_answer_though_the_order_was_carried_out(talk: Begin) -> None:
    conversation = talk("cluster", "cut n1->operator")
    assert conversation.say("leave n2 at n1") == ["leave n2 at n1: no answer yet"]
    assert "leave n2, driven by n1, phase prepare" in conversation.say("show members")[0]


def test_a_restarted_node_that_waits_for_its_greeting_refuses(talk: Begin) -> None:
    conversation = talk("cluster", "crash n1", "partition n1 | n2 n3 n4 n5", "restart n1")
    assert conversation.say("status at n1") == ["status at n1: refused: the node is starting"]
