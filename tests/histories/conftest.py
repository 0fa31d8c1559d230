"""Rows of well-formed files, for tests to spoil."""

import json
import os
from pathlib import Path

import pytest

FIELDS = {"version": 1, "seed": 7, "config": {"n": 3}, "created_by": "kept 0.1.0", "code": "c0de"}
RING = {"strategy": 3, "n": 1, "partitions": 2, "members": [{"name": "n1", "tokens": [0, 1]}]}
HEADERS = {
    "history": {"kept": "history", **FIELDS},
    "trace": {"kept": "trace", **FIELDS},
    "replicas": {"kept": "replicas", **FIELDS, "settled": True, "settled_after_us": 5, "ring": RING},
}


class Files:
    """Writes recorded files: a header of the right kind and the given rows (dictionaries, or raw text)."""

    headers = HEADERS

    def __init__(self, directory):
        self.directory = directory

    def write(self, kind, *rows, header=None, end="\n"):
        path = self.directory / f"{kind}.jsonl"
        lines = [header or HEADERS[kind], *rows]
        text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in lines) + end
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return path


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


SHARED = Path(os.environ.get("KEPT_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
"""Recorded histories of other projects, which are not part of this one."""


@pytest.fixture
def recorded_elsewhere():
    """The folder of histories with known verdicts."""
    if not (SHARED / "histories" / "VERDICTS.tsv").is_file():
        pytest.skip(f"no recorded histories of other projects in {SHARED} (KEPT_SHARED says where they are)")
    return SHARED / "histories"
