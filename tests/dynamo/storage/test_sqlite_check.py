"""dynamo.storage.sqlite_check: damage to the main file is reported, and never handed out as data."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dynamo.core.effects import SPACES, Change, Record
from dynamo.core.errors import CorruptRecord, StorageError
from dynamo.core.siblings import Siblings, Version
from dynamo.storage.sqlite import SQLiteEngine
from dynamo.storage.sqlite_check import Gap

Truth = dict[str, dict[bytes, Record]]


def siblings(n: int, size_bytes: int = 3) -> Siblings:
    return Siblings({"n1.0": n}, (Version("n1.0", n, b"v" * size_bytes),))


def store(path: Path, records: Truth) -> None:
    engine = SQLiteEngine(path, synchronous="off")
    for space, content in records.items():
        for key, record in content.items():
            engine.apply([Change(space, key, record)])
    engine.close()


def tampered(path: Path, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement, parameters)
        db.commit()


def damage_is_told(path: Path, truth: Truth) -> bool:
    """Whether damage is reported by somebody. Asserts that nothing else than the truth is handed out."""
    try:
        engine = SQLiteEngine(path, synchronous="off")
    except StorageError:
        return True
    told = False
    with closing(engine):
        for space in SPACES:
            for key, record in truth[space].items():
                try:
                    assert engine.read(space, key) == record
                except CorruptRecord:
                    told = True
            scanned = list(engine.scan(space))
            told |= None in [record for _, record in scanned]
            assert {key: record for key, record in scanned if record is not None}.items() <= truth[space].items()
            if not told:
                assert [key for key, _ in scanned] == sorted(truth[space])
    return told


def full(directory: Path) -> tuple[Path, Truth]:
    """A store of several pages, with inner pages, an overflowing record, and free space from deleted ones."""
    size = random.Random(1)
    truth: Truth = {
        "data": {b"user:%03d" % n: siblings(n, 3000 if n == 20 else size.randrange(10, 200)) for n in range(60)},
        "hint": {b"n2\0user:%03d" % n: siblings(n) for n in range(5)},
        "meta": {b"identity": b"n1.0", b"incarnation": b"7"},
    }
    path = directory / "store"
    store(path, truth)
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        engine.apply([Change("data", truth["data"].popitem()[0], None) for _ in range(3)])
    return path, truth


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_of_a_closed_store_are_never_silently_wrong_data(tmp_path: Path, seed: int) -> None:
    """A sample. All bytes of such a file were flipped once when this was written, and none of them went unseen."""
    path, truth = full(tmp_path)
    assert not damage_is_told(path, truth)
    content = path.read_bytes()
    chance = random.Random(seed)
    structure = [chance.randrange(page, page + 120) for page in range(0, len(content), 4096) for _ in range(8)]
    found = 0
    for at in structure + [chance.randrange(len(content)) for _ in range(120)]:
        bad = bytearray(content)
        bad[at] ^= chance.choice([1 << chance.randrange(8), 255, chance.randrange(1, 256)])
        path.write_bytes(bad)
        found += damage_is_told(path, truth)
    assert found > 40  # the rest fell into free space


def test_a_page_that_forgot_its_last_row_is_refused(tmp_path: Path) -> None:
    """The number of cells is at offset 3 of a page (sqlite.org/fileformat2.html, 1.6); no checksum covers it."""
    path, _ = full(tmp_path)
    content = path.read_bytes()
    leaves = [page for page in range(4096, len(content), 4096) if content[page] == 10 and content[page + 4] > 1]
    assert len(leaves) > 2
    for page in leaves:
        bad = bytearray(content)
        bad[page + 4] -= 1
        path.write_bytes(bad)
        with pytest.raises(StorageError, match=r"store: it is damaged: .*page"):
            SQLiteEngine(path)


def test_a_file_that_lost_its_end_is_refused(tmp_path: Path) -> None:
    path, truth = full(tmp_path)
    content = path.read_bytes()
    for length in range(1, len(content), 1111):
        path.write_bytes(content[:length])
        assert damage_is_told(path, truth)


def test_a_schema_that_cannot_be_quoted_is_refused_as_damaged(tmp_path: Path) -> None:
    """SQLite quotes the damaged text in its message, which Python's driver then fails to decode."""
    store(tmp_path / "store", {})
    content = (tmp_path / "store").read_bytes()
    assert content.count(b"PRIMARY KEY") == 3
    (tmp_path / "store").write_bytes(content.replace(b"PRIMARY KEY", b"PRI\xcdARY KEY", 1))
    with pytest.raises(StorageError, match="store: it is damaged"):
        SQLiteEngine(tmp_path / "store")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("PRAGMA user_version = 2", "its layout is 2, this version reads layout 1"),
        ("PRAGMA application_id = 5", r"a database of another program \(application id 0x5\)"),
        ("ALTER TABLE data RENAME TO lost", "its tables are not those of layout 1"),
        ("DROP TABLE hint", "its tables are not those of layout 1"),
        ("INSERT INTO meta VALUES ('text', x'00')", "the keys of meta are not in order"),
    ],
)
def test_a_file_of_another_layout_is_refused_with_the_reason(tmp_path: Path, statement: str, reason: str) -> None:
    store(tmp_path / "store", {"data": {b"k": siblings(1)}})
    tampered(tmp_path / "store", statement)
    with pytest.raises(StorageError, match=reason):
        SQLiteEngine(tmp_path / "store")


