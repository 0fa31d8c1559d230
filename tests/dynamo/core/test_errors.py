"""Errors say whose fault it was."""

import pytest

from dynamo.core import errors
from dynamo.core.errors import CallerError, CorruptRecord, PeerError, StorageError, StoreError


@pytest.mark.parametrize("kind", [CallerError, PeerError, StorageError])
def test_the_caller_a_peer_and_the_storage_are_three_faults(kind: type[StoreError]) -> None:
    others = {CallerError, PeerError, StorageError} - {kind}
    assert issubclass(kind, StoreError)
    assert not any(issubclass(kind, other) for other in others)


def test_a_bug_of_our_own_is_no_store_error() -> None:
    assert not issubclass(AssertionError, StoreError)


def test_a_corrupt_record_is_the_storages_fault_and_says_which_and_why() -> None:
    error = CorruptRecord("data", b"k\0", "checksum")
    assert isinstance(error, StorageError)
    assert str(error) == "data b'k\\x00': checksum"
    assert (error.space, error.key, error.reason) == ("data", b"k\0", "checksum")


def test_the_tree_at_the_top_of_the_module_is_the_tree_of_its_classes() -> None:
    kinds = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in kinds)
    assert len(kinds) == 5
