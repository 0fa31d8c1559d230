"""What the exit codes mean; the same for every verb."""

HOLDS = 0
VIOLATED = 1
UNKNOWN = 2
DIVERGED = 3
USAGE = 64
BUG = 70
INTERRUPTED = 130
PIPE_CLOSED = 141
"""Whoever read standard output went away: as a shell reports SIGPIPE."""


def exit_code(verdict: str, interrupted: bool = False) -> int:
    """The code of a verdict; an interrupted run with a violation still is a violation."""
    if verdict == "invalid":
        return VIOLATED
    if interrupted:
        return INTERRUPTED
    return HOLDS if verdict == "valid" else UNKNOWN
