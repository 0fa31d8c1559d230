"""New code in living functions, and modules that are loaded with their mistake."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.swapping import MutantLoader, NotLive, living, swap

SOURCE = """
LIMIT = 3

class Box:
    def __init__(self, most=LIMIT + 1):
        self.most = most

    @property
    def room(self):
        return [one for one in range(9) if one < self.most]

def outer(by):
    def inner(a):
        if a > 5:
            return sum(one for one in (a, by))
        return a + by
    return inner
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "boxed.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "boxed", raising=False)
    return tmp_path


def boxed() -> ModuleType:
    sys.modules.pop("boxed", None)
    importlib.invalidate_caches()
    return importlib.import_module("boxed")


def mutant(root: Path, before: str, after: str) -> Mutant:
    (found,) = (one for one in mutants(root, "boxed.py") if (one.before, one.after) == (before, after))
    return found


def swap_in(root: Path, before: str, after: str) -> None:
    swap(root, mutant(root, before, after), living(root, ["boxed.py"])["boxed.py"])


def test_what_was_imported_before_has_the_mistake_at_once(root: Path) -> None:
    module = boxed()
    room = module.Box(2)
    closed = module.outer(1)
    swap_in(root, "one < self.most", "one <= self.most")
    assert room.room == [0, 1, 2]
    swap_in(root, "a + by", "a - by")
    assert closed(5) == 4
    assert module.outer(2)(5) == 3


def test_a_mistake_that_leaves_code_out_is_swapped_too(root: Path) -> None:
    closed = boxed().outer(1)
    swap_in(root, "if a > 5:", "if False:")
    assert closed(6) == 7
    assert closed(1) == 2


def test_what_shows_when_a_module_is_loaded_cannot_be_swapped(root: Path) -> None:
    module = boxed()
    for before, after in (("3", "4"), ("LIMIT + 1", "LIMIT - 1")):
        with pytest.raises(NotLive):
            swap_in(root, before, after)
    assert (module.LIMIT, module.Box().most) == (3, 4)


def test_a_module_is_loaded_with_its_mistake_and_others_without(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    MutantLoader(root, mutant(root, "LIMIT + 1", "LIMIT - 1")).install()
    module = importlib.import_module("boxed")
    assert (module.LIMIT, module.Box().most) == (3, 2)


def test_it_is_our_mistake_to_come_too_late(root: Path) -> None:
    boxed()
    with pytest.raises(AssertionError, match="imported before"):
        MutantLoader(root, mutant(root, "3", "4")).install()
