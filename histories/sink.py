"""How the recorder spells things: deterministic JSON in ASCII, fast for what is written a million times."""

import json
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii
from typing import Any

from histories.header import ReplicasHeader, RunHeader
from histories.operation import Dot, Vector
from histories.text import to_json

REMEMBERED = 1 << 16
"""How many names are remembered before all are forgotten: memory stays bounded, what is written the same."""

SAFE_INTEGER = 1 << 53
"""Larger numbers are written as strings where other programs read them (tokens)."""


class Escaped(dict[str, str]):
    """A memory of names as JSON strings."""

    def __missing__(self, name: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        text = self[name] = encode_basestring_ascii(name)
        return text

    def pop_name(self, name: str) -> str:
        """The text of a name that will not come again."""
        text = self.pop(name, None)
        return encode_basestring_ascii(name) if text is None else text


def json_text(data: bytes) -> str:
    """Bytes of the store as JSON."""
    try:
        return encode_basestring_ascii(data.decode())
    except UnicodeDecodeError:
        return json.dumps(to_json(data), separators=(",", ":"))


def actors_text(names: Escaped, context: Vector) -> str:
    """A context as JSON, sorted by actor."""
    if len(context) == 1:
        for actor, counter in context.items():
            return f"{{{names[actor]}:{counter}}}"
    return "{" + ",".join([f"{names[actor]}:{counter}" for actor, counter in sorted(context.items())]) + "}"


def dots_text(names: Escaped, dots: Iterable[Dot]) -> str:
    """Dots as JSON, in their order."""
    return "[" + ",".join([f"[{names[actor]},{counter}]" for actor, counter in dots]) + "]"


def _unusual(found: object) -> Any:
    if isinstance(found, bytes):
        return to_json(found)
    raise TypeError(f"a trace event cannot hold a {type(found).__name__}: {found!r}")


plain = json.JSONEncoder(separators=(",", ":"), default=_unusual, allow_nan=False).encode
"""Any JSON document in the order that it came in; bytes become text; sets are refused, having no order."""


def header_row(header: RunHeader) -> str:
    """The first line of a file."""
    fields = header.model_dump()
    document = {"kept": fields.pop("kept"), **fields}
    if isinstance(header, ReplicasHeader) and header.ring is not None:
        for member in document["ring"]["members"]:
            member["tokens"] = [token if token <= SAFE_INTEGER else str(token) for token in member["tokens"]]
    return plain(document) + "\n"
