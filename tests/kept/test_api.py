"""The workbench from Python does what the command does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kept
from checkers.verdict import Invalid, Valid
from histories.columns import Mark, Row, from_rows
from histories.errors import HistoryError
from histories.load import load
from kept.predictor.presets import PRESETS


def test_a_run_under_faults_holds_and_says_so() -> None:
    report = kept.run(seed=1, ops=300)
    assert report.holds
    assert report.violated == ()
    assert all(isinstance(verdict, Valid) for verdict in report.verdicts.values())
    assert "seed=1" in repr(report)


def test_a_claim_that_the_configuration_does_not_make_is_checked_too_and_explained() -> None:
    report = kept.run(seed=1, ops=600, versions="lww", claims=["no-lost-write"])
    assert not report.holds
    assert isinstance(report.verdicts["no-lost-write"], Invalid)
    assert "acknowledged" in report.explain().sentence


def test_nothing_is_explained_where_nothing_is_violated() -> None:
    with pytest.raises(ValueError, match="nothing to explain"):
        kept.run(ops=50, faults=()).explain()


def test_a_recorded_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    kept.run(tmp_path / "run", seed=3, ops=300)
    assert kept.replay(tmp_path / "run").result == "SAME"


def test_a_violation_replays_as_a_violation(tmp_path: Path) -> None:
    report = kept.run(seed=1, ops=600, versions="lww", claims=["no-lost-write"])
    assert kept.replay(report.schedule).result == "FAILED"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    kept.run(tmp_path, ops=50)
    before = (tmp_path / "history.jsonl").read_bytes()
    with pytest.raises(HistoryError):
        kept.run(tmp_path, ops=60)
    assert (tmp_path / "history.jsonl").read_bytes() == before


def test_fuzzing_finds_saves_and_shrinks(tmp_path: Path) -> None:
    session = kept.fuzz(tmp_path, seed=1, bug="canary", ops=40, seeds=1, jobs=1)
    (seen,) = session.seen.values()
    assert session.stopped == "violation"
    assert seen.shrunk is not None
    assert kept.replay(seen.place).result == "FAILED"
    assert kept.replay(seen.place / "shrunk").result == "FAILED"
    assert kept.fuzz(tmp_path / "other", ["unique-dots"], seed=1, ops=40, seeds=1, jobs=1).seen == {}


def test_a_failing_schedule_is_shrunk_and_one_that_holds_is_not() -> None:
    report = kept.run(seed=1, ops=200, versions="lww", claims=["no-lost-write"])
    made = kept.shrink(report.schedule)
    assert made.size.events < made.before.events
    assert made.trial.violated == ("no-lost-write",)
    assert kept.shrink(report.schedule, "no-lost-write", budget_s=0.001).stopped == "budget"
    with pytest.raises(kept.UsageError, match="claim: placement; accepted: no-lost-write"):
        kept.shrink(report.schedule, "placement")
    with pytest.raises(kept.UsageError, match="it violates no claim"):
        kept.shrink(kept.run(ops=20, faults=()).schedule)
    fixed = report.schedule.model_copy(update={"config": report.config.model_copy(update={"versions": "dvv"})})
    with pytest.raises(kept.UsageError, match="no-lost-write holds now"):
        kept.shrink(fixed)


@pytest.mark.parametrize("fields", [{"budget_s": 0}, {"jobs": 0}, {"seeds": 0}, {"shrink_s": -1}])
def test_a_session_that_could_do_nothing_is_a_mistake_of_the_caller(tmp_path: Path, fields: dict[str, int]) -> None:
    with pytest.raises(kept.UsageError, match="accepted: above 0"):
        kept.fuzz(tmp_path, **fields)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"r": 9}, "9 is out of range"),
        ({"ops": "many"}, "ops"),
        ({"colour": "red"}, "colour"),
        ({"claims": ["no-lost-wirte"]}, "did you mean no-lost-write?"),
        ({"bug": "doomstoen"}, "did you mean doomstone?"),
    ],
)
def test_a_wrong_field_is_one_line(fields: dict[str, object], line: str) -> None:
    with pytest.raises(kept.UsageError) as error:
        kept.run(**fields)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, kept; sys.exit(any(name in sys.modules for name in ('pydantic', 'dynamo', 'checkers')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        kept.runn()


def test_a_configuration_is_proved_or_refuted_as_the_command_does() -> None:
    assert kept.prove(n=3, r=2, w=2).result == "proved"
    refuted = kept.prove(n=3, r=1, w=2, solvers=("z3", "cvc5"))
    assert refuted.result == "refuted"
    assert refuted.judgements[0].nodes == {"write": ("n1", "n2"), "read": ("n3",)}
    assert kept.prove(dc={"eu": 3, "us": 3}, write="LOCAL_QUORUM", read="EACH_QUORUM").result == "proved"


def test_staleness_is_predicted_and_measured_as_the_commands_do(tmp_path: Path) -> None:
    found = kept.predict("lnkd-disk", n=3, r=1, w=1, t=(0,), trials=20_000)
    assert found.fresh[0][1].share == pytest.approx(0.437, abs=0.02)
    assert kept.predict(PRESETS["lnkd-disk"].latencies, r=1, w=1, t=(0,), trials=20_000).fresh == found.fresh
    with pytest.raises(kept.UsageError, match=r"^latencies: fast; accepted: lnkd-ssd"):
        kept.predict("fast")
    with pytest.raises(kept.UsageError, match=r"^trails: unknown field; did you mean trials"):
        kept.predict("ymmr", trails=1)
    kept.run(tmp_path / "run", seed=1, ops=60)
    report = kept.check(tmp_path / "run" / "history.jsonl", levels=["unique-dots"], staleness=True)
    assert report.staleness is not None
    assert report.staleness.fresh.share == 1.0
    assert kept.check(tmp_path / "run" / "history.jsonl", levels=["unique-dots"]).staleness is None


def test_quoracles_expressions_and_systems_are_accepted() -> None:
    quoracle = pytest.importorskip("quoracle")
    a, b, c, d = (quoracle.Node(name) for name in "abcd")
    assert kept.prove(quorums=a * b + c * d).result == "refuted"
    assert kept.prove(quorums=quoracle.QuorumSystem(reads=a * b + c * d)).result == "proved"
    assert kept.prove(quorums=quoracle.choose(2, [a, a, b]), write_quorums=a).result == "proved"


def test_every_configuration_of_a_file_is_proved(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"n": 3, "r": 2, "w": 2}, {"n": 3, "r": 1, "w": 1}]')
    assert [proof.result for proof in kept.prove_file(path)] == ["proved", "refuted"]
    assert [proof.result for proof in kept.prove_file(path, r=3)] == ["proved", "proved"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"n": 3, "r": 4, "w": 1}, "r: 4; accepted: 1 to 3"),
        ({"n": 3, "r": 1, "w": 1, "solvers": ("z4",)}, "solvers: z4; accepted: z3, cvc5"),
        ({"n": 3, "r": 1, "w": 1, "solvers": ()}, "solvers: none"),
        ({"n": 3, "r": 1, "w": 1, "timeout_s": 0}, "timeout_s: 0; accepted"),
        ({"quorums": 3}, "quorums: int is no expression of quoracle's"),
    ],
)
def test_what_is_no_configuration_is_a_usage_error(fields: dict, says: str) -> None:
    with pytest.raises(kept.UsageError, match=says):
        kept.prove(**fields)


def test_a_recorded_history_is_judged_from_python(tmp_path: Path) -> None:
    rows = [{"process": 0, "f": "write", "value": at, "start": 10 * at, "end": 10 * at + 5} for at in (1, 2)]
    rows.append({"process": 1, "f": "read", "result": 1, "start": 40, "end": 45})
    path = tmp_path / "history.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = kept.check(path)
    assert (report.holds, report.violated) == (False, ("linearizable",))
    assert "Read 1 by client 1 began at 40" in report.explain()
    assert kept.check(load(path).columns, levels=["sequential"]).holds
    assert "sequential" in kept.check(path, levels=["all"], budget_s=60.0).strongest
    for wrong in ({"nil": "maybe"}, {"levels": ["prm"]}, {"model": "mutex"}, {"initial": "{"}):
        with pytest.raises(kept.UsageError):
            kept.check(path, **wrong)


def test_the_order_around_a_violation_is_a_networkx_graph() -> None:
    rows = [Row("a", "write", "x", 1, start=0, end=5), Row("b", "read", "x", result=Mark.NIL, start=10, end=15)]
    history = from_rows(rows)
    drawn = kept.check(history, levels=["regular", "pram"], graph=True)
    assert sorted(drawn.graph().edges(data="label")) == [
        ("regular:0", "regular:1", "real time"),
        ("regular:1", "regular:0", "must precede: it reads what was there first"),
    ]
    with pytest.raises(ValueError, match="no graph was asked for"):
        kept.check(history).graph()
    assert len(kept.check(history, levels=["pram"]).graph()) == 0  # nothing is violated


def told(row: dict) -> tuple:
    return row.get("type"), row.get("f"), row.get("key")


def test_a_run_of_this_store_whose_recorded_clock_was_tampered_with_is_found_and_drawn(tmp_path: Path) -> None:
    kept.run(directory=tmp_path / "run", seed=4, ops=120)
    path = tmp_path / "run" / "history.jsonl"
    assert kept.check(path, levels=["true-clocks"]).holds
    lines = path.read_text(encoding="utf-8").splitlines()
    put = next(json.loads(line) for line in reversed(lines) if '"type":"ok","f":"put"' in line)
    actor, counter = put["dot"]
    before = ("invoke", "get", put["key"])
    row, at = next(
        (row, at) for at, line in enumerate(lines) if (row := json.loads(line)) and told(row) == before
    )  # the first get of that key says that it has seen the last put
    lines[at] = json.dumps(row | {"context": {actor: counter}})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = kept.check(path, levels=["true-clocks"], graph=True)
    assert report.violated == ("true-clocks",)
    assert len(report.graph().edges) == 2  # the context, and real time against it
