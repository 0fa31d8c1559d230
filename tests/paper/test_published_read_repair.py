"""Voldemort's read repair, on this store's nodes: who is sent what after a get that saw these versions.

The eight cases are those of Voldemort's ReadRepairerTest.java: per node the clock of the version that it holds, given
as the nodes that incremented it, and the versions that must be written to which nodes. The nodes run with the paper's
plain vectors (``versions="vv"``), R = N, and read repair after the reply (Dynamo, section 5).

Published vectors that have no counterpart here are left out: the bitmaps of server-wide clocks (no such structure),
riak_core's pruning rules (contexts are never truncated) and Voldemort's bytes on the wire.
"""

import pytest

from dynamo.core.messages import Replicate
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import Cluster, of

Clock = tuple[tuple[str, int], ...]

CASES = [
    ([(1, [1, 2]), (2, [1, 2]), (3, [1])], [(3, [1, 2])]),
    ([(1, [1]), (2, [1, 1])], [(1, [1, 1])]),
    ([(1, [1]), (2, [2]), (3, [3])], [(1, [2]), (1, [3]), (2, [1]), (2, [3]), (3, [1]), (3, [2])]),
    ([(1, [1, 1, 2, 2]), (2, [1]), (3, [2])], [(2, [1, 1, 2, 2]), (3, [1, 1, 2, 2])]),
    ([(1, []), (2, [1]), (3, [1]), (4, [1, 1])], [(1, [1, 1]), (2, [1, 1]), (3, [1, 1])]),
    ([(1, []), (2, [1]), (3, [2]), (4, [1, 1, 2, 2])], [(n, [1, 1, 2, 2]) for n in (1, 2, 3)]),
    ([(1, [3, 3]), (2, [1, 2]), (3, [1, 3, 3])], [(1, [1, 3, 3]), (1, [1, 2]), (2, [1, 3, 3]), (3, [1, 2])]),
    (
        [(1, [1, 3]), (2, [1, 2]), (3, [2, 2]), (4, [1, 2, 2, 3]), (5, [1, 2, 3, 3]), (6, [3, 3])],
        [
            *[(n, [1, 2, 2, 3]) for n in (1, 2, 3, 5, 6)],
            *[(n, [1, 2, 3, 3]) for n in (1, 2, 3, 4, 6)],
        ],
    ),
]


def clock(increments: list[int]) -> Clock:
    return tuple((f"s{node}", increments.count(node)) for node in sorted(set(increments)))


def version(increments: list[int]) -> Version:
    text = "".join(map(str, increments))
    return Version(f"v{text}", 1, text.encode(), 0, clock(increments))


@pytest.mark.parametrize(("held", "expected"), CASES)
def test_read_repair_writes_what_voldemorts_does(
    held: list[tuple[int, list[int]]], expected: list[tuple[int, list[int]]]
) -> None:
    names = "abcdef"[: len(held)]
    size = len(names)
    cluster = Cluster(names, versions="vv", n=size, r=size, w=1, anti_entropy=False)
    key = cluster.key()
    for node, increments in held:
        if increments:
            state = Siblings(dict(clock(increments)), (version(increments),))
            cluster.disks[names[node - 1]].durable["data"][key] = state
            cluster.reboot(names[node - 1])
    cluster.settle()
    asked = cluster.ask("a", "get", key)
    while cluster.wire and not cluster.packets(of(Replicate)):
        cluster.deliver()
    reply = cluster.reply(asked)
    newest = {version(increments).value for _, increments in expected} | {
        version(increments).value for _, increments in held if increments and _maximal(increments, held)
    }
    assert set(reply.values) == newest
    cluster.settle()
    gained = set()
    for node, increments in held:
        before = {version(increments).value} if increments else set()
        gained |= {(node, value) for value in cluster.values(names[node - 1], key) if value not in before}
    assert gained == {(node, version(increments).value) for node, increments in expected}


def _maximal(increments: list[int], held: list[tuple[int, list[int]]]) -> bool:
    """Whether no other held version has seen all of this one, by counting increments."""

    def seen(later: list[int]) -> bool:
        return later != increments and all(later.count(node) >= increments.count(node) for node in increments)

    return not any(seen(other) for _, other in held)
