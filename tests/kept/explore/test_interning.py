"""kept.explore.interning: equal messages have one number, and only answers are answers."""

from dynamo.core.messages import Read, ReadReply, Stored
from dynamo.core.siblings import Siblings
from kept.explore.interning import Message, Messages


def test_equal_messages_have_one_number_and_others_have_others() -> None:
    messages = Messages()
    state = {"a": 1, "b": 2}
    first = messages.number(Message("n1", "n2", ReadReply(1, b"", Siblings(state, ()))), 0, 1)
    again = messages.number(Message("n1", "n2", ReadReply(1, b"", Siblings(dict(reversed(state.items())), ()))), 0, 1)
    other = messages.number(Message("n1", "n3", ReadReply(1, b"", Siblings(state, ()))), 0, 2)
    assert first == again != other
    assert messages.of_digest(messages.digests[other]) == other
    assert messages.of_digest(0) is None
    assert (messages.senders[other], messages.receivers[other]) == (0, 2)


def test_what_answers_a_question_is_known() -> None:
    messages = Messages()
    numbers = [
        messages.number(Message("n1", "n2", one), 0, 1) for one in (Read(1, b"k"), Stored(1), ReadReply(1, b"", None))
    ]
    assert [messages.answers[number] for number in numbers] == [False, True, True]
    assert [messages.reads[number] for number in numbers] == [False, False, True]
