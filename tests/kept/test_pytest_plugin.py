"""kept.pytest_plugin: options, marks, fixtures and reports, in projects made for the purpose."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

# A run inside this process forgets what it imported, and numpy cannot be imported twice.
import kept.api
import kept.testing.asserting
import kept.testing.factory
import kept.testing.failure
import kept.testing.machine
import kept.testing.plugin
import kept.testing.replayed  # noqa: F401

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
MACHINE = """
    from hypothesis import settings
    from kept.testing import StoreMachine
    from kept.testing.profiles import settings_of

    class Calm(StoreMachine):
        config = {"nodes": 3, "partitions": 4}
        faults = ()
        def teardown(self):
            super().teardown()
            with open("steps.txt", "a") as file:
                file.write(repr(self.cluster.steps) + "\\\\n")

    TestCalm = Calm.TestCase
    TestCalm.settings = settings(settings_of("pr"), max_examples=3, stateful_step_count=5)
"""
LOSES = """
    import pytest

    @pytest.mark.kept_run(seeds=1, ops=200, versions="lww", faults=("clock-jump",), keys=3)
    @pytest.mark.guarantees("no-lost-write")
    def test_it_loses_nothing(kept_run):
        assert kept_run.holds
"""
HOLDS = """
    import pytest

    @pytest.mark.kept_run(seeds=2, ops=30, nodes=3)
    def test_it_holds(kept_run):
        assert kept_run.holds
        print("ran", kept_run.config.seed)
"""


WITHOUT = ("no:cacheprovider", "no:randomly")


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    ordered = () if "randomly" in options else ("-p", "no:randomly")
    return pytester.runpytest_inprocess("-p", "kept.pytest_plugin", "-p", "no:cacheprovider", *ordered, *options)


# Without us


def test_a_project_that_does_not_use_it_loads_nothing_of_the_workbench(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            heavy = {"kept.api", "kept.lab", "kept.testing.cluster", "kept.testing.session", "numpy", "pydantic"}
            assert not heavy & set(sys.modules)
        """
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "kept.pytest_plugin",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
        ],
        cwd=pytester.path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (pytester.path / ".kept").exists()
    assert "kept:" not in done.stdout


def test_it_may_be_named_twice_and_its_options_are_registered_once(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["kept.pytest_plugin"]')
    pytester.makepyfile("def test_nothing(): pass")
    told = run(pytester, "-p", "kept.pytest_plugin", "--help").stdout.str()
    assert told.count("--kept-seed") == 1
    run(pytester).assert_outcomes(passed=1)


def test_the_marks_are_known_to_a_strict_project(pytester: pytest.Pytester) -> None:
    told = run(pytester, "--markers").stdout.str()
    assert "@pytest.mark.kept_run(seeds=3, **fields)" in told
    assert "@pytest.mark.guarantees(*claims)" in told


# Marked runs


def test_a_marked_run_is_made_with_each_seed_and_judged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HOLDS)
    result = run(pytester, "-v", "-s", "--strict-markers", "--kept-seed=5")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["kept: --kept-seed=5, profile pr", "*seed5*ran 5*", "*seed6*ran 6*"])


def test_a_violation_fails_the_test_with_a_section_and_a_schedule_that_replays(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(LOSES)
    result = run(pytester, "--kept-corpus=corpus", "--junit-xml=junit.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*NoLostWriteViolated: no-lost-write: *",
            "*- kept: test_it_loses_nothing?seed0? -*",
            "*the later put lost*",
            "seed: 0",
            "replay: kept replay .kept/test-it-loses-nothing-seed0",
        ]
    )
    assert (pytester.path / ".kept" / "test-it-loses-nothing-seed0" / "schedule.json").is_file()
    properties = {
        each.get("name"): each.get("value") for each in ElementTree.parse("junit.xml").getroot().iter("property")
    }
    assert properties["kept_seed"] == "0"
    assert "no-lost-write" in str(properties["kept_claims"]).split(",")
    assert "no-lost-write=invalid" in str(properties["kept_verdicts"]).split(",")
    pytester.makepyfile("def test_nothing(): pass")
    again = run(pytester, "--kept-corpus=corpus", "-v")
    again.assert_outcomes(failed=1, passed=1)
    again.stdout.fnmatch_lines(["*kept-corpus*FAILED*", "*test_nothing*", "FAILED: no-lost-write is violated again*"])


def test_a_fault_in_the_marks_is_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.guarantees("no-lost-writes")
        def test_it(): pass
        """
    )
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*claim: no-lost-writes; accepted: *did you mean no-lost-write?"])


# Clusters and histories


def test_the_clusters_of_a_test_are_held_against_its_guarantees(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        def two_puts(cluster):
            cluster.put("k", "1", node="n1")
            cluster.put("k", "2", client=1, node="n2")

        @pytest.mark.guarantees("no-lost-write")
        def test_siblings_keep_both(cluster_factory):
            two_puts(cluster_factory())

        @pytest.mark.guarantees("no-lost-write")
        def test_last_writer_wins_loses_one(cluster_factory):
            two_puts(cluster_factory(versions="lww"))

        def test_nothing_is_guaranteed(cluster_factory):
            two_puts(cluster_factory(versions="lww"))

        def test_a_local_cluster(cluster_factory):
            cluster = cluster_factory.local(nodes=3)
            cluster.put(b"k", b"", b"1")
            assert cluster.get(b"k").values == (b"1",)
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*kept: test_last_writer_wins_loses_one*", "replay: kept replay .kept/test-last-*"])


def test_a_history_that_a_test_observes_is_held_against_a_level(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_stale(history, assert_history):
            with history.operation("write", value=1, process=0):
                pass
            with history.operation("write", value=2, process=0):
                pass
            with history.operation("read", process=1) as read:
                read.result = 1
            assert_history(history, level="sequential")
            assert_history(history)
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*LinearizableViolated*"])


# Seeds, profiles, budget

RECORDS = """
    import pytest
    from hypothesis import given, settings, strategies as st

    @pytest.mark.kept_run(seeds=1, ops=5, nodes=3)
    def test_run(kept_run):
        with open("seen.txt", "a") as file:
            file.write(f"{kept_run.config.seed} ")

    @given(st.integers())
    def test_drawn(number):
        with open("seen.txt", "a") as file:
            file.write(f"{number} ")
