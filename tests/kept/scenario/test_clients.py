"""kept.scenario.clients: requests, what clients were told, and the history that the checkers judge."""

from collections.abc import Callable
from typing import Any

import pytest

from histories.run import RecordedRun
from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def recorded(conversation: Any, settled: bool = False) -> RecordedRun:
    return conversation.interpreter.scene.clients.recorded(settled)


def test_a_history_has_every_operation_as_its_client_saw_it(talk: Begin) -> None:
    conversation = talk("cluster sloppy=no", "put n1 k v as p", "put n1 k w with p", "get n2 k")
    conversation.say("cut n1->*", "put n1 k x", "advance 1s", "delete n2 k with p")
    operations = recorded(conversation).operations
    told = [(op.kind, op.value, op.outcome, dict(op.context), op.values) for op in operations]
    assert told == [
        ("put", "v", "ok", {}, ()),
        ("put", "w", "ok", {"n1.0:0": 1}, ()),
        ("get", None, "ok", {}, ("w",)),
        ("put", "x", "info", {}, ()),
        ("delete", None, "ok", {"n1.0:0": 1}, ()),
    ]
    assert [op.named for op in operations[:2]] == [("n1.0:0", 1), ("n1.0:0", 2)]
    assert operations[3].named == ("n1.0:0", 3), "what the client never heard stands in the trace"


def test_a_later_request_begins_after_an_earlier_answer(talk: Begin) -> None:
    one, other = recorded(talk("cluster", "put n1 k v", "get n1 k")).operations
    assert one.end_us is not None
    assert one.end_us < other.start_us


def test_a_process_has_one_operation_open_at_a_time(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k a", "put n1 k b", "put n1 k c by ann", "release")
    conversation.say("put n1 k d", "put n1 k e by ann")
    assert [op.process for op in recorded(conversation).operations] == [0, 1, 2, 0, 2]


def test_a_named_client_that_waits_cannot_ask(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k a by ann")
    with pytest.raises(ScenarioError, match="ann still waits for an answer"):
        conversation.say("get n1 k by ann")


def test_a_context_comes_only_from_an_operation_that_was_answered_ok(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k a as p")
    with pytest.raises(ScenarioError, match="with p: that operation was not answered ok"):
        conversation.say("put n1 k b with p")
    with pytest.raises(ScenarioError, match="label: q; accepted: p"):
        conversation.say("put n1 k b with q")


def test_a_node_that_is_down_refuses_and_the_request_has_no_effect(talk: Begin) -> None:
    conversation = talk("cluster", "crash n1")
    assert conversation.say("put n1 k v") == ["put k=v: fail (n1 refused the connection)"]
    assert [op.outcome for op in recorded(conversation).operations] == ["fail"]


def test_a_request_that_has_failed_is_not_made_again(talk: Begin) -> None:
    conversation = talk("cluster", "crash n1", "put n1 k v as p", "restart n1")
    with pytest.raises(ScenarioError, match="that request has failed, which is final"):
        conversation.say("retry p")


def test_a_retry_at_a_node_that_is_down_ends_nothing(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k v as p", "crash n1")
    assert conversation.say("retry p") == ["put k=v: n1 refused the connection", "put k=v: no answer yet"]
    assert recorded(conversation).operations[0].end_us is None


def test_the_final_states_are_those_of_the_disks(talk: Begin) -> None:
    run = recorded(talk("cluster", "crash n1", "advance 30s", "put n2 k v"))
    held = [(state.node, state.space, state.owner) for state in run.replicas.states]
    assert held == [("n2", "data", ""), ("n3", "data", ""), ("n4", "hint", "n1")]


def test_looking_at_the_history_changes_nothing(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k v")
    assert recorded(conversation) == recorded(conversation)
