"""Rest: every reason for unrest is seen, and what is exported is what the disks hold."""

from collections.abc import Callable
from typing import Any

import pytest

from dynamo.core.effects import HINT, Change, hint_key
from dynamo.core.siblings import Siblings, Version
from histories.header import Ring as DescribedRing
from histories.header import RunHeader
from histories.recorder import Recorder
from kept.lab.config import RunConfig
from kept.lab.run import Lab, recorded
from kept.lab.settle import describe, export, settle, unrest
from kept.sim.world import World
from model.placement import Placement

SECOND = 1_000_000
MISSING: Any = None
STATE = Siblings({"n1.0:0": 1}, (Version("n1.0:0", 1, b"v"),))


@pytest.fixture
def world() -> World:
    """A young cluster at rest."""
    world = Lab(RunConfig(faults=()), None).world
    world.start()
    world.run(3 * SECOND)
    assert unrest(world) == ""
    return world


def dead(world: World) -> None:
    world.machines["n2"].crash()


def paused(world: World) -> None:
    world.machines["n2"].pause()


def starting(world: World) -> None:
    world.machines["n2"].crash()
    world.machines["n2"].boot()


def replica(world: World) -> Any:
    node = world.machines["n2"].node
    assert node is not None
    return node.replica


def hinted(world: World) -> None:
    replica(world).hints["n4"] = {b"k": (STATE, 0)}


def damaged(world: World) -> None:
    replica(world).damaged[b"k"] = None


def recovering(world: World) -> None:
    replica(world).recovering[0] = {"n1"}


def putting(world: World) -> None:
    world.machines["n2"].node.puts.pending[1] = MISSING


def getting(world: World) -> None:
    world.machines["n2"].node.gets.pending[1] = MISSING


@pytest.mark.parametrize(
    ("disturb", "why"),
    [
        (dead, "n2 is not serving"),
        (paused, "n2 is not serving"),
        (starting, "n2 is not serving"),
        (hinted, "n2 keeps hints for n4"),
        (damaged, "n2 is being healed"),
        (recovering, "n2 is being healed"),
        (putting, "n2 has operations under way"),
        (getting, "n2 has operations under way"),
    ],
)
def test_each_reason_for_unrest_is_seen_and_told(world: World, disturb: Callable[[World], None], why: str) -> None:
    disturb(world)
    assert unrest(world) == why


@pytest.mark.parametrize("index", [0, 1, 2])
def test_owners_that_differ_are_unrest_whichever_of_them_differs(world: World, index: int) -> None:
    node = world.machines["n1"].node
    assert node is not None
    ring = node.host.ring
    owner = world.machines[ring.owners(9)[index]].node
    assert owner is not None
    owner.host.forest.touch(9, b"k", STATE)
    assert unrest(world) == "the owners of partition 9 differ"


def test_a_node_that_owns_nothing_of_a_partition_does_not_disturb_it(world: World) -> None:
    node = world.machines["n1"].node
    assert node is not None
    stranger = next(name for name in world.machines if name not in node.host.ring.owners(9))
    other = world.machines[stranger].node
    assert other is not None
    other.host.forest.touch(9, b"k", STATE)
    assert unrest(world) == ""


def test_settling_tells_how_long_it_took(world: World) -> None:
    starting(world)
    assert settle(world, 10 * SECOND) == (SECOND // 2, "")


def test_settling_takes_no_time_where_all_is_at_rest(world: World) -> None:
    now_us = world.now_us
    assert settle(world, 10 * SECOND) == (0, "")
    assert world.now_us == now_us


def test_a_cluster_that_does_not_settle_is_told_with_the_reason_at_the_bound(world: World) -> None:
    dead(world)
    now_us = world.now_us
    assert settle(world, 3 * SECOND) == (None, "n2 is not serving")
    assert world.now_us == now_us + 3 * SECOND


def test_what_is_exported_is_what_each_disk_holds() -> None:
    lab = Lab(RunConfig(seed=4, ops=300), None)
    run = recorded(lab.execute(), None)
    assert run.replicas is not None
    expected = {
        (name, key.decode(), version.dot, version.value.decode())
        for name, machine in lab.world.machines.items()
        for key, state in machine.disk.contents("data")
        if state is not None
        for version in state.live
    }
    found = {(s.node, s.key, v.dot, v.value) for s in run.replicas.states for v in s.versions}
    assert expected
    assert found == expected
    assert {state.space for state in run.replicas.states} == {"data"}


def test_a_hint_that_is_left_is_exported_with_its_owner(world: World) -> None:
    node = world.machines["n2"].node
    assert node is not None
    world.machines["n2"].disk.write(1, (Change(HINT, hint_key("n4", b"k"), STATE),))
    recorder = Recorder(None, RunHeader(seed=0, config={}, created_by="tests", code="tests"))
    export(world, recorder.replicas(True, 0, describe(node.host.ring.members, 3, 3, 64)))
    replicas = recorder.recorded().replicas
    assert replicas is not None
    assert [(s.space, s.node, s.owner, s.key) for s in replicas.states] == [("hint", "n2", "n4", "k")]


@pytest.mark.parametrize("strategy", [1, 2, 3])
def test_the_ring_is_described_so_that_the_checkers_place_every_key_as_the_nodes_do(strategy: int) -> None:
    lab = Lab(RunConfig(nodes=6, ring=strategy, racks=2, faults=(), partitions=32), None)
    lab.world.start()
    node = lab.world.machines["n1"].node
    assert node is not None
    ring = node.host.ring
    placement = Placement(DescribedRing.model_validate(describe(lab.members, 3, strategy, 32)))
    for number in range(500):
        key = b"key%d" % number
        assert placement.owners(key) == ring.owners(ring.partition_of(key))


@pytest.mark.parametrize("strategy", [1, 2, 3])
def test_the_merkle_roots_are_exported_under_the_names_that_the_checkers_know(strategy: int) -> None:
    run = recorded(Lab(RunConfig(ops=40, ring=strategy, faults=()), None).execute(), None)
    assert run.replicas is not None
    assert run.replicas.header.ring is not None
    placement = Placement(run.replicas.header.ring)
    owned = {(node, partition) for node, roots in run.replicas.roots.items() for partition in roots}
    assert owned
    for node, partition in owned:
        assert placement.has_partition(int(partition))
        assert node in placement.owners_of(int(partition))
