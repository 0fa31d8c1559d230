"""dynamo.storage.sqlite: what survives the end of the process, and errors that say what is wrong with the file."""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dynamo.core.effects import Change, Record
from dynamo.core.errors import StorageError
from dynamo.core.siblings import Siblings, Version
from dynamo.storage.sqlite import SQLiteEngine, Synchronous

RED = Siblings({"n1.0": 1}, (Version("n1.0", 1, b"red"),))
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

# Batch n sets both keys to n: half a batch would show as two different numbers.
WRITER = """
import os, sys
from dynamo.core.effects import Change
from dynamo.storage.sqlite import SQLiteEngine
path, batches, sync_every, sync_until = sys.argv[1], *map(int, sys.argv[2:])
engine = SQLiteEngine(path)
for n in range(1, batches + 1):
    records = {b"a": b"%d" % n, b"b": b"%d" % n, b"%d" % n: b"x" * 500}
    engine.apply([Change("meta", key, record) for key, record in records.items()])
    if n % sync_every == 0 and n <= sync_until:
        engine.sync()
        print(n, flush=True)
os._exit(9)
"""


def meta(path: Path) -> dict[bytes, Record | None]:
    with closing(SQLiteEngine(path, synchronous="off")) as engine:
        return dict(engine.scan("meta"))


def prefix(n: int) -> dict[bytes, bytes]:
    """What the first `n` batches of WRITER leave."""
    last = {b"a": b"%d" % n, b"b": b"%d" % n} if n else {}
    return {**last, **{b"%d" % i: b"x" * 500 for i in range(1, n + 1)}}


def put(key: bytes, value: bytes) -> Change:
    return Change("meta", key, value)


# What survives


def test_what_was_applied_survives_a_close_even_without_a_sync(tmp_path: Path) -> None:
    engine = SQLiteEngine(tmp_path / "store")
    engine.apply([Change("data", b"k", RED), put(b"id", b"n1.0")])
    engine.sync()
    engine.apply([Change("hint", b"n2\0k", RED)])
    engine.close()
    with closing(SQLiteEngine(tmp_path / "store")) as again:
        assert (again.read("data", b"k"), again.read("hint", b"n2\0k"), again.read("meta", b"id")) == (
            RED,
            RED,
            b"n1.0",
        )


@pytest.mark.parametrize(
    ("batches", "sync_every", "sync_until"), [(7, 3, 6), (5, 10, 5), (6, 1, 6), (3000, 1000, 2000)]
)
def test_a_process_that_dies_leaves_exactly_what_it_synced(
    tmp_path: Path, batches: int, sync_every: int, sync_until: int
) -> None:
    """3000 batches do not fit SQLite's page cache, so unsynced pages spill into the log, and still do not count."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "store"), *map(str, (batches, sync_every, sync_until))]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 9, done.stderr
    synced = max((int(line) for line in done.stdout.split()), default=0)
    assert synced == sync_until // sync_every * sync_every
    assert meta(tmp_path / "store") == prefix(synced)


@pytest.mark.parametrize("reported", [1, 4, 9])
def test_a_process_that_is_killed_leaves_a_prefix_with_everything_it_reported(tmp_path: Path, reported: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "store"), "1000000", "5", "1000000"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        synced = [int(process.stdout.readline()) for _ in range(reported)][-1]
        process.kill()
    found = meta(tmp_path / "store")
    n = int(str(found[b"a"], "ascii"))  # type: ignore[arg-type]
    assert n >= synced
    assert n % 5 == 0
    assert found == prefix(n)


def logged(directory: Path) -> tuple[Path, list[tuple[int, dict[bytes, bytes]]]]:
    """A store that was never checkpointed, and the state that each length of its log stands for."""
    engine = SQLiteEngine(directory / "store", synchronous="off")
    log = directory / "store-wal"
    states: list[tuple[int, dict[bytes, bytes]]] = [(0, {})]
    for n in range(1, 9):
        engine.apply([put(b"a", b"%d" % n), put(b"b", b"%d" % n), put(b"%d" % n, b"x" * 500)])
        if n % 2 == 0:
            engine.sync()
            states.append((log.stat().st_size, prefix(n)))
    crashed = directory / "crashed"
    crashed.mkdir()
    for file in (directory / "store", log):
        shutil.copy(file, crashed)
    engine.close()
    return crashed, states


@pytest.mark.parametrize("tail", ["cut off", "zeros", "noise"])
def test_a_torn_log_recovers_the_whole_commits_before_the_tear_and_nothing_else(tmp_path: Path, tail: str) -> None:
    crashed, states = logged(tmp_path)
    main, log = (crashed / "store").read_bytes(), (crashed / "store-wal").read_bytes()
    assert len(log) == states[-1][0]
    noise = random.Random(4)
    edges = {size + step for size, _ in states for step in (-1, 0, 1, 24, 25)}
    for length in sorted(edges | set(range(0, len(log), 397))):
        if not 0 <= length <= len(log):
            continue
        rest = len(log) - length
        garbled = {"cut off": b"", "zeros": b"\0" * rest, "noise": noise.randbytes(rest)}[tail]
        (crashed / "store").write_bytes(main)
        (crashed / "store-wal").write_bytes(log[:length] + garbled)
        assert meta(crashed / "store") == [state for size, state in states if size <= length][-1]


@pytest.mark.parametrize(("synchronous", "level"), [("full", 2), ("normal", 1), ("off", 0)])
def test_each_commit_syncs_the_log_unless_less_was_asked_for(
    tmp_path: Path, synchronous: Synchronous, level: int
) -> None:
    """sqlite.org/pragma.html#pragma_synchronous: in WAL mode, FULL (2) syncs the log after each transaction."""
    for _ in ("made", "reopened"):
        with closing(SQLiteEngine(tmp_path / "store", synchronous=synchronous)) as engine:
            assert engine._db.execute("PRAGMA synchronous").fetchone() == (level,)
            assert engine._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with closing(SQLiteEngine(tmp_path / "store")) as engine:
        assert engine._db.execute("PRAGMA synchronous").fetchone() == (2,)


