"""kept.report.text: everything that decides a run, and everything that came of it, in lines of bounded width."""

from typing import Any

import pytest

from kept.lab.config import RunConfig
from kept.report import text
from kept.report.document import ClaimDocument, ExplanationDocument, ReplayDocument, RunDocument


def document(**fields: Any) -> RunDocument:
    claim = ClaimDocument(name="placement", wording="w", verdict=fields.get("verdict", "valid"), reason="r")
    given: dict[str, Any] = {
        "verdict": "valid",
        "exit_code": 0,
        "claims": (claim,),
        "seed": 3,
        "first_seed": 3,
        "seeds": 1,
        "seeds_wanted": 1,
        "history": "h",
        "replay": "kept replay h",
        "code": "c",
        "counts": {"loss": 1_234, "client retried": 2},
        "marks": {"read repair": 5},
        "outcomes": {"ok": 7, "fail": 0, "info": 1},
        "events": 9,
        "virtual_us": 2_500_000,
        "settled_after_us": 1_500_000,
        "settle_bound_us": 60_000_000,
        "duration_s": 0.25,
        "config": {"faults": ["loss", "crash"]},
    }
    return RunDocument.model_validate({**given, **fields})


def test_the_configuration_names_the_seed_first_and_all_that_differs_from_the_defaults() -> None:
    config = RunConfig(
        seed=17, nodes=7, n=4, r=1, w=3, pr=1, pw=2, sloppy=False, versions="vv", ring=1, tokens=5, racks=2,
        durable_copies=2, anti_entropy=False, workload="cart", faults=("loss",), strategy="pct", depth=4,
    )  # fmt: skip
    lines = text.configuration(config, ("placement",), 1)
    assert lines[0] == "seed 17"
    flat = " ".join(" ".join(lines).split())
    for word in (
        "7 nodes, N=4 R=1 W=3 PR=1 PW=2, strict quorum, versions vv, ring 1 (5 tokens a node), 2 racks",
        "no anti-entropy, 2 durable copies",
        "cart: 8 clients",
        "faults loss, one about every 600 ms; strategy pct (depth 4)",
        "checks placement",
    ):
        assert word in flat
    assert all(len(line) <= text.WIDTH for line in lines)


def test_a_sweep_names_its_first_and_last_seed_and_a_bug_is_named() -> None:
    assert text.configuration(RunConfig(seed=17), (), 3)[0] == "seed 17 to 19: up to 3 seeds"
    last = text.configuration(RunConfig(bug="canary"), (), 1)[-1]
    assert " ".join(last.split()) == "bug canary is seeded into the store"


def test_what_was_found_counts_also_what_never_happened() -> None:
    lines = [" ".join(line.split()) for line in text.found(document())]
    assert "injected loss 1,234, crash 0" in lines
    assert "besides client retried 2" in lines
    assert "paths read repair 5" in lines
    assert "operations 7 ok, 0 fail, 1 info; 9 steps of the world, 2.5 s of virtual time" in lines
    assert "settled 1.5 s after the faults were healed; bound 60 s" in lines


def test_a_cluster_that_did_not_settle_says_so() -> None:
    lines = [" ".join(line.split()) for line in text.found(document(settled_after_us=None))]
    assert "settled NOT within the bound of 60 s after the faults were healed" in lines


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "valid    seed 3: every claim holds (0.2 s)"),
        ({"seeds": 4, "seeds_wanted": 5}, "valid    seed 3: every claim holds (4 of 5 seeds, 0.2 s)"),
        ({"verdict": "invalid"}, "INVALID  seed 3: placement violated (0.2 s)"),
        ({"verdict": "unknown"}, "unknown  seed 3: not every claim could be decided (0.2 s)"),
        ({"verdict": "unknown", "never_reached": ("crash",)}, "unknown  seed 3: not everything was reached (0.2 s)"),
        (
            {"verdict": "unknown", "stopped": "budget"},
            "unknown  seed 3: the budget was spent; no violation so far (0.2 s)",
        ),
        ({"verdict": "unknown", "stopped": "interrupted"}, "unknown  seed 3: interrupted; no violation so far (0.2 s)"),
    ],
)
def test_the_last_line_is_the_verdict_and_the_seed(fields: dict[str, Any], line: str) -> None:
    assert text.verdict_line(document(**fields)) == line


def test_each_claim_is_told_with_its_verdict_wording_and_reason() -> None:
    claims = tuple(
        ClaimDocument(name=name, wording="what is promised", verdict=verdict, reason="why " * 40)  # type: ignore[arg-type]
        for name, verdict in (("a", "valid"), ("b", "invalid"), ("c", "unknown"))
    )
    lines = text.claim_lines(claims)
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == ["valid    a: what is promised", "INVALID  b: what is promised", "unknown  c: what is promised"]
    assert all(len(line) <= text.WIDTH for line in lines)


def test_a_story_ends_with_its_remedy_if_there_is_one() -> None:
    told = ExplanationDocument(claim="a", sentence="s", paragraph="word " * 60, facts=(), remedy="It helps.")
    lines = text.story(told)
    assert lines[-1] == "It helps."
    assert all(len(line) <= text.WIDTH for line in lines)
    assert text.story(told.model_copy(update={"remedy": ""}))[-1].endswith("word")


def test_a_story_of_another_operation_than_the_verdicts_begins_with_why() -> None:
    told = ExplanationDocument(claim="a", sentence="s", paragraph="word", facts=(), chosen="Of 7 lost puts this one:")
    assert text.story(told) == ["Of 7 lost puts this one:", "word"]


def test_a_replay_is_told_in_one_line_and_the_first_difference_in_another() -> None:
    replayed = ReplayDocument(
        result="DIVERGED", reason="because", verdict="valid", exit_code=3, claims=(), violated_then=(), seed=5,
        schedule="x", first_difference="history.jsonl:7: a then, b now", history_sha256="", history_sha256_then="",
        code="", code_then="", counts={}, marks={}, outcomes={}, settled_after_us=0, duration_s=1.0, config={},
    )  # fmt: skip
    lines = text.replayed(replayed)
    assert lines[0] == "DIVERGED seed 5: because (1.0 s)"
    assert lines[1].split(None, 1)[1] == "history.jsonl:7: a then, b now"
