"""Where words go, and in which colours.

Words go to standard output; with ``--json`` that belongs to the one document, and words go to standard error.
"""

import os
import sys

import click

from kept.lab.usage import unknown

_COLOURS = {"valid": "green", "INVALID": "red", "unknown": "yellow"}
_RESULTS = {
    "SAME": "green",
    "FIXED": "green",
    "EXPECTED": "green",
    "FAILED": "red",
    "DIVERGED": "red",
    "UNKNOWN": "yellow",
    "MISSED": "yellow",
    "STALE": "yellow",
}
_PROOFS = {"proved": "green", "REFUTED": "red", "DISPUTED": "yellow"}
COLORS = ("auto", "always", "never")


class Console:
    """Prints lines; a line that begins with a verdict shows it in its colour."""

    def __init__(self, json: bool, quiet: bool, color: str = "auto") -> None:
        if color not in COLORS:
            raise unknown("--color", color, list(COLORS))
        self.json = json
        self.quiet = quiet
        self._stream = sys.stderr if json else sys.stdout
        self._color = color == "always" or (color == "auto" and _wants_color(self._stream.isatty()))

    def say(self, *lines: str) -> None:
        """Words that `--quiet` leaves out."""
        if not self.quiet:
            self.tell(*lines)

    def tell(self, *lines: str) -> None:
        """Words that are always printed."""
        for line in lines:
            click.echo(self._painted(line), file=self._stream, color=self._color)

    def document(self, text: str) -> None:
        """The one document of `--json`; not printed without it."""
        if self.json:
            click.echo(text)

    def _painted(self, line: str) -> str:
        first = line.split(" ", 1)[0]
        color = _COLOURS.get(first) or _RESULTS.get(first) or _PROOFS.get(first)
        if not self._color or color is None:
            return line
        return click.style(first, fg=color, bold=True) + line[len(first) :]


def _wants_color(terminal: bool) -> bool:
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
