"""kept.report.scenario: what came of the transcripts, as a document and in words."""

from pathlib import Path

from kept.report.document import ScenarioDocument
from kept.report.scenario import document_of, words_of
from kept.scenario.transcript import Performed, parse, perform

CLUSTER = "cluster nodes=3\n----\nn1, n2, n3: N=3 R=2 W=2, sloppy, dvv\n"


def performed(name: str, source: str) -> Performed:
    return perform(parse(source, Path(name)))


def test_files_that_agree_are_the_same() -> None:
    document = document_of([performed("a.txt", CLUSTER)], exit_code=0)
    assert document.result == "same"
    assert words_of(document, [performed("a.txt", CLUSTER)]) == (["same      a.txt: 1 command"], [])


def test_a_difference_is_in_the_document_and_in_the_words() -> None:
    both = [performed("a.txt", CLUSTER), performed("b.txt", CLUSTER.replace("W=2", "W=3"))]
    document = document_of(both, exit_code=1)
    assert (document.result, [file.result for file in document.files]) == ("differs", ["same", "differs"])
    (difference,) = document.files[1].differences
    assert (difference.line, difference.commands) == (1, ("cluster nodes=3",))
    said, differences = words_of(document, both)
    assert said == ["same      a.txt: 1 command", "differs   b.txt: 1 command"]
    assert differences[0] == "b.txt:1:"
    assert ScenarioDocument.model_validate_json(document.model_dump_json()) == document


def test_a_file_that_was_written_no_longer_differs() -> None:
    both = [performed("a.txt", CLUSTER), performed("b.txt", CLUSTER.replace("W=2", "W=3"))]
    document = document_of(both, exit_code=0, rewritten=[Path("b.txt")])
    assert (document.result, [file.result for file in document.files]) == ("rewritten", ["same", "rewritten"])
    assert words_of(document, both)[1] == []
