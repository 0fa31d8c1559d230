"""Fuzzing guided by coverage (atheris, libFuzzer): the cases of `fuzzcheck`, chosen by what new code they reach.

Run by `python -m benchmarks fuzzcheck --atheris`, in a process of its own: what is imported here is instrumented.
"""

import sys
import tempfile
from pathlib import Path

INSTRUMENTED = ["histories", "kept.judge", "kept.report", "checkers"]


class Bytes:
    """Choices read from bytes, two at a time; 0 where none are left."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def randrange(self, stop: int, /) -> int:
        part = self._data[self._at : self._at + 2]
        self._at += 2
        return int.from_bytes(part, "little") % stop


def fuzz(seconds: str, seed: str) -> int:
    """Fuzz for so long; 64 where atheris is not installed. The first complaint is kept and ends the process with 77."""
    try:
        import atheris  # noqa: PLC0415 - an extra that fits few machines
    except ImportError:
        print("bench fuzzcheck: --atheris: atheris is not installed; accepted: kept[fuzz]", file=sys.stderr)
        return 64
    with atheris.instrument_imports(include=INSTRUMENTED):
        import kept.cli.check  # noqa: PLC0415
        import kept.report.checked  # noqa: F401, PLC0415
        from benchmarks.fuzzcheck import Case, complaint, keep, spoiled  # noqa: PLC0415
    folder = tempfile.mkdtemp()

    def one(data: bytes) -> None:
        # Half of the cases are spoiled samples; the others are the bytes themselves.
        case = spoiled(Bytes(data[1:])) if data[:1] < b"\x80" else Case(data[1:], ())
        wrong = complaint(case, Path(folder) / "h")
        if wrong is not None:
            keep(case, wrong, f"{seed}-guided")
            raise AssertionError(wrong)

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096"], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(fuzz(*sys.argv[1:]))
