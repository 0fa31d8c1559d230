"""checkers.proofs.systems: explicit quorums and weighted votes, what may fail, and the dual as the repair."""

import pytest

from checkers.proofs import systems
from checkers.proofs.quorum import node, weighted
from checkers.proofs.quorumtext import parse
from checkers.proofs.solving import Solvers
from checkers.proofs.systems import System, judged, survivable

Z3 = Solvers()


def test_quorums_that_miss_each_other_are_named_and_repaired_by_the_dual() -> None:
    expression = parse("a*b + c*d")
    reads, writes = judged(System(expression, expression), Z3)
    assert reads.result == writes.result == "refuted"
    assert reads.nodes is not None
    assert sorted(map(sorted, (reads.nodes["read"], reads.nodes["write"]))) == [["a", "b"], ["c", "d"]]
    assert reads.repairs == ("write quorums (a + b)*(c + d)", "read quorums (a + b)*(c + d)")
    assert not writes.decides


def test_the_repair_is_a_repair() -> None:
    reads, _ = judged(System(parse("a*b + c*d"), parse("(a + b)*(c + d)")), Z3)
    assert reads.result == "proved"


def test_nodes_and_racks_that_may_fail_are_counted() -> None:
    system = System(
        parse("majority(a,b,c,d,e)"), parse("majority(a,b,c,d,e)"), {"r1": ("a", "b"), "r2": ("c", "d", "e")}
    )
    assert survivable(system, Z3) == {
        "nodes that may fail, gets": 2,
        "nodes that may fail, puts": 2,
        "racks that may fail, gets": 0,
        "racks that may fail, puts": 0,
    }


def test_votes_are_decided_twice_and_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = {"a": 2, "b": 2, "c": 2}
    parts = [(node(name), weight) for name, weight in votes.items()]
    system = System(weighted(3, parts), weighted(3, parts), {}, (votes, 3, 3))
    assert [one.result for one in judged(system, Z3)] == ["proved", "proved"]
    monkeypatch.setattr(systems, "split", lambda votes, r, w: ((), ()))
    with pytest.raises(AssertionError, match="subset sums"):
        judged(system, Z3)
