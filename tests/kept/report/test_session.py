"""kept.report.session: no doubt is called valid, and a violation is never called anything else."""

from collections import Counter
from pathlib import Path

import pytest

from kept.lab.case import Size
from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus, Found, Kind
from kept.lab.counterfactual import Counterfactual
from kept.lab.entry import Replayed
from kept.lab.fuzz import Fuzz, Plan, Seen
from kept.lab.probe import Explained, Shrunk
from kept.lab.smaller import Smaller
from kept.report.document import FuzzDocument
from kept.report.session import cases, claims, document_of, verdict


def ended(**counted: int) -> Fuzz:
    """A session in which `unique-dots` came out so often so."""
    session = Fuzz(Plan(RunConfig(seed=5)), Corpus(Path("corpus")))
    session.stopped = "budget"
    if counted:
        session.tally.verdicts["unique-dots"] = Counter(counted)
        session.tally.reasons["unique-dots"] = (9, "too many siblings")
    return session


def see(session: Fuzz, claim: str, told: Explained | None = None) -> None:
    violated = () if claim in ("crash", "nondeterminism") else (claim,)
    found = Found(Kind(claim, (), ()), 7, violated, "It happened.", (), {})
    session.seen[found.kind.name] = Seen(found, Path("corpus") / found.kind.name, True, told=told)


def document(session: Fuzz) -> FuzzDocument:
    judged = verdict(session, ())
    return document_of(
        session,
        verdict=judged,
        exit_code=0,
        never_reached=(),
        again="kept fuzz",
        code="",
        duration_s=2.0,
        fixed={},
    )


@pytest.mark.parametrize(
    ("counted", "judged", "reason"),
    [
        ({"valid": 1}, "valid", "held in 1 run"),
        ({"valid": 1_200}, "valid", "held in 1,200 runs"),
        ({"valid": 5, "unknown": 2}, "unknown", "not decided in 2 of 7 runs, first at seed 9: too many siblings"),
        ({"valid": 5, "unknown": 2, "invalid": 3}, "invalid", "violated in 3 of 10 runs"),
    ],
)
def test_a_claim_is_told_over_all_runs_that_check_it(counted: dict[str, int], judged: str, reason: str) -> None:
    session = ended(**counted)
    (claim,) = claims(session)
    assert (claim.name, claim.verdict, claim.reason) == ("unique-dots", judged, reason)
    assert verdict(session, ()) == judged


def test_claims_stand_in_the_order_of_the_registry() -> None:
    session = ended(valid=1)
    session.tally.verdicts["no-lost-write"] = Counter(valid=1)
    assert [claim.name for claim in claims(session)] == ["no-lost-write", "unique-dots"]


def test_every_doubt_makes_the_verdict_unknown() -> None:
    assert verdict(ended(), ()) == "unknown", "no run at all"
    assert verdict(ended(valid=1), ("crash",)) == "unknown"
    died = ended(valid=1)
    died.died["seed 3"] = -9
    assert verdict(died, ()) == "unknown"
    interrupted = ended(valid=1)
    interrupted.stopped = "interrupted"
    assert verdict(interrupted, ()) == "unknown"
    for claim in ("crash", "nondeterminism"):
        other = ended(valid=1)
        see(other, claim)
        assert verdict(other, ()) == "unknown"


@pytest.mark.parametrize(
    ("result", "judged"),
    [
        ("SAME", "valid"),
        ("FIXED", "valid"),
        ("STALE", "valid"),
        ("EXPECTED", "valid"),
        ("MISSED", "unknown"),
        ("UNKNOWN", "unknown"),
        ("DIVERGED", "unknown"),
        ("FAILED", "invalid"),
    ],
)
def test_a_schedule_of_the_corpus_counts_as_what_its_replay_came_to(result: str, judged: str) -> None:
    session = ended(valid=1)
    session.replayed[Path("corpus/old")] = Replayed(result, "why", "It is lost.")
    assert verdict(session, ()) == judged
    (entry,) = document(session).replayed
    assert (entry.result, entry.replay) == (result, "kept replay corpus/old")
    assert [case.reason for case in cases(document(session))] == (
        ["It is lost."] if result in ("FAILED", "DIVERGED", "MISSED") else []
    )


def test_what_stayed_unreached_and_whose_worker_died_are_test_cases_that_are_not_passed() -> None:
    session = ended(valid=1)
    session.died["seed 3"] = -9
    told = cases(document(session).model_copy(update={"never_reached": ("crash", "pause")}))
    assert [(case.name, case.verdict) for case in told] == [
        ("worker died at seed 3", "unknown"), ("every path was reached", "unknown"),
    ]  # fmt: skip
    assert told[1].reason == "never reached: crash, pause"


def test_a_violation_wins_over_every_doubt() -> None:
    session = ended(valid=1)
    see(session, "unique-dots")
    session.died["seed 3"] = -9
    session.stopped = "interrupted"
    assert verdict(session, ("crash",)) == "invalid"


def test_a_finding_is_told_with_its_explanation_once_there_is_one() -> None:
    session = ended(valid=1)
    see(session, "unique-dots")
    (before,) = document(session).findings
    assert (before.sentence, before.paragraph) == ("It happened.", "")
    see(
        session,
        "unique-dots",
        Explained(
            "n1 did it.",
            "n1 did it twice.",
            "Without n1 it holds.",
            (Counterfactual("W=3 instead of 2", "kept"),),
            ("all",),
        ),
    )
    (after,) = document(session).findings
    assert (after.sentence, after.paragraph, after.remedy) == ("n1 did it.", "n1 did it twice.", "Without n1 it holds.")
    assert [one.what for one in after.counterfactuals] == ["W=3 instead of 2"]
    assert after.replay == f"kept replay corpus/{after.name}"
    (case,) = cases(document(session))
    assert (case.name, case.verdict, case.wording) == (after.name, "invalid", after.replay)


def test_a_shrunk_finding_is_told_with_both_sizes_and_one_that_was_not_with_the_reason() -> None:
    session = ended(valid=1)
    see(session, "unique-dots")
    (seen,) = session.seen.values()
    seen.shrunk = Shrunk(Smaller(Size(9, 1, 2, 4), Size(2, 1, 0, 0), 17, "budget", "n1 did it.", {}), "")
    (one,) = document(session).findings
    assert one.shrunk is not None
    assert (one.shrunk.before.events, one.shrunk.after.events, one.shrunk.runs) == (12, 3, 17)
    assert (one.shrunk.stopped, one.shrunk.replay) == ("budget", f"{one.replay}/shrunk")
    seen.shrunk = Shrunk(None, "no time")
    (one,) = document(session).findings
    assert (one.shrunk, one.not_shrunk) == (None, "no time")


def test_rates_are_over_the_whole_time() -> None:
    session = ended(valid=8)
    session.tally.done = 8
    session.tally.outcomes.update(ok=90, fail=10)
    assert (document(session).runs_per_s, document(session).operations_per_s) == (4.0, 50.0)
