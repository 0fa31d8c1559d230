"""`python3 dev.py bench mutation [PART|MODULE...] [--sample N] [--seed S] [--again --patience X] [--report]`."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from typing import NoReturn

from benchmarks.mutation.campaign import Campaign, conduct, histories
from benchmarks.mutation.mutants import mutants, sample
from benchmarks.mutation.parts import PARTS, Part
from benchmarks.mutation.score import (
    KILLED,
    SURVIVED,
    UNREAD,
    Row,
    estimate,
    read_reasons,
    row,
    survivors,
    table,
    total,
)

ROOT = Path(__file__).resolve().parents[2]
REASONS = Path(__file__).with_name("survivors.txt")
SAMPLE, JOBS = 12, 2


class BadUsage(ValueError):
    """What the caller typed cannot be meant."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadUsage(message)


def main(arguments: Sequence[str]) -> int:
    """Try a sample of every module's mutants, and tell the score. 0, or 1 where a survivor has no reason, or 64."""
    parser = _Parser(prog="bench mutation", description=__doc__)
    parser.add_argument("what", nargs="*", help=f"parts ({', '.join(PARTS)}) or modules; all where none is named")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="mutants of each module (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    parser.add_argument("--jobs", type=int, default=JOBS, help="processes at a time (%(default)s)")
    parser.add_argument("--patience", type=float, default=1.0, help="times as many tests (%(default)s)")
    parser.add_argument("--again", action="store_true", help="try those anew that survived and have no reason")
    parser.add_argument("--tests", nargs="+", default=(), help="with --again: only these, by pytest's names")
    parser.add_argument("--out", type=Path, default=Path("kept-runs/mutation"), help="what was tried (%(default)s)")
    parser.add_argument("--report", action="store_true", help="only tell what is known")
    try:
        asked = parser.parse_args(arguments)
    except BadUsage as wrong:
        print(f"bench mutation: {wrong}; --help tells what is accepted", file=sys.stderr)
        return 64
    except SystemExit:  # --help has been told
        return 0
    chosen = {part: part.modules(ROOT) for part in PARTS.values()}
    if asked.what:
        known = {*PARTS, *(module for modules in chosen.values() for module in modules)}
        for name in asked.what:
            if name not in known:
                near = get_close_matches(name, sorted(known), n=1)
                guess = f"; did you mean {near[0]}?" if near else ""
                print(f"bench mutation: {name!r} is no part ({', '.join(PARTS)}) and no module{guess}", file=sys.stderr)
                return 64
        chosen = {
            part: [one for one in modules if {one, part.name} & set(asked.what)] for part, modules in chosen.items()
        }
    explained = read_reasons(REASONS) if asked.again else {}
    for part, modules in chosen.items():
        if modules and not asked.report:
            samples = [sample(mutants(ROOT, module), asked.sample, asked.seed) for module in modules]
            drawn = [one for turn in zip_longest(*samples) for one in turn if one is not None]  # each module in turn
            drawn = [one for one in drawn if one.name not in explained]
            os.environ["NUMBA_DISABLE_JIT"] = "1"  # kernels are mutated as the Python that they are, none is cached
            conduct(
                Campaign(
                    ROOT, asked.out.resolve(), part, drawn, asked.jobs, asked.patience, asked.again, tuple(asked.tests)
                )
            )
    return _tell(chosen, asked.out)


def _tell(chosen: Mapping[Part, Sequence[str]], out: Path) -> int:
    """Tables and survivors as they stand in docs/mutation.md; 1 where nobody has said why a survivor may live."""
    reasons = read_reasons(REASONS)
    everything: list[Row] = []
    alive: list[str] = []
    for part, modules in chosen.items():
        known = histories(out / f"{part.name}.jsonl")
        every = {module: {one.name for one in mutants(ROOT, module)} for module in modules}
        of = {module: [both for name, both in known.items() if name in every[module]] for module in modules}
        rows = [row(module, len(every[module]), of[module], reasons) for module in modules if of[module]]
        if rows:
            mean, half = estimate(rows)
            print(
                f"\n## {part.package}: {mean:.1%} of all mutants were killed at first (95%: {half:.1%} more or less)\n"
            )
            print("\n".join(table(rows)))
            broken = sum(last.outcome not in (KILLED, SURVIVED) for found in of.values() for _, last in found)
            if broken:
                print(f"\nNot tried, for the tool fails with them: {broken}")
            alive += survivors([last for module in modules for _, last in of[module]], reasons)
        everything += rows
    mean, half = estimate(everything) if everything else (1.0, 0.0)
    print(f"\n## Together: {mean:.1%} (95%: {half:.1%} more or less)\n\n{table([total('sum', everything)])[-1]}")
    print("\n## Survivors\n")
    print("\n".join(alive))
    return int(any(UNREAD in line for line in alive))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
