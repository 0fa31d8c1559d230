"""Which tests a mutant meets, and in which order: its module's own, the others of its part, the second line."""

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.mutation.baseline import Baseline, Watcher
from benchmarks.mutation.mutants import Mutant
from benchmarks.mutation.parts import mirrored

OWN_S, OTHERS_S, SCENARIOS_S = 4.0, 1.5, 1.0
"""CPU seconds of tests without a mutant: the cheapest that run the mutated lines, up to so many times the patience."""
SCENARIOS = "tests/scenarios/"


class Chosen(NamedTuple):
    """Names of tests, cheapest first."""

    own: list[str]
    others: list[str]
    scenarios: list[str]
    cpu_s: float


def needs_loading(mutant: Mutant, baseline: Baseline) -> bool:
    """Whether the mutant shows when modules are loaded: it then needs a process that has not loaded any."""
    return not mutant.function or _within(mutant, baseline.loading.get(mutant.module, frozenset()))


def choose(mutant: Mutant, baseline: Baseline, patience: float) -> Chosen:
    """The tests that run a line of the mutant's statement; all that run its module where loading is what it changes."""
    if needs_loading(mutant, baseline):
        meeting = [test for test in baseline.tests if mutant.module in test.lines or mirrored(mutant.module, test.file)]
    else:
        meeting = [test for test in baseline.tests if _within(mutant, test.lines.get(mutant.module, frozenset()))]
    own = _cheapest((test for test in meeting if mirrored(mutant.module, test.file)), OWN_S * patience)
    scenarios = _cheapest((test for test in meeting if test.file.startswith(SCENARIOS)), SCENARIOS_S * patience)
    rest = (test for test in meeting if not mirrored(mutant.module, test.file) and not test.file.startswith(SCENARIOS))
    others = _cheapest(rest, OTHERS_S * patience)
    cpu_s = sum(test.cpu_s for test in (*own, *others, *scenarios))
    names = [[test.name for test in part] for part in (own, others, scenarios)]
    return Chosen(names[0], names[1], names[2], cpu_s)


def _within(mutant: Mutant, lines: frozenset[int]) -> bool:
    first, last = mutant.lines
    return any(line in lines for line in range(first, last + 1))


def _cheapest(tests: Iterable[Watcher], limit_s: float) -> list[Watcher]:
    chosen: list[Watcher] = []
    spent_s = 0.0
    for test in sorted(tests, key=lambda test: (test.cpu_s, test.name)):
        spent_s += test.cpu_s
        if chosen and spent_s > limit_s:
            break
        chosen.append(test)
    return chosen
