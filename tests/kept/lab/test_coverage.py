"""kept.lab.coverage: the tables hold every mark that the store can leave, and a few seeds reach what they must."""

import ast
from pathlib import Path

import pytest

from kept.lab.config import RunConfig
from kept.lab.coverage import RECOVERY_PATHS, UNREACHED, unreached
from kept.sim.faults import KINDS

STORE = Path(__file__).resolve().parents[3] / "dynamo" / "core"


def marks_in_source() -> set[str]:
    found = set()
    for path in STORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "mark":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}: a mark's name is a literal"
                found.add(str(node.args[0].value))
    return found


def test_every_mark_of_the_store_is_either_a_path_that_runs_must_take_or_excused() -> None:
    assert marks_in_source() == set(RECOVERY_PATHS) | set(UNREACHED)
    assert not set(RECOVERY_PATHS) & set(UNREACHED)


def test_the_default_configuration_expects_nearly_every_path_and_every_fault_kind() -> None:
    missing = unreached(RunConfig(), {}, {})
    assert set(KINDS) <= set(missing)
    not_due = set(RECOVERY_PATHS) - set(missing)
    crowded = RunConfig(limits="tight", clients=16, workload="cart", rings=2, nodes=6)
    assert not_due - set(unreached(crowded, {}, {})) == {"acknowledged from memory", "blocking read repair"}
    assert len(not_due) == 18, "and three need two rings, and thirteen tight limits"


def test_nothing_is_missing_once_all_was_counted() -> None:
    assert unreached(RunConfig(), dict.fromkeys(KINDS, 1), dict.fromkeys(RECOVERY_PATHS, 1)) == ()


@pytest.mark.parametrize(
    ("config", "path", "due"),
    [
        (RunConfig(sloppy=False), "hint stored", False),
        (RunConfig(nodes=3), "hint stored", False),
        (RunConfig(faults=()), "hint stored", False),
        (RunConfig(faults=("loss",)), "request came twice", True),
        (RunConfig(read_repair="blocking"), "blocking read repair", True),
        (RunConfig(read_repair="off"), "read repair", False),
        (RunConfig(anti_entropy=False), "anti-entropy exchanged a key", False),
        (RunConfig(workload="register"), "tombstone reaped", False),
        (RunConfig(durable_copies=1), "acknowledged from memory", True),
        (RunConfig(), "request refused: too many under way", False),
        (RunConfig(limits="tight"), "request refused: too many under way", True),
        (RunConfig(limits="tight"), "request refused: the disk is behind", False),
        (RunConfig(limits="tight", clients=16), "request refused: the disk is behind", True),
        (RunConfig(limits="tight", nodes=3), "hint refused", False),
        (RunConfig(faults=("pause",)), "put for an earlier boot", False),
    ],
)
def test_a_path_is_due_only_where_the_configuration_leads_to_it(config: RunConfig, path: str, due: bool) -> None:
    assert (path in unreached(config, {}, {})) == due


def test_a_torn_write_needs_a_crash_and_a_partition_needs_two_nodes() -> None:
    assert "torn-write" not in unreached(RunConfig(faults=("torn-write",)), {}, {})
    assert "partition" not in unreached(RunConfig(nodes=1, n=1, r=1, w=1, faults=("partition",)), {}, {})
