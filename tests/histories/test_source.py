"""Files are opened, recognised as compressed by their content, and given as far as they are whole."""

import gzip
from pathlib import Path

import pytest

from histories.errors import HistoryError
from histories.source import Source, open_source

TEXT = b"".join(b"line %d\n" % number for number in range(100_000))


def zstd(data: bytes) -> bytes:
    return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(data))


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_a_file_is_read_whatever_it_is_compressed_with(tmp_path: Path, packed) -> None:
    path = tmp_path / "h"
    path.write_bytes(packed(TEXT))
    source = open_source(path)
    assert (bytes(source.data), source.torn) == (TEXT, False)


@pytest.mark.parametrize("packed", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_several_compressed_pieces_in_one_file_are_read_as_one(tmp_path: Path, packed) -> None:
    path = tmp_path / "h"
    path.write_bytes(packed(TEXT) + packed(b"more"))
    assert bytes(open_source(path).data) == TEXT + b"more"


@pytest.mark.parametrize("packed", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_compressed_file_that_is_cut_off_gives_its_beginning(tmp_path: Path, packed) -> None:
    path = tmp_path / "h"
    data = packed(TEXT)
    path.write_bytes(data[: len(data) // 2])
    source = open_source(path)
    assert TEXT.startswith(bytes(source.data))
    assert source.torn


@pytest.mark.parametrize("packed", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_small_file_that_grows_without_end_is_refused(tmp_path: Path, packed) -> None:
    path = tmp_path / "h"
    path.write_bytes(packed(bytes(10_000_000)))
    with pytest.raises(HistoryError, match="after decompression"):
        list(open_source(path, limit_bytes=1_000_000).blocks())


@pytest.mark.parametrize("data", [b"\x1f\x8b" + b"x" * 100, b"\x28\xb5\x2f\xfd" + b"x" * 100], ids=["gzip", "zstd"])
def test_a_broken_compressed_file_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "h"
    path.write_bytes(data)
    with pytest.raises(HistoryError, match="broken") as error:
        open_source(path).head(1)
    assert "\n" not in str(error.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "h"
    path.write_bytes(b"x" * 100)
    with pytest.raises(HistoryError, match="100 bytes"):
        open_source(path, limit_bytes=99)


@pytest.mark.parametrize("name", ["absent", ".", "a\0b"])
def test_what_is_no_readable_file_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(HistoryError):
        open_source(tmp_path / name).head(1)


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "h").touch()
    source = open_source(tmp_path / "h")
    assert (list(source.lines()), source.data) == ([], b"")


def test_a_byte_that_is_no_text_is_told_with_its_place() -> None:
    with pytest.raises(HistoryError, match=r"^h:2: found byte 0xff at 1; accepted: UTF-8"):
        list(Source("h", b"ab\nc\xff").texts())


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_pieces_end_behind_lines_and_hold_little_beside_a_long_one(tmp_path: Path, packed, monkeypatch) -> None:
    monkeypatch.setattr("histories.source.PIECE_BYTES", 1000)
    lines = [b"x" * (50_000 if at == 100 else at % 90) + b"\n" for at in range(2000)]
    path = tmp_path / "h"
    path.write_bytes(packed(b"".join(lines) + b"torn"))
    pieces = list(open_source(path).lines())
    assert b"".join(pieces) == b"".join(lines) + b"torn"
    assert [piece for piece in pieces if not piece.endswith(b"\n")] == [b"torn"] == pieces[-1:]
    if packed is bytes:
        assert sorted(map(len, pieces))[-2] < 3000, "but for the long line"


def test_a_source_can_be_read_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "h"
    path.write_bytes(gzip.compress(TEXT))
    source = open_source(path)
    assert source.head(4) == TEXT[:4]
    assert b"".join(source.blocks()) == b"".join(source.blocks()) == TEXT
