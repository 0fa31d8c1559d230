"""Reading a history from anywhere: open, decompress, recognise, read."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from histories.codecs.jepsen import AS_IT_IS, Options
from histories.columns import Columns
from histories.detect import Format, detect
from histories.notice import Doubt, Notice
from histories.pairing import Paired
from histories.source import Source, open_source

WORTH_BYTES = 1 << 22
"""Smaller files are read in Python: compiled code would take longer to load."""


class Loaded(NamedTuple):
    """A history and how it was read."""

    columns: Columns
    notices: tuple[Notice, ...]
    format: Format
    name: str

    @property
    def truncated(self) -> bool:
        """Whether rows are missing at the end."""
        return any(notice.doubt is Doubt.TORN for notice in self.notices)


def load(path: str | Path, options: Options = AS_IT_IS, format: Format | None = None) -> Loaded:  # noqa: A002
    """The history in the file `path`; its format is recognised where None is given.

    Whether a completed read of nil is *absent* or *unknown* is `options.nil`; the default, absent, hides no lost write.
    Raises `HistoryError` of one line for whatever is wrong.
    """
    source = open_source(path)
    return load_source(source, options, format)


def load_source(source: Source, options: Options = AS_IT_IS, format: Format | None = None) -> Loaded:  # noqa: A002
    """The history in `source`, as `load`."""
    known = format or detect(source)
    columns, notices = _READERS[known](source, options)
    if source.torn and not any(notice.doubt is Doubt.TORN for notice in notices):
        notices = (Notice(Doubt.TORN, 1, 0, "the compressed file is cut off: what follows is missing"), *notices)
    return Loaded(columns, notices, known, source.name)


def _fast(reader: str, source: Source, options: Options) -> Paired | None:
    """What the compiled reader makes of a large file; None where it leaves it to the other."""
    if len(source.head(WORTH_BYTES)) < WORTH_BYTES:
        return None
    from histories.codecs import fast_jsonl  # noqa: PLC0415

    found: Paired | None = getattr(fast_jsonl, reader)(source, options.nil)
    return found


def _kept(source: Source, options: Options) -> Paired:
    from histories.codecs.kept_jsonl import read_kept  # noqa: PLC0415 - only what a file needs is loaded

    return _fast("fast_kept", source, options) or read_kept(source, options.nil)


def _edn(source: Source, options: Options) -> Paired:
    from histories.codecs.jepsen_edn import read_edn  # noqa: PLC0415

    return read_edn(source, options)


def _json(source: Source, options: Options) -> Paired:
    from histories.codecs.jepsen_json import read_json  # noqa: PLC0415

    return read_json(source, options)


def _log(source: Source, options: Options) -> Paired:
    from histories.codecs.jepsen_log import read_log  # noqa: PLC0415

    return read_log(source, options)


def _jsonl(source: Source, options: Options) -> Paired:
    from histories.codecs.minimal_jsonl import read_minimal_jsonl  # noqa: PLC0415
    from histories.codecs.misspelt import of_first_rows  # noqa: PLC0415

    columns, notices = _fast("fast_minimal", source, options) or read_minimal_jsonl(source, options.nil)
    return Paired(columns, (*of_first_rows(source), *notices))


def _csv(source: Source, options: Options) -> Paired:
    from histories.codecs.delimited import read_csv  # noqa: PLC0415

    return read_csv(source, options.nil)


def _parquet(source: Source, options: Options) -> Paired:
    from histories.codecs.parquet import read_parquet  # noqa: PLC0415

    return read_parquet(source, options.nil)


_READERS: dict[Format, Callable[[Source, Options], Paired]] = {
    "kept": _kept,
    "edn": _edn,
    "json": _json,
    "log": _log,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
}
