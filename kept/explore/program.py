"""What the clients of an exploration do: a short fixed program each.

put      with the context of the client's last answer, blind where it has had none
blind    a put without a context
get
delete   with the context of the last answer; passed over where there is none

Each is about the first key, or about another one: ``put:2`` puts to the second. Contexts are of one key.
"""

from difflib import get_close_matches
from typing import NamedTuple

WORDS = ("put", "blind", "get", "delete")
MAX_STEPS = 6
MOST_KEYS = 3
Program = tuple[str, ...]


class Task(NamedTuple):
    """One step of a program."""

    word: str
    key: int
    """Of the keys, from 0."""


def parse_program(text: str) -> tuple[Program, ...]:
    """``put get, get`` as one program per client; none for an empty text. Raises ValueError with one line."""
    if not text.strip():
        return ()
    programs = tuple(tuple(part.split()) for part in text.split(","))
    for number, program in enumerate(programs, 1):
        if not 1 <= len(program) <= MAX_STEPS:
            raise ValueError(f"program: {len(program)} steps of client {number}; accepted: 1 to {MAX_STEPS}")
        for step in program:
            word, colon, key = step.partition(":")
            if colon and not (key.isascii() and key.isdigit() and 1 <= int(key[:3]) <= MOST_KEYS):
                raise ValueError(f"program: {step[:30]!r}; accepted: the number of a key after :, 1 to {MOST_KEYS}")
            if word not in WORDS:
                near = get_close_matches(word, WORDS, 1)
                guess = f"; did you mean {near[0]}?" if near else ""
                raise ValueError(f"program: {word[:30]!r}; accepted: {', '.join(WORDS)}{guess}")
    return programs


def task(step: str) -> Task:
    """What a step of a program says."""
    word, _, key = step.partition(":")
    return Task(word, int(key or 1) - 1)
