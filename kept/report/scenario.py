"""What `kept scenario` says: the document of ``--json``, and the same in words."""

from collections.abc import Sequence
from pathlib import Path

from checkers.wording import plural
from kept.report.document import DifferenceDocument, ScenarioDocument, ScenarioFileDocument
from kept.scenario.transcript import Performed


def document_of(
    performed: Sequence[Performed], *, exit_code: int, rewritten: Sequence[Path] | None = None
) -> ScenarioDocument:
    """One document for all files; `rewritten` are those that were written, None where nothing was to be."""
    files = tuple(_file(each, rewritten) for each in performed)
    differ = any(file.result == "differs" for file in files)
    return ScenarioDocument(
        result="differs" if differ else "same" if rewritten is None else "rewritten",
        exit_code=exit_code,
        files=files,
    )


def _file(performed: Performed, rewritten: Sequence[Path] | None) -> ScenarioFileDocument:
    path = performed.transcript.path
    differences = performed.differences if rewritten is None else ()
    return ScenarioFileDocument(
        file=str(path),
        result="differs" if differences else "rewritten" if path in (rewritten or ()) else "same",
        commands=performed.commands,
        differences=tuple(
            DifferenceDocument(line=one.line, commands=one.commands, expected=one.expected, answer=one.answer)
            for one in differences
        ),
    )


def words_of(document: ScenarioDocument, performed: Sequence[Performed]) -> tuple[list[str], list[str]]:
    """What is said of each file, and what differs."""
    said = [f"{file.result:9} {file.file}: {plural(file.commands, 'command')}" for file in document.files]
    if document.result != "differs":
        return said, []
    return said, [line for each in performed for one in each.differences for line in (*one.lines(), "")]
