"""Which code a run was made and judged by: runs of the same code, configuration and seed must agree to the byte."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

import checkers
import dynamo
import histories
import kept
import model

_DECIDING = (
    (dynamo, "."),
    (histories, "."),
    (model, "."),
    (checkers, "."),
    (kept, "sim"),
    (kept, "lab"),
    (kept, "zoo"),
)


@cache
def code_fingerprint() -> str:
    """12 hexadecimal digits over every source file that decides what a run does and how it is judged."""
    digest = sha256()
    for package, folder in _DECIDING:
        assert package.__file__ is not None
        root = Path(package.__file__).parent
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def rows_sha256(lines: Iterable[bytes]) -> str:
    """What tells two histories apart: over the rows without the header, which names the code that ran."""
    digest = sha256()
    for line in islice(lines, 1, None):
        digest.update(line)
    return digest.hexdigest()


def created_by() -> str:
    return f"kept {kept.__version__}"
