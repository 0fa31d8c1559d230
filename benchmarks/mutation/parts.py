"""What is mutated, in parts: a package, its tests, and a second line of checks that are no unit tests."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutation import lines

Line = Callable[[], list[str]]
"""Runs the second line; says what it came to, the same of the same code."""


class Part(NamedTuple):
    """One package and who watches it."""

    name: str
    package: str
    tests: tuple[str, ...]
    """Collected once; of a module the mirrored ones come first."""
    line: str
    """The second line in words; empty where there is none."""
    prepare: Callable[[], Line]
    """Made before anything is mutated."""
    slack_s: float = 4.0
    """CPU seconds more than its usual time that a test may take: fixtures are made anew in every trial."""
    deep: bool = False
    """Whether the package's own packages belong to it."""

    def modules(self, root: Path) -> list[str]:
        folder = root / self.package
        found = folder.rglob("*.py") if self.deep else folder.glob("*.py")
        return sorted(path.relative_to(root).as_posix() for path in found if path.name != "__init__.py")


def _files(folder: str) -> tuple[str, ...]:
    return (f"tests/{folder}",)


PARTS = {
    part.name: part
    for part in (
        Part("core", "dynamo/core", ("tests/dynamo/core", "tests/scenarios"), "scenarios and runs", lines.of_the_store),
        Part("claims", "checkers", ("tests/checkers/test_*.py",), "recorded runs", lines.of_the_claims),
        Part("conformance", "checkers/conformance", _files("checkers/conformance"), "", lines.of_nothing),
        Part("ladder", "checkers/ladder", _files("checkers/ladder"), "small histories", lines.of_the_ladder),
        Part(
            "linearizability",
            "checkers/linearizability",
            _files("checkers/linearizability"),
            "small histories",
            lines.of_linearizability,
            slack_s=15.0,
        ),
        Part("proofs", "checkers/proofs", _files("checkers/proofs"), "", lines.of_nothing, deep=True),
        Part("staleness", "checkers/staleness", _files("checkers/staleness"), "", lines.of_nothing),
        Part("workloads", "checkers/workloads", _files("checkers/workloads"), "", lines.of_nothing),
    )
}


def mirrored(module: str, test: str) -> bool:
    """Whether a test file is one of the module's own: `test_ring.py` and `test_ring_<more>.py` of `ring.py`."""
    folder, _, name = module.removesuffix(".py").rpartition("/")
    at, _, file = test.removesuffix(".py").rpartition("/")
    if module == "dynamo/core/versioning.py":  # as tests/test_layout.py has it
        name = "dotted"
    return at == f"tests/{folder}" and (file == f"test_{name}" or file.startswith(f"test_{name}_"))
