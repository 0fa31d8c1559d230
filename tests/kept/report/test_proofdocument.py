"""kept.report.proofdocument: what `kept prove --json` prints is read back as it was written."""

import pytest
from pydantic import ValidationError

from kept.report.proofdocument import ProtocolDocument, ProveDocument, StageDocument

STAGE = StageDocument(name="reads", claim="fresh-reads", violated=True, reason="", schedule="stages/reads.json")


def test_a_document_with_a_protocol_and_stages_is_read_back() -> None:
    protocol = ProtocolDocument(
        result="proved", promises={"fresh reads": "..."}, obligations=(), untouched=3, sorts=("Node",), goals={}
    )
    document = ProveDocument(
        verdict="valid", exit_code=0, claims=(), solvers=("z3",), protocol=protocol, stages=(STAGE,), duration_s=1.0
    )
    assert ProveDocument.model_validate_json(document.model_dump_json()) == document
    with pytest.raises(ValidationError):
        ProtocolDocument.model_validate({**protocol.model_dump(), "result": "maybe"})
