"""Which format a file has: told by its content; what the file is called does not matter."""

import csv
import json
import re
from typing import Literal

from histories.codecs.minimal import REQUIRED
from histories.source import Source

Format = Literal["kept", "edn", "json", "log", "jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("kept", "edn", "json", "log", "jsonl", "csv", "parquet")
ACCEPTED = "this store's history.jsonl, Jepsen's EDN, JSON or log, or one operation a row as JSON lines, CSV or Parquet"

HEAD_BYTES, LONGER, MOST_BYTES = 1 << 16, 16, 1 << 28
"""What is looked at, and how much more and at most where the first object is longer."""
LONGEST_TOKEN = 24
"""Characters of a number or constant that may be cut off at the end of the head."""
PARQUET = b"PAR1"
_LOG = re.compile(r"\bjepsen\.util\b.*:(?:invoke|ok|fail|info)\b")
_COMMENTS = re.compile(r"(?:[\s,]|;[^\n]*(?:\n|\Z))*+")


def detect(source: Source) -> Format:
    """The format of `source`. Raises `HistoryError` where it is none that is known."""
    head = source.head(HEAD_BYTES)
    if not head:
        raise source.error(0, "an empty file", ACCEPTED)
    if head.startswith(PARQUET):
        return "parquet"
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    found = _json(text, source) or _edn(text) or _lines(text)
    if found is None:
        raise source.error(1, repr(text.lstrip()[:40].split("\n")[0]), ACCEPTED)
    return found


def _json(text: str, source: Source) -> Format | None:
    """JSON begins with a brace, or a bracket and a brace, and then a quote; EDN's keys are keywords."""
    begin = re.match(r'\s*(?:\[\s*)?(?=\{\s*")', text)
    if begin is None:
        return "json" if re.fullmatch(r"\s*\[\s*\]\s*", text) else None
    names = _names(text, begin.end(), source)
    if "kept" in names:
        return "kept"
    return "jsonl" if "start" in names and "type" not in names else "json"


def _names(text: str, begin: int, source: Source) -> list[str]:
    """The names of the first object, which begins at `begin`; a value in it may be longer than the head of the file."""
    size = HEAD_BYTES
    while True:
        try:
            found, _ = json.JSONDecoder().raw_decode(text, begin)
            return list(found)
        except json.JSONDecodeError as wrong:
            cut = "Unterminated" in wrong.msg or wrong.pos >= len(text) - LONGEST_TOKEN
        except (ValueError, RecursionError):
            cut = False
        size *= LONGER
        if not cut or size > MOST_BYTES:
            break
        head = source.head(size)
        if len(head) <= size // LONGER:
            break
        text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    return re.findall(r'"([a-z_0-9]{1,20})"\s*:', text[begin:].split("\n", 1)[0])


def _edn(text: str) -> Format | None:
    at = _COMMENTS.match(text)
    rest = text[at.end() :] if at else text
    return "edn" if re.match(r"[\[(]?\s*(?:;[^\n]*\n\s*)*(?:\{\s*[:};#]|\#|\Z|[\])])", rest) and rest else None


def _lines(text: str) -> Format | None:
    if any(_LOG.search(line) for line in text.split("\n")[:200]):
        return "log"
    first = text.split("\n", 1)[0]
    for delimiter in ",;\t":
        try:
            names = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(names) > 1 and any(name.strip().lower() in REQUIRED for name in names):
            return "csv"
    return None
