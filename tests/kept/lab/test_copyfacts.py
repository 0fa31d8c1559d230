"""kept.lab.copyfacts: each fact is one readable clause."""

import pytest

from checkers.facts import Fact
from histories.operation import Operation
from kept.lab import copyfacts as facts

PUT = Operation(0, 3, "put", "cart", "milk", {}, "3.1", 9_000, 12_000, "ok", dot=("n1.0:0", 1))
DOT = ("n4.0:0", 2)


@pytest.mark.parametrize(
    ("fact", "clause"),
    [
        (facts.NamedAt("n1", DOT, PUT, 9_500), 'n1 named put "cart"="milk" by client 3 n4.0:0/2 at 9.5 ms'),
        (facts.NamedAt("n1", DOT, None, 9_500), "n1 named a put n4.0:0/2 at 9.5 ms"),
        (facts.Crashed("n1", 9_500, 0), "n1 crashed at 9.5 ms"),
        (facts.Crashed("n1", 9_500, 1), "n1 crashed at 9.5 ms and lost 1 unsynced write"),
        (facts.Crashed("n1", 9_500, 2), "n1 crashed at 9.5 ms and lost 2 unsynced writes"),
        (facts.StillHeld(DOT, (), 9_500), "at 9.5 ms no replica held n4.0:0/2 any more"),
        (
            facts.StillHeld(DOT, (("n1", ""), ("n2", "n3")), 9_500),
            "at 9.5 ms n1 and n2 (a hint for n3) still held n4.0:0/2",
        ),
        (facts.Forgot(("n1", ""), DOT, 9_500), "at 9.5 ms n1 forgot that n4.0:0/2 was gone"),
        (
            facts.Replied("n2", "n1", DOT, "held"),
            "n1 told n2, who coordinated the get, that it held n4.0:0/2",
        ),
        (
            facts.Replied("n2", "n1", DOT, "replaced"),
            "n1 told n2, who coordinated the get, that it had seen n4.0:0/2 replaced",
        ),
        (facts.Replied("n2", "n2", DOT, "unknown"), "n2 coordinated the get and itself did not know n4.0:0/2"),
        (facts.LastWrote(("n1", ""), 9_500, "n2"), "n1 last changed it at 9.5 ms, sent by n2"),
        (facts.LastWrote(("n1", ""), 9_500, ""), "n1 last changed it at 9.5 ms"),
        (facts.NeverWrote("n1"), "n1 never wrote anything of it"),
    ],
)
def test_each_fact_says_itself(fact: Fact, clause: str) -> None:
    assert fact.sentence() == clause
