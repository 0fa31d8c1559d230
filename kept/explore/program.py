"""What the clients of an exploration do: a short fixed program each.

put      with the context of the client's last answer, blind where it has had none
blind    a put without a context
get
delete   with the context of the last answer; passed over where there is none
"""

from difflib import get_close_matches

WORDS = ("put", "blind", "get", "delete")
MAX_STEPS = 6
Program = tuple[str, ...]


def parse_program(text: str) -> tuple[Program, ...]:
    """``put get, get`` as one program per client; none for an empty text. Raises ValueError with one line."""
    if not text.strip():
        return ()
    programs = tuple(tuple(part.split()) for part in text.split(","))
    for number, program in enumerate(programs, 1):
        if not 1 <= len(program) <= MAX_STEPS:
            raise ValueError(f"program: {len(program)} steps of client {number}; accepted: 1 to {MAX_STEPS}")
        for word in program:
            if word not in WORDS:
                near = get_close_matches(word, WORDS, 1)
                guess = f"; did you mean {near[0]}?" if near else ""
                raise ValueError(f"program: {word[:30]!r}; accepted: {', '.join(WORDS)}{guess}")
    return programs
