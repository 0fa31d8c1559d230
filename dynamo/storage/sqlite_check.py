"""What `SQLiteEngine` finds out about a file before it trusts it.

A record's checksum says nothing about a record that cannot be found any more. So the file is read as a whole when it
is opened: SQLite checks the structure of its trees (``PRAGMA quick_check``), and each row is compared with its
checksum and with the order of its neighbours. A row whose key has rotten is then still known by its place.
"""

import sqlite3
from os import stat
from typing import NamedTuple

from dynamo.core.effects import SPACES
from dynamo.core.errors import CorruptRecord, StorageError
from dynamo.storage.record import checked

APPLICATION_ID = 0x6B657074
"""``kept`` in ASCII, in the header of the file (sqlite.org/fileformat2.html, section 1.3.16)."""
LAYOUT = 1
"""The version of the tables, kept as ``user_version``."""
_SMALLEST_PAGE_BYTES = 512
SCHEMA = {
    space: f"CREATE TABLE {space} (key BLOB NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID"
    for space in SPACES
}


class Gap(NamedTuple):
    """A damaged row and the sound keys next to it. If its key is what has rotten, the true one lies between them."""

    space: str
    key: bytes
    low: bytes | None
    high: bytes | None

    def may_hide(self, space: str, key: bytes) -> bool:
        """Whether the damaged row may once have been the record of `key`, which is not in the table."""
        if space != self.space or (self.low is not None and key <= self.low):
            return False
        return self.high is None or key < self.high


def refuse_stump(path: str) -> None:
    """Raise StorageError for a file too short for a database: SQLite takes a file of one byte for a new one."""
    try:
        size_bytes = stat(path).st_size
    except OSError:
        return  # it is not there yet, or SQLite will say what is wrong with it
    if 0 < size_bytes < _SMALLEST_PAGE_BYTES:
        raise StorageError(f"{path}: it is not a database: it has {size_bytes} bytes")


def is_fresh(db: sqlite3.Connection) -> bool:
    """Whether nobody has put anything into the file yet."""
    return _identity(db) == (0, 0) and not _schema(db)


def inspect(db: sqlite3.Connection, path: str) -> list[Gap]:
    """The damaged rows of a file that is not fresh.

    Raises StorageError where the file is not a store of this layout, or so damaged that a sound record might not be
    found in it.
    """
    application_id, layout = _identity(db)
    if application_id != APPLICATION_ID:
        raise StorageError(f"{path}: it is a database of another program (application id {application_id:#x})")
    if layout != LAYOUT:
        raise StorageError(f"{path}: its layout is {layout}, this version reads layout {LAYOUT}")
    if _schema(db) != {("table", space, space, statement) for space, statement in SCHEMA.items()}:
        raise StorageError(f"{path}: it is damaged: its tables are not those of layout {LAYOUT}")
    verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise StorageError(f"{path}: it is damaged: {' '.join(str(verdict).split())}")
    return [gap for space in SPACES for gap in _gaps(db, path, space)]


def _identity(db: sqlite3.Connection) -> tuple[int, int]:
    return db.execute("PRAGMA application_id").fetchone()[0], db.execute("PRAGMA user_version").fetchone()[0]


def _schema(db: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
    return set(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def _gaps(db: sqlite3.Connection, path: str, space: str) -> list[Gap]:
    gaps: list[Gap] = []
    open_since = 0  # the gaps from here on have no upper end yet
    last: bytes | None = None
    sound: bytes | None = None
    for key, stored in db.execute(f"SELECT key, record FROM {space} ORDER BY key"):
        if not isinstance(key, bytes) or (last is not None and key <= last):
            raise StorageError(f"{path}: it is damaged: the keys of {space} are not in order near {last!r}")
        last = key
        if _is_sound(space, key, stored):
            sound = key
            if open_since < len(gaps):
                gaps[open_since:] = [gap._replace(high=key) for gap in gaps[open_since:]]
                open_since = len(gaps)
        else:
            gaps.append(Gap(space, key, sound, None))
    return gaps


def _is_sound(space: str, key: bytes, stored: object) -> bool:
    if not isinstance(stored, bytes):
        return False
    try:
        checked(space, key, stored)
    except CorruptRecord:
        return False
    return True