"""


def seen(pytester: pytest.Pytester, *options: str) -> str:
    file = pytester.path / "seen.txt"
    file.unlink(missing_ok=True)
    result = run(pytester, *options)
    assert result.ret == 0
    return file.read_text()


def test_at_night_new_examples_are_explored_under_ci_and_one_seed_repeats(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    pytester.makepyfile(
        RECORDS.replace("@given", "@settings(max_examples=5)\n    @given").replace("seeds=1", "seeds=1")
    )
    nightly = "--kept-profile=nightly"
    first, second = seen(pytester, nightly), seen(pytester, nightly)
    assert first != second, "no seed was given: each night has its own"
    assert seen(pytester, nightly, "--kept-seed=last") == second
    assert seen(pytester, nightly, "--kept-seed=1") == seen(pytester, nightly, "--kept-seed=1")
    assert seen(pytester, nightly, "--kept-seed=1") != seen(pytester, nightly, "--kept-seed=2")


def test_a_machine_does_what_the_seed_says_whatever_random_state_others_set(pytester: pytest.Pytester) -> None:
    """As pytest-randomly does: it seeds the global generators before each test, and shuffles the tests."""
    pytester.makepyfile(MACHINE)
    steps = pytester.path / "steps.txt"

    def done(seed: int, reseed: int) -> str:
        pytester.makeconftest(
            f"""
            import random

            def pytest_runtest_setup(item):
                random.seed({reseed})

            def pytest_runtest_call(item):
                random.seed({reseed})
            """
        )
        steps.unlink(missing_ok=True)
        run(pytester, f"--kept-seed={seed}").assert_outcomes(passed=1)
        return steps.read_text()

    assert done(1, 7) == done(1, 8)
    assert done(1, 7) != done(2, 7)


def test_the_corpus_comes_first_whoever_shuffles_and_can_be_deselected(pytester: pytest.Pytester) -> None:
    from kept.testing.cluster import SimCluster

    cluster = SimCluster()
    cluster.put("k", "1")
    (pytester.path / "corpus" / "one").mkdir(parents=True)
    cluster.report.schedule.save(pytester.path / "corpus" / "one")
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_collection_modifyitems(items):
            items.reverse()
        """
    )
    pytester.makepyfile("def test_a(): pass\ndef test_b(): pass")
    result = run(pytester, "-v", "--kept-corpus=corpus")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*kept-corpus*one*PASSED*", "*test_b*", "*test_a*"])
    run(pytester, "-k", "test_a", "--kept-corpus=corpus").assert_outcomes(passed=1, deselected=2)
    run(pytester, "--kept-corpus=none-yet").assert_outcomes(passed=2)


def test_the_processes_of_xdist_share_one_seed(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(HOLDS.replace("seeds=2", "seeds=1"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "kept.pytest_plugin", "-n2", "-v", "--kept-profile=nightly"],
        cwd=pytester.path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


SHUFFLED = """
    import pytest

    @pytest.mark.parametrize("number", range(5))
    def test_ordered(number, cluster_factory):
        assert cluster_factory().put("k", str(number)).ok
        with open("order.txt", "a") as file:
            file.write(f"{number} ")

    def test_real(cluster_factory):
        assert cluster_factory.local(nodes=3).put(b"k", b"", b"v") is not None
"""


def test_it_works_beside_pytest_randomly(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_randomly")
    pytester.makepyfile(test_machine=MACHINE, test_runs=HOLDS, test_order=SHUFFLED)
    steps, order = pytester.path / "steps.txt", pytester.path / "order.txt"
    found, orders = [], []
    for seed in range(3):
        for file in (steps, order):
            file.unlink(missing_ok=True)
        run(pytester, "-p", "randomly", f"--randomly-seed={seed}", "--kept-seed=1").assert_outcomes(passed=9)
        found.append(steps.read_text())
        orders.append(order.read_text())
    assert len(set(found)) == 1
    assert len(set(orders)) > 1, "the tests were shuffled"


def test_when_the_budget_is_spent_no_simulated_test_begins(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HOLDS + "\n    def test_other(): pass\n")
    result = run(pytester, "--kept-budget=1ms", "-rs")
    result.assert_outcomes(skipped=2, passed=1)
    result.stdout.fnmatch_lines(["*--kept-budget: 0.001 s are spent*"])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--kept-seed=many", "*--kept-seed: many; accepted: a whole number*"),
        ("--kept-seed=last", "*--kept-seed: last, but no run is noted in .kept*"),
        ("--kept-budget=soon", "*--kept-budget: soon; accepted: *"),
        ("--kept-profile=weekly", "*argument --kept-profile: invalid choice: 'weekly'*"),
    ],
)
def test_a_wrong_option_is_one_line_and_nothing_runs(pytester: pytest.Pytester, option: str, message: str) -> None:
    result = run(pytester, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert not (pytester.path / ".kept").exists()
