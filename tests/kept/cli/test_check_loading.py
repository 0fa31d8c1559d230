"""What `kept check` loads before it judges a small history."""

import subprocess
import sys
from pathlib import Path

import pytest

EDN = """{:process 0 :type :invoke :f :write :value 1}
{:process 0 :type :ok :f :write :value 1}
{:process 1 :type :invoke :f :cas :value [1 2]}
{:process 1 :type :ok :f :cas :value [1 2]}
{:process 0 :type :invoke :f :read :value nil}
{:process 0 :type :ok :f :read :value 2}
"""
ROW = '{"process":0,"f":"read","start":0,"end":1}\n'


@pytest.mark.parametrize("text", [EDN, ROW])
def test_a_small_history_loads_nothing_that_takes_longer_than_to_judge_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "good").write_text(text, encoding="utf-8")
    program = (
        "import sys; from kept.cli.main import main; code = main(['check', 'good', '--quiet']); "
        "heavy = ('numba', 'z3', 'rich', 'pyarrow', 'networkx', 'kept.lab.run', 'kept.sim.world', 'pydantic', "
        "'checkers.registry', 'multiprocessing', 'numpy.ma'); "
        "print([name for name in heavy if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr
