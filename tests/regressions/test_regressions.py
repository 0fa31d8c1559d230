"""Every schedule that was worth keeping is replayed before any other test: what a seeded bug breaks is still seen, and
what was fixed stays fixed. `python3 dev.py regress` replays the same files, and makes those of the zoo anew."""

from pathlib import Path

import pytest

from checkers.verdict import Valid
from kept.lab.entry import entries_of, replay_entry
from kept.lab.schedule import BY_BUG, FIXED, load_schedule
from kept.lab.trial import again
from kept.zoo.catalogue import BUGS

HERE = Path(__file__).parent
FILES = [path.name for path in entries_of(HERE)]
OF_BUGS = [name for name in FILES if name.startswith("bug-")]


@pytest.mark.parametrize("name", FILES)
def test_a_kept_schedule_comes_to_what_is_expected_of_it(name: str) -> None:
    replayed = replay_entry(HERE / name)
    if replayed.result == "STALE":
        pytest.fail(f"{replayed.reason} (python3 dev.py regress --refresh)", pytrace=False)
    told = f"{name}: {replayed.result}: {replayed.reason}"
    if name in OF_BUGS:
        assert replayed.result == "EXPECTED", f"{told} (python3 dev.py regress --refresh)"
    else:
        assert replayed.result in ("SAME", "FIXED"), f"{told} {replayed.sentence}"


@pytest.mark.parametrize("name", OF_BUGS)
def test_without_its_bug_a_schedule_of_the_zoo_keeps_every_promise_that_it_broke(name: str) -> None:
    schedule = load_schedule(HERE / name)
    healthy = again(schedule, schedule.violated, schedule.config.model_copy(update={"bug": ""}))
    broken = {claim: verdict for claim, verdict in healthy.verdicts.items() if not isinstance(verdict, Valid)}
    assert broken == {}


@pytest.mark.parametrize("name", OF_BUGS)
def test_the_reference_model_alone_refuses_what_a_bug_of_the_zoo_does(name: str) -> None:
    assert again(load_schedule(HERE / name), ("reference-model",)).violated == ("reference-model",)


def test_every_bug_of_the_zoo_has_its_schedule_and_each_says_what_is_expected() -> None:
    assert [name for name in BUGS if f"bug-{name}.json" not in FILES] == []
    for name in FILES:
        schedule = load_schedule(HERE / name)
        assert schedule.expected == (BY_BUG if name in OF_BUGS else FIXED), name
        assert schedule.about, name
        assert bool(schedule.config.bug) == (name in OF_BUGS), name


def test_a_counterexample_of_the_zoo_can_be_read() -> None:
    """Operations, faults and fates; an intent may be two operations. docs/counterexamples.md has the distribution."""
    schedules = {name: load_schedule(HERE / name) for name in OF_BUGS}
    events = {name: len(one.intents) + len(one.plan) + len(one.fates) for name, one in schedules.items()}
    assert {name: count for name, count in events.items() if count > 25} == {}
