from pathlib import Path

from model.abstract import carrying, holding, promises
from model.abstract.invariants import ALL, PROPERTIES


def test_all_parts_are_joined_and_the_promises_are_the_point():
    parts = (promises.PROMISES, holding.HOLDING, holding.WRITING, holding.READING)
    carried = (carrying.RECOVERY, carrying.CHANGE, carrying.FORGETTING)
    assert len(ALL) == sum(map(len, (*parts, *carried)))
    assert [named.name for named in promises.PROMISES] == list(PROPERTIES)


def test_every_invariant_says_in_words_what_it_means():
    sentences = [named.sentence for named in ALL]
    assert all(sentence and not sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(sentences)


def test_the_document_has_every_invariant_in_its_words():
    text = (Path(__file__).parents[3] / "docs" / "protocol-proof.md").read_text(encoding="utf-8")
    assert [named.name for named in ALL if f"| `{named.name}` | {named.sentence} |" not in text] == []
