"""One mutant against everything that might see it, until something does."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.mutation.baseline import Baseline
from benchmarks.mutation.children import SIGNAL, Ended, Say, Task, allow
from benchmarks.mutation.choice import Chosen
from benchmarks.mutation.mutants import Mutant
from benchmarks.mutation.parts import Line, Part
from benchmarks.mutation.session import collect, in_turn, passes
from benchmarks.mutation.swapping import MutantLoader, NotLive, Place, swap

OWN, OTHERS, SCENARIOS, LINE, LOADING = "own", "others", "scenarios", "line", "loading"
TIMES_AS_LONG = 5
LINE_S = 30.0
"""More than any second line takes; it is bounded by this many times as long."""


class Fate(NamedTuple):
    """What became of a mutant."""

    name: str
    module: str
    line: int
    function: str
    operator: str
    before: str
    after: str
    outcome: str
    """killed, survived, deferred (it needs a process of its own) or broken (by what runs it)."""
    stage: str
    """What killed it: own, others, scenarios, line or loading."""
    by: str
    tests: int
    """How many tests were chosen that run the mutated lines."""
    cpu_s: float


def fate(mutant: Mutant, chosen: Chosen, ended: Ended) -> Fate:
    """Read what a trial said before it ended."""
    said = {key: value for one in ended.said for key, value in one.items()}
    stage, by = said.get("stage", ""), said.get("by", "")
    if "deferred" in said:
        outcome = "deferred"
    elif by:
        outcome = "killed"
    elif "survived" in said:
        outcome, stage = "survived", ""
    elif ended.ending == SIGNAL and stage:
        outcome, by = "killed", "out of time or memory"
    else:
        outcome = "broken"
    tests = len(chosen.own) + len(chosen.others) + len(chosen.scenarios)
    told = (mutant.name, mutant.module, mutant.line, mutant.function, mutant.operator, mutant.before, mutant.after)
    return Fate(*told, outcome, stage, by, tests, round(ended.cpu_s, 2))


def meet(
    say: Say, chosen: Chosen, items: Mapping[str, pytest.Item], baseline: Baseline, line: Line, slack_s: float
) -> None:
    """Run what was chosen, stage by stage, until something fails."""
    cost_s = {test.name: test.cpu_s for test in baseline.tests}
    for stage, names in ((OWN, chosen.own), (OTHERS, chosen.others), (SCENARIOS, chosen.scenarios)):
        say({"stage": stage})
        failed = _first_failure([items[name] for name in names], cost_s, slack_s)
        if failed:
            say({"by": failed})
            return
    say({"stage": LINE})
    allow(LINE_S * TIMES_AS_LONG)
    try:
        found = line()
    except Exception as broken:  # whatever a mutant does is what we ask
        say({"by": f"{type(broken).__name__} in the second line"})
        return
    different = [now for now, then in zip(found, baseline.line, strict=True) if now != then]
    say({"by": different[0][:200]} if different else {"survived": True})


def _first_failure(items: Sequence[pytest.Item], cost_s: Mapping[str, float], slack_s: float) -> str:
    for item, following in in_turn(items):
        allow(slack_s + TIMES_AS_LONG * cost_s[item.nodeid])
        if not passes(item, following):
            return item.nodeid
    return ""


def swapped(
    root: Path,
    mutant: Mutant,
    functions: dict[Place, list[object]],
    chosen: Chosen,
    items: Mapping[str, pytest.Item],
    baseline: Baseline,
    line: Line,
    slack_s: float,
) -> Task:
    """The trial of a mutant whose function lives: new code in it, and the tests that were collected before."""

    def task(say: Say) -> None:
        try:
            swap(root, mutant, functions)  # type: ignore[arg-type]
        except NotLive:
            say({"deferred": True})
            return
        meet(say, chosen, items, baseline, line, slack_s)

    return task


def loaded(root: Path, mutant: Mutant, chosen: Chosen, baseline: Baseline, part: Part, scratch: Path) -> Task:
    """The trial of a mutant that shows when its module is loaded: in a process that has not loaded it."""

    def task(say: Say) -> None:
        MutantLoader(root, mutant).install()
        say({"stage": LOADING})
        names = [*chosen.own, *chosen.others, *chosen.scenarios]
        files = list(dict.fromkeys(name.partition("::")[0] for name in names))

        def second() -> list[str]:
            return part.prepare()()

        def loop(collected: list[pytest.Item]) -> None:
            items = {item.nodeid: item for item in collected}
            if any(name not in items for name in names):
                say({"by": "other tests are collected"})
                return
            meet(say, chosen, items, baseline, second, part.slack_s)

        if not files:
            loop([])
        elif collect(root, files, scratch / f"loaded-{mutant.name}", loop):
            say({"by": "the tests cannot be collected"})

    return task
