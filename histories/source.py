"""The bytes of one file, decompressed, and where in it something stands.

Compression is recognised by content. A compressed file that was cut off gives what can be decompressed.
"""

import gzip
import mmap
import zlib
from pathlib import Path
from typing import Any

from histories.errors import HistoryError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
MAX_BYTES = 1 << 33
"""The largest file after decompression; a small file that grows beyond it is an attack."""
CHUNK_BYTES = 1 << 20


class Source:
    """One file in memory. `data` is its content, decompressed; it may be a memory map."""

    def __init__(self, name: str | Path, data: Any, torn: bool = False) -> None:
        self.name = str(name)
        self.data = data
        self.torn = torn
        """Whether a compressed file ended before its end."""

    def error(self, line: int, found: str, accepted: str) -> HistoryError:
        return HistoryError(self.name, line, found, accepted)

    def text(self) -> str:
        """The content as text. Raises `HistoryError` where it is not UTF-8."""
        data = bytes(self.data)
        try:
            return data.decode()
        except UnicodeDecodeError as wrong:
            line = data.count(b"\n", 0, wrong.start) + 1
            column = wrong.start - (data.rfind(b"\n", 0, wrong.start) + 1)
            raise self.error(line, f"byte 0x{data[wrong.start]:02x} at {column}", "UTF-8") from None


class Lines:
    """Line numbers of offsets that only grow: the whole text is walked once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1

    def of(self, at: int) -> int:
        """The line of offset `at`, from 1."""
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line


def open_source(path: str | Path, limit_bytes: int = MAX_BYTES) -> Source:
    """The file at `path`. Raises `HistoryError`."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(4)
            size = file.seek(0, 2)
            if size > limit_bytes:
                raise HistoryError(path, 0, f"{size} bytes", f"at most {limit_bytes}")
            file.seek(0)
            if start.startswith((GZIP, ZSTD)):
                return _decompressed(path, file.read(), limit_bytes)
            if size == 0:
                return Source(path, b"")
            return Source(path, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as wrong:
        told = getattr(wrong, "strerror", None) or str(wrong)
        raise HistoryError(path, 0, told, "a file that can be read") from None


def _decompressed(path: str | Path, data: bytes, limit_bytes: int) -> Source:
    stream = _gunzip(path, data) if data.startswith(GZIP) else _unzstd(path, data)
    parts, size, torn = [], 0, False
    for part in stream:
        if part is None:
            torn = True
            break
        size += len(part)
        if size > limit_bytes:
            raise HistoryError(path, 0, f"more than {limit_bytes} bytes after decompression", f"at most {limit_bytes}")
        parts.append(part)
    if torn and not parts:
        raise HistoryError(path, 0, "a compressed file that is cut off before its content", "a whole file")
    return Source(path, b"".join(parts), torn)


def _gunzip(path: str | Path, data: bytes) -> Any:
    """Parts; None at the end where the file is cut off."""
    import io  # noqa: PLC0415

    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        try:
            while part := file.read1(CHUNK_BYTES):
                yield part
        except EOFError:
            yield None
        except (OSError, zlib.error) as wrong:
            raise HistoryError(path, 0, f"broken gzip: {wrong}", "a whole gzip file") from None


def _unzstd(path: str | Path, data: bytes) -> Any:
    try:
        import zstandard  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise HistoryError(path, 0, "a zstd file, and zstandard is not installed", "kept[files], or gzip") from None
    at = 0
    while at < len(data):
        frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        try:
            for begin in range(at, len(data), CHUNK_BYTES):
                part = frame.decompress(data[begin : begin + CHUNK_BYTES])
                if part:
                    yield part
                if frame.eof:
                    at = begin + min(CHUNK_BYTES, len(data) - begin) - len(frame.unused_data)
                    break
            else:
                yield None
                return
        except zstandard.ZstdError as wrong:
            raise HistoryError(path, 0, f"broken zstd: {wrong}", "a whole zstd file") from None
