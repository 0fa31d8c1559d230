"""kept.lab.direction: who asks whom, and when, happens as it is written, and cues find the moments of messages."""

import pytest

from dynamo.core.messages import Announce, Handoff, Read, Replicate
from kept.lab.client import Client
from kept.lab.direction import MS, SECOND, Direction, aimed
from kept.lab.replay import replay
from kept.lab.schedule import Schedule
from kept.lab.workload import DELETE, UPDATE
from kept.sim.entropy import stream
from kept.sim.tape import DUPLICATE


def direction(**config: object) -> Direction:
    return Direction(("fresh-reads",), **{"nodes": 3, "n": 3, "r": 2, "w": 2, "sloppy": False, **config})


def asked(made: Direction, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, str]]:
    """(time, kind, node) of every request of a run."""
    found: list[tuple[int, str, str]] = []
    issue = Client._issue

    def noting(self: Client, kind: str, key: bytes, value: bytes, context: bytes) -> None:
        issue(self, kind, key, value, context)
        found.append((self.world.now_us, kind, self.node))

    monkeypatch.setattr(Client, "_issue", noting)
    made.run()
    return found


def test_every_act_goes_to_the_node_and_at_the_time_that_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    made = direction()
    made.put(1 * SECOND, "n3")
    made.get(1_500 * MS, "n1")
    made.ask(2 * SECOND, UPDATE, "n2", "n3")
    made.ask(3 * SECOND, DELETE, "n3", "n1")
    found = asked(made, monkeypatch)
    assert [(kind, node) for _, kind, node in found] == [
        *(("put", "n3"), ("get", "n1")),
        *(("get", "n2"), ("put", "n3")),
        *(("get", "n3"), ("delete", "n1")),
    ]
    assert [found[at][0] for at in (0, 1, 2, 4)] == [1 * SECOND, 1_500 * MS, 2 * SECOND, 3 * SECOND]


def test_a_client_that_asks_again_knows_what_it_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    made = direction()
    made.put(1 * SECOND, "n1")
    client = made.get(2 * SECOND, "n2")
    made.ask(3 * SECOND, UPDATE, "n3", client=client)
    assert [(kind, node) for _, kind, node in asked(made, monkeypatch)] == [("put", "n1"), ("get", "n2"), ("put", "n3")]


def test_a_newcomer_can_be_asked_once_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = direction()
    made.fault("join", 500 * MS, 1, "n4", number=1.0)
    made.get(10 * SECOND, "n4")
    assert asked(made, monkeypatch) == [(10 * SECOND, "get", "n4")]


def test_a_direction_is_a_schedule_that_replays_to_the_byte() -> None:
    made = direction(r=1)
    made.part(500 * MS, 5 * SECOND, ("n1", "n2"), ("n3",))
    made.put(1 * SECOND, "n1")
    made.get(2 * SECOND, "n3")
    trial = made.run()
    assert trial.violated == ("fresh-reads",)
    again = replay(Schedule.model_validate_json(trial.schedule().text()))
    assert (again.result, again.trial.history_sha256) == ("FAILED", trial.history_sha256)


def test_a_cue_is_the_moment_of_a_message_and_what_is_added_later_does_not_move_it() -> None:
    made = direction()
    made.put(1 * SECOND, "n1")
    sent_us = made.moment(lambda message: isinstance(message, Replicate), "n1", "n2")
    assert 1 * SECOND < sent_us < 1 * SECOND + 30 * MS
    made.get(sent_us + 10 * MS, "n2")
    made.part(sent_us + 1, 1 * SECOND, ("n1",), ("n2", "n3"))
    assert made.moment(lambda message: isinstance(message, Replicate), "n1", "n2") == sent_us
    assert made.moment(lambda message: isinstance(message, Read), "n2", "n3", sent_us) > sent_us + 10 * MS
    with pytest.raises(LookupError, match="n1 sends n2 no such message after 0 us"):
        made.moment(lambda message: isinstance(message, Handoff), "n1", "n2")


def test_a_message_can_be_late_or_come_twice() -> None:
    for kind in ("delay", DUPLICATE):
        made = direction(anti_entropy=False, read_repair="off")
        made.put(1 * SECOND, "n1")
        made.late(lambda message: isinstance(message, Replicate), "n1", "n2", 0, 500 * MS, kind=kind)
        made.until(3 * SECOND)
        trial = made.run()
        assert [(name, count, fate[0]) for (name, count), fate in made.fates] == [("n1", made.fates[0][0][1], kind)]
        assert trial.outcome.counts[kind] == 1, "that message and no other"
        assert trial.run.operations[0].outcome == "ok"


def test_a_key_is_found_by_its_preference_list() -> None:
    made = direction(nodes=4, n=2)
    key = made.key_of(("n2", "n4"))
    assert made.preference(key)[:2] == ("n2", "n4")
    with pytest.raises(LookupError, match="no key below k512 has the preference list n9"):
        made.key_of(("n9",))


def test_a_place_of_a_stream_is_aimed_by_its_numbers() -> None:
    place = aimed(7, 3, [2, 0], 4)
    draw = stream(7, "client", 3)
    numbers = [draw.random() for _ in range(place + 4)][place:]
    assert (int(numbers[0] * 4), int(numbers[2] * 4)) == (2, 0)
    assert min(numbers[1], numbers[3]) >= 0.004, "it does not die"
    with pytest.raises(LookupError, match="no place below"):
        aimed(7, 3, [9], 4)


def test_the_run_lasts_as_long_as_is_said() -> None:
    made = direction()
    made.put(1 * SECOND, "n1")
    made.until(30 * SECOND)
    assert made.run().outcome.virtual_us >= 30 * SECOND


def test_fields_of_the_configuration_are_those_of_a_run() -> None:
    made = direction(bug="ack-at-one", anti_entropy=False)
    made.put(1 * SECOND, "n1")
    assert (made.config.bug, made.config.anti_entropy, made.config.faults, made.config.clients) == (
        *("ack-at-one", False),
        *((), 2),
    )


@pytest.mark.parametrize("driver", ["n2", "n3", "n4"])
def test_who_is_told_of_a_leave_drives_the_change(driver: str) -> None:
    made = direction(nodes=4)
    made.leave(1 * SECOND, "n1", driver)
    made.until(2 * SECOND)
    told = next(name for name in ("n2", "n3", "n4") if announces(made, name))
    assert told == driver
    assert replay(Schedule.model_validate_json(made.run().schedule().text())).result == "SAME"


def announces(made: Direction, name: str) -> bool:
    try:
        made.moment(lambda message: isinstance(message, Announce), name, "n1")
    except LookupError:
        return False
    return True
