"""checkers.proofs.counts: which questions a configuration raises, and what comes of them."""

from fractions import Fraction
from itertools import product

import pytest

from checkers.proofs.counts import Counts, judged, questions
from checkers.proofs.judgement import Judgement
from checkers.proofs.solving import Solvers

Z3 = Solvers()


def named(counts: Counts) -> dict[str, Judgement]:
    return {one.name: one for one in judged(counts, Z3)}


def test_a_strict_quorum_is_asked_about_overlap_and_told_about_disks_puts_and_monotone_gets() -> None:
    found = named(Counts(3, (2,), (2,)))
    assert found["reads-meet-writes"].result == "proved"
    assert found["writes-meet-writes"].result == "proved"
    assert found["monotone-reads"].result == "refuted"
    assert [name for name, one in found.items() if one.decides] == ["reads-meet-writes"]


def test_a_miss_comes_with_its_odds_and_its_repairs() -> None:
    found = named(Counts(3, (1,), (1,)))["reads-meet-writes"]
    assert (found.odds, found.repairs) == (Fraction(2, 3), ("R=3", "W=3"))


def test_blocking_read_repair_makes_gets_monotone() -> None:
    for n in range(1, 5):
        for r, w in product(range(1, n + 1), repeat=2):
            assert named(Counts(n, (r,), (w,), blocking_repair=True))["monotone-reads"].result == "proved"


@pytest.mark.parametrize(
    ("more", "name", "result"),
    [
        ({}, "sloppy-reads-meet-writes", "refuted"),
        ({"nodes": 3}, "sloppy-reads-meet-writes", "proved"),
        ({"nodes": 4}, "sloppy-reads-meet-writes", "refuted"),
        ({"hinted_writes": 0, "hinted_reads": 0}, "sloppy-reads-meet-writes", "proved"),
        ({"hinted_writes": 2, "hinted_reads": 0, "pw": 2}, "sloppy-reads-meet-writes", "proved"),
        ({"pr": 2, "pw": 2}, "primaries-that-answered", "proved"),
        ({"pr": 1, "pw": 2}, "primaries-that-answered", "refuted"),
    ],
)
def test_a_sloppy_quorum_meets_by_its_fallbacks_or_its_primaries(more: dict, name: str, result: str) -> None:
    found = named(Counts(3, (2,), (2,), sloppy=True, **more))
    assert found[name].result == result
    assert "writes-meet-writes" not in found, "what is proved of strict quorums is not told of sloppy ones"


def test_designs_that_help_a_sloppy_quorum_were_proved() -> None:
    assert named(Counts(3, (2,), (2,), sloppy=True))["sloppy-reads-meet-writes"].repairs == (
        "a strict quorum",
        "PR=2 and PW=2",
    )
    assert "a strict quorum" not in named(Counts(3, (1,), (1,), sloppy=True))["sloppy-reads-meet-writes"].repairs


@pytest.mark.parametrize(
    ("counting", "name", "result"),
    [
        ("one-list", "lists-differ", "refuted"),
        ("per-list", "pending-per-list", "proved"),
        ("union", "pending-union", "refuted"),
        ("union-plus", "pending-plus", "proved"),
    ],
)
def test_a_ring_change_depends_on_whose_acknowledgements_count(counting, name: str, result: str) -> None:
    found = named(Counts(3, (2,), (2,), ring_change=1, counting=counting))[name]
    assert found.result == result
    assert ("W acknowledgements of each of the two lists" in found.repairs) == (result == "refuted")


def test_every_class_of_requests_is_asked_about() -> None:
    found = named(Counts(5, (1, 3), (3, 5)))
    results = {name: one.result for name, one in found.items() if name.startswith("reads-meet-writes")}
    assert results == {
        "reads-meet-writes (R=1, W=3)": "refuted",
        "reads-meet-writes (R=1, W=5)": "proved",
        "reads-meet-writes (R=3, W=3)": "proved",
        "reads-meet-writes (R=3, W=5)": "proved",
    }


@pytest.mark.parametrize(
    ("more", "name", "values"),
    [
        ({"lose_disks": 1}, "survives-disks", {"N": 3, "W": 2, "f": 1}),
        ({"restarts": 1}, "survives-restarts", {"N": 3, "W": 2, "f": 0, "k": 1, "s": 0}),
        ({"synced": 1, "lose_disks": 1}, "survives-restarts", {"N": 3, "W": 2, "f": 1, "k": 0, "s": 1}),
        ({"lose_machines": 2, "per_machine": 2}, "survives-machines", {"N": 3, "W": 2, "m*f": 4}),
        ({"replace": 1}, "replaced-by-empty", {"N": 3, "R": 2, "W": 2, "f": 1}),
        ({"undelivered": 1}, "hints-undelivered", {"N": 3, "R": 2, "W": 2, "u": 1}),
    ],
)
def test_what_may_happen_is_asked_with_its_numbers_and_decides(more: dict, name: str, values: dict[str, int]) -> None:
    asked = {question.lemma.name: question for question in questions(Counts(3, (2,), (2,), **more))}
    assert dict(asked[name].values) == values
    assert asked[name].decides
