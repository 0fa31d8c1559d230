"""Bytes as text: how keys and values of the store stand in files and in memory.

In memory a `str` stands for bytes by UTF-8 with surrogateescape (PEP 383): bytes that are not UTF-8 become lone
surrogates, and `to_bytes(to_text(b)) == b` for every `b`. In JSON a text without lone surrogates is a string and any
other is ``{"base64": "..."}``, so a file never holds a lone surrogate.
"""

from base64 import b64decode, b64encode

from histories.errors import Malformed

ACCEPTED = 'a string of Unicode text, or {"base64": "..."} for bytes that are not UTF-8'


def to_text(data: bytes) -> str:
    """The text that stands for `data`."""
    return data.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """The bytes that `text` stands for."""
    return text.encode("utf-8", "surrogateescape")


def to_json(data: bytes) -> str | dict[str, str]:
    """What stands for `data` in a JSON document."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode("ascii")}


def from_json(found: object, field: str) -> str:
    """The text of a JSON document's value. Raises `Malformed` naming `field` for anything else."""
    if type(found) is str:
        if found.isascii():
            return found
        try:
            found.encode()
        except UnicodeEncodeError:
            raise Malformed(f'a lone surrogate in "{field}"', ACCEPTED) from None
        return found
    if type(found) is dict and len(found) == 1:
        coded = found.get("base64")
        if type(coded) is str:
            try:
                return to_text(b64decode(coded, validate=True))
            except ValueError:
                raise Malformed(f'"{field}" with broken base64 {coded!r}', ACCEPTED) from None
    raise Malformed(f'"{field}": {found!r}', ACCEPTED)
