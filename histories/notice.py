"""What a reader noticed about a history that it could read all the same: told, counted, never silently mended."""

from enum import Enum
from typing import NamedTuple


class Doubt(Enum):
    """Kinds of notices."""

    TORN = "torn"
    """The last row was cut off, so rows after the last whole one are missing."""
    NEMESIS = "nemesis"
    """Rows of a nemesis, and other rows that no client wrote, were left out."""
    TIME_BACKWARDS = "time-backwards"
    """Recorded times run backwards, or some are missing: the order of the rows counts instead."""
    INFO_VALUE = "info-value"
    """An ``info`` row holds another value than its invocation; the invocation's counts."""
    NIL_UNKNOWN = "nil-unknown"
    """Reads of nil are taken as not recorded, so a lost write that reads as nothing cannot show."""
    MISSPELT_COLUMN = "misspelt-column"
    """A column is ignored whose name is nearly that of one that is missing."""
    REPEATED_VALUE = "repeated-value"
    """A value was written to one key more than once, so a read of it does not tell which write it saw."""


class Notice(NamedTuple):
    """One kind of doubt about one history."""

    doubt: Doubt
    rows: int
    """How many it is about."""
    line: int
    """The first of them; 0 where it has no line."""
    text: str
    """One line for people, without the place."""
