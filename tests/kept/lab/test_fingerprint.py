"""The fingerprint of the code: it changes with every file that decides what a run does, and with nothing else."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import kept
from kept.lab import fingerprint


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two modules in place of the store."""
    (tmp_path / "store" / "core").mkdir(parents=True)
    for name in ("store/__init__.py", "store/core/node.py"):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    module = ModuleType("store")
    module.__file__ = str(tmp_path / "store" / "__init__.py")
    monkeypatch.setattr(fingerprint, "_DECIDING", ((module, "."),))
    return tmp_path / "store"


def taken() -> str:
    """The fingerprint, taken anew."""
    fingerprint.code_fingerprint.cache_clear()
    try:
        return fingerprint.code_fingerprint()
    finally:
        fingerprint.code_fingerprint.cache_clear()


def test_a_fingerprint_is_twelve_hexadecimal_digits_and_stays_the_same() -> None:
    assert re.fullmatch("[0-9a-f]{12}", taken())
    assert taken() == taken()


def test_a_change_of_one_byte_changes_it(package: Path) -> None:
    before = taken()
    (package / "core" / "node.py").write_text("x = 2\n", encoding="utf-8")
    assert taken() != before


def test_a_module_more_or_under_another_name_changes_it(package: Path) -> None:
    before = taken()
    (package / "core" / "node.py").rename(package / "core" / "replica.py")
    renamed = taken()
    (package / "core" / "more.py").touch()
    assert len({before, renamed, taken()}) == 3


def test_what_is_no_source_and_where_it_stands_does_not_matter(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken()
    (package / "core" / "node.cpython-311.pyc").write_bytes(b"\0")
    (package / "py.typed").touch()
    assert taken() == before
    package.rename(tmp_path / "elsewhere")
    module = ModuleType("store")
    module.__file__ = str(tmp_path / "elsewhere" / "__init__.py")
    monkeypatch.setattr(fingerprint, "_DECIDING", ((module, "."),))
    assert taken() == before


def test_a_file_says_which_version_made_it() -> None:
    assert fingerprint.created_by() == f"kept {kept.__version__}"
