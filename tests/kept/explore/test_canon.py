"""kept.explore.canon: equal states have equal forms, whatever their dictionaries' order, clocks and counts."""

import os
import subprocess
import sys
from collections import deque
from functools import partial
from typing import NamedTuple

import pytest

from dynamo.core.messages import Request
from dynamo.core.siblings import Siblings, Version
from kept.explore.canon import Canon, digest64
from kept.explore.cluster import Cluster
from kept.explore.locals import form_of
from kept.explore.machine import EPOCH_US, Machine
from kept.explore.scope import Scope


class Pair(NamedTuple):
    one: object
    other: object


class Thing:
    def __init__(self, value: object) -> None:
        self.value = value
        self.itself = self


def digest(thing: object) -> int:
    return digest64(Canon(None, quiet=True).form(thing))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({b"x", b"y", b"z"}, {b"z", b"y", b"x"}),
        (Thing({"a": [1], "b": [2]}), Thing({"b": [2], "a": [1]})),
        (Siblings({"a": 1, "b": 2}, ()), Siblings({"b": 2, "a": 1}, ())),
        (deque([1, 2]), [1, 2]),
    ],
)
def test_an_order_that_means_nothing_does_not_show(one: object, other: object) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        ((1, 2), Pair(1, 2)),
        ({"a": 1}, {"a": "1"}),
        (1, True),
        (Thing(1), Thing(2)),
        (partial(int, "1"), partial(int, "2")),
        ([Thing(1)] * 2, [Thing(1), Thing(1)]),
        (Siblings({"a": 1}, (Version("a", 1, b"v"),)), Siblings({"a": 1}, ())),
    ],
)
def test_what_differs_shows(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def booted() -> Machine:
    return Cluster(Scope()).booted()[0]


def test_how_much_a_node_has_written_before_does_not_show() -> None:
    one, other = booted(), booted()
    for machine in (one, other):
        machine.ask("c0", Request("0.1", "put", b"k", b"v"), EPOCH_US)
        machine.sync()
    assert other.node is not None
    other.node.host.write(())  # nothing, but it counts
    other.node.host.seq += 5
    other.node.host.durable_seq = other.node.host.seq
    assert form_of(one, quiet=True) == form_of(other, quiet=True)


def test_a_write_that_is_not_durable_shows() -> None:
    one, other = booted(), booted()
    for machine in (one, other):
        machine.ask("c0", Request("0.1", "put", b"k", b"v"), EPOCH_US)
    other.sync()
    assert form_of(one, quiet=True) != form_of(other, quiet=True)


def test_deadlines_show_only_where_they_may_pass() -> None:
    one, other = booted(), booted()
    for machine, timeout_us in ((one, 300_000), (other, 400_000)):
        machine.ask("c0", Request("0.1", "get", b"k", timeout_us=timeout_us), EPOCH_US)
        assert machine.node is not None
        for get in machine.node.gets.pending.values():
            get.request = Request("0.1", "get", b"k")
        for taken in machine.node.requests.taken.values():
            taken.request = Request("0.1", "get", b"k")
    assert form_of(one, quiet=True) == form_of(other, quiet=True)
    assert form_of(one, quiet=False) != form_of(other, quiet=False)


def test_fingerprints_are_the_same_under_any_hash_seed() -> None:
    code = (
        "from kept.explore.scope import Scope\nfrom kept.explore.system import Nodes\n"
        "nodes = Nodes(Scope(nodes=4, sloppy=True, crashes=1, partitions=1))\nstate = next(iter(nodes.initial()))\n"
        "for _ in range(9):\n    steps = list(nodes.steps(state))\n    state = steps[len(steps) // 2][1]\n"
        "    print([nodes.fingerprint(after) for _, after in steps])\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4711")
    }
    assert len(said) == 1
