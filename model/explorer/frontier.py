"""States that wait to be expanded, first in, first out: in memory, or encoded in a file."""

from collections import deque
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any, Protocol

_HEAD = Struct("<II")  # the state's number, the length of its encoding


class File(Protocol):
    """A binary file that can be written, rewound, read and emptied."""

    def write(self, data: bytes, /) -> int: ...
    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...
    def truncate(self, size: int, /) -> int: ...
    def close(self) -> None: ...


Spool = Callable[[], File]
"""Makes an empty temporary file."""


class Frontier:
    """A queue of numbered states. With a spool it is in a file, and is filled to its end before it is emptied."""

    def __init__(
        self,
        encode: Callable[[Any], bytes] | None,
        decode: Callable[[bytes], Any] | None,
        spool: Spool | None = None,
    ) -> None:
        self._encode, self._decode = encode, decode
        self._memory: deque[tuple[int, Any]] = deque()
        self._file: File | None = None
        self._in_file = 0
        if spool is not None:
            if encode is None or decode is None:
                raise ValueError("a frontier on disk needs a system that encodes its states")
            self._file = spool()

    def __len__(self) -> int:
        return len(self._memory) + self._in_file

    def put(self, number: int, state: Any) -> None:
        if self._file is None:
            self._memory.append((number, state))
            return
        assert self._encode is not None
        code = self._encode(state)
        self._file.write(_HEAD.pack(number, len(code)) + code)
        self._in_file += 1

    def rewind(self) -> None:
        """Turn from being filled to being emptied."""
        if self._file is not None:
            self._file.seek(0)

    def take(self, most: int) -> Iterator[tuple[int, Any]]:
        """Up to `most` states, removed."""
        if self._file is None:
            for _ in range(min(most, len(self._memory))):
                yield self._memory.popleft()
            return
        assert self._decode is not None
        for _ in range(min(most, self._in_file)):
            number, length = _HEAD.unpack(self._file.read(_HEAD.size))
            code = self._file.read(length)
            self._in_file -= 1
            if not self._in_file:
                self._file.seek(0)
                self._file.truncate(0)
            yield number, self._decode(code)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def dump(self) -> bytes:
        """All that waits, encoded; nothing is removed. Before the first `take` after a `rewind`."""
        if self._encode is None:
            raise ValueError("a checkpoint needs a system that encodes its states")
        waiting = list(self.take(len(self)))
        for number, state in waiting:
            self.put(number, state)
        self.rewind()
        codes = ((number, self._encode(state)) for number, state in waiting)
        return b"".join(_HEAD.pack(number, len(code)) + code for number, code in codes)

    def load(self, data: bytes) -> None:
        """Put in what was dumped, and turn to being emptied."""
        if self._decode is None:
            raise ValueError("a checkpoint needs a system that encodes its states")
        at = 0
        while at < len(data):
            number, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            self.put(number, self._decode(data[at : at + length]))
            at += length
        self.rewind()
