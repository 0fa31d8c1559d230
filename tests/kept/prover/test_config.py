"""kept.prover.config: what is no configuration is refused with one line; nothing vacuous reaches a solver."""

import json
import math
from typing import Any

import pytest

from checkers.proofs.centres import Centres
from checkers.proofs.counts import Counts
from checkers.proofs.systems import System
from kept.lab.usage import UsageError
from kept.prover.config import FIELDS, ProofConfig, configured

STRICT: dict[str, Any] = {"n": 3, "r": 2, "w": 2}
CENTRES: dict[str, Any] = {"dc": {"eu": 3, "us": 3}, "write": "QUORUM", "read": "QUORUM"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "no configuration is given; accepted: one of n (with r and w), dc, quorums or weights"),
        ({**STRICT, **CENTRES}, "n and dc are given; accepted: one of"),
        ({"n": 3}, "r: missing; accepted: 1 to 3"),
        ({**STRICT, "n": 0}, "n: 0; accepted: 1 to 1000"),
        ({**STRICT, "n": -1}, "n: -1; accepted: 1 to 1000"),
        ({**STRICT, "r": 5}, "r: 5; accepted: 1 to 3 (N)"),
        ({**STRICT, "r": 0}, "r: 0; accepted: 1 to 3 (N)"),
        ({**STRICT, "w": 4}, "w: 4; accepted: 1 to 3 (N)"),
        ({**STRICT, "w": (2, 9)}, "w: 9; accepted: 1 to 3 (N)"),
        ({**STRICT, "n": True}, "n: True; accepted: "),
        ({**STRICT, "r": True}, "r: True; accepted: a whole number, or several"),
        ({**STRICT, "w": [2, 1.5]}, "w: 1.5; accepted: a whole number, or several"),
        ({**STRICT, "n": 3.0}, "n: 3.0; accepted: "),
        ({**STRICT, "n": math.nan}, "n: nan; accepted: "),
        ({**STRICT, "n": "3"}, "n: 3; accepted: "),
        ({**STRICT, "sloppy": 1}, "sloppy: 1; accepted: "),
        ({**STRICT, "pr": 3}, "pr: 3; accepted: 0 to 2 (the smallest R)"),
        ({**STRICT, "pw": -1}, "pw: -1; accepted: "),
        ({**STRICT, "nodes": 5}, "nodes: a strict quorum has no fallbacks"),
        ({**STRICT, "sloppy": True, "nodes": 2}, "nodes: 2; accepted: 3 to "),
        (
            {**STRICT, "sloppy": True, "nodes": 4, "hinted_writes": 2},
            "hinted_writes: 2; accepted: 0 to 1 (the nodes less N)",
        ),
        (
            {**STRICT, "sloppy": True, "nodes": 4, "hinted_reads": 2},
            "hinted_reads: 2; accepted: 0 to 1 (the nodes less N)",
        ),
        ({**STRICT, "synced": 3}, "synced: 3; accepted: 0 to 2 (the smallest W)"),
        ({**STRICT, "ring_change": 4}, "ring_change: 4; accepted: 0 to 3 (N)"),
        (
            {**STRICT, "counting": "onion"},
            "counting: onion; accepted: one-list, per-list, union, union-plus; did you mean union?",
        ),
        ({**STRICT, "per_machine": 0}, "per_machine: 0; accepted: 1 to 1000"),
        ({**STRICT, "write": "ONE"}, "write: does not go with n; accepted: r, w, pr"),
        ({**STRICT, "replicas": 3}, "replicas: unknown field"),
        ({**STRICT, "slopy": True}, "slopy: unknown field; accepted: name, n, r, w, "),
        ({**CENTRES, "dc": {}}, "dc: 0 data centres; accepted: 1 to 24"),
        ({**CENTRES, "dc": {"eu": 0}}, "dc.eu: 0; accepted: 1 to 1000"),
        ({**CENTRES, "dc": {"e u": 3}}, "dc: 'e u'; accepted: letters, digits"),
        ({**CENTRES, "dc": {"eu": 2.5}}, "dc.eu: 2.5"),
        ({**CENTRES, "write": "LOCAL_QOURUM"}, "write: LOCAL_QOURUM; accepted: ANY, ONE, "),
        ({**CENTRES, "write": "local_quorum"}, "did you mean LOCAL_QUORUM?"),
        ({**CENTRES, "read": "ANY"}, "read: ANY; accepted: ONE, TWO"),
        ({**CENTRES, "read": ""}, "read: missing; accepted: ONE"),
        (
            {"dc": {"eu": 1}, "write": "THREE", "read": "ONE"},
            "write: THREE asks for more replicas than there are; accepted: 1",
        ),
        ({**CENTRES, "coordinators": "both"}, "coordinators: both; accepted: any, same"),
        ({"quorums": "a*b +"}, "quorums: it ends early"),
        (
            {"quorums": "a*b", "write_quorums": "choose(3, a, b)"},
            "write_quorums: character 1: choose: 3; accepted: 1 to 2",
        ),
        ({"quorums": "majority(a, a, b)"}, "quorums: character 1: majority: a twice"),
        ({"quorums": "a*b", "racks": {"r1": ["a", "x"]}}, "racks.r1: x; accepted: a node of the quorums"),
        ({"quorums": "a*b", "racks": {"r1": ["a"], "r2": ["a", "b"]}}, "racks.r2: a is in r1 already"),
        ({"quorums": "a*b", "racks": {"r1": ["a"]}}, "racks: b is in none"),
        ({"weights": {"a": -1, "b": 3}, "r": 1, "w": 1}, "weights.a: -1; accepted: 0 to"),
        ({"weights": {"a": 0}, "r": 1, "w": 1}, "weights: no votes"),
        ({"weights": {"a": 1, "b": 1}, "r": 3, "w": 1}, "r: 3; accepted: 1 to 2 (all votes)"),
        ({"weights": {"a": 1, "b": 1}, "r": (1, 2), "w": 1}, "r: 2 classes; accepted: one number"),
    ],
)
def test_what_is_no_configuration_is_one_line_with_field_value_and_what_is_accepted(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError) as error:
        configured(fields)
    assert str(error.value).startswith(says) or says in str(error.value), str(error.value)
    assert "\n" not in str(error.value)


