"""A compiled scanner of JSON lines: the fields that are wanted of every row, as numbers on arrays. Needs numba.

Python's `json` makes objects for all that it reads, and takes ten times as long. Here a whole number becomes itself
and everything else the number of its token: tokens are interned by their bytes, and decoded once each, later, if ever.

The scanner accepts a subset of JSON and judges nothing: where it meets something else it stops and names the line, and
the readers in Python, which explain, take over. What it accepts it checks completely, also in fields that it skips.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
jit = cast(Callable[[F], F], numba.njit(cache=True, nogil=True))
inlined = cast(Callable[[F], F], numba.njit(cache=True, nogil=True, forceinline=True))
"""To pass arrays costs more than what most of these functions do with them."""

ABSENT, NULL, NUMBER, TEXT, RAW = range(5)
"""What a field holds: nothing, null, a whole number, text without escapes, or another token (to be decoded)."""
PLAIN, UNWRAP = range(2)
"""How a field is wanted: as it is, or a list of one text as that text and an empty list as null."""

DEPTH = 60
MAX_DIGITS = 18
QUOTE, BACKSLASH, COMMA, COLON, MINUS, ZERO, NINE, DOT = 34, 92, 44, 58, 45, 48, 57, 46
LIST, LIST_END, OBJECT, OBJECT_END, NEWLINE = 91, 93, 123, 125, 10
ENDS = np.arange(256) < 32
ENDS[[QUOTE, BACKSLASH]] = True
"""The bytes at which a plain piece of text ends."""


@inlined
def blank(data: Any, at: int) -> int:
    """The first place from `at` that is no blank, tab or carriage return."""
    while data[np.uintp(at)] == 32 or data[np.uintp(at)] == 9 or data[np.uintp(at)] == 13:
        at += 1
    return at


@inlined
def text_end(data: Any, at: int) -> int:
    """The place behind the string that begins at `at`; negative where it has escapes; 0 where it is none."""
    escaped = False
    at += 1
    while True:
        while not ENDS[data[np.uintp(at)]]:
            at += 1
        byte = data[np.uintp(at)]
        if byte == QUOTE:
            return -(at + 1) if escaped else at + 1
        if byte != BACKSLASH:
            return 0
        escaped = True
        at += 1
        following = data[np.uintp(at)]
        if following == 117:  # \uXXXX
            for digit in range(1, 5):
                byte = data[np.uintp(at + digit)]
                if not (48 <= byte <= 57 or 65 <= byte <= 70 or 97 <= byte <= 102):
                    return 0
            at += 4
        elif following not in (34, 92, 47, 98, 102, 110, 114, 116):
            return 0
        at += 1


@inlined
def number_end(data: Any, at: int) -> int:
    """The place behind the number that begins at `at`; negative where it is no whole number; 0 where it is none."""
    if data[np.uintp(at)] == MINUS:
        at += 1
    if not ZERO <= data[np.uintp(at)] <= NINE:
        return 0
    if data[np.uintp(at)] == ZERO:
        at += 1
    else:
        while ZERO <= data[np.uintp(at)] <= NINE:
            at += 1
    whole = True
    if data[np.uintp(at)] == DOT:
        whole = False
        at += 1
        if not ZERO <= data[np.uintp(at)] <= NINE:
            return 0
        while ZERO <= data[np.uintp(at)] <= NINE:
            at += 1
    if data[np.uintp(at)] in (69, 101):
        whole = False
        at += 1
        if data[np.uintp(at)] in (43, 45):
            at += 1
        if not ZERO <= data[np.uintp(at)] <= NINE:
            return 0
        while ZERO <= data[np.uintp(at)] <= NINE:
            at += 1
    return at if whole else -at


@inlined
def constant_end(data: Any, at: int) -> int:
    """The place behind null, true or false at `at`; 0 where there is none."""
    if (
        data[np.uintp(at)] == 110
        and data[np.uintp(at + 1)] == 117
        and data[np.uintp(at + 2)] == 108
        and data[np.uintp(at + 3)] == 108
    ):
        return at + 4
    if (
        data[np.uintp(at)] == 116
        and data[np.uintp(at + 1)] == 114
        and data[np.uintp(at + 2)] == 117
        and data[np.uintp(at + 3)] == 101
    ):
        return at + 4
    if (
        data[np.uintp(at)] == 102
        and data[np.uintp(at + 1)] == 97
        and data[np.uintp(at + 2)] == 108
        and data[np.uintp(at + 3)] == 115
        and data[np.uintp(at + 4)] == 101
    ):
        return at + 5
    return 0


@inlined
def scalar_end(data: Any, at: int) -> int:
    """The place behind the string, number or constant at `at`; 0 where there is none."""
    byte = data[np.uintp(at)]
    if byte == QUOTE:
        return abs(text_end(data, at))
    if byte == MINUS or ZERO <= byte <= NINE:
        return abs(number_end(data, at))
    return constant_end(data, at)


@inlined
def opened(data: Any, at: int) -> Any:
    """Whether the container that begins at `at` is empty, and the place behind it or of its first value; 0: no JSON."""
    byte = data[np.uintp(at)]
    at = blank(data, at + 1)
    if data[np.uintp(at)] == byte + 2:  # both closing brackets stand two behind their opening ones
        return True, at + 1
    return False, at if byte == LIST else name_end(data, at)


@inlined
def value_end(data: Any, at: int, stack: Any) -> int:
    """The place behind the value at `at`, however it nests; 0 where it is no JSON. `stack` is room for `DEPTH`."""
    depth = 0
    while True:  # one value a turn
        byte = data[np.uintp(at)]
        if byte not in (LIST, OBJECT):
            at = scalar_end(data, at)
        else:
            empty, at = opened(data, at)
            if not empty:
                if at == 0 or depth >= DEPTH:
                    return 0
                stack[depth] = byte
                depth += 1
                continue
        while at > 0:  # what follows a value inside its container
            if depth == 0:
                return at
            at = blank(data, at)
            if data[np.uintp(at)] != stack[depth - 1] + 2:
                at = next_value(data, at, stack[depth - 1])
                break
            depth -= 1
            at += 1
        if at == 0:
            return 0


@inlined
def next_value(data: Any, at: int, inside: int) -> int:
    """The place of the value behind the comma at `at`, in a container of the kind `inside`; 0 where there is none."""
    if data[np.uintp(at)] != COMMA:
        return 0
    at = blank(data, at + 1)
    return name_end(data, at) if inside == OBJECT else at


@inlined
def name_end(data: Any, at: int) -> int:
    """The place of the value behind the name and colon that begin at `at`; 0 where there are none."""
    if data[np.uintp(at)] != QUOTE:
        return 0
    at = abs(text_end(data, at))
    if at == 0:
        return 0
    at = blank(data, at)
    if data[np.uintp(at)] != COLON:
        return 0
    return blank(data, at + 1)


@inlined
def hashed(data: Any, begin: int, end: int) -> Any:
    """A hash of `data[begin:end]` (Fowler, Noll and Vo)."""
    mixed = np.uint64(14695981039346656037)
    for at in range(begin, end):
        mixed = (mixed ^ np.uint64(data[np.uintp(at)])) * np.uint64(1099511628211)
    return mixed ^ (mixed >> np.uint64(29))


@inlined
def token_code(data: Any, begin: int, end: int, table: Any, count: int) -> int:
    """The number of the token in `data[begin:end]`; `count` where it is a new one, which is added."""
    slots, bounds, text = table
    mask = np.uint64(len(slots) - 1)
    slot = hashed(data, begin, end) & mask
    size = end - begin
    while True:
        code = slots[slot]
        if code < 0:
            slots[slot] = count
            first = bounds[count]
            for offset in range(size):
                text[np.uintp(first + offset)] = data[np.uintp(begin + offset)]
            bounds[count + 1] = first + size
            return count
        known = bounds[code]
        if bounds[code + 1] - known == size:
            same = True
            for offset in range(size):
                if text[np.uintp(known + offset)] != data[np.uintp(begin + offset)]:
                    same = False
                    break
            if same:
                return int(code)
        slot = (slot + np.uint64(1)) & mask


@jit
def replace(table: Any, count: int) -> None:
    """Put `count` tokens into empty slots, of which there are more than before."""
    slots, bounds, text = table
    mask = np.uint64(len(slots) - 1)
    for code in range(count):
        slot = hashed(text, bounds[code], bounds[code + 1]) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = code


@inlined
def wanted(data: Any, begin: int, end: int, names: Any, bounds: Any, guess: int) -> int:
    """Which of the wanted names stands in `data[begin:end]`, tried from `guess` on; -1 where it is none of them."""
    count = len(bounds) - 1
    size = end - begin
    for turn in range(count):
        field = guess + turn
        if field >= count:  # a division costs as much as all the rest
            field -= count
        if bounds[field + 1] - bounds[field] != size:
            continue
        same = True
        for offset in range(size):
            if names[bounds[field] + offset] != data[np.uintp(begin + offset)]:
                same = False
                break
        if same:
            return field
    return -1


@inlined
def unwrapped(data: Any, start: int) -> Any:
    """The one text in the list at `start`, as `field_value` gives it; `ABSENT` where it holds anything else."""
    inner = blank(data, start + 1)
    if data[np.uintp(inner)] == LIST_END:
        return NULL, inner, inner, inner + 1
    if data[np.uintp(inner)] == QUOTE:
        behind = text_end(data, inner)
        if behind > 0:
            closing = blank(data, behind)
            if data[np.uintp(closing)] == LIST_END:
                return TEXT, inner, behind, closing + 1
    return ABSENT, 0, 0, 0


@inlined
def field_value(data: Any, start: int, mode: int, stack: Any) -> Any:
    """The value at `start`: its kind, where its token begins and ends, and the place behind it; that is 0: no JSON."""
    byte = data[np.uintp(start)]
    if byte == QUOTE:
        end = text_end(data, start)
        return (TEXT if end > 0 else RAW), start, abs(end), abs(end)
    if byte == MINUS or ZERO <= byte <= NINE:
        end = number_end(data, start)
        whole = 0 < end <= start + MAX_DIGITS and not (
            byte == MINUS and data[np.uintp(start + 1)] == ZERO
        )  # -0 is Python's
        return (NUMBER if whole else RAW), start, abs(end), abs(end)
    if mode == UNWRAP and byte == LIST:
        kind, begin, stop, behind = unwrapped(data, start)
        if kind != ABSENT:
            return kind, begin, stop, behind
    end = value_end(data, start, stack)
    return (NULL if byte == 110 else RAW), start, end, end


@inlined
def number_of(data: Any, start: int, stop: int) -> int:
    """The whole number in `data[start:stop]`."""
    number = 0
    negative = data[np.uintp(start)] == MINUS
    for place in range(start + 1 if negative else start, stop):
        number = number * 10 + (int(data[np.uintp(place)]) - ZERO)
    return -number if negative else number


@inlined
def row_end(data: Any, at: int) -> int:
    """The place of the name behind the field that ended at `at`; -1 at the end of the object; 0 where it is neither."""
    if data[np.uintp(at)] == OBJECT_END:
        return -1
    return blank(data, at + 1) if data[np.uintp(at)] == COMMA else 0


@inlined
def scan_row(data: Any, at: int, row: int, tokens: int, wants: Any, out: Any, table: Any, stack: Any) -> Any:
    """Fill one row from the object at `at`: the place behind it (0: not accepted) and the number of tokens so far."""
    names, bounds, modes = wants
    kinds, numbers = out
    room = len(table[1]) - 1
    at = blank(data, at + 1)
    if data[np.uintp(at)] == OBJECT_END:
        return at + 1, tokens
    guess = 0
    while True:
        behind = text_end(data, at) if data[np.uintp(at)] == QUOTE else 0  # names with escapes are left to others
        colon = blank(data, behind) if behind > 0 else at
        if data[np.uintp(colon)] != COLON:
            return 0, tokens
        field = wanted(data, at + 1, behind - 1, names, bounds, guess)
        mode = modes[field] if field >= 0 else 0
        kind, begin, stop, at = field_value(data, blank(data, colon + 1), mode, stack)
        if at == 0 or tokens >= room:
            return 0, tokens
        if field >= 0:
            guess = field + 1
            kinds[field, row] = kind
            if kind == NUMBER:
                numbers[field, row] = number_of(data, begin, stop)
            elif kind >= TEXT:
                code = token_code(data, begin, stop, table, tokens)
                tokens = max(tokens, code + 1)
                numbers[field, row] = code
        closing = blank(data, at)
        at = row_end(data, closing)
        if at <= 0:
            return (closing + 1 if at < 0 else 0), tokens


@jit
def scan(data: Any, at: int, row: int, tokens: int, wants: Any, out: Any, table: Any) -> Any:
    """Fill `out`, which is (kinds, numbers), a line a field and a column a row, from the whole lines of `data[at:]`.

    `wants` is (names, bounds, modes): the names one after another, where each begins, and how it is wanted. `table` is
    (slots, bounds, text), the tokens so far: token i is `text[bounds[i]:bounds[i + 1]]`. There is room in `slots` for
    twice the tokens of `bounds` (a power of two, -1 where it is empty), and in `text` for all of `data`. Gives how many
    rows and tokens there are now, and where it stopped: at the first row that it does not accept or has no room for.
    """
    size = len(data)
    stack = np.empty(DEPTH, np.uint8)
    while at < size:
        begin = at
        at = blank(data, at)
        if data[np.uintp(at)] != OBJECT:
            return row, tokens, begin
        at, tokens = scan_row(data, at, row, tokens, wants, out, table, stack)
        if at == 0:
            return row, tokens, begin
        at = blank(data, at)
        if data[np.uintp(at)] != NEWLINE:
            return row, tokens, begin
        at += 1
        row += 1
    return row, tokens, at
