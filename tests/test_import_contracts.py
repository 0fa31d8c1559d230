"""The contracts in .importlinter hold on a house built as designed, and each forbidden import breaks one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = {
    "dynamo/core/node.py": "import dynamo.core.ring",
    "dynamo/core/ring.py": "import hashlib",
    "dynamo/storage/file.py": "import os\nimport dynamo.core.ring",
    "histories/operation.py": "",
    "histories/codec.py": "import os\nimport histories.operation",
    "model/explorer.py": "import histories.codec",
    "checkers/sessions.py": "import model.explorer\nimport histories.operation",
    "kept/sim/entropy.py": "import random",
    "kept/sim/world.py": "import dynamo.core.node\nimport dynamo.storage.file\nimport kept.sim.entropy",
    "kept/lab/run.py": "import kept.sim.world\nimport checkers.sessions\nimport time",
    "kept/cli/main.py": "import kept.lab.run",
}
NETWORK = {"dynamo/net/server.py": "import asyncio\nimport time\nimport dynamo.storage.file"}


def lint(root: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n")
        for parent in path.relative_to(root).parents:
            if parent != Path():
                (root / parent / "__init__.py").touch()
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", ROOT / ".importlinter", "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONSAFEPATH": "", "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("files", [HOUSE, HOUSE | NETWORK], ids=["without a network", "with a network"])
def test_the_house_as_designed_keeps_every_contract(files: dict[str, str], tmp_path: Path) -> None:
    done = lint(tmp_path, files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("dynamo/core/ring.py", "histories.operation"),
        ("dynamo/storage/file.py", "model.explorer"),
        ("dynamo/net/server.py", "checkers.sessions"),
        ("dynamo/core/ring.py", "kept.lab.run"),
        ("dynamo/core/ring.py", "dynamo.storage.file"),
        ("dynamo/core/ring.py", "dynamo.net.server"),
        ("dynamo/storage/file.py", "dynamo.net.server"),
        ("histories/operation.py", "dynamo.core.ring"),
        ("model/explorer.py", "dynamo.core.ring"),
        ("checkers/sessions.py", "dynamo.core.ring"),
        ("histories/operation.py", "model.explorer"),
        ("model/explorer.py", "checkers.sessions"),
        ("checkers/sessions.py", "kept.sim.world"),
        ("kept/sim/world.py", "histories.operation"),
        ("kept/sim/world.py", "model.explorer"),
        ("kept/sim/world.py", "checkers.sessions"),
        ("kept/sim/world.py", "dynamo.net.server"),
        ("kept/sim/world.py", "kept.lab.run"),
        ("kept/sim/world.py", "kept.cli.main"),
        ("kept/sim/world.py", "random"),
        ("dynamo/core/node.py", "os"),
        ("checkers/sessions.py", "os"),
    ],
)
def test_each_import_against_the_direction_breaks_a_contract(importer: str, imported: str, tmp_path: Path) -> None:
    files = HOUSE | NETWORK
    done = lint(tmp_path, files | {importer: f"{files[importer]}\nimport {imported}"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize(
    "package", ["dynamo/core/node.py", "kept/sim/world.py", "model/explorer.py", "checkers/sessions.py"]
)
def test_the_deterministic_packages_know_no_clock_and_no_chance(package: str, tmp_path: Path) -> None:
    modules = [
        "time",
        "random",
        "socket",
        "asyncio",
        "threading",
        "uuid",
        "secrets",
        "datetime",
        "multiprocessing",
        "os",
    ]
    done = lint(tmp_path, HOUSE | {package: "\n".join([HOUSE[package], *(f"import {module}" for module in modules)])})
    assert done.returncode == 1
    importer = package.removesuffix(".py").replace("/", ".")
    broken = [module for module in modules if f"{importer} -> {module} " in done.stdout]
    assert broken == modules


def test_a_clock_behind_another_module_breaks_the_contract(tmp_path: Path) -> None:
    done = lint(tmp_path, HOUSE | {"histories/operation.py": "import time"})
    assert done.returncode == 1
    assert "histories.operation -> time" in done.stdout
