"""A part's mutants, each tried once: what was tried before stands in a file and is not tried again."""

import gc
import importlib
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks.mutation.baseline import Baseline, Watcher, measure, seen, tracer
from benchmarks.mutation.children import Children, Say, Task
from benchmarks.mutation.choice import Chosen, choose, needs_loading
from benchmarks.mutation.mutants import Mutant
from benchmarks.mutation.parts import Part, mirrored
from benchmarks.mutation.session import collect, passes
from benchmarks.mutation.swapping import living
from benchmarks.mutation.trial import Fate, fate, loaded, swapped

FOREIGN = ("pytest", "hypothesis", "numpy", "pydantic", "networkx", "click", "rich", "coverage", "sqlite3")
"""Loaded before anything forks. Nothing of ours is."""


class Campaign(NamedTuple):
    """What is tried, and where it is written."""

    root: Path
    out: Path
    part: Part
    mutants: Sequence[Mutant]
    jobs: int
    patience: float = 1.0
    """How many times the usual seconds of tests a mutant may meet."""
    again: bool = False
    """Try those anew that survived."""
    tests: tuple[str, ...] = ()
    """Nothing but these: what was written for survivors is seen to kill them before everything is traced again."""

    @property
    def results(self) -> Path:
        return self.out / f"{self.part.name}.jsonl"

    @property
    def known(self) -> Path:
        return self.out / f"{self.part.name}.tests.json"

    @property
    def loading(self) -> Path:
        return self.out / f"{self.part.name}.loading.json"

    @property
    def scratch(self) -> Path:
        return self.out / "scratch" / self.part.name


def fates(path: Path) -> dict[str, Fate]:
    """What is known, by the name of the mutant; what was written last counts."""
    return {name: last for name, (_, last) in histories(path).items()}


