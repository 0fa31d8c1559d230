"""kept.lab.facts: each fact is one readable clause."""

import pytest

from histories.operation import Operation
from kept.lab import facts
from kept.lab.facts import capital, listed, place_name, sentences

PUT = Operation(0, 3, "put", "cart", "milk", {}, "3.1", 9_000, 12_000, "ok", dot=("n1.0:0", 1))
DOT = ("n4.0:0", 2)


@pytest.mark.parametrize(
    ("fact", "clause"),
    [
        (
            facts.AckedBy(PUT, (("n1", ""), ("n2", "n3"))),
            'put "cart"="milk" by client 3 was acknowledged at 12 ms by n1 and n2 (a hint for n3)',
        ),
        (facts.AckedBy(PUT, ()), 'put "cart"="milk" by client 3 was acknowledged at 12 ms though no replica kept it'),
        (facts.ClockWrong("n4", 250_000), "the clock of n4 was 250 ms ahead"),
        (facts.ClockWrong("n4", -1_500), "the clock of n4 was 1.5 ms behind"),
        (
            facts.Replaced((("n1", ""),), PUT, PUT.dot, "under last-writer-wins", 33_000),
            'at 33 ms n1 replaced it with put "cart"="milk" by client 3 under last-writer-wins',
        ),
        (
            facts.Replaced((("n1", ""), ("n2", "")), None, DOT, "under last-writer-wins", 33_000),
            "from 33 ms on n1 and n2 replaced it with the delete n4.0:0/2 under last-writer-wins",
        ),
        (
            facts.Replaced((("n1", ""),), None, None, "", 33_000),
            "at 33 ms n1 dropped it and kept no version in its place",
        ),
        (
            facts.LostAtOnce("n1", PUT, DOT, 5),
            'its coordinator n1 held put "cart"="milk" by client 3 with a greater stamp, and kept that instead',
        ),
        (facts.LostUnsynced(("n2", ""), 15_000), "n2 crashed at 15 ms before its copy was synced"),
        (facts.Dropped(("n2", "n1"), 15_000), "at 15 ms n2 dropped its hint for n1"),
        (facts.Dropped(("n2", ""), 15_000), "at 15 ms n2 dropped its record"),
        (facts.Gone(DOT, 33_000), "no replica holds n4.0:0/2 after 33 ms"),
        (facts.NeverKept(DOT), "no replica ever held n4.0:0/2"),
        (facts.LackedIt("n1", ("n2",), DOT), "n1 coordinated the get and heard from n2, which had not n4.0:0/2"),
        (
            facts.LackedIt("n1", ("n1", "n2", "n3"), DOT),
            "n1 coordinated the get and heard from n1, n2 and n3, none of which had n4.0:0/2",
        ),
        (facts.WasThere(()), "no replica held it any more"),
        (facts.WasThere((("n4", "n1"),)), "it was at n4 (a hint for n1) then"),
        (facts.HeldBack("crash", ("n1",), (), 1_000, 2_000), "crash of n1, 1 ms to 2 ms"),
        (
            facts.HeldBack("partition", ("n1",), ("n2", "n3"), 1_000, 2_000),
            "partition of n1 from n2 and n3, 1 ms to 2 ms",
        ),
        (facts.CameBack(("n1", ""), DOT, "milk", 9_000, "n2"), 'n1 took "milk" (n4.0:0/2) up at 9 ms, sent by n2'),
        (facts.CameBack(("n1", ""), DOT, "milk", 9_000, ""), 'n1 took "milk" (n4.0:0/2) up at 9 ms'),
    ],
)
def test_each_fact_says_itself(fact: facts.Gone, clause: str) -> None:
    assert fact.sentence() == clause


def test_clauses_become_sentences_and_names_stay_small() -> None:
    assert sentences(["no replica holds it", "n1 crashed"]) == "No replica holds it. n1 crashed."
    assert capital("") == ""


def test_places_and_lists_read_as_people_write_them() -> None:
    assert [place_name(("n1", "")), place_name(("n1", "n2"))] == ["n1", "n1 (a hint for n2)"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
