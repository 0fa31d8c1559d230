"""kept.testing.failure: what is saved and told of a failing run."""

from pathlib import Path

import pytest

from kept.lab.corpus import Corpus
from kept.lab.replay import replay
from kept.lab.schedule import load_schedule
from kept.testing.cluster import SimCluster
from kept.testing.failure import Failure, saved, sentence_of
from kept.testing.session import Session
from kept.testing.violation import Violation


@pytest.fixture(scope="module")
def lost() -> SimCluster:
    """Two puts beside each other, of which last-writer-wins keeps one."""
    cluster = SimCluster(["no-lost-write"], versions="lww")
    cluster.put("cart", "milk", node="n1")
    cluster.put("cart", "bread", client=1, node="n2")
    return cluster


@pytest.fixture(scope="module")
def found(lost: SimCluster, tmp_path_factory: pytest.TempPathFactory) -> Failure:
    """It, saved twice."""
    folder = tmp_path_factory.mktemp("found")
    session = Session(artifacts=folder / "my runs", corpus=folder / "corpus")
    saved("Cart", lost.trial, "it is gone", session)
    return saved("Cart", lost.trial, "it is gone", session)


def test_what_is_saved_can_be_replayed(found: Failure) -> None:
    assert found.directory.name == "Cart"
    assert replay(load_schedule(found.directory)).result == "FAILED"
    names = {path.name for path in found.directory.iterdir()}
    assert names == {"schedule.json", "history.jsonl", "trace.jsonl", "replicas.jsonl", "explanation.txt"}


def test_what_is_told_has_sentence_explanation_seed_and_the_command_that_repeats_it(found: Failure) -> None:
    assert found.verdicts["no-lost-write"] == "invalid"
    assert found.verdicts["convergence"] == "valid"
    lines = found.lines()
    assert lines[0] == "it is gone"
    assert "last-writer-wins" in lines[2]
    assert "  siblings instead of last-writer-wins: kept" in lines
    assert "seed: 0" in lines
    assert f"replay: kept replay '{found.directory}'" in lines


def test_what_is_found_goes_into_the_corpus_once(found: Failure) -> None:
    (entry,) = Corpus(found.directory.parent.parent / "corpus").entries()
    assert entry.name.startswith("no-lost-write-")
    assert replay(load_schedule(entry)).result == "FAILED"


def test_where_the_store_kept_its_promises_that_is_said(tmp_path: Path) -> None:
    sound = SimCluster()
    sound.put("k", "1")
    error = AssertionError("the cart is empty\nassert []")
    assert sentence_of(error, sound.trial) == "AssertionError: the cart is empty. The store kept what it promises."
    session = Session(artifacts=tmp_path, corpus=tmp_path / "c")
    found = saved("Cart", sound.trial, "x", session)
    assert found.explanation == ()
    assert not (tmp_path / "c").exists()


def test_a_violation_speaks_for_itself(lost: SimCluster) -> None:
    with pytest.raises(Violation) as caught:
        lost.check()
    assert sentence_of(caught.value, lost.trial) == str(caught.value)


def test_without_an_explanation_there_is_no_gap() -> None:
    assert Failure("t", "gone", 3, {}, (), Path("d")).lines() == [
        "gone",
        "",
        "seed: 3",
        "replay: kept replay d",
        "saved in: d",
    ]