def histories(path: Path) -> dict[str, tuple[Fate, Fate]]:
    """The first and the last fate of each mutant, by its name; that it needs a process of its own is none."""
    found: dict[str, tuple[Fate, Fate]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        one = Fate(**json.loads(line))
        first = found[one.name][0] if one.name in found else one
        found[one.name] = (one if first.outcome == "deferred" else first, one)
    return found


def conduct(campaign: Campaign) -> None:
    """Try what is to be tried. Mutants of living functions first, in one process's children; then the others."""
    if not _open(campaign):
        return
    campaign.out.mkdir(parents=True, exist_ok=True)
    campaign.scratch.mkdir(parents=True, exist_ok=True)
    for name in FOREIGN:
        importlib.import_module(name)
    if campaign.tests or not campaign.loading.exists() or not _all_wait(campaign):
        _apart(lambda: _swapping(campaign))
    if campaign.tests:
        return
    baseline = _load(campaign)
    waiting = [one for one in _open(campaign) if _waits(campaign, one, baseline)]
    choices = {one.name: choose(one, baseline, campaign.patience) for one in waiting}

    def tasks() -> Iterator[tuple[Mutant, float, Task]]:
        for one in waiting:
            task = loaded(campaign.root, one, choices[one.name], baseline, campaign.part, campaign.scratch)
            yield one, 60.0, task

    for mutant, ended in Children(campaign.scratch, campaign.jobs).run(tasks()):
        _write(campaign, fate(mutant, choices[mutant.name], ended))
    shutil.rmtree(campaign.scratch, ignore_errors=True)


def _open(campaign: Campaign) -> list[Mutant]:
    done = fates(campaign.results)
    final = ("killed", "broken") if campaign.again else ("killed", "broken", "survived")
    return [one for one in campaign.mutants if one.name not in done or done[one.name].outcome not in final]


def _waits(campaign: Campaign, mutant: Mutant, baseline: Baseline) -> bool:
    done = fates(campaign.results).get(mutant.name)
    return needs_loading(mutant, baseline) or (done is not None and done.outcome == "deferred")


def _all_wait(campaign: Campaign) -> bool:
    """Whether nothing is left to try in the process that has loaded everything."""
    baseline = _load(campaign)
    return all(_waits(campaign, one, baseline) for one in _open(campaign))


def _apart(do: Callable[[], None]) -> None:
    """In a process that may load what it likes."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            do()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if status:
        raise ChildProcessError("the process that collects the tests failed; its own words stand above")


def _swapping(campaign: Campaign) -> None:
    root, part = campaign.root, campaign.part
    modules = part.modules(root)
    tracing = tracer(root, modules)
    tracing.start()
    ran = []

    def loop(items: list[pytest.Item]) -> None:
        ran.append(True)
        children = Children(campaign.scratch, campaign.jobs)
        line = part.prepare()
        tests, left_out = measure(items, modules, tracing, root, children, campaign.known)
        tracing.stop()
        loading = {module: frozenset(lines) for module, lines in seen(tracing, root).get("", {}).items()}
        baseline = Baseline(tuple(tests), loading, _line(line, children), tuple(left_out))
        _save(campaign, baseline)
        _try_all(campaign, items, baseline, line, children)

    def named(items: list[pytest.Item]) -> None:
        ran.append(True)
        tracing.stop()
        known = _load(campaign)
        watchers = tuple(Watcher(item.nodeid, 1.0, {}) for item in items)
        _try_all(
            campaign, items, known._replace(tests=watchers, line=[]), list, Children(campaign.scratch, campaign.jobs)
        )

    files = [path for pattern in part.tests for path in _paths(root, pattern)]
    scratch = campaign.scratch / "tests"
    collect(root, campaign.tests or files, scratch, named if campaign.tests else loop)
    if not ran:
        raise ChildProcessError(f"{part.name}: the tests cannot be collected")


def _try_all(
    campaign: Campaign, items: Sequence[pytest.Item], baseline: Baseline, line: Any, children: Children
) -> None:
    root, part = campaign.root, campaign.part
    functions = living(root, part.modules(root))
    by_name = {item.nodeid: item for item in items}
    waiting = [one for one in _open(campaign) if not _waits(campaign, one, baseline)]
    choices = {one.name: _chosen(campaign, one, baseline) for one in waiting}
    gc.collect()
    gc.freeze()

    def tasks() -> Iterator[tuple[Mutant, float, Task]]:
        for one in waiting:
            chosen = choices[one.name]
            here: Any = functions[one.module]
            yield one, 60.0, swapped(root, one, here, chosen, by_name, baseline, line, part.slack_s)

    killers: dict[str, list[Fate]] = {}
    for mutant, ended in children.run(tasks()):
        found = fate(mutant, choices[mutant.name], ended)
        if campaign.tests and found.outcome != "killed":
            continue  # it has met a few tests only, and stays what it was
        _write(campaign, found)
        if found.outcome == "killed" and found.by in by_name:
            killers.setdefault(found.by, []).append(found)
    alone = ((name, 120.0, _control(by_name[name])) for name in sorted(killers))
    for name, ended in children.run(alone):
        if {"passed": True} not in ended.said:  # it does not pass alone without a mutant: it has killed nothing
            for found in killers[name]:
                _write(campaign, found._replace(outcome="broken", by=f"{name} fails alone"))


def _chosen(campaign: Campaign, mutant: Mutant, baseline: Baseline) -> Chosen:
    if not campaign.tests:
        return choose(mutant, baseline, campaign.patience)
    own = [test.name for test in baseline.tests if mirrored(mutant.module, test.file)]
    others = [test.name for test in baseline.tests if not mirrored(mutant.module, test.file)]
    return Chosen(own, others, [], float(len(baseline.tests)))


def _control(item: pytest.Item) -> Task:
    def task(say: Say) -> None:
        say({"passed": passes(item)})

    return task


def _line(line: Callable[[], list[str]], children: Children) -> list[str]:
    def task(say: Say) -> None:
        say({"line": line()})

    for _, ended in children.run(iter([("line", 300.0, task)])):
        for one in ended.said:
            print(f"second line: {ended.cpu_s:.1f} s of one core", file=sys.stderr)
            return list(one["line"])
    raise ChildProcessError("the second line does not run without a mutant")


def _save(campaign: Campaign, baseline: Baseline) -> None:
    loading = {module: sorted(lines) for module, lines in baseline.loading.items()}
    names = [test.name for test in baseline.tests]
    told = {"loading": loading, "line": baseline.line, "tests": names, "left_out": baseline.left_out}
    campaign.loading.write_text(json.dumps(told), encoding="utf-8")


def _load(campaign: Campaign) -> Baseline:
    told = json.loads(campaign.loading.read_text(encoding="utf-8"))
    known = json.loads(campaign.known.read_text(encoding="utf-8"))
    kept = set(told["tests"])
    tests = [
        Watcher(one["name"], one["cpu_s"], {module: frozenset(lines) for module, lines in one["lines"].items()})
        for file in known.values()
        for one in file["tests"]
        if one["name"] in kept
    ]
    loading = {module: frozenset(lines) for module, lines in told["loading"].items()}
    return Baseline(tuple(tests), loading, told["line"], tuple(told["left_out"]))


def _write(campaign: Campaign, found: Fate) -> None:
    with campaign.results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(found._asdict()) + "\n")


def _paths(root: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.glob(pattern))
