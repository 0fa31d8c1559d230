"""Runs that bounded checking found once, as data: of every mutant to the promise that it breaks, and of the store to
every goal. Whoever shows one executes it (`runs.replay`), so a run is believed because it runs and not because it is
written here; that no shorter one exists is searched for again in the tests."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from model.abstract.interpreter import Step

FILE = Path(__file__).with_name("known.json")
Steps = tuple[Step, ...]


@cache
def _read() -> dict[str, dict[str, Steps]]:
    written: dict[str, dict[str, list[tuple[str, list[str]]]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        kind: {name: tuple(Step(action, tuple(args)) for action, args in steps) for name, steps in runs.items()}
        for kind, runs in written.items()
    }


def goal_runs() -> dict[str, Steps]:
    """Goal of the store -> a shortest run that reaches it."""
    return _read()["goals"]


def mutant_runs() -> dict[str, Steps]:
    """Mutant -> a shortest run of it that breaks a promise."""
    return _read()["mutants"]


def text(goals: Mapping[str, Sequence[Step]], mutants: Mapping[str, Sequence[Step]]) -> str:
    """What the file holds, a line for each run."""

    def block(runs: Mapping[str, Sequence[Step]]) -> str:
        return (
            "{\n"
            + ",\n".join(f"  {json.dumps(name)}: {json.dumps(list(steps))}" for name, steps in runs.items())
            + "\n }"
        )

    return f'{{\n "goals": {block(goals)},\n "mutants": {block(mutants)}\n}}\n'
