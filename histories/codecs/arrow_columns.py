"""Columns of an Arrow table as the arrays of `histories.spans.Spans`: nothing is done row by row that need not be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from histories.columns import FUNCTIONS, INFO, NEVER, NIL, OK, STATUSES, Ints
from histories.errors import Malformed
from histories.events import MAX_FUNCTIONS, MAX_TIME, SYNONYMS
from histories.interning import Interned
from histories.spans import Spans
from histories.text import to_text
from histories.values import from_document

DENSE, SPARE = 4, 1024
"""Numbers whose range is at most `DENSE` times their count, and `SPARE`, are coded by subtraction, not by sorting."""


class WrongCell(Malformed):
    def __init__(self, row: int, found: str, accepted: str) -> None:
        super().__init__(found, accepted)
        self.row = row


class Reading:
    """Makes arrays of a table's columns."""

    def __init__(self, pa: Any, table: Any) -> None:
        self.pa, self.table = pa, table
        self.count = table.num_rows

    def spans(self) -> Spans:
        process, processes = self._clients()
        functions, f = self._functions()
        key, keys = self._coded(("key",))
        (value, value2, result), values = self._coded(("value", "value2", "result"))
        start = self._times("start", None)
        end = self._times("end", NEVER)
        status = self._status(end)
        (key_codes,) = key
        if (key_codes == NIL).any():  # rows without a key stand for one object
            key_codes = np.where(key_codes == NIL, len(keys), key_codes)
            keys = [*keys, None]
        line = np.arange(1, self.count + 1, dtype=np.int32)
        return Spans(
            process,
            f,
            key_codes.astype(np.int32),
            value,
            value2,
            result,
            start,
            end,
            status,
            line,
            keys,
            values,
            functions,
            processes,
        )

    def _column(self, name: str) -> Any:
        """A column in one piece; None where there is none, or where it holds nothing but nulls."""
        if name not in self.table.column_names:
            return None
        column = self.table.column(name)
        if column.null_count == self.count and self.count:
            return None
        if self.pa.types.is_dictionary(column.type):
            if self.pa.types.is_string(column.type.value_type):
                column = column.unify_dictionaries()
            else:
                column = column.cast(column.type.value_type)
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def _nulls(self, column: Any) -> NDArray[np.bool_]:
        return np.asarray(column.is_null().to_numpy(zero_copy_only=False), np.bool_)

    def _filled(self, column: Any, name: str) -> Ints:
        """Whole numbers as they stand in memory: what stands in the place of a null is any number."""
        if not self.pa.types.is_integer(column.type):
            raise WrongCell(0, f"{name} of type {column.type}", f"{name} of a type of whole numbers")
        try:
            column = column.cast(self.pa.int64())
        except self.pa.ArrowInvalid:
            raise WrongCell(0, f"{name} beyond 64 bits", "whole numbers of at most 63 bits") from None
        _, data = column.buffers()
        if data is None:
            return np.zeros(len(column), np.int64)
        return np.frombuffer(data, np.int64, len(column), column.offset * np.int64().itemsize)

    def _whole(self, column: Any, name: str) -> Ints:
        """Whole numbers in every row."""
        if column.null_count:
            raise WrongCell(int(np.flatnonzero(self._nulls(column))[0]) + 1, f"no {name}", f"a {name} in every row")
        return self._filled(column, name)

    def _times(self, name: str, empty: int | None) -> Ints:
        column = self._column(name)
        if column is None:
            if empty is None and self.count:
                raise WrongCell(1, f"no {name}", f"a {name} in every row")
            return np.full(self.count, empty or 0, np.int64)
        if self.pa.types.is_timestamp(column.type):
            column = column.cast(self.pa.int64())
        times = self._whole(column, name) if empty is None else self._filled(column, name)
        beyond = (times > MAX_TIME) | (times < -MAX_TIME)
        if column.null_count:
            missing = self._nulls(column)
            beyond &= ~missing
            times = np.where(missing, empty or 0, times)
        if beyond.any():
            row = int(np.flatnonzero(beyond)[0])
            raise WrongCell(row + 1, f"{name} {times[row]}", "times below 2**62")
        return times

    def _clients(self) -> tuple[Ints, tuple[Any, ...]]:
        column = self._column("process")
        if column is None:
            if self.count:
                raise WrongCell(1, "no process", "a process in every row")
            return np.zeros(0, np.int64), ()
        if self.pa.types.is_integer(column.type):
            return self._whole(column, "process"), ()
        codes, names = self._texts(column, "process")
        if column.null_count:
            raise WrongCell(int(np.flatnonzero(codes == NIL)[0]) + 1, "no process", "a process in every row")
        return codes, tuple(names)

    def _texts(self, column: Any, name: str) -> tuple[Ints, list[str]]:
        """Text by its dictionary: codes (`NIL` for null) and what they stand for."""
        if self.pa.types.is_string(column.type) or self.pa.types.is_large_string(column.type):
            column = column.dictionary_encode()
        if not self.pa.types.is_dictionary(column.type):
            raise WrongCell(0, f"{name} of type {column.type}", f"{name} of a type of text")
        indices = column.indices.cast(self.pa.int32())
        _, data = indices.buffers()
        codes = np.frombuffer(data, np.int32, len(indices), indices.offset * np.int32().itemsize).astype(np.int64)
        if indices.null_count:
            codes[self._nulls(indices)] = NIL
        try:
            return codes, column.dictionary.to_pylist()
        except UnicodeDecodeError:
            raise WrongCell(0, f"{name} with text that is not UTF-8", "UTF-8") from None

    def _functions(self) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        column = self._column("f")
        if column is None:
            raise WrongCell(1, "no f", "an f in every row")
        codes, names = self._texts(column, "f")
        if len(names) > MAX_FUNCTIONS:
            raise WrongCell(0, f"{len(names)} functions", f"at most {MAX_FUNCTIONS} functions")
        empty = np.flatnonzero(codes == NIL)
        if len(empty) or "" in names:
            raise WrongCell(int(empty[0]) + 1 if len(empty) else 0, "no f", "an f in every row")
        known = list(FUNCTIONS)
        for name in names:
            if SYNONYMS.get(name, name) not in known:
                known.append(SYNONYMS.get(name, name))
        table = np.array([known.index(SYNONYMS.get(name, name)) for name in names] or [0], np.int8)
        return tuple(known), table[codes]

    def _status(self, end: Ints) -> NDArray[np.int8]:
        implied = np.where(end == NEVER, INFO, OK).astype(np.int8)
        column = self._column("status")
        if column is None:
            return implied
        codes, names = self._texts(column, "status")
        for code, name in enumerate(names):
            if name not in STATUSES:
                raise WrongCell(int(np.flatnonzero(codes == code)[0]) + 1, f"status {name!r}", ", ".join(STATUSES))
        table = np.array([STATUSES.index(name) for name in names] or [OK], np.int8)
        status = np.where(codes == NIL, implied, table[codes])
        endless = np.flatnonzero((end == NEVER) & (status != INFO))
        if len(endless):
            row = int(endless[0])
            raise WrongCell(row + 1, f"{STATUSES[status[row]]} without an end", "an end where the status is ok or fail")
        return status.astype(np.int8)

    def _coded(self, names: tuple[str, ...]) -> tuple[list[Ints], Sequence[Any]]:
        """Columns that share one table: a code for each row of each, and the table."""
        columns = {name: self._column(name) for name in names}
        there = {name: column for name, column in columns.items() if column is not None}
        nothing = np.full(self.count, NIL, np.int64)
        if not there or not self.count:
            return [nothing for _ in names], []
        if all(self.pa.types.is_integer(column.type) for column in there.values()):
            codes, table = self._numbers(there)
        elif all(self.pa.types.is_string(_plain(self.pa, column.type)) for column in there.values()):
            codes, table = self._text_columns(there)
        else:
            codes, table = self._anything([column.to_pylist() for column in there.values()], names[0])
        left = iter(codes)
        return [nothing if column is None else next(left) for column in columns.values()], table

    def _text_columns(self, columns: dict[str, Any]) -> tuple[list[Ints], Sequence[Any]]:
        if len(columns) == 1:
            ((name, column),) = columns.items()
            codes, table = self._texts(column, name)
            return [codes], table
        plain = [column.cast(_plain(self.pa, column.type)) for column in columns.values()]
        joined, table = self._texts(self.pa.chunked_array(plain).combine_chunks(), next(iter(columns)))
        return list(joined.reshape(len(plain), self.count)), table

    def _numbers(self, columns: dict[str, Any]) -> tuple[list[Ints], Sequence[Any]]:
        """Whole numbers: where they lie close together, a number is its own code but for the smallest of them."""
        found = [self._filled(column, name) for name, column in columns.items()]
        nulls = [self._nulls(column) if column.null_count else None for column in columns.values()]
        ends = [self.pa.compute.min_max(column).as_py() for column in columns.values()]
        low, high = min(end["min"] for end in ends), max(end["max"] for end in ends)
        count = sum(len(column) - column.null_count for column in columns.values())
        if high - low <= DENSE * count + SPARE:
            table: Sequence[Any] = range(low, high + 1)
            codes = [part - low if low else part for part in found]
        else:
            whole = zip(found, nulls, strict=True)
            distinct = np.unique(np.concatenate([part if null is None else part[~null] for part, null in whole]))
            table = distinct.tolist()
            codes = [np.searchsorted(distinct, part).astype(np.int64) for part in found]
        coded = zip(codes, nulls, strict=True)
        return [part if null is None else np.where(null, NIL, part) for part, null in coded], table

    def _anything(self, columns: list[list[Any]], name: str) -> tuple[list[Ints], Sequence[Any]]:
        table = Interned()
        codes = []
        for cells in columns:
            column = np.full(self.count, NIL, np.int64)
            for row, cell in enumerate(cells):
                if cell is not None:
                    column[row] = table.code(self._value(cell, row, name))
            codes.append(column)
        return codes, table.table

    def _value(self, cell: Any, row: int, name: str) -> Any:
        if type(cell) not in {str, int, float, bool, list, dict, bytes}:
            raise WrongCell(row + 1, f"{name} of type {type(cell).__name__}", "numbers, text, lists, true and false")
        try:
            return to_text(cell) if type(cell) is bytes else from_document(cell)
        except Malformed as bad:
            raise WrongCell(row + 1, bad.found, bad.accepted) from None


def _plain(pa: Any, kind: Any) -> Any:
    """The type of a column's values, whether or not a dictionary holds them."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind
