"""A run: its phases, and above all that it is the same run every time, by its seed or by its schedule."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from checkers.verdict import Valid
from histories.header import RunHeader
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.run import Lab, Outcome, recorded, verdicts
from kept.lab.script import STOP, Planned, Script
from kept.lab.swarm import swarm
from kept.sim.faults import KINDS, Fault
from kept.sim.tape import Tape

FILES = (HISTORY_FILE, TRACE_FILE, REPLICAS_FILE)
BUSY: dict[str, Any] = {"ops": 250, "fault_gap_ms": 100, "think_ms": 10}
"""Many faults in little time, and clients that are in each other's way."""


def run(**fields: Any) -> Outcome:
    return Lab(RunConfig(**{**BUSY, **fields}), None).execute()


def files(outcome: Outcome) -> dict[str, list[str]]:
    return {name: outcome.recorder.lines(name) for name in FILES}


def again(outcome: Outcome, faults: list[Fault] | None = None, fates: Any = None) -> Outcome:
    """The same configuration, replayed from the schedule of `outcome` or a part of it."""
    plan = list(outcome.faults) if faults is None else faults
    tape = Tape(outcome.tape.fates if fates is None else fates)
    return Lab(outcome.config, None, tape=tape, faults=plan).execute()


def digest(outcome: Outcome) -> str:
    return sha256("".join("".join(lines) for lines in files(outcome).values()).encode()).hexdigest()


# Determinism