def test_each_kind_becomes_what_the_prover_works_on() -> None:
    assert configured(STRICT).configuration() == Counts(3, (2,), (2,))
    assert configured({**STRICT, "r": (1, 2, 1)}).configuration() == Counts(3, (1, 2), (2,))
    assert configured(CENTRES).configuration() == Centres({"eu": 3, "us": 3}, "QUORUM", "QUORUM")
    votes = configured({"weights": {"a": 2, "b": 1}, "r": 2, "w": 2}).configuration()
    assert isinstance(votes, System)
    assert votes.votes == ({"a": 2, "b": 1}, 2, 2)
    system = configured({"quorums": "a*b", "racks": {"r1": ["a"], "r2": ["b"]}}).configuration()
    assert isinstance(system, System)
    assert system.reads == system.writes
    assert system.racks == {"r1": ("a",), "r2": ("b",)}


def test_a_configuration_is_called_by_its_name_or_its_numbers() -> None:
    assert configured({**STRICT, "ring_change": 1}).title == "N=3 R=2 W=2 strict ring-change=1"
    assert configured({**STRICT, "sloppy": True, "pr": 2}).title == "N=3 R=2 W=2 sloppy pr=2"
    assert configured(CENTRES).title == "eu=3,us=3 write QUORUM read QUORUM"
    assert configured({"quorums": "a*b"}).title == "quorums a*b"
    assert configured({"weights": {"a": 1}, "r": 1, "w": 1}).title == "votes a=1 R=1 W=1"
    assert configured({**STRICT, "name": "carts"}).title == "carts"


def test_the_document_is_what_was_given_and_reads_back() -> None:
    for fields in (STRICT, CENTRES, {"quorums": "a*b"}):
        found = configured(fields)
        assert configured(json.loads(json.dumps(found.document()))).configuration() == found.configuration()


def test_every_field_belongs_to_some_kind() -> None:
    belonging = {field for fields in FIELDS.values() for field in fields} | set(FIELDS) | {"name"}
    assert belonging == set(ProofConfig.model_fields)
