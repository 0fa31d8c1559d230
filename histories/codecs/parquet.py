"""The minimal schema as Parquet: types are the file's own, nulls say nothing. A row's number stands for its line.

Columns of whole numbers are read as they are; text is interned by its dictionary. Needs pyarrow (`kept[files]`).
"""

from pathlib import Path
from typing import Any

from histories.codecs.arrow_columns import Reading, WrongCell
from histories.codecs.minimal import COLUMNS, REQUIRED
from histories.codecs.minimal_jsonl import fields_of
from histories.codecs.misspelt import notices_of
from histories.columns import Columns
from histories.errors import HistoryError
from histories.pairing import Nil, Paired
from histories.source import Source
from histories.spans import columns_of

MAX_ROWS = 1 << 31
FEW = ("f", "status", "key")
"""Columns of few distinct texts: their dictionaries are read as they are, where the file holds such."""


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        import pyarrow.compute  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise HistoryError(name, 0, "a Parquet file, and pyarrow is not installed", "kept[files], or CSV") from None
    return pa


def read_parquet(source: Source, nil: Nil = "absent") -> Paired:
    """The history in `source`. Raises `HistoryError`; a row's number takes the place of its line."""
    pa = _pyarrow(source.name)
    try:
        data = pa.py_buffer(source.data)
        file = pa.parquet.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        few = [field.name for field in file.schema_arrow if field.name in FEW and pa.types.is_string(field.type)]
        file = pa.parquet.ParquetFile(pa.BufferReader(data), metadata=file.metadata, read_dictionary=few)
        for name in REQUIRED:
            if name not in names:
                raise source.error(0, f"the columns {', '.join(names)[:80]} without {name!r}", ", ".join(COLUMNS))
        for name in COLUMNS:
            if names.count(name) > 1:
                raise source.error(0, f"two columns {name!r}", "each name once")
        if file.metadata.num_rows >= MAX_ROWS:
            raise source.error(0, f"{file.metadata.num_rows} rows", f"fewer than {MAX_ROWS}")
        wanted = [name for name in COLUMNS if name in names]
        groups = [file.read_row_group(at, wanted, use_threads=True) for at in range(file.num_row_groups)]
        table = pa.concat_tables(groups) if groups else file.read(wanted)
        table.validate(full=True)  # indices beyond a dictionary, text that is no UTF-8
    except (pa.ArrowException, OSError, UnicodeDecodeError, KeyError) as wrong:
        raise source.error(0, f"broken Parquet: {wrong}", "a whole Parquet file") from None
    try:
        spans = Reading(pa, table).spans()
    except WrongCell as wrong:
        raise source.error(wrong.row, wrong.found, wrong.accepted) from None
    columns, notices = columns_of(spans, source.name, nil)
    return Paired(columns, (*notices_of(names, 0), *notices))


def write_parquet(columns: Columns, path: str | Path) -> None:
    """Write the minimal schema. Raises `ValueError` where values are not all whole numbers or all text."""
    pa = _pyarrow(str(path))
    types = {"process": set(), "key": set(), "value": set()}  # type: dict[str, set[type]]
    rows = [fields_of(row) for row in columns.rows()]
    for fields in rows:
        for name, cell in fields.items():
            if name in {"process", "key", "value", "value2", "result"}:
                types[name if name in types else "value"].add(type(cell))
    schema = []
    for name in COLUMNS:
        if name in {"start", "end"}:
            kind = pa.int64()
        elif name in {"f", "status"}:
            kind = pa.string()
        else:
            kind = _type(pa, name, types[name if name in types else "value"])
        schema.append((name, kind))
    table = pa.Table.from_pylist(rows, schema=pa.schema(schema))
    pa.parquet.write_table(table, str(path), compression="zstd")


def _type(pa: Any, name: str, found: set[type]) -> Any:
    if found <= {int}:
        return pa.int64()
    if found == {str}:
        return pa.string()
    kinds = ", ".join(sorted(kind.__name__ for kind in found))
    raise ValueError(f"found {name} of {kinds}; accepted: whole numbers only, or text only")
