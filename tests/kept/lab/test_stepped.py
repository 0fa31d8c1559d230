"""kept.lab.stepped: a run that does one step after the other, and does the same when its schedule is replayed."""

from typing import Any

import pytest

from dynamo.core import messages as m
from kept.lab.config import RunConfig
from kept.lab.explain import explain
from kept.lab.replay import replay
from kept.lab.schedule import Schedule
from kept.lab.shrink import Shrinker
from kept.lab.stepped import PATIENCE_US, Stepped
from kept.lab.steps import LONGEST_US, Ask, End, Pass, Settle, Step, Strike
from kept.lab.trial import claims_of, finish, judged
from kept.lab.usage import UsageError
from kept.sim import faults as kinds

LWW = {"versions": "lww"}


def config(**fields: Any) -> RunConfig:
    return RunConfig(**{"nodes": 3, "clients": 2, "partitions": 8, **fields})


def ask(kind: Any = "get", client: int = 0, node: str = "n1", key: bytes = b"k", **fields: Any) -> Ask:
    return Ask(client=client, node=node, kind=kind, key=key, **fields)


def crash(node: str, **fields: Any) -> Strike:
    return Strike(kind=kinds.CRASH, for_us=LONGEST_US, nodes=(node,), **fields)


def begun(*steps: Step, **fields: Any) -> Stepped:
    """A run that has done these steps."""
    lab = Stepped(config(**fields))
    lab.begin()
    for step in steps:
        lab.take(step)
    return lab


def statuses(lab: Stepped) -> list[str]:
    return [one.response.status if one.response is not None else "open" for one in lab.operations]


def values(lab: Stepped, number: int = -1) -> tuple[bytes, ...]:
    response = lab.operations[number].response
    assert response is not None
    return response.values


# Clients


def test_a_request_is_answered_before_the_next_step() -> None:
    lab = begun(ask("put", value=b"1"), ask("get", client=1, node="n2"))
    assert statuses(lab) == [m.OK, m.OK]
    assert values(lab) == (b"1",)


def test_a_request_carries_the_context_of_the_operation_that_it_names() -> None:
    over = begun(ask("put", value=b"1"), ask("put", client=1, value=b"2", seen=0), ask())
    beside = begun(ask("put", value=b"1"), ask("put", client=1, value=b"2"), ask())
    assert values(over) == (b"2",)
    assert sorted(values(beside)) == [b"1", b"2"]


def test_a_request_that_nobody_waits_for_goes_on_while_other_things_happen() -> None:
    lab = begun(ask("put", value=b"1", wait=False))
    assert statuses(lab) == ["open"]
    lab.take(Pass(for_us=100_000))
    assert statuses(lab) == [m.OK]


def test_time_passes_in_full_whoever_is_answered_meanwhile() -> None:
    lab = begun(ask("put", value=b"1", wait=False), ask("put", client=1, value=b"2", wait=False))
    began_us = lab.world.now_us
    lab.take(Pass(for_us=100_000))
    assert lab.world.now_us == began_us + 100_000
    assert statuses(lab) == [m.OK, m.OK]


def test_a_client_does_one_thing_at_a_time() -> None:
    lab = begun(ask("put", value=b"1", wait=False), ask("get"))
    assert statuses(lab) == [m.OK, m.OK]
    assert values(lab) == (b"1",)


def test_a_context_that_is_not_there_yet_is_none() -> None:
    lab = begun(ask("put", value=b"1", wait=False), ask("put", client=1, value=b"2", seen=0), ask())
    assert sorted(values(lab)) == [b"1", b"2"]


def test_a_dead_node_refuses_and_a_node_that_stands_still_is_given_up() -> None:
    pause = Strike(kind=kinds.PAUSE, for_us=LONGEST_US, nodes=("n2",))
    lab = begun(crash("n1"), ask("put", value=b"1"), pause, ask("put", node="n2", value=b"2"), ask(node="n2", client=1))
    assert statuses(lab) == [m.FAIL, m.INFO, m.FAIL]
    assert lab.world.now_us >= 2 * PATIENCE_US


def test_a_client_whose_operation_may_still_happen_goes_on_as_another_process() -> None:
    pause = Strike(kind=kinds.PAUSE, for_us=LONGEST_US, nodes=("n2",))
    lab = begun(pause, ask("put", node="n2", value=b"1"), ask())
    assert [one.process for one in lab.operations] == [0, 2]


def test_a_request_begins_after_whatever_was_before_it() -> None:
    lab = begun(ask("put", value=b"1"), ask("get"))
    first, second = judged(lab.conclude(), ()).run.operations
    assert first.end_us is not None
    assert first.end_us < second.start_us


# Faults


def test_a_fault_lasts_until_a_step_ends_it() -> None:
    lab = begun(crash("n1"), Pass(for_us=60_000_000))
    assert not lab.world.machines["n1"].up
    lab.take(End(kinds=(kinds.CRASH,), node="n1"))
    assert lab.world.machines["n1"].up


