"""The bytes of one file, a piece at a time, decompressed on the way.

A file is read from its beginning as often as somebody asks (to recognise it, to read it fast, to explain what is wrong
with it), and only a piece of it is in memory. Compression is recognised by content. A compressed file that was cut off
gives what can be decompressed.
"""

import gzip
import mmap
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from histories.errors import HistoryError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
MAX_BYTES = 1 << 33
"""The largest file after decompression; a small file that grows beyond it is an attack."""
PIECE_BYTES = 1 << 16
"""What is read at once, but for longer lines."""
ZSTD_BYTES = 1 << 11
"""What is decompressed at once: each four bytes of zstd may become 128 KiB."""

Stream = Callable[[], Iterator[bytes | None]]
"""Begins to read: pieces of any length, and None where a compressed file is cut off."""


class Source:
    """One file, or what is in memory."""

    def __init__(
        self, name: str | Path, data: bytes = b"", torn: bool = False, stream: Stream | None = None, whole: Any = None
    ) -> None:
        self.name = str(name)
        self.torn = torn
        """Whether a compressed file ended before its end: known once it was read."""
        self._data, self._stream, self._whole = data, stream, whole

    @property
    def data(self) -> Any:
        """The whole content as one buffer."""
        if self._whole is not None:
            return self._whole()
        return self._data if self._stream is None else b"".join(self.blocks())

    def error(self, line: int, found: str, accepted: str) -> HistoryError:
        return HistoryError(self.name, line, found, accepted)

    def head(self, count: int) -> bytes:
        """The first `count` bytes, or all where there are fewer."""
        parts, size = [], 0
        for block in self.blocks():
            parts.append(block)
            size += len(block)
            if size >= count:
                break
        return b"".join(parts)[:count]

    def blocks(self) -> Iterator[bytes]:
        """The content in pieces of any length. Raises `HistoryError` where it cannot be read."""
        if self._stream is None:
            yield from (self._data[at : at + PIECE_BYTES] for at in range(0, len(self._data), PIECE_BYTES))
            return
        empty = True
        for part in self._stream():
            if part is None:
                self.torn = True
                if empty:
                    raise self.error(0, "a compressed file that is cut off before its content", "a whole file")
                return
            empty = False
            yield part

    def lines(self) -> Iterator[bytes]:
        """The content in pieces that end behind a line; what follows the last line's end comes last, by itself."""
        parts: list[bytes] = []
        size = 0
        for block in self.blocks():
            parts.append(block)
            size += len(block)
            if size >= PIECE_BYTES and (cut := block.rfind(b"\n") + 1):
                parts[-1] = block[:cut]
                yield b"".join(parts)
                parts, size = [block[cut:]], len(block) - cut
        rest = b"".join(parts)
        cut = rest.rfind(b"\n") + 1
        yield from (part for part in (rest[:cut], rest[cut:]) if part)

    def texts(self) -> Iterator[str]:
        """`lines`, decoded. Raises `HistoryError` where they are not UTF-8."""
        line = 1
        for data in self.lines():
            try:
                yield data.decode()
            except UnicodeDecodeError as wrong:
                line += data.count(b"\n", 0, wrong.start)
                column = wrong.start - (data.rfind(b"\n", 0, wrong.start) + 1)
                raise self.error(line, f"byte 0x{data[wrong.start]:02x} at {column}", "UTF-8") from None
            line += data.count(b"\n")


def open_source(path: str | Path, limit_bytes: int = MAX_BYTES) -> Source:
    """The file at `path`. Raises `HistoryError`, also while it is read."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(4)
            size = file.seek(0, 2)
    except (OSError, ValueError) as wrong:
        raise _unreadable(path, wrong) from None
    if size > limit_bytes:
        raise HistoryError(path, 0, f"{size} bytes", f"at most {limit_bytes}")
    if not start.startswith((GZIP, ZSTD)):
        return Source(path, stream=lambda: _plain(path), whole=lambda: _mapped(path, size))
    unpack = _gunzip if start.startswith(GZIP) else _unzstd
    return Source(path, stream=lambda: _limited(path, unpack(path), limit_bytes))


def _unreadable(path: str | Path, wrong: Exception) -> HistoryError:
    return HistoryError(path, 0, getattr(wrong, "strerror", None) or str(wrong), "a file that can be read")


def _mapped(path: str | Path, size: int) -> Any:
    if size == 0:
        return b""
    try:
        with Path(path).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as wrong:
        raise _unreadable(path, wrong) from None


def _plain(path: str | Path) -> Iterator[bytes]:
    try:
        with Path(path).open("rb", buffering=0) as file:
            while part := file.read(PIECE_BYTES):
                yield part
    except OSError as wrong:
        raise _unreadable(path, wrong) from None


def _limited(path: str | Path, parts: Iterator[bytes | None], limit_bytes: int) -> Iterator[bytes | None]:
    size = 0
    for part in parts:
        size += len(part or b"")
        if size > limit_bytes:
            raise HistoryError(path, 0, f"more than {limit_bytes} bytes after decompression", f"at most {limit_bytes}")
        yield part


def _gunzip(path: str | Path) -> Iterator[bytes | None]:
    try:
        with gzip.open(path, "rb") as file:
            while part := file.read1(PIECE_BYTES):
                yield part
    except EOFError:
        yield None
    except (OSError, zlib.error) as wrong:
        raise HistoryError(path, 0, f"broken gzip: {wrong}", "a whole gzip file") from None


def _unzstd(path: str | Path) -> Iterator[bytes | None]:
    try:
        import zstandard  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise HistoryError(path, 0, "a zstd file, and zstandard is not installed", "kept[files], or gzip") from None
    frame, left = None, b""
    try:
        with Path(path).open("rb") as file:
            while packed := left or file.read(ZSTD_BYTES):
                frame = frame or zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
                if part := frame.decompress(packed):
                    yield part
                left = frame.unused_data
                frame = None if frame.eof else frame
    except zstandard.ZstdError as wrong:
        raise HistoryError(path, 0, f"broken zstd: {wrong}", "a whole zstd file") from None
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    if frame is not None:
        yield None
