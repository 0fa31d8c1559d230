"""How a mutant gets into a process: its code in place of the original's in functions that live, or a loader of its own.

Functions are shared by all who imported them, so new code in them reaches everybody at once and no module is loaded
again. What a module does while it is loaded (constants, defaults, fields of classes) needs the loader, and a process
that has not imported the module yet.
"""

import ast
import gc
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from benchmarks.mutation.mutants import Mutant

Place = tuple[str, int]
"""Qualified name and first line of a function."""


class NotLive(LookupError):
    """No living function can take the mutant; it needs a process of its own."""


def living(root: Path, modules: Sequence[str]) -> dict[str, dict[Place, list[FunctionType]]]:
    """Every function that lives in this process, by module and by place."""
    names = {str(root / module): module for module in modules}
    found: dict[str, dict[Place, list[FunctionType]]] = {module: {} for module in modules}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in names:
            code = thing.__code__
            of = found[names[code.co_filename]]
            of.setdefault((code.co_qualname, code.co_firstlineno), []).append(thing)
    return found


def swap(root: Path, mutant: Mutant, functions: dict[Place, list[FunctionType]]) -> None:
    """Put the mutant's code into the living functions that it changes; or raise `NotLive` and change nothing."""
    path = root / mutant.module
    text = path.read_text(encoding="utf-8")
    old = _codes(compile(text, str(path), "exec"))
    new = _codes(compile(mutant.source_of(text), str(path), "exec"))
    changed = [place for place, code in new.items() if code != old.get(place)]
    if not mutant.function or new.keys() - old.keys():
        raise NotLive(mutant.function)
    within = [place for place in changed if f"{place[0]}.".startswith(f"{mutant.function}.")]
    pairs = [(function, new[place]) for place in within for function in functions.get(place, ())]
    if not pairs or any(len(function.__code__.co_freevars) != len(code.co_freevars) for function, code in pairs):
        raise NotLive(mutant.function)
    for function, code in pairs:
        function.__code__ = code


def _codes(module: CodeType) -> dict[Place, CodeType]:
    """Every code object below a module's, by place; where several share one, the first."""
    found: dict[Place, CodeType] = {}
    for code in _nested(module):
        found.setdefault((code.co_qualname, code.co_firstlineno), code)
    return found


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


class MutantLoader(MetaPathFinder, Loader):
    """Loads one module from the tree of a mutant, and lets everybody else load the rest."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        self.root = root
        self.mutant = mutant
        self.name = mutant.module.removesuffix(".py").replace("/", ".")

    def install(self) -> None:
        if self.name in sys.modules:
            raise AssertionError(f"{self.name} was imported before its mutant")
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = self
        return spec

    def exec_module(self, module: ModuleType) -> None:
        path = self.root / self.mutant.module
        tree: ast.Module = self.mutant.source_of(path.read_text(encoding="utf-8"))
        exec(compile(tree, str(path), "exec"), module.__dict__)  # noqa: S102 - our own source, with one node changed
