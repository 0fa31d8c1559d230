"""kept.lab.fuzz: what a session finds does not depend on how many work at it, or on who dies."""

import json
import multiprocessing
import os
import shutil
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kept.lab import fuzz as fuzzing
from kept.lab import trial
from kept.lab.case import Size
from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus
from kept.lab.fuzz import Fuzz, Plan, Tally
from kept.lab.probe import Answer, Ran, Run, Shrink, Shrunk, Task, probe
from kept.lab.schedule import load_schedule
from kept.lab.smaller import Smaller
from kept.lab.swarm import wide
from kept.lab.trial import configured

SMALL: dict[str, Any] = {"ops": 40, "think_ms": 5}


def plan(seeds: int = 6, bug: str = "", jobs: int = 1, keep_going: bool = True, **fields: Any) -> Plan:
    config = configured(RunConfig(**{**SMALL, "seed": 100, "bug": bug, **fields}))
    return Plan(config, (), 60.0, seeds, jobs, keep_going, shrink_s=0)


def session(place: Path, asked: Plan, work: Any = probe) -> Fuzz:
    made = Fuzz(asked, Corpus(place), work)
    made.execute()
    return made


def saved(place: Path) -> dict[str, bytes]:
    """Every file below `place`."""
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def totals(tally: Tally) -> dict[str, Any]:
    return {**vars(tally), "due": sorted(tally.due)}


# What workers do in these tests; they find it by its name


def dying(task: Task, seed: int, marker: str) -> Answer:
    """The worker of `seed` is killed; once, where there is a `marker` to remember it by."""
    if isinstance(task, Run) and task.config.seed == seed and not (marker and Path(marker).exists()):
        if marker:
            Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return probe(task)


def forgetful(task: Task) -> Answer:
    """The second run of a seed is another one."""
    answer = probe(task)
    if isinstance(task, Run) and task.repeated:
        assert isinstance(answer, Ran)
        return answer._replace(history_sha256="other", files={**answer.files, "history.jsonl": "other\n"})
    return answer


def indifferent(task: Task) -> Answer:
    """The second run of a seed has the same history and is judged otherwise."""
    answer = probe(task)
    if isinstance(task, Run) and task.repeated:
        assert isinstance(answer, Ran)
        return answer._replace(rest_sha256="other")
    return answer


def stumbling(task: Task) -> Answer:
    """The store raises an error, always in the same place."""

    def stumble(*_: object) -> None:
        raise AssertionError("a dot names two values")

    trial.verdicts = stumble  # type: ignore[assignment]  # in this worker only
    return probe(task)


def fatal(task: Task) -> Answer:
    if isinstance(task, Shrink):
        os.kill(os.getpid(), signal.SIGKILL)
    return probe(task)


def hanging(task: Task, seed: int) -> Answer:
    if isinstance(task, Run) and task.config.seed >= seed:
        time.sleep(60)
    return probe(task)


# Seeds and jobs


def test_a_store_without_bugs_has_no_findings_and_every_seed_is_counted(tmp_path: Path) -> None:
    made = session(tmp_path, plan(8))
    tally = made.tally
    assert (made.seen, made.died, made.unfinished, made.stopped) == ({}, {}, (), "seeds")
    assert (tally.done, tally.last_seed) == (8, 107)
    assert tally.operations == 8 * 40
    assert tally.verdicts["unique-dots"] == {"valid": 8}
    assert list(tmp_path.iterdir()) == []


def test_one_worker_and_two_find_the_same_kinds_in_the_same_seeds_and_save_the_same_bytes(tmp_path: Path) -> None:
    one = session(tmp_path / "1", plan(4, "doomstone", jobs=1, ops=600, think_ms=300))
    two = session(tmp_path / "2", plan(4, "doomstone", jobs=2, ops=600, think_ms=300))
    assert totals(one.tally) == totals(two.tally)
    assert {name: (seen.count, seen.found, seen.told) for name, seen in one.seen.items()} == {
        name: (seen.count, seen.found, seen.told) for name, seen in two.seen.items()
    }
    assert len(one.seen) > 0
    assert saved(tmp_path / "1") == saved(tmp_path / "2")


