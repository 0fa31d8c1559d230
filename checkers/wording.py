"""How verdicts name things: operations, dots, times. Recorded text is untrusted: shown short and printable."""

from collections.abc import Mapping

from histories.operation import Dot, Operation

SHOWN_CHARS = 40


def quote(text: str) -> str:
    """At most `SHOWN_CHARS` characters of `text` in quotes, with what cannot be printed escaped."""
    shown = text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "..."
    escaped = "".join(_escape(character) for character in shown)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def milliseconds(time_us: int) -> str:
    """A time of the run, in milliseconds: ``12 ms``, ``12.345 ms``."""
    return f"{time_us / 1000:.3f}".rstrip("0").rstrip(".") + " ms"


def dot_name(dot: Dot) -> str:
    """A dot as people write it: ``n1.0:5/3``."""
    return f"{quote(dot[0])[1:-1]}/{dot[1]}"


def describe(op: Operation) -> str:
    """An operation by what it did: ``put "cart"="milk" by client 3``."""
    written = "" if op.value is None else f"={quote(op.value)}"
    return f"{op.kind} {quote(op.key)}{written} by client {op.process}"


def vector_text(context: Mapping[str, int]) -> str:
    """A context, sorted, short."""
    inside = ", ".join(dot_name(entry) for entry in sorted(context.items())[:8])
    return f"{{{inside}{', ...' if len(context) > 8 else ''}}}"


def plural(count: int, noun: str) -> str:
    """``1 put``, ``1,204 puts``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
