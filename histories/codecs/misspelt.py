"""Names of columns that are nearly those of the minimal schema.

Further columns are ignored, so a misspelt one would be a history without its values: whatever was read then seems never
to have been written. It is told.
"""

import json
from collections.abc import Iterable
from difflib import get_close_matches

from histories.codecs.minimal import COLUMNS
from histories.notice import Doubt, Notice
from histories.source import PIECE_BYTES, Source

ALIKE = 0.75
"""From where on a name is taken for a misspelt one: `val`, `valeu` and `values` are `value`."""


def misspelt(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The names that no column has, each with the column that is missing and was probably meant."""
    given = list(dict.fromkeys(names))
    missing = [name for name in COLUMNS if name not in given]
    pairs = ((name, get_close_matches(name.strip().lower(), missing, 1, ALIKE)) for name in given)
    return tuple((name, near[0]) for name, near in pairs if near and name not in COLUMNS)


def notices_of(names: Iterable[str], line: int) -> tuple[Notice, ...]:
    """A notice for each of `misspelt`, about the line that the names are from."""
    return tuple(
        Notice(Doubt.MISSPELT_COLUMN, 1, line, f"the column {name[:60]!r} is ignored: is it {near!r}?")
        for name, near in misspelt(names)
    )


def of_first_rows(source: Source) -> tuple[Notice, ...]:
    """The notices of JSON lines that were read without an error, by the fields of those in the first piece."""
    names: dict[str, None] = {}
    for line in source.head(PIECE_BYTES).split(b"\n"):
        try:
            names |= dict.fromkeys(json.loads(line))
        except (ValueError, RecursionError):  # empty, or cut off by the end of the piece
            continue
    return notices_of(names, 0)
