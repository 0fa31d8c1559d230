"""What each test runs where nothing is mutated: which lines of which module, and how long it takes."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest

from benchmarks.mutation.children import Children, Ended, Say, Task
from benchmarks.mutation.session import file_of, in_turn, timed

LONGEST_S = 240.0
"""CPU seconds that the tests of one file may take."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """One test of ours."""

    name: str
    cpu_s: float
    lines: Mapping[str, frozenset[int]]
    """By module."""

    @property
    def file(self) -> str:
        return self.name.partition("::")[0]


class Baseline(NamedTuple):
    """Every test that passes, and what was run while modules were loaded."""

    tests: tuple[Watcher, ...]
    loading: Mapping[str, frozenset[int]]
    line: list[str]
    """What the second line comes to."""
    left_out: tuple[str, ...]
    """Tests that do not pass as they are run here."""


def tracer(root: Path, modules: Sequence[str]) -> coverage.Coverage:
    include = [str(root / module) for module in modules]
    return coverage.Coverage(data_file=None, include=include, config_file=False, messages=False)


def seen(tracing: coverage.Coverage, root: Path) -> dict[str, dict[str, list[int]]]:
    """Lines by context and module."""
    data = tracing.get_data()
    found: dict[str, dict[str, list[int]]] = {}
    for path in sorted(data.measured_files()):
        module = Path(path).relative_to(root).as_posix()
        for line, contexts in data.contexts_by_lineno(path).items():
            for context in contexts:
                found.setdefault(context, {}).setdefault(module, []).append(line)
    return found


def digest(root: Path, paths: Sequence[str]) -> str:
    """Of files: where it differs, what was measured of them is of other lines."""
    return hashlib.sha256(b"".join(hashlib.sha256((root / path).read_bytes()).digest() for path in paths)).hexdigest()


def measure(
    items: Sequence[pytest.Item],
    modules: Sequence[str],
    tracing: coverage.Coverage,
    root: Path,
    children: Children,
    known: Path,
) -> tuple[list[Watcher], list[str]]:
    """Run the tests of each file in a child; what was measured of the same file and modules is taken from `known`."""
    old: dict[str, Any] = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(file_of(item), []).append(item)
    digests = {name: digest(root, [name, *modules]) for name in files}
    new = [name for name in files if old.get(name, {}).get("digest") != digests[name]]

    def tasks() -> Iterator[tuple[str, float, Task]]:
        for name in new:
            yield name, LONGEST_S, _task(files[name], tracing, root)

    for name, ended in children.run(tasks()):
        old[name] = {"digest": digests[name], **_measured(ended, files[name])}
        known.write_text(json.dumps(old), encoding="utf-8")
    tests: list[Watcher] = []
    left_out: list[str] = []
    for name in files:
        left_out += old[name]["left_out"]
        for test in old[name]["tests"]:
            lines = {module: frozenset(numbers) for module, numbers in test["lines"].items()}
            tests.append(Watcher(test["name"], test["cpu_s"], lines))
    return tests, left_out


def _task(items: Sequence[pytest.Item], tracing: coverage.Coverage, root: Path) -> Task:
    def task(say: Say) -> None:
        for item, following in in_turn(items):
            tracing.switch_context(item.nodeid)
            passed, cpu_s = timed(item, following)
            say({"name": item.nodeid, "passed": passed, "cpu_s": round(cpu_s, 4)})
        tracing.stop()
        say({"seen": seen(tracing, root)})

    return task


def _measured(ended: Ended, items: Sequence[pytest.Item]) -> dict[str, Any]:
    by_name: dict[str, Any] = {one["name"]: one for one in ended.said if "name" in one}
    lines: dict[str, Any] = next((one["seen"] for one in ended.said if "seen" in one), {})
    tests, left_out = [], []
    for item in items:
        one = by_name.get(item.nodeid)
        if one is None or not one["passed"] or not lines:
            left_out.append(item.nodeid)
        else:
            tests.append({"name": item.nodeid, "cpu_s": one["cpu_s"], "lines": lines.get(item.nodeid, {})})
    return {"tests": tests, "left_out": left_out}
