"""The default engine of a deployed node: one SQLite file in WAL mode.

`apply` works inside a transaction that stays open, and `sync` commits it: that is the group commit. With
``synchronous=FULL`` SQLite syncs its write-ahead log at each commit, and recovery after a crash replays whole
commits only, so what survives is a prefix of the batches (sqlite.org/wal.html).

Damage to the main file is found when it is opened: `sqlite_check.inspect` reads every page and every checksum. One
kind of damage is beyond it: rot inside the log of a node that crashed looks to SQLite like a torn tail, and drops
that commit and all later ones. `close` empties the log, so only a crash leaves one to rot.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from typing import Literal

from dynamo.core.effects import SPACES, Change, Record
from dynamo.core.errors import CorruptRecord, StorageError
from dynamo.storage.record import decode, encode
from dynamo.storage.sqlite_check import APPLICATION_ID, LAYOUT, SCHEMA, Gap, inspect, is_fresh, refuse_stump

Synchronous = Literal["full", "normal", "off"]

_SCAN_ROWS = 256
_READ = {space: f"SELECT record FROM {space} WHERE key = ?" for space in SPACES}
_FIRST = {space: f"SELECT key, record FROM {space} ORDER BY key LIMIT {_SCAN_ROWS}" for space in SPACES}
_NEXT = {space: f"SELECT key, record FROM {space} WHERE key > ? ORDER BY key LIMIT {_SCAN_ROWS}" for space in SPACES}
# SELECT and not VALUES: a statement that might insert several rows gets a journal of its own, so that a full disk
# undoes this statement and not the whole transaction, with all the batches applied before (SQLite's vdbeaux.c).
_SET = {space: f"INSERT OR REPLACE INTO {space} (key, record) SELECT ?, ?" for space in SPACES}
_DELETE = {space: f"DELETE FROM {space} WHERE key = ?" for space in SPACES}

# The driver decodes SQLite's messages strictly, and a message may quote damaged bytes of the schema.
_DRIVER_ERRORS = (sqlite3.Error, UnicodeDecodeError)

_REASONS = {
    sqlite3.SQLITE_BUSY: "it is open in another engine; a file has one owner at a time",
    sqlite3.SQLITE_LOCKED: "it is open in another engine; a file has one owner at a time",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_NOTADB: "it is not a database",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; is its directory there and writable?",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_PERM: "access is denied",
    sqlite3.SQLITE_IOERR: "the disk failed",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}


class SQLiteEngine:
    """Implements `dynamo.storage.port.Engine` on one SQLite file, which no other process can open meanwhile."""

    def __init__(self, path: str | PathLike[str], *, synchronous: Synchronous = "full") -> None:
        """Open the file, or make it where there is none, and check all of it (a few microseconds for each record).

        `synchronous` weakens what `sync` means: ``full`` survives the loss of power; ``normal`` and ``off`` survive
        only the end of the process, for tests and for stores that can be rebuilt. Raises StorageError with the path
        and the reason: open elsewhere, not a database, damaged, of another program.
        """
        self.path = fspath(path)
        self._failure: str | None = None
        self._closed = False
        refuse_stump(self.path)
        try:
            # The driver's own transactions are off (isolation_level): a transaction here ends in `sync` only.
            self._db = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        except _DRIVER_ERRORS as error:
            raise self._error(error) from error
        try:
            self._gaps = self._open(synchronous)
        except _DRIVER_ERRORS as error:
            self._db.close()
            raise self._error(error) from error
        except BaseException:
            self._db.close()
            raise

    def apply(self, changes: Sequence[Change]) -> None:
        self._check_usable()
        rows = [(space, key, None if record is None else encode(space, key, record)) for space, key, record in changes]
        db = self._db
        began = db.in_transaction
        try:
            if not began:
                db.execute("BEGIN IMMEDIATE")
            if len(rows) == 1:  # one statement is atomic by itself
                self._run(rows)
            else:
                self._run_atomically(rows)
        except _DRIVER_ERRORS as error:
            failed = self._error(error)
            if began and not db.in_transaction:  # SQLite gave up the whole transaction, with batches applied before
                self._failure = str(failed)
            raise failed from error
        if self._gaps:
            repaired = {(space, key) for space, key, _ in rows}
            self._gaps = [gap for gap in self._gaps if (gap.space, gap.key) not in repaired]

    def sync(self) -> None:
        self._check_usable()
        if not self._db.in_transaction:
            return
        try:
            self._db.execute("COMMIT")
        except _DRIVER_ERRORS as error:
            failed = self._error(error)
            self._failure = str(failed)
            raise failed from error

    def read(self, space: str, key: bytes) -> Record | None:
        self._check_usable()
        try:
            row = self._db.execute(_READ[space], (key,)).fetchone()
        except _DRIVER_ERRORS as error:
            raise self._error(error) from error
        if row is not None:
            return _decode(space, key, row[0])
        for gap in self._gaps:
            if gap.may_hide(space, key):
                raise CorruptRecord(space, key, f"not found, but the damaged record {gap.key!r} may have been it")
        return None

    def scan(self, space: str) -> Iterator[tuple[bytes, Record | None]]:
        rows = self._rows(_FIRST[space], ())
        while rows:
            for key, stored in rows:
                try:
                    yield key, _decode(space, key, stored)
                except CorruptRecord:
                    yield key, None
            rows = self._rows(_NEXT[space], (rows[-1][0],))

    def close(self) -> None:
        if self._closed:
            return
        try:
            if self._failure is None:
                self.sync()
        finally:
            self._closed = True
            self._db.close()  # rolls back what was not committed, and empties the log into the main file

    def _open(self, synchronous: Synchronous) -> list[Gap]:
        db = self._db
        db.execute("PRAGMA locking_mode = EXCLUSIVE")  # before the first read, which then takes the lock for good
        if not is_fresh(db):
            gaps = inspect(db, self.path)  # before anything is written: the file may belong to somebody else
            self._configure(synchronous)
            return gaps
        self._configure(synchronous)
        db.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.values():
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {LAYOUT}")
        db.execute("COMMIT")
        return []

    def _configure(self, synchronous: Synchronous) -> None:
        mode = self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StorageError(f"{self.path}: no write-ahead log is possible there (journal mode {mode})")
        self._db.execute(f"PRAGMA synchronous = {synchronous}")

    def _run(self, rows: Sequence[tuple[str, bytes, bytes | None]]) -> None:
        execute = self._db.execute
        for space, key, stored in rows:
            if stored is None:
                execute(_DELETE[space], (key,))
            else:
                execute(_SET[space], (key, stored))

    def _run_atomically(self, rows: Sequence[tuple[str, bytes, bytes | None]]) -> None:
        execute = self._db.execute
        execute("SAVEPOINT batch")
        try:
            self._run(rows)
        except _DRIVER_ERRORS:
            if self._db.in_transaction:
                execute("ROLLBACK TO batch")
                execute("RELEASE batch")
            raise
        execute("RELEASE batch")

    def _rows(self, statement: str, after: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
        self._check_usable()
        try:
            return self._db.execute(statement, after).fetchall()
        except _DRIVER_ERRORS as error:
            raise self._error(error) from error

    def _check_usable(self) -> None:
        assert not self._closed, "the engine is closed"
        if self._failure is not None:
            raise StorageError(f"{self._failure} (earlier; close the engine and open it again)")

    def _error(self, error: Exception) -> StorageError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        reason = "it is damaged" if isinstance(error, UnicodeDecodeError) else _REASONS.get(code)
        return StorageError(f"{self.path}: {error}" if reason is None else f"{self.path}: {reason} ({error})")


def _decode(space: str, key: bytes, stored: object) -> Record:
    if not isinstance(stored, bytes):  # a rotten type byte turns a blob into another type of SQLite
        raise CorruptRecord(space, key, f"{type(stored).__name__} stored, not bytes")
    return decode(space, key, stored)
