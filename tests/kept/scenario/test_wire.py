"""kept.scenario.wire: patterns say which messages a command means, and a command without any is a mistake."""

import pytest

from dynamo.core.messages import Read, Request, Stored
from kept.scenario.failing import ScenarioError
from kept.scenario.wire import KINDS, Packet, Pattern, Wire, pattern_of

NAMES = ["n1", "n2", "client"]
STORED = Packet("n2", "n1", Stored(1))
READ = Packet("n1", "n2", Read(1, b"k"))


@pytest.mark.parametrize(
    ("words", "matched"),
    [
        ("", [STORED, READ]),
        ("Stored", [STORED]),
        ("n1->*", [READ]),
        ("*->n1", [STORED]),
        ("n1->n2 Read", [READ]),
        ("n1->n2 Stored", []),
    ],
)
def test_a_pattern_matches_by_sender_receiver_and_kind(words: str, matched: list[Packet]) -> None:
    pattern = pattern_of(words.split(), NAMES)
    assert [packet for packet in (STORED, READ) if pattern.matches(packet)] == matched
    assert str(pattern) == (words or "any message")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("n1->n9", "node or client: n9; accepted: *, n1, n2, client"),
        ("Replicat", "message: Replicat; accepted: "),
        ("Read Stored", "message: Stored; accepted: "),
    ],
)
def test_a_pattern_that_names_nothing_is_refused(words: str, line: str) -> None:
    with pytest.raises(ScenarioError) as error:
        pattern_of(words.split(), NAMES)
    assert str(error.value).startswith(line)


def test_every_message_of_the_protocol_can_be_named() -> None:
    assert {"Replicate", "Forward", "Handoff", "TreeRoots", "GossipSyn", "ReapVote", "Response"} <= set(KINDS)
    assert all(name[0].isupper() for name in KINDS)
    assert Request.__name__ in KINDS


def test_held_messages_are_taken_in_their_order_and_taking_none_is_an_error() -> None:
    wire = Wire()
    wire.held = [STORED, READ, STORED]
    assert wire.take(Pattern(kind="Stored")) == [STORED, STORED]
    assert wire.held == [READ]
    with pytest.raises(ScenarioError, match=r"no held message matches Stored; held: n1->n2 Read"):
        wire.take(Pattern(kind="Stored"))


def test_what_is_released_moves_unless_another_rule_still_holds_it() -> None:
    wire = Wire()
    wire.holds = [Pattern(kind="Stored"), Pattern(sender="n2")]
    wire.held = [STORED]
    wire.release(Pattern(kind="Stored"))
    assert (wire.held, list(wire.moving)) == ([STORED], [])
    with pytest.raises(ScenarioError, match=r"n1->\* is not held back; held back: n2->\*"):
        wire.release(Pattern(sender="n1"))
    wire.release(Pattern())
    assert (wire.held, list(wire.moving)) == ([], [STORED])
