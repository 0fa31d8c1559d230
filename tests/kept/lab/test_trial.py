"""kept.lab.trial: one seed, judged; its schedule makes it again to the byte."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from kept.lab.config import RunConfig
from kept.lab.schedule import Schedule
from kept.lab.trial import Trial, again, check_bug, claims_of, configured, finish, prepare, rules_of
from kept.lab.usage import UsageError

LOSES = RunConfig(seed=1, ops=150, versions="lww")


def trial(config: RunConfig, *claims: str, directory: Path | None = None) -> Trial:
    return finish(prepare(config, directory), claims_of(config, claims), directory)


@pytest.mark.parametrize("strategy", ["uniform", "pct", "swarm"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_schedule_makes_the_same_history_again(strategy: str, seed: int) -> None:
    config = RunConfig(seed=seed, ops=150, strategy=strategy, fault_gap_ms=60)  # type: ignore[arg-type]
    made = trial(config, "fresh-reads")
    written = Schedule.model_validate(json.loads(made.schedule().model_dump_json()))
    repeated = again(written)
    assert repeated.history_sha256 == made.history_sha256
    assert repeated.violated == made.violated
    assert repeated.outcome.counts == made.outcome.counts


def test_the_digest_is_over_the_rows_without_the_header_in_memory_as_on_disk(tmp_path: Path) -> None:
    made = trial(LOSES, directory=tmp_path)
    rows = (tmp_path / "history.jsonl").read_bytes().split(b"\n", 1)[1]
    assert made.history_sha256 == sha256(rows).hexdigest() == trial(LOSES).history_sha256


def test_the_schedule_names_what_was_checked_and_what_was_violated() -> None:
    schedule = trial(LOSES, "no-lost-write").schedule()
    assert schedule.violated == ("no-lost-write",)
    assert schedule.claims == claims_of(LOSES, ["no-lost-write"])


def test_another_configuration_may_be_tried_under_the_same_schedule() -> None:
    made = trial(LOSES, "no-lost-write")
    other = again(made.schedule(), ("no-lost-write",), LOSES.model_copy(update={"versions": "dvv"}))
    assert other.violated == ()
    assert list(other.verdicts) == ["no-lost-write"]


def test_a_bug_brings_its_configuration_its_rules_and_its_claims() -> None:
    given = RunConfig(bug="canary", ops=77)
    config = configured(given)
    assert config.ops == 77
    assert "no-lost-write" in claims_of(config)
    assert rules_of(config) != rules_of(RunConfig())
    assert configured(RunConfig(ops=9)) == RunConfig(ops=9)


def test_an_unknown_bug_is_a_usage_error_that_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean canary"):
        check_bug("canry")
    check_bug("")
