"""kept.scenario.asking: the commands of clients."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.failing import ScenarioError

Begin = Callable[..., Any]


def test_a_put_without_a_context_is_blind_and_one_with_it_replaces(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k a as a", "put n1 k b")
    assert conversation.say("put n1 k c with a")[0].startswith(
        "put k=c: ok n1.0:0/3, siblings [b n1.0:0/2, c n1.0:0/3]"
    )


def test_a_delete_needs_a_context(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k a as a")
    assert conversation.say("delete n1 k")[0].startswith("delete k: fail (context: a delete needs")
    assert conversation.say("delete n1 k with a") == ["delete k: ok, context {n1.0:0/1}"]
    assert conversation.say("get n2 k") == ["get k: ok, nothing, context {n1.0:0/1}"]


def test_a_request_may_have_quorums_and_a_time_out_of_its_own(talk: Begin) -> None:
    conversation = talk("cluster sloppy=no", "cut n1->n3")
    assert conversation.say("put n1 k a w=3 timeout=200ms") == ["put k=a: no answer yet"]
    assert conversation.say("advance 200ms")[0] == "put k=a: info (2 of W=3 acknowledged in time)"
    assert conversation.say("get n1 k r=1")[0].startswith("get k: ok [a")
    assert "out of range; accepted: 1 to N=3" in conversation.say("get n1 k r=9")[0]


def test_values_with_spaces_stand_in_quotes(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 'my cart' \"two eggs\"")
    assert conversation.say("get n1 'my cart'")[0].startswith('get "my cart": ok ["two eggs" n1.0:0/1]')


def test_a_retry_is_answered_again_or_waits_with_the_first_one(talk: Begin) -> None:
    conversation = talk("cluster", "put n1 k a as a")
    assert conversation.say("retry a") == ["put k=a: ok n1.0:0/1, context {n1.0:0/1} (answered again)"]
    conversation.say("hold Replicate", "put n1 k b as b")
    assert conversation.say("retry b") == ["put k=b: no answer yet"]


def test_only_the_request_itself_is_told_to_wait(talk: Begin) -> None:
    conversation = talk("cluster", "hold Replicate", "put n1 k a")
    assert conversation.say("put n1 k b")[-1:] == ["put k=b: no answer yet"]
    assert "put k=a: no answer yet" not in conversation.say("get n4 k")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("put n1 k", "n1 k; accepted: put NODE KEY VALUE"),
        ("put n9 k v", "node: n9; accepted: n1"),
        ("put n1 k v with", "with: nothing follows"),
        ("put n1 k v w=x", "w: x; accepted: a whole number"),
        ("put n1 k v r=1", "option: r=1; accepted: with, as, by, w=, pw=, timeout="),
        ("put n1 k v as a as b", "option: as; accepted"),
        ("put n1 k v by n2", "by n2; accepted: a name that no node has"),
        ("get n1 k with a", "with: a get carries no context"),
        ("put n1 k v by a->b", "by a->b; accepted: a name that no node has"),
        ("retry a", "label: a; accepted: none yet"),
        ("retry", "nothing; accepted: retry LABEL"),
    ],
)
def test_a_wrong_request_is_told_in_one_line(talk: Begin, line: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        talk("cluster", line)
    assert str(error.value).startswith(told)


def test_a_paused_node_takes_no_request(talk: Begin) -> None:
    with pytest.raises(ScenarioError, match="n1 stands still and takes no request"):
        talk("cluster", "pause n1", "put n1 k v")
