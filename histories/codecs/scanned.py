"""What the compiled scanner found in a file of JSON lines, as columns of codes and the tables that they index."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.columns import NIL, Ints
from histories.errors import Malformed
from histories.interning import Interned
from histories.texts import Texts

NEWLINE = ord("\n")
BATCH_BYTES = 1 << 20
"""What the scanner is called for, but for longer lines."""
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

    def __init__(self, pieces: Iterable[bytes], wanted: Sequence[Wanted]) -> None:
        """Scan `pieces`, each of which ends behind a line. Raises `Declined`."""
        try:
            from histories import scanner  # noqa: PLC0415 - compiled code, and an extra
        except ImportError:
            raise Declined from None
        self._scanner = scanner
        self.rows = 0
        fields = {field.name: at for at, field in enumerate(wanted)}
        self._fields = fields
        bounds = np.cumsum([0, *[len(name) for name in fields]])
        modes = np.array([field.unwrap for field in wanted], np.uint8)
        self._wants = (np.frombuffer("".join(fields).encode(), np.uint8), bounds, modes)
        self._kinds = np.zeros((len(wanted), 0), np.uint8)
        self._numbers = np.zeros((len(wanted), 0), np.int64)
        self._slots = np.full(2 * SPARE, -1, np.int32)
        self._bounds = np.zeros(SPARE + 1, np.int64)
        self._text = np.zeros(0, np.uint8)
        self._tokens = 0
        for lines in _batches(pieces):
            self._scan(lines)
        self._kinds, self._numbers = self._kinds[:, : self.rows], self._numbers[:, : self.rows]
        self._text = self._text[: self._bounds[self._tokens]]
        self._slots = self._slots[:0]

    def _scan(self, data: NDArray[np.uint8]) -> None:
        """Scan some lines more."""
        if data.max() >= 128:
            try:
                data.tobytes().decode()
            except UnicodeDecodeError:
                raise Declined from None
        self._grow(int(np.count_nonzero(data == NEWLINE)), len(data))
        at = 0
        while True:
            table = (self._slots, self._bounds, self._text)
            self.rows, self._tokens, at = self._scanner.scan(
                data, at, self.rows, self._tokens, self._wants, (self._kinds, self._numbers), table
            )
            if at == len(data):
                return
            if self._tokens + SPARE < len(self._bounds):
                raise Declined
            self._more_tokens()

    def _grow(self, rows: int, size: int) -> None:
        """Room for so many rows, and for so much text."""
        needed = self.rows + rows
        if needed > self._kinds.shape[1]:
            room = max(needed, self._kinds.shape[1] * 4)  # what is not written to takes no memory
            self._kinds, self._numbers = (_longer(column, room) for column in (self._kinds, self._numbers))
        used = int(self._bounds[self._tokens])
        if used + size > len(self._text):
            self._text = np.concatenate([self._text[:used], np.empty(max(size, used // 2), np.uint8)])

    def _more_tokens(self) -> None:
        self._bounds = np.concatenate([self._bounds, np.zeros(len(self._bounds), np.int64)])
        self._slots = np.full(1 << (2 * len(self._bounds) - 1).bit_length(), -1, np.int32)
        self._scanner.replace((self._slots, self._bounds, self._text), self._tokens)

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
        marks = np.zeros(self._tokens, bool)
        for kind, column in zip(kinds, found, strict=True):
            marks[column[kind >= self._scanner.TEXT]] = True
        tokens = np.flatnonzero(marks)
        code = np.full(self._tokens + 1, NIL, np.int64)
        code[tokens] = np.arange(len(tokens))
        columns = [
            code[np.where(kind >= self._scanner.TEXT, column, self._tokens)]
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
        without_quotes = self._bounds[tokens] + 1, self._bounds[tokens + 1] - 1
        return Texts(self._text, *without_quotes)

    def _field(self, name: str) -> tuple[NDArray[np.uint8], Ints]:
        at = self._fields[name]
        return self._kinds[at], self._numbers[at]

    def _token(self, code: int) -> str:
        return str(self._read(code))

    def _value(self, code: int, decode: Callable[[Any], Any]) -> Any:
        try:
            return decode(self._read(code))
        except (Malformed, ValueError):
            raise Declined from None

    def _read(self, code: int) -> Any:
        return json.loads(self._text[self._bounds[code] : self._bounds[code + 1]].tobytes())


def _batches(pieces: Iterable[bytes]) -> Iterator[NDArray[np.uint8]]:
    """The pieces together, as much as pays for a call, in one place: memory that is always new costs more to get than
    to fill."""
    batch, filled = np.empty(BATCH_BYTES, np.uint8), 0
    for piece in pieces:
        if filled + len(piece) > len(batch):
            if filled:
                yield batch[:filled]
            filled = 0
            if len(piece) > len(batch):
                batch = np.empty(len(piece), np.uint8)
        batch[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
        filled += len(piece)
    if filled:
        yield batch[:filled]


def _longer(table: NDArray[Any], room: int) -> NDArray[Any]:
    """The same columns, and zeros behind them."""
    longer = np.zeros((len(table), room), table.dtype)
    longer[:, : table.shape[1]] = table
    return longer
