"""Every bug of the zoo is caught by the checkers, and the same runs of the store without it hold."""

import re
from pathlib import Path

import pytest

from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Valid, Verdict
from dynamo.core.config import StoreConfig
from dynamo.core.messages import Request
from dynamo.core.rules import rules_for
from dynamo.core.siblings import Siblings, Version
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, recorded, verdicts
from kept.lab.usage import UsageError
from kept.zoo.catalogue import BUGS, OPS, claims, configure, find, seeded
from kept.zoo.hunt import caught, first_caught, median_runs

ROOT = Path(__file__).resolve().parents[3]

SEEDS = 100
"""Seeds to try at the most. The rarest bug shows in more than one run of twenty; docs/zoo.md has the rates."""


def judged(config: RunConfig) -> dict[str, Verdict]:
    """The verdicts of one run of `config` with the bug that it names."""
    return verdicts(recorded(Lab(config, None).execute(), None), claims(config))


def violated(found: dict[str, Verdict]) -> set[str]:
    return {claim for claim, verdict in found.items() if isinstance(verdict, Invalid)}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_caught_within_few_seeds_and_the_store_without_it_holds_on_the_same_seed(name: str) -> None:
    bug = find(name)
    for seed in range(SEEDS):
        config = configure(RunConfig(seed=seed, bug=name))
        if violated(judged(config)) & set(bug.breaks):
            break
    else:
        pytest.fail(f"no seed below {SEEDS} shows {name}: violate one of {', '.join(bug.breaks)}")
    control = verdicts(
        recorded(Lab(config, None, rules=rules_for(config.versions)).execute(), None),
        claims(config),
    )
    assert {claim: verdict for claim, verdict in control.items() if not isinstance(verdict, Valid)} == {}


@pytest.mark.parametrize("seed", range(10))
def test_the_canary_dies_under_every_seed(seed: int) -> None:
    assert "no-lost-write" in violated(judged(configure(RunConfig(seed=seed, bug="canary", ops=200))))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "claim"), [("hidden-sibling", "honest-contexts"), ("invented-value", "no-invented-value")]
)
def test_a_bug_of_what_is_answered_is_seen_by_its_own_claim_and_by_no_other(name: str, claim: str, seed: int) -> None:
    """The replicas agree, and the client erases what it was not shown: for every other claim all is well, but for the
    model of all of them."""
    assert violated(judged(configure(RunConfig(seed=seed, bug=name)))) == {claim, "reference-model"}


def test_there_are_enough_bugs_and_each_breaks_claims_that_a_checker_knows() -> None:
    rows = {bug.row for bug in BUGS.values()}
    assert len(rows - {0}) >= 14
    for name, bug in BUGS.items():
        assert bug.name == name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert bug.breaks
        assert set(bug.breaks) <= CLAIMS.keys()
        assert bug.title
        assert bug.mechanism
        assert bug.source


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_replaces_some_rules_and_leaves_the_others_alone(name: str) -> None:
    config = configure(RunConfig(bug=name))
    rules = rules_for(config.versions)
    before = dict(vars(rules))
    broken = seeded(config, rules)
    assert 1 <= sum(getattr(broken, part) is not before[part] for part in before) <= 2
    assert dict(vars(rules)) == before


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_names_its_faults_so_that_no_new_kind_of_fault_hides_it(name: str) -> None:
    assert find(name).overrides["faults"]


def test_a_hunt_ends_with_the_first_seed_that_shows_the_bug_and_the_claim_that_it_breaks() -> None:
    trial, claim = first_caught(find("volatile-lease"))
    assert claim in find("volatile-lease").breaks
    assert claim in trial.violated
    assert all(caught(find("volatile-lease"), seed)[1] == "" for seed in range(trial.config.seed))
    with pytest.raises(LookupError, match="no seed below 0 shows canary"):
        first_caught(find("canary"), 0)


def test_a_hunt_sets_what_it_is_told_to_set() -> None:
    trial, claim = caught(find("canary"), 3, ops=40)
    assert (trial.config.seed, trial.config.ops, claim) == (3, 40, "no-lost-write")


@pytest.mark.parametrize(
    ("hits", "runs"),
    [([True], 1), ([False], None), ([False, True], 1.5), ([False, False, False, True], 2.5), ([True, True, False], 1)],
)
def test_the_runs_until_a_bug_shows_are_counted_from_every_seed(hits: list[bool], runs: float | None) -> None:
    assert median_runs(hits) == runs


def test_what_the_user_sets_goes_before_what_a_bug_wants() -> None:
    wanted = find("skewed-clock").overrides
    config = configure(RunConfig(bug="skewed-clock", seed=7, clients=5, faults=("loss",)))
    assert (config.seed, config.clients, config.faults) == (7, 5, ("loss",))
    assert (config.keys, config.workload, config.ops) == (wanted["keys"], wanted["workload"], OPS)


def test_to_configure_twice_changes_nothing_more() -> None:
    for name in BUGS:
        once = configure(RunConfig(bug=name, seed=3))
        assert configure(once) == once


def test_without_a_bug_nothing_changes() -> None:
    config = RunConfig(seed=5)
    rules = rules_for("dvv")
    assert configure(config) is config
    assert seeded(config, rules) is rules
    assert claims(config) == promised(config)


def test_the_claims_of_a_run_with_a_bug_are_what_it_promises_and_what_the_bug_breaks() -> None:
    config = configure(RunConfig(bug="skewed-clock", versions="lww"))
    assert "no-lost-write" not in promised(config)
    assert claims(config) == (*promised(config), "no-lost-write")


def test_an_unknown_bug_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="bug: 'doomston' is unknown; did you mean doomstone"):
        find("doomston")


def test_the_store_does_not_know_of_the_zoo() -> None:
    knowing = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "dynamo").rglob("*.py"))
        if re.search(r"\bzoo\b|kept\.zoo", path.read_text(encoding="utf-8"))
    ]
    assert knowing == []


def test_every_bug_is_documented_with_its_row() -> None:
    text = (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", text, re.MULTILINE))
    assert documented == {name: str(bug.row) for name, bug in BUGS.items()}


SURVEY = (1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 19, 20, 21, 23, 25, 26, 27, 29, 32, 34, 35, 37)
IMPOSSIBLE = {26}


def test_every_row_of_the_survey_names_its_bugs_or_is_shown_to_be_impossible() -> None:
    text = (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8")
    rows = {int(row): here for row, here in re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)}
    assert tuple(rows) == SURVEY
    named = {row: set(re.findall(r"`([a-z-]+)`", here.partition(";")[0])) for row, here in rows.items()}
    assert named == {row: {name for name, bug in BUGS.items() if bug.row == row} for row in SURVEY}
    assert {row for row in SURVEY if not named[row]} == IMPOSSIBLE
    assert {bug.row for bug in BUGS.values()} == {0, *SURVEY} - IMPOSSIBLE


def test_nothing_that_is_put_or_stored_has_a_time_to_live() -> None:
    """Row 26 cannot happen: no field says when something expires. A new field of these types must not either."""
    assert Request._fields == (
        "id", "kind", "key", "value", "context", "r", "w", "pr", "pw", "timeout_us", "generation",
    )  # fmt: skip
    assert Version._fields == ("actor", "counter", "value", "stamp_us", "clock")
    assert set(Siblings.__slots__) == {"_digest", "context", "versions"}
    assert not any("ttl" in field or "expir" in field for field in StoreConfig.__dataclass_fields__)
