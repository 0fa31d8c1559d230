"""The ring against published examples and against a walk written out slowly."""

import random
from hashlib import md5

import pytest

from histories.header import POSITIONS, Ring
from model.placement import Placement, owners, position, spread


def ring(strategy, n, partitions, members):
    return Ring.model_validate({"strategy": strategy, "n": n, "partitions": partitions, "members": members})


def test_a_position_is_the_md5_digest_big_endian():
    """RFC 1321, appendix A.5: MD5("abc") = 900150983cd24fb0d6963f7d28e17f72."""
    assert position(b"abc") == 0x900150983CD24FB0D6963F7D28E17F72


def test_figure_2_of_the_paper():
    """Dynamo (SOSP 2007), figure 2, N=3: a key in (A, B] is on B, C and D; D holds (A,B], (B,C] and (C,D]."""
    at = position(b"a key")
    names = "ABCDEFG"
    tokens = [(at - 10 + 10 * i) % POSITIONS for i in range(7)]  # the key stands exactly on B's token
    members = [{"name": name, "tokens": [str(token)]} for name, token in zip(names, tokens, strict=True)]
    placement = Placement(ring(1, 3, 0, members))
    assert placement.owners(b"a key") == ("B", "C", "D")
    stored = {end: placement.owners_of(token) for end, token in zip(names, tokens, strict=True)}
    assert [end for end in names if "D" in stored[end]] == ["B", "C", "D"]


def test_a_key_just_behind_a_token_belongs_to_the_next():
    at = position(b"a key")
    members = [{"name": "A", "tokens": [str(at - 1)]}, {"name": "B", "tokens": [str(at + 1)]}]
    assert owners(ring(1, 1, 0, members), b"a key") == ("B",)


def test_voldemorts_routing_example():
    """voldemort, ConsistentRoutingStrategyTest.java: 6 nodes, 18 partitions, 3 replicas."""
    held = [[2, 7, 14], [1, 10, 13], [3, 5, 17], [0, 11, 16], [6, 9, 15], [4, 8, 12]]
    placement = Placement(ring(3, 3, 18, [{"name": str(i), "tokens": tokens} for i, tokens in enumerate(held)]))
    expected = {0: ("3", "1", "0"), 14: ("0", "4", "3"), 4: ("5", "2", "4"), 16: ("3", "2", "1")}
    assert {partition: placement.owners_of(partition) for partition in expected} == expected


def slowly(tokens, start, n):
    """Walk the ring position by position of its tokens, from `start` clockwise."""
    order = sorted(tokens, key=lambda entry: (entry[0] - start) % POSITIONS)
    return tuple(dict.fromkeys(name for _, name in order))[:n]


@pytest.mark.parametrize("seed", range(20))
def test_strategies_1_and_2_agree_with_a_slow_walk(seed):
    draw = random.Random(seed)
    tokens = [(draw.randrange(POSITIONS), f"n{i % 5}") for i in range(20)]
    members = [{"name": f"n{i}", "tokens": [str(t) for t, name in tokens if name == f"n{i}"]} for i in range(5)]
    parts = draw.choice([1, 7, 16, 100])
    one, two = Placement(ring(1, 3, 0, members)), Placement(ring(2, 3, parts, members))
    for i in range(50):
        key = b"%d" % i
        at = int(md5(key).hexdigest(), 16)
        assert one.owners(key) == slowly(tokens, at, 3)
        end = next(e for p in range(1, parts + 1) if (e := -(-p * POSITIONS // parts)) > at)
        assert two.owners(key) == slowly(tokens, end % POSITIONS, 3)
        assert two.partition(key) == at * parts // POSITIONS


def test_owners_are_spread_over_hosts_then_datacenters_then_racks():
    members = [
        ("a", "h1", "east", "r1"),
        ("b", "h1", "west", "r1"),
        ("c", "h2", "east", "r1"),
        ("d", "h3", "east", "r2"),
        ("e", "h4", "west", "r1"),
    ]
    met = ring(
        3,
        3,
        5,
        [{"name": n, "tokens": [i], "host": h, "datacenter": d, "rack": r} for i, (n, h, d, r) in enumerate(members)],
    ).members
    assert spread(met, 3) == ("a", "e", "d"), "b shares a's host; c shares a's rack"
    assert spread(met, 4) == ("a", "e", "d", "c")
    assert spread(met, 5) == ("a", "e", "d", "c", "b")
    assert spread(met, 9) == spread(met, 5), "there are no more"


def test_without_hosts_and_racks_owners_are_simply_those_met():
    met = ring(3, 3, 4, [{"name": n, "tokens": [i]} for i, n in enumerate("wxyz")]).members
    assert spread(met, 3) == ("w", "x", "y")