def test_a_session_runs_what_each_seed_draws_alone(tmp_path: Path) -> None:
    tally = session(tmp_path, plan(3)).tally
    alone = Tally()
    for seed in (102, 100, 101):
        config = wide(plan().config.model_copy(update={"seed": seed}))
        answer = probe(Run(config, fuzzing.claims_of(config), False))
        assert isinstance(answer, Ran)
        alone.add(config, answer)
    assert totals(tally) == totals(alone)


@pytest.mark.parametrize("bug", ["doomstone", "canary", "sibling-explosion"])
def test_a_bug_of_the_zoo_is_found_saved_and_explained(tmp_path: Path, bug: str) -> None:
    made = session(tmp_path, Plan(configured(RunConfig(seed=3, bug=bug)), budget_s=30.0, shrink_s=0))
    assert made.stopped == "violation"
    assert made.violations
    for seen in made.violations:
        assert seen.told is not None
        assert seen.told.remedy == "Without the bug the same schedule keeps the promise."
        names = {"schedule.json", "history.jsonl", "verdict.json", "explanation.txt"}
        assert names <= {path.name for path in seen.place.iterdir()}


def test_the_first_violation_ends_the_session_and_the_seeds_before_it_have_run(tmp_path: Path) -> None:
    made = session(tmp_path, plan(50, "canary", keep_going=False))
    assert made.stopped == "violation"
    assert 1 <= made.tally.done <= 2
    (seen,) = made.seen.values()
    assert seen.found.seed == 100


def test_a_kind_is_saved_once_and_counted(tmp_path: Path) -> None:
    made = session(tmp_path, plan(6, "canary"))
    (seen,) = made.seen.values()
    assert (seen.count, seen.new, seen.found.seed) == (6, True, 100)
    assert [path.name for path in tmp_path.iterdir()] == [seen.place.name]
    assert json.loads((seen.place / "verdict.json").read_text())["count"] == 6


# Workers that die


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    work = partial(dying, seed=102, marker=str(tmp_path / "died"))
    made = session(tmp_path / "killed", plan(6, "canary"), work)
    assert (tmp_path / "died").exists()
    assert made.died == {}
    assert totals(made.tally) == totals(session(tmp_path / "whole", plan(6, "canary")).tally)
    assert saved(tmp_path / "killed") == saved(tmp_path / "whole")


def test_a_seed_whose_worker_dies_twice_is_reported_and_all_others_run(tmp_path: Path) -> None:
    made = session(tmp_path, plan(6), partial(dying, seed=102, marker=""))
    assert made.died == {"seed 102": -signal.SIGKILL}
    assert made.tally.done == 5
    assert made.tally.last_seed == 105


def test_a_run_that_hangs_is_broken_off_and_named_when_the_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzzing, "GRACE_S", 0.2)
    made = session(tmp_path, plan(9, jobs=1)._replace(budget_s=3.0), partial(hanging, seed=101))
    assert made.unfinished == ("seed 101",)
    assert (made.stopped, made.tally.done) == ("budget", 1)


# Repetitions


def test_every_twentieth_seed_is_repeated_in_another_process_and_the_same(tmp_path: Path) -> None:
    made = session(tmp_path, plan(41, jobs=1, ops=10))
    assert (made.tally.done, made.tally.repeated) == (41, 2)
    assert made.seen == {}


@pytest.mark.parametrize(
    ("work", "what"), [(forgetful, "another history"), (indifferent, "the same history, but another trace")]
)
def test_a_run_that_does_not_repeat_is_a_finding_with_both_histories(tmp_path: Path, work: Any, what: str) -> None:
    made = session(tmp_path, plan(25, ops=10), work)
    (seen,) = made.seen.values()
    assert made.violations == ()
    assert seen.found.kind.claim == "nondeterminism"
    assert seen.found.seed == 119
    assert seen.found.sentence.startswith(f"Run again in another process, seed 119 made {what}")
    first, second = (seen.place / "history.jsonl"), (seen.place / "history-again.jsonl")
    assert (first.read_bytes() == second.read_bytes()) == (work is indifferent)


