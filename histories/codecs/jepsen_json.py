"""Jepsen's histories as JSON: an array of operation objects, or one object after another."""

import json
from collections.abc import Iterator
from typing import TextIO

from histories.codecs.jepsen import AS_IT_IS, Options, Written, history_of
from histories.codecs.rows_out import rows_out
from histories.columns import Columns
from histories.errors import HistoryError
from histories.json_text import JsonError, TornJson, documents
from histories.notice import Doubt, Notice
from histories.pairing import Paired
from histories.source import Source
from histories.values import plain
from histories.window import Window

ACCEPTED = 'operations such as {"process":0,"type":"invoke","f":"read","value":null}'


def read_json(source: Source, options: Options = AS_IT_IS) -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    torn: list[Notice] = []
    columns, notices = history_of(json_rows(source, torn, ACCEPTED), source, options)
    return Paired(columns, (*torn, *notices))


def json_rows(source: Source, torn: list[Notice], accepted: str) -> Iterator[Written]:
    """The objects of a file with their lines; whether its last one is cut off is added to `torn`."""
    window = Window(source)
    try:
        for at, value in documents(window):
            line = window.line_of(at)
            if type(value) is not dict:
                raise source.error(line, repr(window.text[at : at + 30]), accepted)
            yield Written(line, value)
    except TornJson as end:
        line = window.line_of(end.at)
        torn.append(Notice(Doubt.TORN, 1, line, "the file ends inside a row: what follows is missing"))
    except JsonError as wrong:
        raise HistoryError(source.name, window.line_of(wrong.at), wrong.found, wrong.accepted) from None


def write_json(columns: Columns, out: TextIO) -> None:
    """Write one object a line. Keywords become text, sets lists. Raises `ValueError` as `write_edn` does."""
    for row in rows_out(columns):
        fields = {**row._asdict(), "process": plain(row.process), "value": plain(row.value)}
        out.write(json.dumps(fields, separators=(",", ":")) + "\n")
