"""Which promises a configuration makes: the table of the architecture, row by row."""

from typing import Any

import pytest

from checkers.proofs.counts import Counts, questions
from checkers.proofs.solving import Solvers
from checkers.registry import CLAIMS
from kept.lab.config import RunConfig
from kept.lab.promises import OVERLAP, promised, reads_meet_writes
from kept.prover.config import configured
from kept.prover.prove import prove

KEEPS = {"no-lost-write", "no-false-sibling", "no-resurrection", "honest-contexts"}
NAMES = {"unique-dots", "no-invented-value", "reference-model"}
SETTLES = {"convergence", "placement"}
FRESH = {"fresh-reads", "fresh-deletes"}
BLOCKING = {"read_repair": "blocking"}
MONOTONIC = {"monotonic-reads"}


@pytest.mark.parametrize(
    ("fields", "claims"),
    [
        ({}, KEEPS | NAMES | SETTLES),
        ({"versions": "vv"}, NAMES | SETTLES),
        ({"versions": "lww"}, NAMES | SETTLES),
        ({"anti_entropy": False}, KEEPS | NAMES),
        ({"sloppy": False}, KEEPS | NAMES | SETTLES | FRESH),
        ({"sloppy": False, "r": 1}, KEEPS | NAMES | SETTLES),
        ({"sloppy": False, "r": 1, "w": 3}, KEEPS | NAMES | SETTLES | FRESH),
        ({"sloppy": False, "versions": "vv"}, NAMES | SETTLES),
        ({"sloppy": False, "versions": "lww"}, NAMES | SETTLES),
        ({"sloppy": False, "durable_copies": 1}, KEEPS | NAMES | SETTLES),
        ({"pr": 2, "pw": 2}, KEEPS | NAMES | SETTLES | FRESH),
        ({"pr": 2, "pw": 1}, KEEPS | NAMES | SETTLES),
        ({"pr": 1, "pw": 1}, KEEPS | NAMES | SETTLES),
        ({"sloppy": False, "anti_entropy": False}, KEEPS | NAMES | FRESH),
        ({"r": 1, "w": 1}, KEEPS | NAMES | SETTLES),
        (BLOCKING, KEEPS | NAMES | SETTLES),
        ({**BLOCKING, "sloppy": False}, KEEPS | NAMES | SETTLES | FRESH | MONOTONIC),
        ({**BLOCKING, "sloppy": False, "r": 1, "w": 1}, KEEPS | NAMES | SETTLES | MONOTONIC),
        ({**BLOCKING, "pr": 2}, KEEPS | NAMES | SETTLES | MONOTONIC),
        ({**BLOCKING, "pr": 1}, KEEPS | NAMES | SETTLES),
        ({**BLOCKING, "pr": 1, "w": 3}, KEEPS | NAMES | SETTLES | MONOTONIC),
        ({**BLOCKING, "sloppy": False, "durable_copies": 1}, KEEPS | NAMES | SETTLES),
        ({**BLOCKING, "sloppy": False, "versions": "vv"}, NAMES | SETTLES),
        ({**BLOCKING, "sloppy": False, "versions": "lww"}, NAMES | SETTLES),
        ({"faults": (), "strategy": "pct", "workload": "cart", "ring": 1}, KEEPS | NAMES | SETTLES),
    ],
)
def test_a_configuration_promises_what_the_table_says(fields: dict[str, Any], claims: set[str]) -> None:
    found = promised(RunConfig(**fields))
    assert set(found) == claims
    assert len(found) == len(claims), "none twice"


NOTICED = ("bit-rot", "lost-disk", "crash")


@pytest.mark.parametrize(
    ("fields", "claims"),
    [
        ({}, NAMES),
        ({"sloppy": False}, NAMES),
        ({"faults": NOTICED}, NAMES | {"honest-contexts"}),
        ({"faults": NOTICED, "versions": "vv"}, NAMES),
        *[({"faults": (*NOTICED, silent)}, NAMES) for silent in ("lying-sync", "misdirected-write", "old-disk")],
    ],
)
def test_beyond_recovery_only_what_no_damage_may_break_is_promised(fields: dict[str, Any], claims: set[str]) -> None:
    found = promised(RunConfig(beyond=True, **fields))
    assert set(found) == claims
    assert [claim for claim in promised(RunConfig(**fields)) if claim in claims] == list(found), "in the same order"


def test_every_promise_can_be_judged_and_every_claim_is_promised_by_some_configuration() -> None:
    made = {*promised(RunConfig()), *promised(RunConfig(sloppy=False, read_repair="blocking"))}
    assert made <= set(CLAIMS)
    assert set(CLAIMS) <= made


def test_the_order_of_promises_is_fixed() -> None:
    assert promised(RunConfig(sloppy=False)) == promised(RunConfig(sloppy=False, seed=5))
    assert promised(RunConfig())[0] == "no-lost-write", "the promise that everything is about comes first"


SMALL = [
    (n, r, w, pr, pw, sloppy, repair)
    for n in (1, 2, 3)
    for r in range(1, n + 1)
    for w in range(1, n + 1)
    for pr in range(r + 1)
    for pw in range(w + 1)
    for sloppy in (True, False)
    for repair in ("after", "blocking")
]


def test_every_small_configuration_promises_what_the_solver_proves_of_it_and_no_more() -> None:
    """The solver is asked anew; what a run promises is what it proves."""
    answers: dict[tuple[Any, ...], bool] = {}
    differ, kinds = [], set()
    for n, r, w, pr, pw, sloppy, repair in SMALL:
        given = {"n": n, "r": r, "w": w, "pr": pr, "pw": pw, "sloppy": sloppy, "read_repair": repair}
        counts = configured(given).configuration()
        assert isinstance(counts, Counts)
        proved = set()
        for question in questions(counts):
            key = (question.lemma.name, *sorted(question.values.items()))
            if key not in answers and question.lemma.name in (*OVERLAP, "monotone-reads"):
                answers[key] = Solvers().ask(question.lemma.question(question.values)).result == "proved"
            if answers.get(key):
                proved.add(question.lemma.name)
        claims = promised(RunConfig(nodes=5, **given))
        fresh, monotonic = bool(proved & OVERLAP), "monotone-reads" in proved and repair == "blocking"
        kinds.add((sloppy, fresh, monotonic))
        if ("fresh-reads" in claims, "monotonic-reads" in claims) != (fresh, monotonic):
            differ.append(given)
    assert differ == []
    assert len(SMALL) == 440
    assert kinds == {(s, f, m) for s in (True, False) for f in (True, False) for m in (True, False)}


def test_the_result_of_the_prover_is_the_promise_too() -> None:
    for r, w, pr, pw, sloppy in ((2, 2, 0, 0, False), (1, 1, 0, 0, False), (2, 2, 2, 2, True), (2, 2, 2, 1, True)):
        config = RunConfig(n=3, r=r, w=w, pr=pr, pw=pw, sloppy=sloppy)
        proof = prove(configured({"n": 3, "r": r, "w": w, "pr": pr, "pw": pw, "sloppy": sloppy}), Solvers())
        assert reads_meet_writes(config) == ("fresh-reads" in promised(config)) == (proof.result == "proved")
