"""kept.lab.probe: what a worker answers depends on its task alone, and no error of a run goes past it."""

from pathlib import Path

import pytest

from histories.jsonl import read_run
from kept.lab import probe as probing
from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus, Found
from kept.lab.entry import Replayed, replay_entry
from kept.lab.probe import Explain, Explained, Ran, Replay, Run, Shrink, Shrunk, probe
from kept.lab.swarm import wide
from kept.lab.trial import claims_of, configured, finish, prepare


def task(seed: int = 1, bug: str = "", compared: bool = False) -> Run:
    base = configured(RunConfig(seed=seed, bug=bug, ops=80, workload="mixed", nodes=5, n=3))
    config = wide(base)
    return Run(config, claims_of(config), compared)


def ran(asked: Run) -> Ran:
    answer = probe(asked)
    assert isinstance(answer, Ran)
    return answer


def found(asked: Run) -> Found:
    answer = ran(asked).found
    assert answer is not None
    return answer


def replayed(place: Path) -> Replayed:
    answer = probe(Replay(place))
    assert isinstance(answer, Replayed)
    return answer


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """A corpus of one entry: the canary."""
    corpus, one = Corpus(tmp_path / "corpus"), found(task(bug="canary"))
    corpus.add(one)
    return corpus.place(one.kind)


def test_a_run_is_what_it_is_anywhere_else_and_the_same_twice() -> None:
    answer = ran(task())
    trial = finish(prepare(task().config), task().claims)
    assert answer.history_sha256 == trial.history_sha256
    assert answer.counts == trial.outcome.counts
    assert answer.marks == trial.outcome.marks
    assert set(answer.verdicts.values()) == {"valid"}
    assert (answer.found, answer.files) == (None, {})
    assert ran(task()) == answer


def test_a_run_that_will_be_compared_brings_its_files_and_is_no_other_run() -> None:
    answer = ran(task(compared=True))
    assert sorted(answer.files) == ["history.jsonl", "replicas.jsonl", "schedule.json", "trace.jsonl"]
    assert answer._replace(files={}) == ran(task())


def test_a_violation_brings_a_directory_that_reads_and_replays_like_that_of_a_run(entry: Path) -> None:
    assert read_run(entry).history.header.seed == 1
    assert replayed(entry).result == "EXPECTED"
    assert "is lost" in replayed(entry).sentence or "no replica holds" in replayed(entry).sentence


def test_an_error_in_the_store_or_a_checker_is_a_finding_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise AssertionError("a dot\nnames two values")

    monkeypatch.setattr("kept.lab.trial.verdicts", stumble)
    answer = ran(task())
    one = answer.found
    assert one is not None
    assert one.kind.claim == "crash"
    assert one.kind.facts == ("AssertionError",)
    assert one.sentence == "AssertionError: a dot\\nnames two values"
    assert "in stumble" in one.files["traceback.txt"]
    assert set(answer.verdicts.values()) == {"unknown"}
    assert set(answer.reasons.values()) == {one.sentence}
    assert ran(task()) == answer


def test_that_memory_runs_out_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("kept.lab.trial.verdicts", stumble)
    with pytest.raises(MemoryError):
        probe(task())


# Explanations


def test_a_violation_is_explained_from_its_schedule() -> None:
    told = probe(Explain(found(task(bug="canary"))))
    assert isinstance(told, Explained)
    assert told.lines[0] == told.sentence
    assert "Without the bug the same schedule keeps the promise." in told.remedy


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (probing.OutOfTime(), "It took more than 120 s to explain."),
        (AssertionError("no such put"), "It could not be explained: AssertionError: no such put."),
    ],
)
def test_an_explanation_that_fails_leaves_the_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    def stumble(*_: object) -> None:
        raise error

    monkeypatch.setattr(probing, "explain", stumble)
    one = found(task(bug="canary"))
    assert probe(Explain(one)) == Explained(one.sentence, why, "", (), ())


# Shrinking


def test_a_finding_is_shrunk_from_its_schedule() -> None:
    made = probe(Shrink(found(task(bug="canary")), 60.0))
    assert isinstance(made, Shrunk)
    assert made.smaller is not None
    assert made.smaller.after.events <= 2


def test_an_error_while_it_is_shrunk_leaves_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise AssertionError("no such put")

    monkeypatch.setattr(probing, "smaller", stumble)
    made = probe(Shrink(found(task(bug="canary")), 60.0))
    assert made == Shrunk(None, "it could not be shrunk: AssertionError: no such put")


# Replays


def test_an_entry_is_replayed_by_a_worker(entry: Path) -> None:
    assert replayed(entry) == replay_entry(entry)
