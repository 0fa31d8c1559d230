"""kept.staged.counterparts: every lemma has a counterpart in the store or a reason, and its page lists them."""

from pathlib import Path
from typing import Any

import pytest

import kept
from checkers.proofs.table import LEMMAS
from checkers.registry import CLAIMS
from kept.staged.counterparts import COUNTERPARTS, NODES_LIMIT, stage, stage_judgement
from kept.staged.scene import NotStaged, Scene

DOCS = Path(__file__).parents[3] / "docs" / "proofs.md"


def test_every_lemma_has_a_row_with_a_run_or_a_reason() -> None:
    assert set(COUNTERPARTS) == set(LEMMAS)
    for row in COUNTERPARTS.values():
        assert row.how
        assert bool(row.claim) == (row.stage is not None)
        assert not row.claim or row.claim in CLAIMS


def test_the_document_has_the_same_rows() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [
        f"| `{row.lemma}` | {f'`{row.claim}`' if row.claim else 'none'} | {row.how} |" for row in COUNTERPARTS.values()
    ]
    assert [row for row in rows if row not in text] == []


@pytest.mark.parametrize("lemma", [lemma for lemma, row in COUNTERPARTS.items() if row.stage is None])
def test_without_a_counterpart_the_reason_is_given(lemma: str) -> None:
    with pytest.raises(NotStaged, match=COUNTERPARTS[lemma].how[:20]):
        stage(Scene(lemma, {"N": 3, "R": 1, "W": 1}, {}))


def test_great_clusters_and_replicas_on_one_machine_are_not_staged() -> None:
    with pytest.raises(NotStaged, match=f"more than {NODES_LIMIT} nodes"):
        stage(Scene("reads-meet-writes", {"N": 400, "R": 1, "W": 1}, {}))
    with pytest.raises(NotStaged, match="no two replicas of a key on one machine"):
        stage(Scene("survives-machines", {"N": 3, "W": 2, "m*f": 2}, {"write": ("n1", "n2")}, per_machine=2))
    with pytest.raises(NotStaged, match="W of each list"):
        stage(Scene("pending-per-list", {"N": 3, "R": 2, "W": 2, "p": 1}, {}))
    with pytest.raises(NotStaged, match="R \\+ B > N always"):
        stage(Scene("monotone-reads", {"N": 3, "R": 2, "W": 2, "B": 2}, {}))


@pytest.mark.parametrize(
    "fields",
    [
        {"quorums": "a*b + c*d"},
        {"weights": {"a": 2, "b": 2, "c": 2}, "r": 2, "w": 2},
        {"dc": {"eu": 3, "us": 3}, "write": "LOCAL_QUORUM", "read": "LOCAL_QUORUM"},
    ],
)
def test_expressions_votes_and_data_centres_are_staged_by_the_numbers_of_their_two_sets(fields: dict[str, Any]) -> None:
    judgement = next(one for one in kept.prove(**fields).judgements if one.decides and one.result == "refuted")
    assert judgement.nodes is not None
    staged = stage_judgement(judgement)
    config = staged.direction.config
    write, read = judgement.nodes["write"], judgement.nodes["read"]
    assert (config.n, config.r, config.w) == (len(write) + len(read), len(read), len(write))
    assert set(staged.roles) == {*write, *read}
    assert "fresh-reads" in staged.direction.run().violated


def test_two_puts_that_do_not_meet_break_no_promise_of_the_store() -> None:
    judgement = kept.prove(weights={"a": 2, "b": 2, "c": 2}, r=2, w=2).judgement("writes-meet-writes")
    with pytest.raises(NotStaged, match="promises nothing of two puts"):
        stage_judgement(judgement)