def test_an_error_that_a_run_raises_is_a_finding_and_no_violation(tmp_path: Path) -> None:
    made = session(tmp_path, plan(4), stumbling)
    (seen,) = made.seen.values()
    assert (seen.found.kind.claim, seen.count, made.violations) == ("crash", 4, ())
    assert "a dot names two values" in (seen.place / "traceback.txt").read_text()
    assert made.tally.done == 4


# The corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One entry: what last-writer-wins loses, though somebody claimed that it does not."""
    lost = configured(RunConfig(seed=1, versions="lww", keys=2, clients=4, **SMALL))
    session(tmp_path / "corpus", Plan(lost, ("no-lost-write",), 60.0, 20, 1, shrink_s=0))
    return tmp_path / "corpus"


def test_what_its_own_bug_breaks_again_is_expected_and_stops_nothing(tmp_path: Path) -> None:
    session(tmp_path, plan(1, "canary"))
    made = session(tmp_path, plan(3, keep_going=False))
    (replayed,) = made.replayed.values()
    assert replayed.result == "EXPECTED"
    assert (made.stopped, made.tally.done, made.failed_again) == ("seeds", 3, ())


def test_what_was_found_is_replayed_first_and_stops_the_session_where_it_fails_again(corpus: Path) -> None:
    made = session(corpus, plan(5, keep_going=False))
    assert [replayed.result for replayed in made.replayed.values()] == ["FAILED"]
    assert len(made.failed_again) == 1
    assert (made.stopped, made.tally.done) == ("violation", 0)
    going = session(corpus, plan(5))
    assert (going.stopped, going.tally.done, len(going.failed_again)) == ("seeds", 5, 1)


def test_what_is_fixed_or_no_longer_applies_stops_nothing(corpus: Path) -> None:
    (entry,) = Corpus(corpus).entries()
    shutil.copytree(entry, corpus / "stale")
    path = corpus / "stale" / "schedule.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "plan": [["flood", 1, 1, [], [], 0.0, 0.0, False]]}))
    path = entry / "schedule.json"
    schedule = json.loads(path.read_text())
    path.write_text(json.dumps({**schedule, "code": "0" * 12, "config": {**schedule["config"], "versions": "dvv"}}))
    made = session(corpus, plan(2, keep_going=False))
    results = {place.name: replayed for place, replayed in made.replayed.items()}
    assert results[entry.name].result == "FIXED"
    assert results["stale"].result == "STALE"
    assert "flood" in results["stale"].reason
    assert (made.stopped, made.tally.done, made.failed_again) == ("seeds", 2, ())


def test_a_kind_that_the_corpus_knows_is_not_new_and_its_schedule_stays(tmp_path: Path) -> None:
    corpus = tmp_path
    session(corpus, plan(1, "canary"))
    (entry,) = Corpus(corpus).entries()
    schedule = (entry / "schedule.json").read_bytes()
    made = session(corpus, plan(3, "canary", seed=500))
    (seen,) = made.seen.values()
    assert (seen.new, seen.count, seen.place) == (False, 3, entry)
    assert (entry / "schedule.json").read_bytes() == schedule
    assert json.loads((entry / "verdict.json").read_text())["count"] == 4


# Shrinking


def shrinking(task: Task, asked: str) -> Answer:
    """Notes which seed was to be shrunk, and for how long."""
    if isinstance(task, Shrink):
        with Path(asked).open("a") as file:
            file.write(f"{task.found.seed} {task.budget_s:.0f}\n")
        if task.found.seed % 2:
            return Shrunk(None, "it did not come out the same")
        files = {"schedule.json": task.found.schedule}
        return Shrunk(Smaller(Size(9, 1, 0, 4), Size(2, 0, 0, 0), 17, "", "n1 did it.", files), "")
    return probe(task)


