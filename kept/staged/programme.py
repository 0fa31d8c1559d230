"""Which counterexamples are staged: those of one configuration, of the counting layer, and of the protocol layer."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from checkers.proofs.judgement import Judgement
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.theory import Row
from kept.staged.counterparts import stage, stage_judgement
from kept.staged.protocol import RUNS
from kept.staged.rehearsal import Rehearsal, rehearse
from kept.staged.scene import NotStaged, Scene, Staged


def of_configuration(
    judgements: Iterable[Judgement], per_machine: int, directory: Path | None, prefix: str = ""
) -> Iterator[Rehearsal]:
    """Everything that was refuted of one configuration, whether the verdict rests on it or not."""
    for judgement in judgements:
        if judgement.result == "refuted":
            yield _rehearsed(prefix + _told(judgement), partial(stage_judgement, judgement, per_machine), directory)


def of_beliefs(rows: Iterable[Row], directory: Path | None) -> Iterator[Rehearsal]:
    """The smallest counterexample of every belief that a lemma refutes."""
    for row in rows:
        for belief in row.beliefs:
            if belief.smallest is not None:
                scene = Scene(row.lemma.name, belief.smallest.values, belief.smallest.nodes)
                name = f"{row.lemma.name}, though {belief.tempting.condition}"
                yield _rehearsed(name, partial(stage, scene), directory)


def of_mutants(directory: Path | None) -> Iterator[Rehearsal]:
    """Every mutant of the protocol."""
    for mutant in MUTANTS:
        run = RUNS[mutant.name]
        yield rehearse(f"mutant {mutant.name}", run.claim, run.direct(), run.how, directory)


def _told(judgement: Judgement) -> str:
    """The claim's name; of the same lemma with other numbers, the number too."""
    values = judgement.values or {}
    return f"{judgement.name} f={values['f']}" if judgement.lemma == "survives-disks" else judgement.name


def _rehearsed(name: str, staging: Callable[[], Staged], directory: Path | None) -> Rehearsal:
    try:
        staged = staging()
    except NotStaged as why:
        return Rehearsal(name, "", str(why))
    bug = staged.direction.given.get("bug")
    reason = "; ".join(part for part in (f"bug {bug}" if bug else "", staged.told) if part)
    return rehearse(name, staged.claim, staged.direction, reason, directory)
