"""kept.explore.telling: requests and messages in words."""

import pytest

from dynamo.core.messages import Read, Request
from kept.explore.interning import CLIENT, Copy, Message
from kept.explore.system import Nodes


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request("0.1", "get", b"k"), "c0 asks for it"),
        (Request("0.1", "put", b"k", b"0.1"), "c0 puts 0.1 blind"),
        (Request("0.2", "put", b"k", b"0.2", b"x"), "c0 puts 0.2 with what it has seen"),
        (Request("0.3", "delete", b"k", context=b"x"), "c0 deletes what it has seen"),
    ],
)
def test_a_request_is_told(one_put: Nodes, request_: Request, said: str) -> None:
    assert one_put.telling.asked(0, request_, (b"k",)) == said


def test_a_request_names_its_key_where_there_are_several(one_put: Nodes) -> None:
    told = [
        one_put.telling.asked(0, Request("0.1", kind, b"l", b"v"), (b"k", b"l")) for kind in ("get", "put", "delete")
    ]
    assert told == ["c0 asks for l", "c0 puts v at l blind", "c0 deletes what it has seen at l"]


def test_a_message_is_told_with_its_sender(one_put: Nodes) -> None:
    number = one_put.messages.number(Message("n1", "n2", Read(1, b"k")), 0, 1)
    assert one_put.telling.message(number) == "Read k from n1"
    again = one_put.messages.number(Message("c0", "n2", Copy(Request("0.1", "get", b"k"), 0)), CLIENT, 1)
    assert one_put.telling.message(again) == "the request of c0 comes once more"
