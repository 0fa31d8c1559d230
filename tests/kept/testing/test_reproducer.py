"""kept.testing.reproducer: a failing example as a test that can be run."""

from pathlib import Path

from kept.testing.machine import StoreMachine
from kept.testing.reproducer import name_of, source

STEPS = ["answer_0 = state.put(client=0, key='k0', node='n1')", "state.crash(node='n1')"]


def test_the_name_says_machine_and_claim() -> None:
    assert name_of(StoreMachine, "no-lost-write") == "test_store_machine_no_lost_write"


def test_the_rules_are_called_in_their_order_and_then_the_end() -> None:
    assert source(StoreMachine, "no-lost-write", STEPS, 7) == (
        "from kept.testing.machine import StoreMachine\n\n\n"
        "def test_store_machine_no_lost_write():\n"
        "    state = StoreMachine(seed=7)\n"
        "    answer_0 = state.put(client=0, key='k0', node='n1')\n"
        "    state.crash(node='n1')\n"
        "    state.teardown()\n"
    )


def test_a_step_of_several_lines_stays_inside_the_function() -> None:
    text = source(StoreMachine, "x", ["a = b = state.f()\nc = a"], 0)
    assert "    a = b = state.f()\n    c = a\n" in text
    compile(text, "test.py", "exec")


def test_a_machine_in_a_file_that_is_no_module_is_loaded_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "machine_of_a_file.py"
    file.write_text("from kept.testing import StoreMachine\n\nclass Mine(StoreMachine):\n    pass\n", encoding="utf-8")
    loaded: dict[str, object] = {"__name__": "no.such.module", "__file__": str(file)}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), loaded)  # noqa: S102
    machine = loaded["Mine"]
    assert isinstance(machine, type)
    import sys
    from types import ModuleType

    module = ModuleType("no.such.module")
    vars(module).update(loaded)
    sys.modules["no.such.module"] = module
    try:
        text = source(machine, "x", [], 0)
    finally:
        del sys.modules["no.such.module"]
    assert "spec_from_file_location('machine_of_a_file'" in text
    made: dict[str, object] = {}
    exec(compile(text, "test.py", "exec"), made)  # noqa: S102
    assert isinstance(made["Mine"], type)


def test_a_machine_made_in_a_function_is_to_be_pasted_beside() -> None:
    class Local(StoreMachine):
        pass

    assert source(Local, "x", [], 0).startswith("# test_a_machine_made_in_a_function")