def corrupt(engine: SQLiteEngine, space: str, key: bytes) -> str:
    with pytest.raises(CorruptRecord) as caught:
        engine.read(space, key)
    return caught.value.reason


def test_a_record_written_to_the_place_of_another_is_corrupt_until_it_is_repaired(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store(path, {"data": {b"a": siblings(1), b"b": siblings(2)}})
    tampered(path, "UPDATE data SET record = (SELECT record FROM data WHERE key = ?) WHERE key = ?", b"a", b"b")
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        assert corrupt(engine, "data", b"b") == "the checksum does not match"
        assert list(engine.scan("data")) == [(b"a", siblings(1)), (b"b", None)]
        engine.apply([Change("data", b"b", siblings(3))])
        assert list(engine.scan("data")) == [(b"a", siblings(1)), (b"b", siblings(3))]


def test_a_record_of_another_type_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store(path, {"meta": {b"a": b"1"}})
    tampered(path, "UPDATE meta SET record = 'text'")
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        assert corrupt(engine, "meta", b"a") == "str stored, not bytes"


REPAIRS: dict[str, Callable[[bytes], Change]] = {
    "dropped": lambda key: Change("data", key, None),
    "overwritten": lambda key: Change("data", key, siblings(9)),
}


@pytest.mark.parametrize("repair", REPAIRS)
def test_a_record_whose_key_has_rotten_is_not_said_to_be_absent(tmp_path: Path, repair: str) -> None:
    path = tmp_path / "store"
    store(path, {"data": {key: siblings(1) for key in (b"a", b"c", b"e", b"g")}})
    tampered(path, "UPDATE data SET key = ? WHERE key = ?", b"d", b"c")  # 'c' and 'd' are one bit apart or three
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        assert "b'd' may have been it" in corrupt(engine, "data", b"c")
        corrupt(engine, "data", b"d")
        corrupt(engine, "data", b"b")  # it may have been the record of anything between its neighbours
        assert engine.read("data", b"a") == engine.read("data", b"e") == siblings(1)
        assert engine.read("data", b"f") is engine.read("data", b"0") is engine.read("hint", b"c") is None
        assert list(engine.scan("data")) == [
            (b"a", siblings(1)),
            (b"d", None),
            (b"e", siblings(1)),
            (b"g", siblings(1)),
        ]
        engine.apply([REPAIRS[repair](b"d")])
        assert engine.read("data", b"c") is None


def test_a_gap_reaches_from_one_sound_key_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store(path, {"data": {b"%d" % n: siblings(1) for n in range(6)}})
    tampered(path, "UPDATE data SET record = x'00' WHERE key IN (?, ?, ?, ?)", b"0", b"2", b"3", b"5")
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        assert engine._gaps == [
            Gap("data", b"0", None, b"1"),
            Gap("data", b"2", b"1", b"4"),
            Gap("data", b"3", b"1", b"4"),
            Gap("data", b"5", b"4", None),
        ]
