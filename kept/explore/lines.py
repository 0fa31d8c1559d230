"""Which lines of the store ran: a trace of the interpreter while a node takes a step, and only then."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import dynamo.core

_ROOT = str(Path(dynamo.core.__file__).parent) if dynamo.core.__file__ else ""
Line = tuple[str, int]


class Lines:
    """The lines of dynamo.core that were executed in calls of `watching`."""

    def __init__(self) -> None:
        self.seen: set[Line] = set()

    def watching(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Call something, and note which lines run. Where somebody else traces already, he goes on alone."""
        if sys.gettrace() is not None:
            return call(*arguments)
        sys.settrace(self._call)
        try:
            return call(*arguments)
        finally:
            sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_ROOT) else None

    def _line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


def all_lines() -> int:
    """How many lines of functions dynamo.core has."""
    total: set[Line] = set()
    for path in sorted(Path(_ROOT).glob("*.py")):
        for code in _functions(compile(path.read_bytes(), str(path), "exec"), inside=False):
            total |= {(str(path), line) for _, _, line in code.co_lines() if line and line != code.co_firstlineno}
    return len(total)


def _functions(code: CodeType, inside: bool) -> Iterator[CodeType]:
    """The code of every function: what runs when it is called, not when its module is loaded."""
    is_function = inside or bool(code.co_flags & 0x1 and code.co_name != "<module>")  # CO_OPTIMIZED
    if is_function:
        yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _functions(constant, is_function)
