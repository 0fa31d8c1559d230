"""kept.staged.counterparts: every lemma has a counterpart in the store, and its page lists them."""

from pathlib import Path
from typing import Any

import pytest

import kept
from checkers.proofs.table import LEMMAS
from checkers.registry import CLAIMS
from kept.staged.counterparts import COUNTERPARTS, NODES_LIMIT, stage, stage_judgement
from kept.staged.scene import NotStaged, Scene

DOCS = Path(__file__).parents[3] / "docs" / "proofs.md"


def test_every_lemma_has_a_run_that_breaks_a_claim_of_the_store() -> None:
    assert set(COUNTERPARTS) == set(LEMMAS)
    for row in COUNTERPARTS.values():
        assert row.how
        assert row.claim in CLAIMS


def test_the_document_has_the_same_rows() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [f"| `{row.lemma}` | `{row.claim}` | {row.how} |" for row in COUNTERPARTS.values()]
    assert [row for row in rows if row not in text] == []


def test_what_the_store_cannot_be_told_or_holds_is_not_staged() -> None:
    with pytest.raises(NotStaged, match=f"more than {NODES_LIMIT} nodes"):
        stage(Scene("reads-meet-writes", {"N": NODES_LIMIT + 1, "R": 1, "W": 1}, {}))
    with pytest.raises(NotStaged, match="W of each list"):
        stage(Scene("pending-per-list", {"N": 3, "R": 2, "W": 2, "p": 1}, {}))
    with pytest.raises(NotStaged, match="N acknowledgements at the most"):
        stage(Scene("pending-implied", {"N": 2, "W": 2, "A": 3, "p": 2}, {}))
    values = {"N": 1, "R": 1, "W": 1, "PR": 1, "PW": 0, "S": 3}
    with pytest.raises(NotStaged, match="forwards a put to an owner that looks alive"):
        stage(Scene("primaries-that-look-alive", values, {"write": ("f1",), "read": ("f2",)}))


def test_a_cluster_of_thirty_nodes_is_staged_too() -> None:
    judgement = kept.prove(n=30, r=15, w=15).judgement("reads-meet-writes")
    staged = stage_judgement(judgement)
    assert staged.direction.config.nodes == 30
    assert "fresh-reads" in staged.direction.run().violated


def test_the_nodes_of_one_machine_lose_their_disks_together() -> None:
    judgement = kept.prove(n=3, r=2, w=2, lose_machines=1, per_machine=2).judgement("survives-machines")
    staged = stage_judgement(judgement, 2)
    assert staged.told == "machine 1 runs n1 and n2"
    assert len({fault.at_us for fault in staged.direction.faults if fault.kind == "lost-disk"}) == 1
    assert "no-lost-write" in staged.direction.run().violated


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


def test_a_put_that_no_owner_need_have_is_kept_as_a_hint() -> None:
    proof = kept.prove(dc={"eu": 2, "us": 1}, write="ANY", read="ALL", coordinators="same")
    judgement = next(one for one in proof.judgements if one.result == "refuted")
    assert judgement.nodes is not None
    assert judgement.nodes["write"] == ()
    staged = stage_judgement(judgement)
    config = staged.direction.config
    assert (config.n, config.r, config.pr, config.w, config.pw, config.sloppy) == (3, 3, 3, 1, 0, True)
    assert "fresh-reads" in staged.direction.run().violated


def test_two_puts_that_do_not_meet_are_staged_as_a_put_and_an_update_that_has_not_seen_it() -> None:
    judgement = kept.prove(weights={"a": 3, "b": 1, "c": 1, "d": 1}, r=3, w=3).judgement("writes-meet-writes")
    staged = stage_judgement(judgement)
    config = staged.direction.config
    assert (config.n, config.r, config.w) == (4, 1, 1)
    trial = staged.direction.run()
    assert "fresh-reads" in trial.violated
    assert [op.outcome for op in trial.run.operations if op.kind == "put"] == ["ok", "ok"]
