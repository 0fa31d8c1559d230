"""kept.report.conformed: a document that says what it is, and has no fields that nobody knows."""

import pytest
from pydantic import ValidationError

from kept.report.conformed import ConformanceDocument


def test_the_document_names_its_kind_and_version_first() -> None:
    told = ConformanceDocument(trace="t", verdict="valid", steps=3, actions={"put": 1}, left_out=())
    assert list(told.model_dump())[:2] == ["kept", "version"]
    assert (told.kept, told.version, told.mismatch) == ("conformance", 1, None)


def test_a_field_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError):
        ConformanceDocument(trace="t", verdict="valid", steps=3, actions={}, left_out=(), lines=3)
