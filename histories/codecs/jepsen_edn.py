"""Jepsen's EDN histories: one vector of operation maps, or one map after another."""

from collections.abc import Iterator
from typing import TextIO

from histories.codecs.jepsen import AS_IT_IS, Options, Written, history_of
from histories.codecs.rows_out import OutRow, rows_out
from histories.columns import Columns
from histories.edn import EdnError, Torn
from histories.edn_rows import edn_rows
from histories.edn_text import edn_text
from histories.errors import HistoryError
from histories.notice import Doubt, Notice
from histories.pairing import Paired
from histories.source import Source
from histories.values import Keyword
from histories.window import Window

ACCEPTED = "operations such as {:process 0, :type :invoke, :f :read, :value nil}"


def read_edn(source: Source, options: Options = AS_IT_IS) -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    torn: list[Notice] = []
    columns, notices = history_of(_rows(source, torn), source, options)
    return Paired(columns, (*torn, *notices))


def _rows(source: Source, torn: list[Notice]) -> Iterator[Written]:
    window = Window(source)
    try:
        for line, fields in edn_rows(window, ACCEPTED):
            yield Written(line, fields)
    except Torn as end:
        torn.append(Notice(Doubt.TORN, 1, window.line_of(end.at), f"{end.found}: what follows is missing"))
    except EdnError as wrong:
        raise HistoryError(source.name, window.line_of(wrong.at), wrong.found, wrong.accepted) from None


def write_edn(columns: Columns, out: TextIO) -> None:
    """Write one map a line, as Jepsen does: a keyed history as pairs ``[key value]``. Nothing ends an unknown
    operation.

    Raises `ValueError` where reads of nil mean absent in some rows and unknown in others: EDN has one nil.
    """
    for row in rows_out(columns):
        out.write(_line(row))


def _line(row: OutRow) -> str:
    process = edn_text(row.process if type(row.process) is int else Keyword(row.process))
    return (
        f"{{:index {row.index}, :time {row.time}, :type :{row.type}, :process {process}, :f :{row.f},"
        f" :value {edn_text(row.value)}}}\n"
    )
