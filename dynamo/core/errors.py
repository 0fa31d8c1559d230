"""Errors by whose fault they are.

    StoreError
    ├── CallerError       the caller asked for something that the store cannot accept
    ├── PeerError         another node sent something that breaks the protocol
    └── StorageError      the disk or its engine failed
        └── CorruptRecord one record does not match its checksum

An `AssertionError` is none of these: it means a bug of our own.
"""


class StoreError(Exception):
    """The base of every error that the store raises on purpose."""


class CallerError(StoreError):
    """The request or the configuration is wrong; the message names the field, what was found and what is accepted."""


class PeerError(StoreError):
    """A message breaks the protocol."""


class StorageError(StoreError):
    """The storage engine could not do what it was asked."""


class CorruptRecord(StorageError):
    """A stored record does not match its checksum or cannot be decoded."""

    def __init__(self, space: str, key: bytes, reason: str) -> None:
        super().__init__(f"{space} {key!r}: {reason}")
        self.space = space
        self.key = key
        self.reason = reason
