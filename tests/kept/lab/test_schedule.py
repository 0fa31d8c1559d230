"""Schedules: what was chosen comes back as it was; a hostile file is refused with one line, never with a crash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kept
from histories.run import TRACE_FILE
from kept.lab.config import RunConfig
from kept.lab.run import Lab
from kept.lab.schedule import MAX_WEIGHT, SCHEDULE_FILE, Schedule, load_schedule
from kept.lab.script import Planned
from kept.lab.steps import struck
from kept.lab.usage import UsageError
from kept.sim.faults import BIT_ROT, CHANGES, CLOGGED, CRASH, CUTS, DISKS, KINDS, MISDIRECTED, Fault, named
from kept.testing import SimCluster

PLAN: list[Any] = [CRASH, 100_000, 1_000, ["n1"], [], 0.5, 0.3, False]
"""The fields of one fault, as the file has them."""


def schedule(**fields: Any) -> Schedule:
    given = {"created_by": "kept 0", "code": "0", "config": RunConfig(ops=20), "claims": (), "violated": ()}
    return Schedule(**{**given, "history_sha256": "", "plan": (), "fates": (), **fields})


def document(**fields: Any) -> dict[str, Any]:
    return {**schedule().model_dump(mode="json"), **fields}


def with_fault(**fields: Any) -> dict[str, Any]:
    """A document whose plan is one crash, changed in the fields whose places are given: ``_0`` is the kind."""
    fault = list(PLAN)
    for place, value in fields.items():
        fault[int(place[1:])] = value
    return document(plan=[fault])


def placed(kind: str, *places: list[str]) -> dict[str, Any]:
    """A document whose plan is one fault that names its records."""
    return document(plan=[[kind, *PLAN[1:5], 0.0, -1.0, False, list(places)]])


def load(folder: Path, content: Any) -> Schedule:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / SCHEDULE_FILE).write_bytes(text)
    return load_schedule(folder)


def refusal(folder: Path, content: Any) -> str:
    with pytest.raises(UsageError) as refused:
        load(folder, content)
    return str(refused.value)


def of_run(seed: int = 3, **fields: Any) -> Schedule:
    """The schedule of a recorded run."""
    outcome = Lab(RunConfig(seed=seed, ops=200, **fields), None).execute()
    fates = tuple((sender, count, *fate) for (sender, count), fate in outcome.tape.fates.items())
    return schedule(config=outcome.config, plan=tuple(map(tuple, outcome.faults)), fates=fates)


# Round trip


@pytest.mark.parametrize("seed", range(4))
def test_a_saved_schedule_comes_back_field_by_field(tmp_path: Path, seed: int) -> None:
    before = of_run(seed, faults=tuple(KINDS), fault_gap_ms=100)
    assert before.plan
    assert before.save(tmp_path) == tmp_path / SCHEDULE_FILE
    for path in (tmp_path, tmp_path / SCHEDULE_FILE):
        assert load_schedule(path) == before


def test_the_plan_comes_back_as_faults_and_the_fates_as_a_tape_that_replays(tmp_path: Path) -> None:
    fault = Fault(CRASH, 5, 10, ("n1", "n2"), (), 0.25, 0.5, True)
    schedule(plan=(tuple(fault),), fates=(("n1", 3, "delay", 77), ("c0", 1, "loss", 0))).save(tmp_path)
    read = load_schedule(tmp_path)
    assert read.faults() == [fault]
    assert read.tape().replaying
    assert read.tape().fates == {("n1", 3): ("delay", 77), ("c0", 1): ("loss", 0)}


@pytest.mark.parametrize("empty", [True, False])
def test_the_file_is_json_with_a_line_per_fault_and_per_fate(tmp_path: Path, empty: bool) -> None:
    saved = schedule() if empty else schedule(plan=(tuple(PLAN),) * 3, fates=(("n1", 3, "delay", 77),) * 2)
    text = saved.save(tmp_path).read_text(encoding="utf-8")
    assert json.loads(text) == saved.model_dump(mode="json")
    assert text.count("\n  " + json.dumps(PLAN)) == (0 if empty else 3)
    assert text.count('\n  ["n1", 3, "delay", 77]') == (0 if empty else 2)


def test_the_intents_come_back_as_a_script_with_a_line_each(tmp_path: Path) -> None:
    intents = ((2, 70, "update", "k1", 4), (0, 90, "stop", "", 0))
    text = schedule(intents=intents).save(tmp_path).read_text(encoding="utf-8")
    assert '\n  [2, 70, "update", "k1", 4]' in text
    script = load_schedule(tmp_path).script()
    assert script is not None
    assert not script.noting
    assert script.intents == [Planned(*intent) for intent in intents]


def test_a_schedule_from_before_there_were_intents_still_loads_and_its_clients_decide_for_themselves(
    tmp_path: Path,
) -> None:
    old = document()
    del old["intents"]
    assert load(tmp_path, old) == schedule()
    assert schedule().script() is None


@pytest.mark.parametrize("seed", range(3))
def test_a_run_under_every_disk_fault_replays_byte_for_byte_and_names_the_records_that_were_hit(
    tmp_path: Path, seed: int
) -> None:
    config = RunConfig(seed=seed, ops=300, faults=(*DISKS, CRASH), fault_gap_ms=60)
    first = Lab(config, tmp_path / "first")
    made = first.execute()
    faults = [fault for fault in made.faults if fault.places]
    assert {fault.kind for fault in faults} & {BIT_ROT, MISDIRECTED}
    schedule(config=config, plan=tuple(map(tuple, made.faults))).save(tmp_path)
    read = load_schedule(tmp_path)
    again = Lab(read.config, tmp_path / "again", tape=read.tape(), faults=read.faults()).execute()
    assert again.faults == made.faults, "what was decided is decided again"
    assert again.counts == made.counts
    for name in ("history.jsonl", "trace.jsonl", "replicas.jsonl"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize("key", [b"k", b"\xff\xfek", "k\u00e9".encode(), b"\xed\xa0\x80", b""])
def test_a_fault_of_a_record_under_any_key_comes_back_as_it_was(tmp_path: Path, key: bytes) -> None:
    place = named(("data", key))
    rotten = Fault(BIT_ROT, 5, 10, ("n1",), places=(place,))
    strays = Fault(MISDIRECTED, 5, 10, ("n1",), places=(place, ("hint", "other")))
    saved = schedule(plan=(tuple(rotten), tuple(strays)))
    text = saved.save(tmp_path).read_text(encoding="utf-8")
    assert "\\ud" not in text, "no file holds a lone surrogate"
    assert load_schedule(tmp_path).faults() == [rotten, strays]
    stepped = schedule(steps=(struck(rotten), struck(strays)))
    stepped.save(tmp_path)
    assert load_schedule(tmp_path) == stepped


def test_a_cluster_with_keys_that_are_no_text_replays_from_its_schedule(tmp_path: Path) -> None:
    cluster = SimCluster([], nodes=3)
    for last in range(3):
        assert cluster.put(bytes([0xFF, 0xFE, last]), b"\xfd").ok
    assert cluster.strike(BIT_ROT, "n1", for_ms=50)
    assert cluster.strike(MISDIRECTED, "n2", for_ms=50)
    cluster.check()
    assert not any("\\ud" in line for line in cluster.trial.outcome.recorder.lines(TRACE_FILE))
    saved = cluster.report.schedule
    saved.save(tmp_path)
    assert load_schedule(tmp_path) == saved
    replayed = kept.replay(tmp_path)
    assert replayed.result == "SAME"


def test_a_fault_without_places_may_leave_them_out() -> None:
    """As schedules did before there were places."""
    assert schedule(plan=(tuple(PLAN),)).faults() == schedule(plan=((*PLAN, ()),)).faults()


def test_equal_schedules_are_saved_as_equal_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    assert of_run().save(tmp_path).read_bytes() == of_run().save(tmp_path / "b").read_bytes()


# Hostile files

SHAPES: dict[str, Callable[[], Any]] = {
    "empty": lambda: b"",
    "no JSON": lambda: b"kept",
    "no text": lambda: b"\xff\xfe\x00",
    "cut off": lambda: json.dumps(document()).encode()[:-20],
    "a list": lambda: [],
    "nothing": lambda: None,
    "deeply nested": lambda: b"[" * 100_000,
    "no field": dict,
    "another kind": lambda: document(kept="history"),
    "another version": lambda: document(version=2),
    "a field more": lambda: document(colour=1),
    "a field with a newline": lambda: document(**{"a\nb": 1}),
    "a field missing": lambda: {name: value for name, value in document().items() if name != "code"},
    "a number of 4,000 digits": lambda: json.dumps(document()).replace('"seed": 0', f'"seed": {"9" * 4_000}').encode(),
    "a number of 5,000 digits": lambda: json.dumps(document()).replace('"seed": 0', f'"seed": {"9" * 5_000}').encode(),
    "a bad configuration": lambda: document(config={"r": 9}),
    "an unknown claim": lambda: document(claims=["no-lost-wrte"]),
    "an unknown violation": lambda: document(violated=["bad\nluck"]),
    "an unknown fate": lambda: document(fates=[["n1", 1, "burnt", 0]]),
    "a fate of message 0": lambda: document(fates=[["n1", 0, "loss", 0]]),
    "a fate that lasts too long": lambda: document(fates=[["n1", 1, "delay", 10**16]]),
    "a fate back in time": lambda: document(fates=[["n1", 1, "delay", -1]]),
    "a short fault": lambda: document(plan=[PLAN[:4]]),
    "an unknown kind": lambda: with_fault(_0="meteor"),
    "a fault before the start": lambda: with_fault(_1=-5),
    "a fault of negative length": lambda: with_fault(_2=-5),
    "an unknown node": lambda: with_fault(_3=["n99"]),
    "an unknown node in a pair": lambda: with_fault(_0="partition", _3=[], _4=[["n1", "n99"]]),
    "a share of more than all": lambda: with_fault(_5=2.0),
    "a share of less than nothing": lambda: with_fault(_5=-1.0),
    "no number": lambda: with_fault(_5=float("nan")),
    "an endless number": lambda: with_fault(_5=float("inf")),
    "a clock that goes back": lambda: with_fault(_0="clock-drift", _5=-2_000_000.0),
    "a clock that stands still": lambda: with_fault(_0="clock-drift", _5=-1_000_000.0),
    "a clock that goes back because its node is named twice": lambda: with_fault(
        _0="clock-drift", _3=["n1", "n1"], _5=-600_000.0
    ),
    "a clock that fires a day's timers in a second": lambda: with_fault(_0="clock-drift", _5=1e11),
    "a partition without pairs": lambda: with_fault(_0="partition"),
    "pairs without a partition": lambda: with_fault(_4=[["n1", "n2"]]),
    "who leaves is told so": lambda: with_fault(_0="leave", _3=["n1"], _4=[["n1", "n1"]]),
    "another one is told of than leaves": lambda: with_fault(_0="leave", _3=["n1"], _4=[["n2", "n3"]]),
    "two are told first": lambda: with_fault(_0="leave", _3=["n1"], _4=[["n1", "n3"], ["n1", "n2"]]),
    "faults in disorder": lambda: document(plan=[[CRASH, 9, *PLAN[2:]], [CRASH, 8, *PLAN[2:]]]),
    "an intent of a client that is not there": lambda: document(intents=[[8, 1, "get", "k", 0]]),
    "an intent of no client": lambda: document(intents=[[-1, 1, "get", "k", 0]]),
    "an unknown intent": lambda: document(intents=[[0, 1, "gett", "k", 0]]),
    "an intent before the start": lambda: document(intents=[[0, -1, "get", "k", 0]]),
    "an intent at no time": lambda: document(intents=[[0, 10**16, "get", "k", 0]]),
    "an intent that winds a stream for ever": lambda: document(intents=[[0, 1, "get", "k", 10**12]]),
    "an intent on half a character": lambda: document(intents=[[0, 1, "get", "\ud800", 0]]),
    "a short intent": lambda: document(intents=[[0, 1, "get"]]),
    "a node that is faster than it is": lambda: with_fault(_0="slow-node", _5=-1.0),
    "a disk that is slower than any run": lambda: with_fault(_0="slow-disk", _5=1e9),
    "more survivors than there were": lambda: with_fault(_0="io-error", _5=1.5),
    "a record in no name space": lambda: placed("bit-rot", ["dat", "k"]),
    "two rotten records": lambda: placed("bit-rot", ["data", "k"], ["data", "l"]),
    "half a misdirected write": lambda: placed("misdirected-write", ["data", "k"]),
    "a crash of a record": lambda: placed("crash", ["data", "k"]),
    "a key of no bytes": lambda: placed("bit-rot", ["data", "\ud800"]),
    "a torn write that is whole": lambda: with_fault(_6=1.0),
    "a torn write by itself": lambda: with_fault(_0="torn-write"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_schedule_is_refused_with_one_line_that_names_the_file(tmp_path: Path, shape: str) -> None:
    line = refusal(tmp_path, SHAPES[shape]())
    assert line.isprintable()
    assert line.startswith(str(tmp_path / SCHEDULE_FILE)[:60])
    assert "; accepted: " in line or "unknown field" in line
    assert len(line) < 600


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", tmp_path / "missing" / SCHEDULE_FILE):
        with pytest.raises(UsageError, match="cannot be read"):
            load_schedule(path)


@pytest.mark.parametrize("place", ["kind", "node"])
def test_the_line_says_which_fault_is_wrong(tmp_path: Path, place: str) -> None:
    bad = [*PLAN]
    bad[{"kind": 0, "node": 3}[place]] = {"kind": "crsh", "node": ["n6"]}[place]
    line = refusal(tmp_path, document(plan=[PLAN, PLAN, bad]))
    assert "plan.2" in line
    assert {"kind": "did you mean crash?", "node": "accepted: n1 to n5"}[place] in line


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "torn-write"])
def test_whatever_is_accepted_runs(tmp_path: Path, kind: str) -> None:
    """The most extreme fault of each kind that a file may hold."""
    pairs = {"leave": [["n1", "n6"]]}.get(kind, [["n1", "n2"], ["n2", "n1"]] if kind in (*CUTS, CLOGGED) else [])
    most = {"crash": 1.0, "io-error": 1.0, "clock-drift": -900_000.0, "slow-node": 5e6, "slow-disk": 5e6}
    number = {**most, "clock-offset": -1e12, "clock-jump": -1e12}.get(kind, MAX_WEIGHT if kind in CHANGES else 1e12)
    two = {"join": ["n6"], "replace": ["n1", "n6"], "rival-operators": ["n6", "n1"], "abort": []}
    nodes: list[str] = two.get(kind, [] if pairs and kind != "leave" else ["n1"])
    fault = [kind, 60_000, 10**6, nodes, pairs, number, 0.999, True]
    read = load(tmp_path, document(plan=[fault]))
    outcome = Lab(read.config, None, tape=read.tape(), faults=read.faults()).execute()
    assert outcome.unrest == ""
    assert sum(outcome.outcomes.values()) == 20
    assert len(outcome.faults) == 1


def test_a_newcomer_may_be_called_as_if_others_had_come_before_it(tmp_path: Path) -> None:
    """(Shrinking takes those out; what it made of the bugs of membership could once not be saved.)"""
    join = ["join", 1_000, 1, ["n9"], [], 1.0, -1.0, False]
    crash = ["crash", 60_000, 10**5, ["n9"], [], 1.0, -1.0, False]
    read = load(tmp_path, document(plan=[join, crash]))
    lab = Lab(read.config, None, tape=read.tape(), faults=read.faults())
    assert lab.execute().unrest == ""
    assert list(lab.world.machines) == ["n1", "n2", "n3", "n4", "n5", "n9"]
    for name in ("n10000", "x9", "n0"):
        assert "accepted: n1 to n6" in refusal(tmp_path, document(plan=[[*join[:3], [name], *join[4:]]]))


@pytest.mark.parametrize("keep", [0, 100, -1, -20])
def test_a_history_that_was_truncated_since_is_refused_with_one_line(tmp_path: Path, keep: int) -> None:
    kept.run(tmp_path, seed=2, ops=60)
    history = tmp_path / "history.jsonl"
    history.write_bytes(history.read_bytes()[:keep])
    with pytest.raises(UsageError) as error:
        load_schedule(tmp_path)
    assert str(error.value).startswith(f"{history}: truncated or changed since it was recorded; accepted: ")
    assert "\n" not in str(error.value)
    assert load_schedule(tmp_path / "schedule.json").config.seed == 2, "the schedule by itself is enough"


# Steps

ASK = {"do": "ask", "client": 0, "node": "n1", "kind": "get", "key": "k"}
STRUCK = {"do": "fault", "kind": "crash", "for_us": 5, "nodes": ["n2"]}


def test_the_steps_come_back_with_a_line_each(tmp_path: Path) -> None:
    saved = schedule(steps=(ASK, STRUCK, {"do": "settle"}))
    text = saved.save(tmp_path).read_text(encoding="utf-8")
    assert text.count('\n  {"do": ') == 3
    assert load_schedule(tmp_path) == saved


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{**ASK, "client": 99}], "steps.0: client 99; accepted: 0 to 7"),
        ([{**ASK, "node": "n77"}], "steps.0: node n77; accepted: n1 to n5"),
        ([ASK, {**ASK, "seen": 1}], "steps.1: the context of operation 1; accepted: -1 to 0"),
        ([{**STRUCK, "kind": "crush"}], "steps.0: crush; accepted: .*did you mean crash"),
        ([{**STRUCK, "nodes": ["n9"]}], "steps.0: node n9; accepted: n1 to n5"),
        ([{"do": "end", "kinds": ["crush"]}], "steps.0: crush; accepted"),
        ([{**STRUCK, "kind": "clock-drift", "number": -800_000.0}] * 2, "plan: the clock of n2 drifts"),
    ],
)
def test_steps_that_the_world_could_not_take_are_refused(
    tmp_path: Path, steps: list[dict[str, Any]], message: str
) -> None:
    document = schedule().model_dump(mode="json") | {"steps": steps}
    (tmp_path / SCHEDULE_FILE).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_schedule(tmp_path)


def test_a_newcomer_of_a_step_is_a_node_that_later_steps_may_name() -> None:
    join = {"do": "fault", "kind": "join", "for_us": 1, "nodes": ["n6"], "number": 1.0}
    assert len(schedule(steps=(join, {**ASK, "node": "n6"})).steps) == 2


def test_steps_stand_alone() -> None:
    with pytest.raises(ValueError, match="steps: beside a plan"):
        schedule(steps=(ASK,), plan=(tuple(PLAN),))
