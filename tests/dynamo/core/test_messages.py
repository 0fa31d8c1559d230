"""Messages are immutable, and losing, duplicating or reordering any of them is harmless."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core import messages
from dynamo.core.context import decode_context
from dynamo.core.messages import DELETE, FAIL, GET, OK, PUT, Replicate
from dynamo.core.vector import covers
from tests.dynamo.core.cluster import SECOND, Cluster, Packet

KINDS = [kind for kind in vars(messages).values() if isinstance(kind, type) and hasattr(kind, "_fields")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_an_immutable_tuple(kind: type) -> None:
    message = kind(*range(len(kind._fields)))  # type: ignore[attr-defined]
    assert isinstance(message, tuple)
    for field in message._fields:  # type: ignore[attr-defined]
        with pytest.raises(AttributeError):
            setattr(message, field, None)


def test_a_replicate_is_durable_and_for_the_receiver_itself_unless_it_says_otherwise() -> None:
    message = Replicate._field_defaults
    assert message == {"owner": "", "durable": True}


class Weather:
    """Loses, duplicates and reorders what is on the wire."""

    def __init__(self, cluster: Cluster, draws: list[int]) -> None:
        self.cluster = cluster
        self.draws = draws
        self.kept: list[Packet] = []

    def blow(self) -> None:
        """One round; after the draws are used up every message arrives once and in order."""
        packets = self.cluster.take(lambda _packet: True)
        while packets:
            draw = self.draws.pop() if self.draws else 1
            packet = packets.pop(0 if draw % 2 else -1)
            fate = draw // 2 % 4 if draw != 1 else 0
            if fate == 1:
                continue  # lost
            self.cluster.hand_in(packet)
            if fate == 2:
                self.cluster.hand_in(packet)
            elif fate == 3:
                self.kept.append(packet)

    def settle(self) -> None:
        for _ in range(40):
            self.cluster.sync()
            if not self.cluster.wire:
                return
            self.blow()


OPERATIONS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([PUT, GET, DELETE])), min_size=1, max_size=6)


@given(OPERATIONS, st.lists(st.integers(0, 63), max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_the_wire_does_no_acknowledged_value_is_lost_and_none_is_false(
    operations: list[tuple[str, str]], draws: list[int]
) -> None:
    """At quiescence the siblings are exactly the effective values that no effective context covers."""
    cluster = Cluster("abcd")
    weather = Weather(cluster, draws)
    key = cluster.key()
    context = b""
    asked: dict[str, tuple[str, bytes]] = {}
    for at, (name, kind) in enumerate(operations):
        if kind == DELETE and not context:
            continue
        value = b"%d" % at if kind == PUT else b""
        request_id = cluster.ask(name, kind, key, value, context=b"" if kind == GET else context)
        asked[request_id] = (kind, context)
        weather.settle()
        cluster.now_us += SECOND // 10
        for response in cluster.replies.get(request_id, []):
            if response.status == OK and kind == GET:
                context = response.context
    cluster.run(5 * SECOND)
    cluster.hand_in(*weather.kept)
    cluster.run(40 * SECOND)
    states = [cluster.held(name, key) for name in "abc"]
    assert states[0] == states[1] == states[2]
    assert cluster.hints("d") == []
    assert len({minted.dot for minted in cluster.minted}) == len(cluster.minted), "one name for two puts"
    check(cluster, key, asked)


def check(cluster: Cluster, key: bytes, asked: dict[str, tuple[str, bytes]]) -> None:
    """`asked`: the kind and the context of every request."""
    shown = cluster.get("b", key, r=3).dots
    status = {request_id: cluster.reply(request_id).status for request_id in asked}
    writes = {request_id: decode_context(context) for request_id, (kind, context) in asked.items() if kind != GET}
    certain = [context for request_id, context in writes.items() if status[request_id] == OK]
    possible = [context for request_id, context in writes.items() if status[request_id] != FAIL]
    for request, _, dot in cluster.minted:
        assert status[request] != FAIL, "a put that failed has made a version"
        if status[request] == OK and not any(covers(context, dot) for context in possible):
            assert dot in shown, "an acknowledged put that nobody replaced is lost"
        if any(covers(context, dot) for context in certain):
            assert dot not in shown, "a value that was replaced is still shown"
    assert len(set(shown)) == len(shown)
    assert set(shown) <= {minted.dot for minted in cluster.minted}
