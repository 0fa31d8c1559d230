"""Which tests a mutant meets."""

from benchmarks.mutation.baseline import Baseline, Watcher
from benchmarks.mutation.choice import choose, needs_loading
from benchmarks.mutation.mutants import Mutant

MODULE = "dynamo/core/ring.py"


def watcher(name: str, cpu_s: float, *lines: int) -> Watcher:
    return Watcher(name, cpu_s, {MODULE: frozenset(lines)} if lines else {})


def at(first: int, last: int, function: str = "f") -> Mutant:
    return Mutant(MODULE, 0, "name", "comparison", function, (first, last), first, "a < b", "a <= b")


BASELINE = Baseline(
    (
        watcher("tests/dynamo/core/test_ring.py::slow", 3.0, 10, 11),
        watcher("tests/dynamo/core/test_ring.py::fast", 0.1, 10),
        watcher("tests/dynamo/core/test_ring_more.py::one", 0.2, 11, 12),
        watcher("tests/dynamo/core/test_rings.py::another", 0.3, 10),
        watcher("tests/dynamo/core/test_puts.py::dear", 1.4, 10),
        watcher("tests/scenarios/test_scenarios.py::it[join]", 0.5, 10),
        watcher("tests/dynamo/core/test_vector.py::unconcerned", 0.1),
    ),
    {MODULE: frozenset({1, 30})},
    [],
    (),
)


def test_a_mutant_meets_the_tests_that_run_its_lines_its_own_first_and_the_cheapest_first() -> None:
    chosen = choose(at(10, 10), BASELINE, patience=1.0)
    assert chosen.own == ["tests/dynamo/core/test_ring.py::fast", "tests/dynamo/core/test_ring.py::slow"]
    assert chosen.others == ["tests/dynamo/core/test_rings.py::another"], "1.5 seconds do not reach for the dear one"
    assert chosen.scenarios == ["tests/scenarios/test_scenarios.py::it[join]"]


def test_patience_buys_more_tests() -> None:
    assert "tests/dynamo/core/test_puts.py::dear" in choose(at(10, 10), BASELINE, patience=2.0).others


def test_any_line_of_the_statement_is_enough() -> None:
    assert choose(at(12, 14), BASELINE, 1.0).own == ["tests/dynamo/core/test_ring_more.py::one"]
    assert choose(at(13, 14), BASELINE, 1.0)[:3] == ([], [], [])


def test_what_runs_when_the_module_is_loaded_needs_a_process_of_its_own_and_meets_all_that_use_the_module() -> None:
    assert needs_loading(at(30, 30), BASELINE)
    assert needs_loading(at(10, 10, function=""), BASELINE)
    assert not needs_loading(at(10, 10), BASELINE)
    chosen = choose(at(30, 30), BASELINE, 1.0)
    assert len(chosen.own) == 3
    assert "tests/dynamo/core/test_vector.py::unconcerned" not in chosen.others
