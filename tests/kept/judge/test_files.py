"""kept.judge.files: many files give what each of them gives, in order, on one core or several."""

from pathlib import Path

import pytest

from histories.errors import HistoryError
from kept.judge import files
from kept.judge.files import judge_files
from kept.judge.question import Limits, Question, asked
from kept.judge.report import CheckReport
from kept.lab.usage import UsageError

GOOD = '{"process":0,"f":"write","value":1,"start":0,"end":1}\n{"process":0,"f":"read","result":1,"start":2,"end":3}\n'
BAD = GOOD.replace('"result":1', '"result":null')


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    made = []
    for at, text in enumerate([GOOD, BAD, GOOD]):
        path = tmp_path / f"{at}.jsonl"
        path.write_text(text, encoding="utf-8")
        made.append(str(path))
    return made


def verdicts(report: CheckReport) -> list[str]:
    return [judged.verdict for judged in report.histories]


def test_each_file_has_its_verdict_in_the_order_given(paths: list[str]) -> None:
    report = judge_files(paths, Question())
    assert [judged.name for judged in report.histories] == paths
    assert verdicts(report) == ["valid", "invalid", "valid"]


def test_processes_give_the_same(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = judge_files(paths, Question())
    monkeypatch.setattr(files, "APART_FROM_BYTES", 0)
    monkeypatch.setattr(files, "cores", lambda: 2)
    assert judge_files(paths, Question()) == here
    assert judge_files(paths, asked(limits=Limits(60.0, 2 << 30))) == here
    assert judge_files(paths[1:2], asked(limits=Limits(60.0))).histories == here.histories[1:2]


def test_a_budget_that_is_spent_leaves_every_file_unknown(paths: list[str]) -> None:
    report = judge_files(paths, asked(limits=Limits(1.0)), began_s=-10.0)
    assert (verdicts(report), report.stopped) == (["unknown"] * 3, "budget")


def test_an_interruption_keeps_what_was_found(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    load = files.load

    def interrupted(path: str, options: object) -> object:
        if path == paths[2]:
            raise KeyboardInterrupt
        return load(path, options)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "load", interrupted)
    report = judge_files(paths, Question())
    assert (verdicts(report), report.stopped) == (["valid", "invalid", "unknown"], "interrupted")
    assert judge_files(paths[2:], Question()).stopped == "interrupted"


def test_a_file_that_cannot_be_read_is_an_error_with_its_place(paths: list[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(GOOD + "{\n", encoding="utf-8")
    with pytest.raises(HistoryError, match=r"wrong.jsonl:3: "):
        judge_files([*paths, str(wrong)], Question())
    with pytest.raises(UsageError, match=r"wrong.jsonl:3: "):
        judge_files([*paths, str(wrong)], asked(limits=Limits(60.0)))
