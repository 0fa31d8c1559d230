"""kept.report.history: the document of a history says why it was not judged to its end, in known words only."""

import pytest
from pydantic import ValidationError

from kept.report.history import CheckDocument, HistoryDocument

HISTORY = {
    "history": "h", "verdict": "unknown", "claims": [], "model": "kv", "format": "edn", "operations": 1, "keys": 1,
    "clients": 1,
}  # fmt: skip


@pytest.mark.parametrize("stopped", ["", "interrupted", "budget", "memory"])
def test_the_reasons_to_stop_are_known(stopped: str) -> None:
    one = HistoryDocument.model_validate(HISTORY | {"stopped": stopped})
    whole = CheckDocument(verdict="unknown", exit_code=2, claims=(), histories=(one,), duration_s=0.0)
    assert CheckDocument.model_validate_json(whole.model_dump_json()) == whole


def test_another_reason_is_refused() -> None:
    with pytest.raises(ValidationError):
        HistoryDocument.model_validate(HISTORY | {"stopped": "boredom"})