# Failures


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """No file of this process can grow beyond `size_bytes`: a full disk that needs no disk of its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_failed_sync_is_final_until_the_engine_is_opened_again(tmp_path: Path) -> None:
    engine = SQLiteEngine(tmp_path / "store", synchronous="off")
    engine.apply([put(b"a", b"synced")])
    engine.sync()
    engine.apply([put(b"a", b"x" * 20_000)])
    with (
        file_size_limit((tmp_path / "store-wal").stat().st_size + 4096),
        pytest.raises(StorageError, match=r"store: the disk"),
    ):
        engine.sync()
    calls: list[Callable[[], object]] = [
        engine.sync,
        lambda: engine.read("meta", b"a"),
        lambda: list(engine.scan("meta")),
        lambda: engine.apply([put(b"b", b"")]),
    ]
    for call in calls:
        with pytest.raises(StorageError, match="close the engine and open it again"):
            call()
    engine.close()
    assert meta(tmp_path / "store") == {b"a": b"synced"}


def test_a_batch_that_fails_leaves_nothing_of_itself_and_all_the_others(tmp_path: Path) -> None:
    engine = SQLiteEngine(tmp_path / "store", synchronous="off")
    engine.apply([put(b"a", b"before")])
    pages = engine._db.execute("PRAGMA page_count").fetchone()[0]
    engine._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageError, match=r"store: the disk is full \(database or disk is full\)$"):
        engine.apply([put(b"a", b"half"), put(b"b", b"x" * 50_000)])
    with pytest.raises(StorageError, match=r"store: the disk is full \(database or disk is full\)$"):
        engine.apply([put(b"b", b"x" * 50_000)])
    assert list(engine.scan("meta")) == [(b"a", b"before")]
    engine.apply([put(b"c", b"after")])
    engine.sync()
    engine.close()
    assert meta(tmp_path / "store") == {b"a": b"before", b"c": b"after"}


def test_batches_that_sqlite_gave_up_with_a_later_one_are_never_said_to_be_synced(tmp_path: Path) -> None:
    engine = SQLiteEngine(tmp_path / "store", synchronous="off")
    engine.apply([put(b"a", b"before")])
    engine._db.execute(
        "CREATE TEMP TRIGGER give_up BEFORE INSERT ON meta BEGIN SELECT RAISE(ROLLBACK, 'given up'); END"
    )
    with pytest.raises(StorageError, match="given up"):
        engine.apply([put(b"b", b""), put(b"c", b"")])
    with pytest.raises(StorageError, match="close the engine and open it again"):
        engine.sync()
    engine.close()
    assert meta(tmp_path / "store") == {}


def test_a_second_engine_on_the_same_file_is_refused_in_this_process_and_in_another(tmp_path: Path) -> None:
    with closing(SQLiteEngine(tmp_path / "store")):
        with pytest.raises(StorageError, match="store: it is open in another engine"):
            SQLiteEngine(tmp_path / "store")
        command = [sys.executable, "-c", WRITER, str(tmp_path / "store"), "1", "1", "1"]
        other = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
        assert "it is open in another engine; a file has one owner at a time" in other.stderr
    with closing(SQLiteEngine(tmp_path / "store")) as later:
        assert list(later.scan("meta")) == []


@pytest.mark.parametrize("size_bytes", [1, 100, 5000])
def test_a_file_that_is_not_a_database_is_refused_and_left_alone(tmp_path: Path, size_bytes: int) -> None:
    content = (b"Dear diary, " * 500)[:size_bytes]
    (tmp_path / "store").write_bytes(content)
    with pytest.raises(StorageError, match="store: it is not a database"):
        SQLiteEngine(tmp_path / "store")
    assert (tmp_path / "store").read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store")) as db:
        db.execute("CREATE TABLE mail (id)")
    content = (tmp_path / "store").read_bytes()
    with pytest.raises(StorageError, match="store: it is a database of another program"):
        SQLiteEngine(tmp_path / "store")
    assert (tmp_path / "store").read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["store"]


def test_a_path_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="store: it cannot be opened; is its directory there and writable"):
        SQLiteEngine(tmp_path / "missing" / "store")
    with pytest.raises(StorageError, match="no write-ahead log is possible"):
        SQLiteEngine(":memory:")


def test_a_closed_engine_is_not_used_again(tmp_path: Path) -> None:
    engine = SQLiteEngine(tmp_path / "store")
    engine.close()
    with pytest.raises(AssertionError, match="closed"):
        engine.read("meta", b"a")
