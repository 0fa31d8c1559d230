"""kept check --graph: the order around each violation, as other programs read it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest

from tests.kept.cli.test_check import HISTORIES

Kept = Callable[..., Any]


@pytest.fixture
def check(kept: Kept, tmp_path: Path) -> Kept:
    """`kept check` in a directory that holds the histories of test_check."""
    for name, text in HISTORIES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return lambda *words: kept("check", *words)


def test_a_graph_of_every_violation_is_written_for_graphviz_and_as_graphml(check: Kept, tmp_path: Path) -> None:
    said = check("stale.csv", "--ladder", "--graph", "witness.dot")
    assert said.code == 1
    text = (tmp_path / "witness.dot").read_text(encoding="utf-8")
    assert re.findall(r"\n    label=(.*);", text) == ['"linearizable"', '"regular"', '"convergence"']
    assert check("lost.edn", "stale.csv", "--graph", "witness.graphml").code == 1
    again = networkx.read_graphml(tmp_path / "witness.graphml")
    groups = {data["group"] for _, data in again.nodes(data=True)}
    assert groups == {"lost.edn: linearizable", "stale.csv: linearizable"}
    assert any(data["cycle"] for _, _, data in again.edges(data=True))


def test_nothing_is_drawn_of_what_holds_and_that_is_said(check: Kept, tmp_path: Path) -> None:
    said = check("good.edn", "--graph", "witness.dot")
    assert said.code == 0
    assert "no graph: nothing is violated" in said.out
    assert not (tmp_path / "witness.dot").exists()


@pytest.mark.parametrize("name", ["witness.png", "witness", "", "no/such/directory/witness.dot", "a\0b.dot"])
def test_a_graph_in_a_place_or_format_that_there_is_not_is_the_users_mistake(check: Kept, name: str) -> None:
    said = check("stale.csv", "--graph", name)
    assert said.code == 64
    assert said.out == ""
    assert said.err.startswith("kept: --graph: ")
    assert said.err.count("\n") == 1
