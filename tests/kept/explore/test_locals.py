"""kept.explore.locals: a local step that was remembered is the step that a living node takes, however it came there."""

from random import Random

import pytest

from dynamo.core.host import Host
from dynamo.core.messages import Request
from kept.explore.canon import digest64
from kept.explore.freezing import tidy
from kept.explore.locals import LocalEvent, carry_out, form_of
from kept.explore.machine import EPOCH_US
from kept.explore.scope import KEY, Scope
from kept.explore.system import Nodes
from model.explorer.explore import explore
from model.explorer.outcome import Bounds


@pytest.mark.parametrize(
    "scope",
    [
        Scope(crashes=1),
        Scope(sloppy=True, n=2, r=1, w=2, crashes=0, partitions=1, timeouts=2, handoffs=1),
        Scope(nodes=4, contact="any", crashes=0, exchanges=1, program="put delete,put"),
    ],
)
def test_a_node_that_is_never_copied_comes_to_the_same_states(scope: Scope) -> None:
    nodes = Nodes(scope)
    explore(nodes, (), Bounds(states=700))
    local = nodes.locals
    steps: dict[int, list[tuple[int, int]]] = {}
    for place, step in local._steps.items():
        steps.setdefault(place >> 32, []).append((place & 0xFFFFFFFF, step.to))
    draw = Random(7)
    compared = 0
    for _ in range(12):
        machine = draw.choice(nodes.cluster.booted())
        state = local.number(machine)
        live = local.thaw(state)  # from here on it is never copied again
        for _ in range(25):
            possible = [entry for entry in steps.get(state, []) if not local.steps_fail(state, entry[0])]
            if not possible:
                break
            event, state = draw.choice(possible)
            carry_out(live, local.events[event], local.messages.all, local.build)
            if live.node is not None:
                tidy(live.node)
            assert digest64(form_of(live, local.quiet)) == local.digests[state]
            compared += 1
    assert compared > 60


def asked(nodes: Nodes) -> tuple[int, int]:
    """The first machine, and the event of a put at it."""
    machine = nodes.cluster.booted()[0]
    event = nodes.locals.event(
        LocalEvent("ask", client="c0", request=Request("0.1", "put", KEY, b"v"), wall_us=EPOCH_US)
    )
    return nodes.locals.number(machine), event


def test_a_node_runs_once_for_each_local_step(one_put: Nodes) -> None:
    state, event = asked(one_put)
    first = one_put.locals.step(state, event)
    assert one_put.locals.materialised == 1
    assert one_put.locals.step(state, event) is first
    assert one_put.locals.materialised == 1


def test_a_machine_can_die_between_any_two_messages_of_a_step(one_put: Nodes) -> None:
    local = one_put.locals
    state, event = asked(one_put)
    written = local.step(state, event).to
    sync = local.event(LocalEvent("sync"))
    (death,) = local.deaths(written, sync)
    (sent,) = death.step.sends
    assert local.messages.all[sent].to == "n2"
    assert not local.facts[death.step.to].up
    assert len(local.step(written, sync).sends) == 2
    assert local.deaths(state, event) == ()  # nothing leaves the machine in this step


def test_what_a_node_raises_is_told_and_not_raised(one_put: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Host, *_: object) -> int:
        raise ZeroDivisionError("the disk\nbroke")

    state, event = asked(one_put)
    monkeypatch.setattr(Host, "write", broken)
    step = one_put.locals.step(state, event)
    assert (step.to, step.error) == (state, "ZeroDivisionError: the disk\\nbroke")


def test_a_state_is_learnt_from_another_process(one_put: Nodes) -> None:
    state, event = asked(one_put)
    there = one_put.locals.step(state, event).to
    other = Nodes(one_put.scope)
    assert other.locals.of_digest(one_put.locals.digests[there]) is None
    number = other.locals.learn(one_put.locals.digests[there], one_put.locals.frozen[there])
    assert other.locals.facts[number] == one_put.locals.facts[there]
    assert other.locals.number(other.locals.thaw(number)) == number