@pytest.mark.parametrize("fields", [{}, {"strategy": "pct"}, {"versions": "vv"}, {"ring": 1, "workload": "delete"}])
def test_the_same_configuration_gives_the_same_bytes(fields: dict[str, Any]) -> None:
    one, other = run(seed=5, **fields), run(seed=5, **fields)
    assert files(one) == files(other)
    assert one.tape.fates == other.tape.fates
    for name in ("counts", "marks", "outcomes", "events", "virtual_us", "faults", "settled_after_us"):
        assert getattr(one, name) == getattr(other, name), name


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from hashlib import sha256
from kept.lab.config import RunConfig
from kept.lab.run import Lab
outcome = Lab(RunConfig(seed=5, ops=250, fault_gap_ms=100, think_ms=10), None).execute()
lines = "".join("".join(outcome.recorder.lines(name)) for name in sys.argv[2:])
print(sha256(lines.encode()).hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["1", "77"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(hash_seed: str) -> None:
    root = str(Path(__file__).resolve().parents[3])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, root, *FILES],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert done.stdout.strip() == digest(run(seed=5))


def test_different_seeds_give_different_runs() -> None:
    assert len({digest(run(seed=seed, ops=60)) for seed in range(8)}) == 8


def test_a_run_on_disk_is_the_run_in_memory(tmp_path: Path) -> None:
    config = RunConfig(seed=5, **BUSY)
    Lab(config, tmp_path).execute()
    assert {name: (tmp_path / name).read_text().splitlines(keepends=True) for name in FILES} == files(run(seed=5))


# Replay


@pytest.mark.parametrize("strategy", ["uniform", "pct"])
@pytest.mark.parametrize("seed", range(8))
def test_a_run_replayed_from_its_schedule_gives_the_same_bytes(seed: int, strategy: str) -> None:
    outcome = run(seed=seed, strategy=strategy)
    assert outcome.faults
    replayed = again(outcome)
    assert files(replayed) == files(outcome)
    assert replayed.counts == outcome.counts
    assert replayed.marks == outcome.marks
    assert replayed.faults == outcome.faults


@pytest.mark.parametrize("strategy", ["uniform", "pct"])
def test_a_replay_repeats_every_step_to_the_end(strategy: str) -> None:
    """Also while the cluster settles: under priorities one step more or less shifts everything behind it."""
    for seed in range(12):
        outcome = run(seed=seed, ops=100, strategy=strategy)
        assert again(outcome).events == outcome.events, f"seed {seed}"


@pytest.mark.parametrize("seed", range(4))
def test_a_schedule_with_fewer_faults_and_fates_still_runs(seed: int) -> None:
    """Which is what shrinking does."""
    outcome = run(seed=seed)
    half = list(outcome.faults)[::2]
    fates = dict(list(outcome.tape.fates.items())[1::2])
    for faults, kept in ((half, fates), ([], {}), (half, {})):
        replayed = again(outcome, faults, kept)
        assert sum(replayed.outcomes.values()) == outcome.config.ops
        assert {(fault.kind, fault.at_us) for fault in replayed.faults} <= {(f.kind, f.at_us) for f in faults}, (
            "what was refused may be permitted now, and then says which record it hit"
        )
        assert replayed.tape.fates == kept, "a replay writes nothing on its tape"
    assert again(outcome, [], {}).counts.keys() <= {
        "client died in mid-call", "client gave up", "client lost its context", "client retried"
    }  # fmt: skip


# Phases


def test_a_run_without_faults_answers_everything_and_keeps_every_promise() -> None:
    config = RunConfig(seed=1, ops=300, faults=(), sloppy=False)
    outcome = Lab(config, None).execute()
    assert outcome.outcomes["fail"] == 0
    assert sum(outcome.outcomes.values()) == 300
    assert outcome.unrest == ""
    found = verdicts(recorded(outcome, None), promised(config))
    assert {name for name, verdict in found.items() if not isinstance(verdict, Valid)} == set()
    assert tuple(found) == promised(config)


def test_a_run_works_under_faults_then_heals_then_settles() -> None:
    lab = Lab(RunConfig(seed=2, **BUSY), None)
    outcome = lab.execute()
    run = recorded(outcome, None)
    assert run.trace is not None
    assert run.replicas is not None
    healed = [event["time_us"] for event in run.trace.events if event["event"] == "healed"]
    assert healed == [outcome.virtual_us]
    assert max(op.end_us or 0 for op in run.operations) <= outcome.virtual_us
    assert {event["time_us"] for event in run.trace.events if event["event"] in KINDS}
    assert all(event["time_us"] <= outcome.virtual_us for event in run.trace.events if event["event"] in KINDS)
    assert run.replicas.header.settled_after_us == outcome.settled_after_us
    assert lab.world.now_us >= outcome.virtual_us + (outcome.settled_after_us or 0)


def test_a_run_goes_on_until_tombstones_are_reaped() -> None:
    """So that whatever could come back has had its chance."""
    outcome = run(seed=2, workload="delete", faults=())
    replicas = recorded(outcome, None).replicas
    assert outcome.marks["tombstone reaped"] > 0
    assert replicas is not None
    assert [state.key for state in replicas.states if not state.versions] == []


def test_the_first_fault_waits_for_the_cluster_to_be_up() -> None:
    assert all(fault.at_us > 300_000 for fault in run(seed=3).faults)


def test_only_the_faults_that_are_allowed_happen() -> None:
    outcome = run(seed=3, faults=("loss", "pause"))
    assert {fault.kind for fault in outcome.faults} == {"loss", "pause"}
    assert outcome.counts.keys() & KINDS.keys() == {"loss", "pause"}


def test_a_cluster_that_cannot_settle_in_its_bound_is_reported_with_its_reason() -> None:
    lab = Lab(RunConfig(seed=1, ops=40, faults=(), settle_s=1), None)
    heal = lab.world.heal

    def heal_all_but_one() -> None:
        heal()
        lab.world.machines["n1"].crash()

    lab.world.heal = heal_all_but_one  # type: ignore[method-assign]
    outcome = lab.execute()
    assert outcome.settled_after_us is None
    assert outcome.unrest == "n1 is not serving"
    assert not isinstance(verdicts(recorded(outcome, None), ("convergence",))["convergence"], Valid)


def test_what_was_recorded_is_closed_even_when_the_run_breaks(tmp_path: Path) -> None:
    lab = Lab(RunConfig(seed=1, ops=40), tmp_path)
    lab.world.at(100_000, "test", lambda _one, _two: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        lab.execute()
    text = (tmp_path / HISTORY_FILE).read_text()
    assert text.endswith("\n")
    assert '"invoke"' in text


def test_each_file_says_which_run_it_belongs_to(tmp_path: Path) -> None:
    config = RunConfig(seed=11, ops=20, faults=())
    run = recorded(Lab(config, tmp_path).execute(), tmp_path)
    assert run.trace is not None
    assert run.replicas is not None
    for header in (run.history.header, run.trace.header, run.replicas.header):
        assert isinstance(header, RunHeader)
        assert header.seed == 11
        assert RunConfig(**header.config) == config
        assert header.created_by.startswith("kept ")


def test_progress_is_told_now_and_then() -> None:
    told: list[tuple[int, int]] = []
    Lab(RunConfig(ops=600, faults=()), None, progress=lambda done, wanted: told.append((done, wanted))).execute()
    assert told == [(256, 600), (512, 600)]


@pytest.mark.parametrize("seed", range(3))
def test_a_swarm_is_as_deterministic_as_any_run(seed: int) -> None:
    config = swarm(RunConfig(seed=seed, ops=200, strategy="swarm"))
    assert digest(Lab(config, None).execute()) == digest(Lab(config, None).execute())


# Scripts


def noted(outcome: Outcome) -> list[Planned]:
    """What the clients of a run did, from a repetition that notes it."""
    script = Script()
    tape = Tape(outcome.tape.fates)
    repeated = Lab(outcome.config, None, tape=tape, faults=list(outcome.faults), script=script).execute()
    assert files(repeated) == files(outcome), "noting changes nothing"
    return script.intents


def scripted(outcome: Outcome, intents: list[Planned]) -> Outcome:
    """The same faults and fates under other intents."""
    tape = Tape(outcome.tape.fates)
    return Lab(outcome.config, None, tape=tape, faults=list(outcome.faults), script=Script(intents)).execute()


def before(outcome: Outcome, at_us: int) -> dict[str, list[str]]:
    """The rows of history and trace from before `at_us`."""
    return {
        name: [line for line in files(outcome)[name][1:] if json.loads(line)["time_us"] < at_us]
        for name in (HISTORY_FILE, TRACE_FILE)
    }


@pytest.mark.parametrize("strategy", ["uniform", "pct"])
@pytest.mark.parametrize("seed", range(4))
def test_a_whole_script_gives_the_same_bytes_to_the_last_step(seed: int, strategy: str) -> None:
    outcome = run(seed=seed, strategy=strategy)
    prescribed = scripted(outcome, noted(outcome))
    assert files(prescribed) == files(outcome)
    assert prescribed.events == outcome.events
    assert prescribed.counts == outcome.counts


@pytest.mark.parametrize("seed", range(6))
def test_intents_that_are_left_out_change_nothing_before_them(seed: int) -> None:
    outcome = run(seed=seed)
    intents = noted(outcome)
    gone = len(intents) // 2 + seed
    assert intents[gone].kind != STOP
    less = scripted(outcome, intents[:gone] + intents[gone + 1 :])
    due_us = intents[gone].due_us
    assert before(less, due_us) == before(outcome, due_us)
    assert len(before(less, due_us)[HISTORY_FILE]) > 50
    assert files(less)[HISTORY_FILE] != files(outcome)[HISTORY_FILE]


@pytest.mark.parametrize("seed", range(3))
def test_the_intents_that_are_left_stay_what_they_were(seed: int) -> None:
    """Without faults, and with time to think, every one of them begins when it is due, on its key, at its node."""
    outcome = Lab(RunConfig(seed=seed, ops=200, faults=(), think_ms=200), None).execute()
    intents = noted(outcome)

    def begun(one: Outcome) -> set[tuple[int, int, str]]:
        rows = [json.loads(line) for line in files(one)[HISTORY_FILE][1:]]
        return {(row["process"] % 8, row["time_us"], row["key"]) for row in rows if row["type"] == "invoke"}

    whole = begun(outcome)
    for left in (intents[::2], intents[1::2], intents[100:]):
        wanted = {(one.client, one.due_us, one.key) for one in left if one.kind != STOP}
        assert len(wanted & whole & begun(scripted(outcome, left))) >= 0.9 * len(wanted)


@pytest.mark.parametrize(
    ("fields", "copies"),
    [
        ({}, 0),
        ({"sloppy": False}, 2),
        ({"sloppy": False, "r": 1, "w": 1}, 0),
        ({"sloppy": False, "r": 1, "w": 1, "read_repair": "blocking"}, 3),
        ({"pr": 2, "read_repair": "blocking"}, 2),
    ],
)
def test_silent_damage_must_leave_so_many_copies_as_promised_reads_count_on(
    fields: dict[str, Any], copies: int
) -> None:
    terms = Lab(RunConfig(**fields), None).world.damage.atlas.terms
    assert terms is not None
    assert terms.fresh == copies
