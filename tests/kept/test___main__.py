"""`python -m kept` is the command."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2])


def test_the_module_is_the_command_and_returns_its_exit_code() -> None:
    for arguments, code in ((["--version"], 0), (["nonsense"], 64)):
        done = subprocess.run(
            [sys.executable, "-m", "kept", *arguments],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": SOURCE},
        )
        assert done.returncode == code, done.stderr
