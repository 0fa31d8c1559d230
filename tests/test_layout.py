"""The shape of the project: what is shipped, what is locked, where tests stand, how long things may be."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("dynamo", "histories", "model", "checkers", "kept")
TOOLING = ("tools", "tests", "benchmarks", "examples", "dev.py")
GENERATED = {"__pycache__", "build", "dist", "kept-runs"}

MODULE_LINES, FUNCTION_LINES = 400, 70

COVERED_ELSEWHERE = {
    # A module without behaviour of its own, and the test that exercises it. Keep it short.
    "dynamo/core/versioning.py": "tests/dynamo/core/test_dotted.py",
    "tools/determinism.py": "tests/test_determinism_lint.py",
}
ONE_TEST_FOR_ALL = {"kept/zoo": "tests/kept/zoo/test_catalogue.py"}
"""Packages of many small alike modules, and the one test that runs every one of them."""

HEAVY = frozenset({"z3", "numba", "pyarrow", "dask", "jinja2", "rich", "networkx"})


def files(*suffixes: str) -> list[Path]:
    """The project's own files: nothing generated, no environment, no repository data."""

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore", ".importlinter"}
            if hidden or path.name in GENERATED or path.name.endswith(".egg-info"):
                continue
            if path.is_dir():
                yield from walk(path)
            elif not suffixes or path.suffix in suffixes:
                yield path

    return list(walk(ROOT))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*tops: str) -> list[Path]:
    return [path for path in files(".py") if name(path).partition("/")[0] in tops]


# What is shipped


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_contains_exactly_the_five_packages(wheel: zipfile.ZipFile) -> None:
    tops = {entry.partition("/")[0] for entry in wheel.namelist()}
    metadata = {top for top in tops if top.endswith(".dist-info")}
    assert tops - metadata == set(PACKAGES)


def test_the_wheel_contains_every_module_of_the_five_packages(wheel: zipfile.ZipFile) -> None:
    shipped = {entry for entry in wheel.namelist() if entry.endswith(".py")}
    assert shipped == {name(path) for path in modules(*PACKAGES)}


def test_the_wheel_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    (metadata,) = (entry for entry in wheel.namelist() if entry.endswith(".dist-info/METADATA"))
    (licence,) = (entry for entry in wheel.namelist() if entry.endswith(".dist-info/licenses/LICENSE"))
    assert "License-Expression: Apache-2.0" in wheel.read(metadata).decode().splitlines()
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_every_folder_of_modules_is_a_package() -> None:
    """Import contracts and `mypy` pass silently over a folder without an `__init__.py`."""
    folders = {path.parent for path in modules(*PACKAGES, "tools")}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


# What is locked


def requirements() -> list[str]:
    """The logical lines of the lock."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_every_line_of_the_lock_pins_one_version_and_its_hashes_and_nothing_else() -> None:
    pin = re.compile(r"[a-z0-9-]+==[\w.+!]+( ; [^-]*)?( +--hash=sha256:[0-9a-f]{64})+ *")
    assert [line[:60] for line in requirements() if not pin.fullmatch(line)] == []


def test_the_lock_holds_every_declared_dependency_and_the_build_backend() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    declared = [*project["build-system"]["requires"], *project["project"]["dependencies"], "editables"]
    declared += [requirement for extra in extras for requirement in extra]
    names = {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in declared}
    assert names <= {line.partition("==")[0] for line in requirements()}


# Where tests stand


def test_every_module_has_its_test_at_the_mirrored_path_or_is_listed_with_the_test_that_covers_it() -> None:
    def test_of(module: str) -> str:
        for package, test in ONE_TEST_FOR_ALL.items():
            if module.startswith(f"{package}/"):
                return test
        folder, _, file = module.rpartition("/")
        return COVERED_ELSEWHERE.get(module, f"tests/{folder}/test_{file}")

    named = [name(path) for path in modules(*PACKAGES, "tools") if path.name != "__init__.py"]
    missing = {module: test_of(module) for module in named if not (ROOT / test_of(module)).exists()}
    assert missing == {}


def test_the_table_of_exceptions_names_only_modules_that_exist_and_have_no_test_of_their_own() -> None:
    assert [module for module in COVERED_ELSEWHERE if not (ROOT / module).is_file()] == []
    mirrored = {module: Path("tests", Path(module).parent, f"test_{Path(module).name}") for module in COVERED_ELSEWHERE}
    assert [module for module, path in mirrored.items() if (ROOT / path).exists()] == []


def test_a_test_that_covers_a_module_of_the_table_imports_it() -> None:
    dotted = {module: module.removesuffix(".py").replace("/", ".") for module in COVERED_ELSEWHERE}
    texts = {module: (ROOT / test).read_text(encoding="utf-8") for module, test in COVERED_ELSEWHERE.items()}
    assert [module for module in COVERED_ELSEWHERE if f"from {dotted[module]} import" not in texts[module]] == []


# How long things may be


def test_no_module_is_longer_than_the_limit() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES, *TOOLING)}
    assert {module: count for module, count in lines.items() if count > MODULE_LINES} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name} ({(node.end_lineno or 0) - node.lineno + 1} lines)"
        for path in modules(*PACKAGES, *TOOLING)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


# What no file may say

FOREIGN = re.compile(
    r"(?:pypi|pythonhosted|anaconda|pytorch)[.]org"  # a package host
    r"|(?<![\w-])--(?:(?:extra-)?index-url|find-links|trusted-host)"
    r"|(?<![\w.])/(?:home|Users|root|work|mnt)/\w|[A-Z]:\\Users"  # a developer's machine
)


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("see https://py" + "pi.org/project/kept", True),
        ("pip install --index" + "-url x", True),
        ("pip install --extra-index" + "-url x", True),
        ("open('/ho" + "me/ada/kept')", True),
        ("/Us" + "ers/ada/kept", True),
        ("uv pip compile --no-emit-index-url", False),
        ("a/root/b and docs/home/page", False),
        ("#!/usr/bin/env python3", False),
    ],
)
def test_a_package_host_and_a_path_of_somebodys_machine_are_recognised(text: str, foreign: bool) -> None:
    assert bool(FOREIGN.search(text)) == foreign


def test_no_file_names_a_package_host_an_index_or_a_path_of_somebodys_machine() -> None:
    found = []
    for path in files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{name(path)}: {match.group()}" for match in FOREIGN.finditer(text)]
    assert found == []


# What the command may load at its start


def imported_at_once(source: str) -> set[str]:
    """The top names that a module imports when it is loaded: not inside functions, not for types only."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import rich.console", {"rich"}),
        ("from z3 import Int", {"z3"}),
        ("try:\n    import numba\nexcept ImportError:\n    import dask", {"numba", "dask"}),
        ("class A:\n    import jinja2", {"jinja2"}),
        ("def f():\n    import rich", set()),
        ("if TYPE_CHECKING:\n    import networkx", set()),
        ("from .rich import x", set()),
    ],
)
def test_an_import_at_module_level_is_recognised(source: str, imported: set[str]) -> None:
    assert imported_at_once(source) == imported


def test_the_command_line_imports_nothing_heavy_when_it_is_loaded() -> None:
    sources = {name(path): path.read_text(encoding="utf-8") for path in modules("kept") if "kept/cli/" in name(path)}
    heavy = {module: sorted(imported_at_once(source) & HEAVY) for module, source in sources.items()}
    assert {module: found for module, found in heavy.items() if found} == {}