def test_to_settle_heals_everything() -> None:
    cut = Strike(kind=kinds.ONE_WAY, for_us=LONGEST_US, pairs=(("n1", "n2"),))
    lab = begun(crash("n3"), cut, Settle())
    assert not lab.world.network.cut
    assert all(machine.serving for machine in lab.world.machines.values())


def test_to_settle_waits_for_the_operators_orders() -> None:
    lab = begun(Strike(kind=kinds.LEAVE, for_us=1, nodes=("n4",)), Settle(), nodes=4)
    assert not lab.world.operator.orders
    node = lab.world.machines["n1"].node
    assert node is not None
    assert node.participant.table.names == ("n1", "n2", "n3")


def test_whether_a_fault_really_happened_is_told() -> None:
    first, second = (Strike(kind=kinds.REMOVE, for_us=1, nodes=(name,)) for name in ("n1", "n2"))
    lab = begun()
    assert lab.take(first)
    assert not lab.take(second), "too few would be left"


def test_a_fault_is_kept_as_it_was_decided() -> None:
    rot = Strike(kind=kinds.BIT_ROT, for_us=1_000, nodes=("n1",))
    lab = begun(ask("put", value=b"1"), Pass(for_us=1_000_000), rot)
    (kept,) = (step for step in lab.taken_steps if isinstance(step, Strike))
    assert kept.places == (("data", "k"),)


# Replaying

WHOLE = (
    ask("put", value=b"\x80"),
    Strike(kind=kinds.JUMP, for_us=LONGEST_US, nodes=("n1",), number=-5e6),
    Strike(kind=kinds.LOSS, for_us=LONGEST_US, number=0.3),
    ask("put", client=1, node="n2", value=b"2", wait=False),
    ask("get", node="n3"),
    End(kinds=(kinds.LOSS,)),
    crash("n2", number=0.5, dirty=True),
    ask("put", value=b"3", seen=2),
    Strike(kind=kinds.JOIN, for_us=1, nodes=("n4",), number=1.0),
    Pass(for_us=2_000_000),
    ask("delete", seen=2),
    Settle(),
)


@pytest.mark.parametrize("versions", ["dvv", "lww", "vv"])
def test_a_replay_of_the_saved_steps_gives_the_same_bytes(versions: str) -> None:
    wanted = config(versions=versions, seed=3)
    trial = finish(Stepped(wanted, WHOLE), claims_of(wanted))
    saved = Schedule.model_validate_json(trial.schedule().text())
    assert saved == trial.schedule()
    assert len(saved.steps) == len(WHOLE)
    assert not saved.plan
    again = replay(saved)
    assert again.result == ("FAILED" if trial.violated else "SAME"), again.reason
    assert again.trial.history_sha256 == trial.history_sha256


def test_steps_that_are_taken_one_by_one_are_the_run_that_is_executed() -> None:
    by_hand = judged(begun(*WHOLE).conclude(), ())
    assert by_hand.history_sha256 == finish(Stepped(config(), WHOLE), ()).history_sha256


def test_a_violation_of_a_stepped_run_is_explained() -> None:
    wanted = config(**LWW)
    steps = (ask("put", value=b"1", wait=False), ask("put", client=1, node="n2", value=b"2"), Settle())
    told = explain(finish(Stepped(wanted, steps), ("no-lost-write",)))
    assert "under last-writer-wins" in told.paragraph
    assert told.trace
    otherwise = {one.what: one.outcome for one in told.counterfactuals}
    assert otherwise["siblings instead of last-writer-wins"] == "kept"
    assert otherwise["W=3 instead of 2"] == "still violated"
    assert "without any fault" not in otherwise


def test_a_violation_that_hangs_on_a_fault_is_not_there_without_it() -> None:
    wanted = config(versions="lww", n=3, w=3, sloppy=False)
    jump = Strike(kind=kinds.JUMP, for_us=LONGEST_US, nodes=("n2",), number=-60e6)
    steps = (ask("put", value=b"1"), jump, ask("put", client=1, node="n2", value=b"2", seen=0), Settle())
    told = explain(finish(Stepped(wanted, steps), ("no-lost-write",)))
    assert {one.what: one.outcome for one in told.counterfactuals}["without any fault"] == "kept"


def test_steps_are_not_shrunk_once_more() -> None:
    wanted = config(**LWW)
    steps = (ask("put", value=b"1", wait=False), ask("put", client=1, node="n2", value=b"2"), Settle())
    schedule = finish(Stepped(wanted, steps), ("no-lost-write",)).schedule()
    with pytest.raises(UsageError, match="schedule: 3 steps of a stateful test"):
        Shrinker(schedule, "no-lost-write", lambda: 0.0)


def test_a_sound_store_keeps_its_promises_under_the_steps() -> None:
    assert finish(Stepped(config(), WHOLE), claims_of(config())).violated == ()
