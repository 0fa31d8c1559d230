"""kept.scenario.command: reading the words of a command."""

from collections.abc import Callable
from typing import Any

import pytest

from kept.scenario.command import down, exactly, machine, moving, number, running, span_us
from kept.scenario.failing import ScenarioError


@pytest.mark.parametrize(
    ("word", "us"), [("250us", 250), ("500ms", 500_000), ("2s", 2_000_000), ("1m", 60_000_000), ("-3ms", -3_000)]
)
def test_a_span_is_read_with_its_unit(word: str, us: int) -> None:
    assert span_us(word) == us


@pytest.mark.parametrize("word", ["5", "s", "1.5s", "61m", "1h", "٣s", "--1s", ""])
def test_anything_else_is_no_span(word: str) -> None:
    with pytest.raises(ScenarioError, match="accepted: a time up to an hour"):
        span_us(word)


@pytest.mark.parametrize("word", ["", "-1", "1.0", "x", "٣", "1" * 9])
def test_anything_but_a_whole_number_is_refused(word: str) -> None:
    with pytest.raises(ScenarioError, match=r"w: .*; accepted: a whole number"):
        number("w", word)


def test_words_are_counted() -> None:
    assert exactly(["a", "b"], 2, "put A B") == ["a", "b"]
    with pytest.raises(ScenarioError, match=r"^nothing; accepted: put A B$"):
        exactly([], 2, "put A B")


def test_a_machine_is_found_by_name_and_by_whether_it_runs(talk: Callable[..., Any]) -> None:
    scene = talk("cluster", "crash n2").interpreter.scene
    assert machine(scene, "n1").name == running(scene, "n1").name == "n1"
    assert down(scene, "n2").name == "n2"
    for find, name, line in (
        (machine, "n9", "node: n9; accepted: n1"),
        (running, "n2", "n2 is down"),
        (down, "n1", "up"),
    ):
        with pytest.raises(ScenarioError, match=line):
            find(scene, name)


def test_a_machine_that_stands_still_is_told_apart_from_one_that_moves(talk: Callable[..., Any]) -> None:
    scene = talk("cluster", "pause n2").interpreter.scene
    assert (running(scene, "n2").name, moving(scene, "n1").name) == ("n2", "n1")
    with pytest.raises(ScenarioError, match="n2 stands still; `resume n2` first"):
        moving(scene, "n2")
