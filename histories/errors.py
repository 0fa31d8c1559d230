"""A recorded file that cannot be read, told in exactly one line."""

from pathlib import Path

FOUND_LIMIT_CHARS = 120


class HistoryError(Exception):
    """The history file is at fault: its message is one line with the file, the line, what was found, what is accepted.

    `line` counts from 1; 0 means the file or directory as a whole.
    """

    def __init__(self, file: str | Path, line: int, found: str, accepted: str) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{one_line(place)}: found {one_line(found)}; accepted: {accepted}")
        self.file = str(file)
        self.line = line
        self.found = found
        self.accepted = accepted


class Malformed(ValueError):
    """One row is not what it should be. Its reader knows the file and the line and raises `HistoryError`."""

    def __init__(self, found: str, accepted: str) -> None:
        super().__init__(f"found {found}; accepted: {accepted}")
        self.found = found
        self.accepted = accepted


def one_line(text: str) -> str:
    """`text` as one printable line of bounded length: recorded text is untrusted and may hold control characters."""
    if len(text) > FOUND_LIMIT_CHARS:
        text = text[:FOUND_LIMIT_CHARS] + "..."
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
