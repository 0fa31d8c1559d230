"""What a sceptic takes away: a directory of scripts for any solver, Farkas certificates, and a checker for them."""

import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from checkers.proofs import certificate
from checkers.proofs.farkas import certificate as farkas
from checkers.proofs.farkas import witness
from checkers.proofs.sizes import certificate as sizes
from checkers.proofs.smallest import smallest
from checkers.proofs.smtlib import script
from checkers.proofs.terms import Problem

CHECKER = "check.py"
README = "README.txt"
PROTOCOL = "protocol"
_ABOUT = """What `kept prove` was asked, for solvers and people that do not trust it.

*.smt2           one question each, SMT-LIB 2; the first lines say what it is and which answer confirms it:
                     z3 FILE        cvc5 FILE
*.farkas.json    multipliers that add the assumptions up to a contradiction, where fractions suffice for one;
*.witness.json   numbers that meet all assumptions at once, a counterexample;
*.sizes.json     for all numbers without a condition, sizes of sets that make the failure, as functions of the numbers:
                     python3 check.py < FILE
                 check.py imports no solver and nothing of kept; it is 134 lines long.
protocol/*.smt2  one obligation of the protocol each, which any solver must answer with unsat:
                     z3 FILE        cvc5 --full-saturate-quant FILE
"""


def write(directory: Path, problems: Iterable[Problem], scripts: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Write a script for every problem, a certificate or a witness for all that have one, and `scripts` of the
    protocol into a directory of their own; returns the names.

    OSError where the directory cannot be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / README).write_text(_ABOUT, encoding="utf-8")
    (directory / CHECKER).write_text(inspect.getsource(certificate), encoding="utf-8")
    written = [README, CHECKER]
    for problem in problems:
        name = _file_name(problem.name)
        (directory / f"{name}.smt2").write_text(script(problem), encoding="utf-8")
        written.append(f"{name}.smt2")
        kind, found = _certificate(problem)
        if found is not None:
            (directory / f"{name}.{kind}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            written.append(f"{name}.{kind}.json")
    for name, text in (scripts or {}).items():
        (directory / PROTOCOL).mkdir(exist_ok=True)
        (directory / PROTOCOL / name).write_text(text, encoding="utf-8")
        written.append(f"{PROTOCOL}/{name}")
    return tuple(written)


def _certificate(problem: Problem) -> tuple[str, dict[str, Any] | None]:
    """Multipliers where no numbers do, and numbers where some do; where a quantifier asks for both, functions."""
    if not problem.linear:
        return "sizes", sizes(problem)
    if problem.expect == "unsat" and (found := farkas(problem)) is not None:
        return "farkas", found
    values = smallest(problem, ())
    return "witness", None if values is None else witness(problem, values)


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
