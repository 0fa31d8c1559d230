"""kept.lab.corpus: one directory per kind, counted, whole or not there."""

import json
from functools import cache
from pathlib import Path

import pytest

from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus, Found, Kind, crash_kind, finding_of, kind_of
from kept.lab.trial import Trial, claims_of, configured, finish, prepare
from kept.lab.usage import UsageError

LOST = Kind("no-lost-write", ("Acknowledged", "LastCopyGone"), ("dvv", "put-ok"))
STALE = Kind("fresh-reads", ("ReadMissed",), ("dvv", "get-ok", "put-ok"))


def found(kind: Kind = LOST, seed: int = 7) -> Found:
    return Found(kind, seed, (kind.claim,), f"Seed {seed} lost it.", ("it is lost",), {"schedule.json": f"{seed}"})


@cache
def trial(seed: int, bug: str = "canary") -> Trial:
    config = configured(RunConfig(bug=bug, seed=seed, ops=80))
    return finish(prepare(config), claims_of(config))


def test_an_entry_is_a_directory_named_by_claim_and_hash_that_holds_all_that_was_found(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path / "made" / "corpus")
    assert corpus.entries() == []
    assert corpus.add(found())
    (place,) = corpus.entries()
    assert place == corpus.place(LOST)
    assert place.name.startswith("no-lost-write-")
    assert len(place.name) == len("no-lost-write-") + 8
    assert (place / "schedule.json").read_text() == "7"
    assert json.loads((place / "verdict.json").read_text()) == {
        "kept": "finding",
        "version": 1,
        "claim": "no-lost-write",
        "violated": ["no-lost-write"],
        "key": "no-lost-write|Acknowledged,LastCopyGone|dvv,put-ok",
        "sentence": "Seed 7 lost it.",
        "facts": ["it is lost"],
        "seed": 7,
        "count": 1,
        "seeds": [7],
        "events": None,
        "shrunk_events": None,
    }


def test_a_known_kind_is_only_counted_also_in_a_later_session(tmp_path: Path) -> None:
    first = Corpus(tmp_path)
    assert first.add(found(seed=7))
    assert not first.add(found(seed=9))
    later = Corpus(tmp_path)
    assert not later.add(found(seed=3)), "the schedule of an earlier session is not replaced"
    (place,) = later.entries()
    assert (place / "schedule.json").read_text() == "7"
    finding = finding_of(place)
    assert finding is not None
    assert (finding.seed, finding.count, finding.seeds) == (7, 3, (3, 7, 9))
    assert later.add(found(STALE))
    assert len(later.entries()) == 2


def test_within_a_session_the_least_seed_is_kept_whatever_came_first(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    assert [corpus.add(found(seed=seed)) for seed in (8, 9, 6, 7)] == [True, False, False, False]
    (place,) = corpus.entries()
    assert (place / "schedule.json").read_text() == "6"
    finding = finding_of(place)
    assert finding is not None
    assert (finding.seed, finding.count, finding.seeds) == (6, 4, (6, 7, 8, 9))
    assert [path.name for path in tmp_path.iterdir()] == [place.name], "nothing is left beside it"


def test_only_the_first_seeds_of_a_kind_are_listed_but_all_are_counted(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for seed in range(50):
        corpus.add(found(seed=seed))
    finding = finding_of(corpus.place(LOST))
    assert finding is not None
    assert finding.count == 50
    assert finding.seeds == tuple(range(20))


def test_an_entry_whose_verdict_cannot_be_read_is_saved_anew(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.place(LOST).mkdir()
    (corpus.place(LOST) / "verdict.json").write_text("{")
    assert corpus.add(found())
    assert finding_of(corpus.place(LOST)) is not None


def test_the_explanation_is_added_to_its_entry(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.add(found())
    corpus.explain(LOST, ["n1 forgot it.", "", "trace"])
    assert (corpus.place(LOST) / "explanation.txt").read_text() == "n1 forgot it.\n\ntrace\n"


def test_a_shrunk_run_lies_within_its_entry_whole_and_is_no_entry_of_its_own(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.add(found())
    for text in ("first", "second"):
        corpus.add_shrunk(LOST, {"schedule.json": text}, 40, 3)
    assert [path.name for path in corpus.shrunk(LOST).iterdir()] == ["schedule.json"]
    assert (corpus.shrunk(LOST) / "schedule.json").read_text() == "second"
    assert corpus.entries() == [corpus.place(LOST)]
    finding = finding_of(corpus.place(LOST))
    assert finding is not None
    assert (finding.events, finding.shrunk_events, finding.seed) == (40, 3, 7)
    assert sorted(path.name for path in corpus.place(LOST).iterdir()) == ["schedule.json", "shrunk", "verdict.json"]


def test_what_holds_no_schedule_is_no_entry(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "README").touch()
    (tmp_path / ".half-written.1").mkdir()
    (tmp_path / ".half-written.1" / "schedule.json").touch()
    assert Corpus(tmp_path).entries() == []


def test_a_corpus_that_is_a_file_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"--corpus: .*: Not a directory; accepted: a directory, or a new one"):
        Corpus(tmp_path / "file").entries()


# Kinds


def test_two_seeds_of_one_bug_are_one_kind_though_they_differ_in_everything_else() -> None:
    one, other = trial(1), trial(2)
    assert one.history_sha256 != other.history_sha256
    assert kind_of(one) == kind_of(other)
    assert kind_of(one).claim == "no-lost-write"
    assert "LastCopyGone" in kind_of(one).facts
    assert kind_of(one).shape == ("dvv", "put-ok")


def test_two_bugs_are_two_kinds() -> None:
    assert kind_of(trial(1)).name != kind_of(trial(1, "merge-counts")).name


def test_a_kind_does_not_name_the_bug_the_seed_a_node_or_a_key() -> None:
    key = kind_of(trial(1)).key
    assert "LastRead" not in key, "who read it last is chance"
    assert "canary" not in key
    assert not any(character.isdigit() for character in key)


def test_a_crash_is_named_by_its_error_and_the_function_that_raised_it() -> None:
    def stumble() -> None:
        raise ZeroDivisionError("at 12:00")

    kinds = []
    for _ in range(2):
        try:
            stumble()
        except ZeroDivisionError as error:
            kinds.append(crash_kind(error))
    assert kinds == [Kind("crash", ("ZeroDivisionError",), ("test_corpus.py:stumble",))] * 2