def test_what_was_found_is_shrunk_when_all_seeds_have_run_and_saved_beside_it(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    wanted = plan(4, "canary")._replace(shrink_s=30.0)
    made = session(tmp_path / "corpus", wanted, partial(shrinking, asked=str(asked)))
    assert made.tally.done == 4
    assert asked.read_text() == "100 30\n", "once, the run with the least seed"
    (seen,) = made.seen.values()
    assert seen.shrunk is not None
    assert seen.shrunk.smaller is not None
    assert (seen.shrunk.smaller.before.events, seen.shrunk.smaller.after.events) == (10, 2)
    assert (seen.place / "shrunk" / "schedule.json").read_bytes() == (seen.place / "schedule.json").read_bytes()
    document = json.loads((seen.place / "verdict.json").read_text())
    assert (document["events"], document["shrunk_events"], document["count"]) == (10, 2, 4)
    again = session(tmp_path / "corpus", wanted, partial(shrinking, asked=str(asked)))
    assert asked.read_text() == "100 30\n", "what is shrunk already stays"
    assert [seen.shrunk for seen in again.seen.values()] == [None]


def test_why_nothing_was_shrunk_is_said_and_the_finding_stands(tmp_path: Path) -> None:
    wanted = plan(1, "canary", seed=101)._replace(shrink_s=30.0)
    made = session(tmp_path / "corpus", wanted, partial(shrinking, asked=str(tmp_path / "asked")))
    (seen,) = made.seen.values()
    assert seen.shrunk == Shrunk(None, "it did not come out the same")
    assert not (seen.place / "shrunk").exists()
    assert len(made.violations) == 1


def test_a_real_finding_is_shrunk_to_the_same_bytes_with_one_worker_and_with_two(tmp_path: Path) -> None:
    for jobs in (1, 2):
        session(tmp_path / str(jobs), plan(1, "canary", jobs=jobs)._replace(shrink_s=60.0))
    assert saved(tmp_path / "1") == saved(tmp_path / "2")
    (place,) = Corpus(tmp_path / "1").entries()
    assert len(load_schedule(place / "shrunk").intents) <= 2


def test_a_worker_that_dies_while_it_shrinks_costs_only_the_small_one(tmp_path: Path) -> None:
    made = session(tmp_path, plan(2, "canary")._replace(shrink_s=30.0), fatal)
    (seen,) = made.seen.values()
    assert (seen.shrunk, made.died, made.stopped) == (None, {}, "seeds")
    assert (seen.place / "schedule.json").exists()


# The end


def test_an_interrupt_keeps_what_was_found_and_leaves_no_worker(tmp_path: Path) -> None:
    made = Fuzz(plan(1_000, "canary"), Corpus(tmp_path))

    def interrupt(so_far: Fuzz) -> None:
        if so_far.tally.done >= 3:
            raise KeyboardInterrupt

    made.execute(interrupt)
    assert made.stopped == "interrupted"
    assert len(made.seen) == 1
    assert made.tally.done >= 3
    assert len(Corpus(tmp_path).entries()) == 1
    assert multiprocessing.active_children() == []


def test_a_budget_that_is_spent_ends_the_session(tmp_path: Path) -> None:
    began_s = time.monotonic()
    made = session(tmp_path, plan(1_000_000)._replace(budget_s=0.6))
    assert made.stopped == "budget"
    assert 0 < made.tally.done < 1_000_000
    assert time.monotonic() - began_s < 0.6 + fuzzing.GRACE_S


# Marks


def test_what_is_due_is_what_any_configuration_leads_to_and_what_no_run_reached_is_named() -> None:
    tally = Tally()
    nothing = Ran("", "", {}, {}, {}, {}, {}, 0, None, {})
    tally.add(RunConfig(nodes=3, faults=("loss",)), nothing)
    assert "loss" in tally.never_reached
    assert not {"crash", "hint stored"} & set(tally.never_reached)
    tally.add(RunConfig(faults=("crash",)), nothing._replace(counts={"loss": 1}))
    assert {"crash", "hint stored"} <= set(tally.never_reached)
    assert "loss" not in tally.never_reached
    tally.add(RunConfig(faults=("pause",)), nothing._replace(counts={"crash": 2}, marks={"hint stored": 1}))
    assert not {"crash", "hint stored"} & set(tally.never_reached)
    assert "pause" in tally.never_reached
