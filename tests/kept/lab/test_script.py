"""kept.lab.script: streams that can be wound, and clients that do what they are told when they are told."""

from typing import Any

import pytest

from dynamo.core import messages as m
from dynamo.core.effects import Asked, Reply
from dynamo.core.messages import Request, Response
from kept.lab import workload as w
from kept.lab.script import STOP, Planned, Script, Wound
from kept.lab.workload import Habits, Workload
from kept.sim.entropy import stream

SECOND = 1_000_000
FAITHFUL = Habits(0.0, 0.0, 0.0)


class Told:
    """A log of (time, kind, key, id)."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.invoked: list[tuple[int, str, bytes, str]] = []

    def invoke(self, _process: int, request: Request) -> None:
        self.invoked.append((self.world.now_us, request.kind, request.key, request.id))

    def complete(self, process: int, request: Request, response: Response) -> None: ...


def perform(stage: Any, script: Script, leave: int = 100, answers: bool = True) -> tuple[Told, list[int]]:
    """Client 2 of 10 before nodes that answer; what was invoked, and when the client stopped."""

    def react(_node: Any, event: Any) -> list[Any]:
        return [Reply(event.client, Response(event.request.id, m.OK))] if answers and isinstance(event, Asked) else []

    world = stage(react=react, seed=0).world
    log, ended, left = Told(world), [], [leave]

    def take() -> bool:
        left[0] -= 1
        return left[0] >= 0

    workload = Workload("mixed", 10, 0.0)
    make = script.client(2)
    client = make(world, 2, 10, workload, FAITHFUL, log, 5_000, take, lambda: ended.append(world.now_us))
    client.rest_until(50_000)
    world.run(60 * SECOND)
    return log, ended


def test_a_wound_stream_gives_what_the_original_gives_from_any_place_on() -> None:
    plain = stream(5, "client", 3)
    numbers = [plain.random() for _ in range(50)]
    wound = Wound(stream(5, "client", 3))
    for place in (0, 10, 49, 7, 7, 30):
        wound.wind(place)
        assert wound.random() == numbers[place]
        assert wound.given == place + 1


def test_every_kind_of_draw_of_a_client_is_one_number_of_its_stream() -> None:
    """Whoever lets a client draw otherwise makes places in the stream ambiguous."""
    wound, plain = Wound(stream(1, "x")), stream(1, "x")
    assert wound.expovariate(0.5) == plain.expovariate(0.5)
    assert wound.given == 1
    assert wound.random() == plain.random()


def test_a_client_does_its_own_intents_at_their_times_and_then_stops(stage: Any) -> None:
    script = Script(
        [Planned(2, 70_000, w.GET, "a", 0), Planned(3, 80_000, w.GET, "no", 0), Planned(2, 900_000, w.BLIND, "b", 9)]
    )
    log, ended = perform(stage, script)
    assert [(at_us, kind, key) for at_us, kind, key, _ in log.invoked] == [
        (70_000, m.GET, b"a"),
        (900_000, m.PUT, b"b"),
    ]
    assert len(ended) == 1
    assert 900_000 < ended[0] < 910_000, "with the answer to its last operation"


def test_an_intent_that_is_due_while_another_is_under_way_waits(stage: Any) -> None:
    log, _ = perform(stage, Script([Planned(2, 70_000, w.GET, "a", 0), Planned(2, 70_000, w.GET, "b", 0)]))
    (first_us, *_), (second_us, *_) = log.invoked
    assert first_us == 70_000 < second_us < 80_000


@pytest.mark.parametrize("at_us", [60_000, 5 * SECOND])
def test_a_stop_lets_the_run_last_until_then(stage: Any, at_us: int) -> None:
    script = Script([Planned(2, at_us, STOP, "", 0), Planned(2, at_us, w.GET, "never", 0)])
    log, ended = perform(stage, script)
    assert log.invoked == []
    assert ended == [at_us]


def test_a_client_without_intents_stops_at_once(stage: Any) -> None:
    assert perform(stage, Script([Planned(0, 0, w.GET, "a", 0)]))[1] == [0]


def test_leave_is_still_needed(stage: Any) -> None:
    script = Script([Planned(2, 70_000, w.GET, "a", 0), Planned(2, 90_000, w.GET, "b", 0)])
    log, ended = perform(stage, script, leave=1)
    assert len(log.invoked) == 1
    assert len(ended) == 1


@pytest.mark.parametrize("leave", [0, 1, 2, 17, 40])
def test_what_is_noted_of_a_client_makes_another_do_the_same(stage: Any, leave: int) -> None:
    noted = Script()
    first, first_ended = perform(stage, noted, leave)
    again, ended = perform(stage, Script(noted.intents), leave)
    assert again.invoked == first.invoked
    assert ended == first_ended
    assert len(first.invoked) == leave
    assert {intent.client for intent in noted.intents} == {2}


def test_a_client_that_notes_does_what_one_does_that_does_not(stage: Any) -> None:
    noted = Script()
    told, _ = perform(stage, noted, 30)
    kinds = [intent.kind for intent in noted.intents]
    assert len(kinds) <= 31
    assert set(kinds) <= {*w.INTENTS, STOP}
    draw, workload = stream(0, "client", 2), Workload("mixed", 10, 0.0)
    first = workload.draw(draw)
    assert (noted.intents[0].kind, noted.intents[0].key.encode(), noted.intents[0].draws) == (*first, 2)
    assert told.invoked[0][0] == noted.intents[0].due_us == 50_000
