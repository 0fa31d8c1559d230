"""kept.lab.shrink: what is left still fails, replays, is small, and is the same every time."""

from collections.abc import Callable
from functools import cache
from itertools import count

import pytest

from checkers.verdict import Valid
from kept.lab.case import with_list
from kept.lab.config import RunConfig
from kept.lab.corpus import kind_of
from kept.lab.explain import explain
from kept.lab.replay import replay
from kept.lab.shrink import Shrinker
from kept.lab.trial import Trial, again, claims_of, configured, finish, prepare

LOST = "no-lost-write"


def standing() -> float:
    """A clock that stands still."""
    return 0.0


@cache
def failing(bug: str, seed: int = 0) -> Trial:
    config = configured(RunConfig(bug=bug, seed=seed))
    return finish(prepare(config), claims_of(config))


def shrunk(trial: Trial, claim: str, clock: Callable[[], float] = standing, budget_s: float | None = None) -> Shrinker:
    shrinker = Shrinker(trial.schedule(), claim, clock, budget_s)
    shrinker.execute()
    return shrinker


@cache
def small(bug: str, claim: str, seed: int = 0) -> Shrinker:
    return shrunk(failing(bug, seed), claim)


ZOO = [
    ("canary", LOST, 0, 1),
    ("sloppy-overlap", "fresh-reads", 0, 8),
    ("handoff-overwrites", LOST, 0, 6),
    ("stale-tree", "convergence", 0, 6),
    ("early-replication", LOST, 2, 8),
]
"""Bug, claim, seed, and how many events are left at the most (runs of 600 to 1,200 operations). The docs have all."""


@pytest.mark.parametrize(("bug", "claim", "seed", "events"), ZOO)
def test_a_bug_of_the_zoo_shrinks_to_few_events_of_the_same_claim_that_are_the_bugs_own(
    bug: str, claim: str, seed: int, events: int
) -> None:
    made = small(bug, claim, seed)
    assert made.trial.violated == (claim,)
    assert 1 <= made.size.events <= events < made.before.events
    assert made.size.all <= 2 * events
    assert made.stopped == ""
    healthy = again(made.trial.schedule(), (claim,), made.best.config.model_copy(update={"bug": ""}))
    assert isinstance(healthy.verdicts[claim], Valid), "without the bug the same schedule holds"


@pytest.mark.parametrize(("bug", "claim", "seed", "_events"), ZOO)
def test_the_smallest_schedule_is_of_the_kind_of_the_first(bug: str, claim: str, seed: int, _events: int) -> None:
    made = small(bug, claim, seed)
    assert made.kind is not None
    assert made.kind == kind_of(made.trial)
    assert made.kind.claim == claim


def test_with_any_cause_what_is_left_may_be_of_another_kind_and_smaller() -> None:
    """The first counterexample returns a put that was reported failed; two siblings from one put are simpler."""
    claim, bug = "no-false-sibling", "retry-executed-twice"
    any_cause = Shrinker(failing(bug).schedule(), claim, standing, any_cause=True)
    any_cause.execute()
    assert any_cause.kind is None
    assert any_cause.size.events < small(bug, claim).size.events
    assert kind_of(any_cause.trial) != small(bug, claim).kind


@pytest.mark.parametrize(("bug", "claim", "seed", "_events"), ZOO)
def test_the_smallest_schedule_replays_and_is_explained(bug: str, claim: str, seed: int, _events: int) -> None:
    trial = small(bug, claim, seed).trial
    replayed = replay(trial.schedule())
    assert replayed.result == "FAILED"
    assert replayed.trial.history_sha256 == trial.history_sha256
    told = explain(trial)
    assert told.claim == claim
    assert "does not replay" not in told.paragraph


@pytest.mark.parametrize(("bug", "claim", "seed", "_events"), ZOO)
def test_nothing_by_itself_can_be_taken_out_any_more(bug: str, claim: str, seed: int, _events: int) -> None:
    best = small(bug, claim, seed).best
    for name in ("faults", "fates", "intents"):
        items = getattr(best, name)
        for place in range(len(items)):
            less = with_list(best, name, items[:place] + items[place + 1 :])
            trial = less.run((claim,)) if less.intents else None
            made = small(bug, claim, seed)
            same = trial is not None and trial.violated and kind_of(trial) == made.kind
            assert not same or len(trial.run.operations) > len(made.trial.run.operations)


def test_the_same_schedule_gives_the_same_result_to_the_byte() -> None:
    trial = failing("sloppy-overlap")
    one, other = small("sloppy-overlap", "fresh-reads"), shrunk(trial, "fresh-reads")
    assert one is not other
    assert one.trial.schedule() == other.trial.schedule()
    assert (one.runs, one.size) == (other.runs, other.size)


def test_what_cannot_be_made_smaller_stays_as_it_is() -> None:
    made = small("sloppy-overlap", "fresh-reads")
    same = shrunk(made.trial, "fresh-reads")
    assert same.best == made.best
    assert same.before == same.size == made.size


def test_every_accepted_step_fails_and_is_no_bigger_than_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, tuple[str, ...]]] = []

    def look(shrinker: Shrinker) -> None:
        seen.append((shrinker.size.all, shrinker.trial.violated))

    shrinker = Shrinker(failing("handoff-overwrites").schedule(), LOST, standing, None, look)
    shrinker.execute()
    sizes = [size for size, _ in seen]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == shrinker.before.all
    assert {violated for _, violated in seen} == {(LOST,)}
    assert len(seen) == shrinker.runs - 2, "told before each but the first two"


# Budget and interruption


@pytest.mark.parametrize("ticks", [0, 5, 30])
def test_when_the_budget_is_spent_the_smallest_so_far_is_there(ticks: int) -> None:
    """The clock moves on by a second whenever somebody looks at it."""
    clock = count()
    made = shrunk(failing("handoff-overwrites"), LOST, lambda: float(next(clock)), ticks + 0.5)
    assert made.stopped == "budget"
    assert next(clock) <= ticks + 3
    assert 2 <= made.runs <= 2 + ticks
    assert made.size.all <= made.before.all
    assert replay(made.trial.schedule()).result == "FAILED"


def test_without_a_budget_it_ends_at_the_fixed_point_whatever_the_clock_says() -> None:
    clock = count(0, 10_000)
    assert shrunk(failing("canary"), LOST, lambda: float(next(clock))).stopped == ""


def test_interrupted_it_keeps_the_smallest_so_far() -> None:
    def interrupt(shrinker: Shrinker) -> None:
        if shrinker.runs == 20:
            raise KeyboardInterrupt

    shrinker = Shrinker(failing("handoff-overwrites").schedule(), LOST, standing, None, interrupt)
    shrinker.execute()
    assert shrinker.stopped == "interrupted"
    assert shrinker.runs == 20
    assert shrinker.size.all < shrinker.before.all
    assert shrinker.best.run((LOST,)).violated == (LOST,)


def test_what_does_not_fail_is_not_shrunk() -> None:
    config = RunConfig(ops=20)
    held = finish(prepare(config), claims_of(config)).schedule()
    with pytest.raises(AssertionError, match="there is a violation to keep"):
        Shrinker(held, LOST, standing)
