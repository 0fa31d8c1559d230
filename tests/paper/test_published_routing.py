"""Routing tables and claims that other Dynamo stores publish with their tests, met by the ring of strategy 3.

Voldemort: `ConsistentRoutingStrategyTest.java` (restated as data). Riak: `riak_core/docs/claim-version4.md`.
"""

from collections import Counter

import pytest

from dynamo.core.ring import Member, Ring
from dynamo.core.tokens import assign_partitions

VOLDEMORT = {
    "0": (2, 7, 14),
    "1": (1, 10, 13),
    "2": (3, 5, 17),
    "3": (0, 11, 16),
    "4": (6, 9, 15),
    "5": (4, 8, 12),
}
RIAK = ["B1", "C2", "A1", "C1", "A1", "C1", "B1", "C2", "A1", "C1", "B1", "C2", "A1", "C1", "B1", "C2"]
"""Ring size 16, locations A, B and C with 1, 1 and 2 nodes, n_val 2: what its claim solves to."""


def voldemort_ring() -> Ring:
    return Ring([Member(name, tokens) for name, tokens in VOLDEMORT.items()], n=3, strategy=3, partitions=18)


def riak_ring(racks: bool) -> Ring:
    held = {name: tuple(at for at, each in enumerate(RIAK) if each == name) for name in sorted(set(RIAK))}
    members = [Member(name, tokens, rack=name[0] if racks else "") for name, tokens in held.items()]
    return Ring(members, n=2, strategy=3, partitions=len(RIAK))


@pytest.mark.parametrize(("partition", "nodes"), [(0, "310"), (14, "043"), (4, "524"), (16, "321")])
def test_voldemorts_preference_lists(partition: int, nodes: str) -> None:
    assert voldemort_ring().owners(partition) == tuple(nodes)


@pytest.mark.parametrize(
    ("partition", "replicating"), [(0, [0, 1, 2]), (14, [14, 15, 16]), (4, [4, 5, 6]), (16, [16, 17, 1])]
)
def test_voldemorts_replicating_partitions_are_where_the_owners_are_met(partition: int, replicating: list[int]) -> None:
    ring = voldemort_ring()
    met = [min(ring.member(name).tokens, key=lambda token: (token - partition) % 18) for name in ring.owners(partition)]
    assert met == replicating


def test_riaks_example_claim_gives_two_locations_to_every_partition() -> None:
    ring = riak_ring(racks=True)
    for partition in range(16):
        first, second = ring.owners(partition)
        assert (first, second) == (RIAK[partition], RIAK[(partition + 1) % 16])
        assert first[0] != second[0]


def test_riaks_example_needs_no_spreading_by_the_ring() -> None:
    plain, racked = riak_ring(racks=False), riak_ring(racks=True)
    assert [plain.owners(p) for p in range(16)] == [racked.owners(p) for p in range(16)]


@pytest.mark.parametrize("n_val", [2, 3, 4])
@pytest.mark.parametrize("ring_size", [16, 32, 64, 128, 256])
def test_a_claim_keeps_riaks_invariants(ring_size: int, n_val: int) -> None:
    for nodes in (4, 5, 6, 7, 8, 11, 13, 16):
        if -(-ring_size // nodes) > ring_size // n_val:
            continue  # k + 1 partitions of one node do not fit n_val apart on this ring
        claim = assign_partitions({f"n{i}": 1.0 for i in range(nodes)}, ring_size, "riak", spread=n_val)
        ring = {partition: name for name, held in claim.items() for partition in held}
        assert sorted(ring) == list(range(ring_size)), "the ring has exactly ring_size entries"
        times = Counter(ring.values())
        assert len(times) == nodes
        assert set(times.values()) <= {ring_size // nodes, ring_size // nodes + 1}, "each node k or k + 1 times"
        for start in range(ring_size):
            window = {ring[(start + step) % ring_size] for step in range(n_val)}
            assert len(window) == n_val, "any n_val consecutive entries are distinct nodes"
