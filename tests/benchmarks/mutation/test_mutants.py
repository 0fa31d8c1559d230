"""Names of mutants, and the sample."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutation.mutants import Mutant, mutants, sample

SOURCE = "def f(a, b):\n    if (\n        a < b\n    ):\n        return a + 1\n    return b + 1\n"


@pytest.fixture
def found(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "one.py").write_text(SOURCE)
    return mutants(tmp_path, "one.py")


def test_every_mutant_has_a_name_of_its_own(found: list[Mutant]) -> None:
    assert len({one.name for one in found}) == len(found) == 10


def test_a_name_outlives_a_change_elsewhere(found: list[Mutant], tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("X = 1\n\n" + SOURCE)
    assert {one.name for one in found} < {one.name for one in mutants(tmp_path, "one.py")}


def test_a_mutant_is_the_source_with_one_node_changed_at_the_same_lines(found: list[Mutant]) -> None:
    for one in found:
        space: dict[str, Any] = {}
        exec(compile(one.source_of(SOURCE), "one.py", "exec"), space)  # noqa: S102
        function = space["f"]
        assert function.__code__.co_firstlineno == 1
    results = {one.operator + one.after: one for one in found}
    exec(compile(results["comparisona >= b"].source_of(SOURCE), "one.py", "exec"), space)  # noqa: S102
    assert space["f"](1, 2) == 3


def test_the_lines_of_a_mutant_are_those_of_its_statement_or_of_its_head(found: list[Mutant]) -> None:
    assert {one.operator: one.lines for one in found if one.line < 5} == {"condition": (2, 4), "comparison": (2, 4)}
    assert {one.lines for one in found if one.before == "a + 1"} == {(5, 5)}


def test_a_larger_sample_contains_a_smaller_one_and_another_seed_draws_another(found: list[Mutant]) -> None:
    small, large = sample(found, 3, 0), sample(found, 6, 0)
    assert large[:3] == small
    assert len(sample(found, 100, 0)) == len(found)
    assert {tuple(sample(found, 3, seed)) for seed in range(5)} != {tuple(small)}
