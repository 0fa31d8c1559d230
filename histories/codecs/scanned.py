"""What the compiled scanner found in a file of JSON lines, as columns of codes and the tables that they index."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.columns import NIL, Ints
from histories.errors import Malformed
from histories.interning import Interned
from histories.source import Source
from histories.texts import Texts

CHUNK_BYTES = 1 << 24
SPARE = 1024
DENSE = 4
"""Numbers whose range is at most `DENSE` times their count, and `SPARE`, are coded by subtraction, not by sorting."""
MAX_NAMES = 4096
"""A field of names (functions, types) has fewer distinct ones."""


class Declined(Exception):
    """The file holds something that is left to the reader in Python, or numba is missing."""


class Wanted(NamedTuple):
    """A field of a row."""

    name: str
    unwrap: bool = False
    """Whether a list of one text is wanted as that text, and an empty list as null."""


class Scanned:
    """The fields of all rows of a file that were wanted."""

    def __init__(self, source: Source, begin: int, end: int, wanted: Sequence[Wanted]) -> None:
        """Scan the whole lines in `source.data[begin:end]`. Raises `Declined`."""
        try:
            from histories import scanner  # noqa: PLC0415 - compiled code, and an extra
        except ImportError:
            raise Declined from None
        self._scanner = scanner
        self._data = data = np.frombuffer(source.data, np.uint8)[:end]
        rows = self._checked(begin)
        fields = {field.name: at for at, field in enumerate(wanted)}
        self._fields = fields
        names = "".join(fields).encode()
        bounds = np.cumsum([0, *[len(name) for name in fields]])
        modes = np.array([field.unwrap for field in wanted], np.uint8)
        self._kinds = np.zeros((len(wanted), rows), np.uint8)
        self._numbers = np.zeros((len(wanted), rows), np.int64)
        room = rows + SPARE
        slots = np.full(1 << (2 * room - 1).bit_length(), -1, np.int32)
        begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
        wants = (np.frombuffer(names, np.uint8), bounds, modes)
        found, tokens = scanner.scan(data, begin, wants, (self._kinds, self._numbers), (slots, begins, ends))
        if found < rows:
            raise Declined
        self._begins, self._ends = begins[:tokens].copy(), ends[:tokens].copy()
        self.rows = rows

    def _checked(self, begin: int) -> int:
        """How many lines there are. Raises `Declined` where bytes are no UTF-8."""
        rows, ascii_only = 0, True
        for at in range(begin, len(self._data), CHUNK_BYTES):
            chunk = self._data[at : at + CHUNK_BYTES]
            rows += int(np.count_nonzero(chunk == ord("\n")))
            ascii_only = ascii_only and bool(chunk.max() < 128)
        if not ascii_only:
            try:
                self._data[begin:].tobytes().decode()
            except UnicodeDecodeError:
                raise Declined from None
        return rows

    def whole(self, name: str, least: int, most: int, empty: int | None = None) -> Ints:
        """A field of whole numbers from `least` to `most`; where it is missing or null, `empty`."""
        kinds, numbers = self._field(name)
        missing = kinds <= self._scanner.NULL
        if empty is None:
            if missing.any():
                raise Declined
        elif missing.any():
            numbers = np.where(missing, empty, numbers)
        held = numbers[~missing] if empty is not None else numbers
        if not ((kinds == self._scanner.NUMBER) | missing).all() or len(held) == 0:
            if len(held):
                raise Declined
            return numbers
        if held.min() < least or held.max() > most:
            raise Declined
        return numbers

    def all_numbers(self, name: str) -> bool:
        """Whether the field is a whole number in every row."""
        return bool((self._field(name)[0] == self._scanner.NUMBER).all())

    def missing(self, name: str, rows: NDArray[np.bool_]) -> bool:
        """Whether the field is missing in one of `rows`."""
        return bool((self._field(name)[0][rows] == self._scanner.ABSENT).any())

    def names(self, name: str, code: Callable[[str], int], empty: int | None = None) -> NDArray[np.int8]:
        """A field of text with few distinct values, each as what `code` makes of it; null and missing as `empty`."""
        kinds, numbers = self._field(name)
        text = kinds == self._scanner.TEXT
        if not text.all() and (empty is None or not (text | (kinds <= self._scanner.NULL)).all()):
            raise Declined
        held = numbers if text.all() else numbers[text]
        if len(held) == 0:
            return np.full(self.rows, 0 if empty is None else empty, np.int8)
        present = np.flatnonzero(np.bincount(held))
        if len(present) > MAX_NAMES:
            raise Declined
        table = np.zeros(int(present[-1]) + 1, np.int8)
        for number in present:
            table[number] = code(self._token(int(number)))
        if text.all():
            return table[numbers]
        assert empty is not None
        return np.where(text, table[np.where(text, numbers, present[0])], empty).astype(np.int8)

    def coded(
        self, fields: Sequence[str], decode: Callable[[Any], Any], numbers: bool
    ) -> tuple[list[Ints], Sequence[Any]]:
        """Fields that share a table: a code for each row of each (`NIL` for nothing), and the table.

        `decode` makes a value of what JSON says; `numbers` says whether whole numbers are values.
        """
        kinds = [self._field(name)[0] for name in fields]
        found = [self._field(name)[1] for name in fields]
        counts = np.sum([np.bincount(kind, minlength=self._scanner.RAW + 1) for kind in kinds], axis=0)
        number, text, raw = [
            int(counts[kind]) for kind in (self._scanner.NUMBER, self._scanner.TEXT, self._scanner.RAW)
        ]
        if number and not numbers:
            raise Declined
        if number and not text and not raw:
            return self._numeric(kinds, found)
        marks = np.zeros(len(self._begins), bool)
        for kind, column in zip(kinds, found, strict=True):
            marks[column[kind >= self._scanner.TEXT]] = True
        tokens = np.flatnonzero(marks)
        code = np.full(len(self._begins) + 1, NIL, np.int64)
        code[tokens] = np.arange(len(tokens))
        columns = [
            code[np.where(kind >= self._scanner.TEXT, column, len(self._begins))]
            for kind, column in zip(kinds, found, strict=True)
        ]
        if not number and not raw:
            return columns, self._texts(tokens)
        return self._mixed(kinds, found, columns, [self._value(int(token), decode) for token in tokens])

    def _numeric(self, kinds: list[Any], found: list[Ints]) -> tuple[list[Ints], Sequence[Any]]:
        held = [column[kind == self._scanner.NUMBER] for kind, column in zip(kinds, found, strict=True)]
        low = min(int(part.min()) for part in held if len(part))
        high = max(int(part.max()) for part in held if len(part))
        if high - low <= DENSE * sum(map(len, held)) + SPARE:
            table: Sequence[Any] = range(low, high + 1)
            codes = [column - low for column in found]
        else:
            distinct = np.unique(np.concatenate(held))
            table = distinct.tolist()
            codes = [np.searchsorted(distinct, column) for column in found]
        return [
            np.where(kind == self._scanner.NUMBER, code, NIL) for kind, code in zip(kinds, codes, strict=True)
        ], table

    def _mixed(
        self, kinds: list[Any], found: list[Ints], columns: list[Ints], values: list[Any]
    ) -> tuple[list[Ints], Sequence[Any]]:
        """Numbers beside text, or several spellings of one value: interned one by one, but each only once."""
        interned = Interned()
        renumbered = np.array([NIL if value is None else interned.code(value) for value in values] + [NIL], np.int64)
        out = []
        for kind, column, codes in zip(kinds, found, columns, strict=True):
            numbered = kind == self._scanner.NUMBER
            merged = renumbered[np.where(codes == NIL, len(values), codes)]
            distinct, inverse = np.unique(column[numbered], return_inverse=True)
            merged[numbered] = np.array([interned.code(int(value)) for value in distinct], np.int64)[inverse]
            out.append(merged)
        return out, interned.table

    def _texts(self, tokens: Ints) -> Texts:
        begins, ends = self._begins[tokens] + 1, self._ends[tokens] - 1  # without the quotes
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - begins)])
        out = np.empty(int(bounds[-1]), np.uint8)
        self._scanner.collect(self._data, begins, ends, out)
        return Texts(out.tobytes(), bounds[:-1], bounds[1:])

    def _field(self, name: str) -> tuple[NDArray[np.uint8], Ints]:
        at = self._fields[name]
        return self._kinds[at], self._numbers[at]

    def _token(self, code: int) -> str:
        return str(json.loads(self._data[self._begins[code] : self._ends[code]].tobytes()))

    def _value(self, code: int, decode: Callable[[Any], Any]) -> Any:
        try:
            return decode(json.loads(self._data[self._begins[code] : self._ends[code]].tobytes()))
        except (Malformed, ValueError):
            raise Declined from None
