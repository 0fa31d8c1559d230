"""kept.judge.ownrun: this store's histories are held against what their configuration promises, as far as recorded."""

import gzip
from pathlib import Path

import pytest

import kept
from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Valid
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.judge.ownrun import FROM_CLIENTS, own_run, own_verdicts, promised
from kept.judge.workloads import OWN_LEVELS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run")
    kept.run(directory, seed=1, ops=80, sloppy=False)
    return directory


@pytest.fixture(scope="module")
def losing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("losing")
    kept.run(directory, seed=3, versions="lww", faults=("clock-offset",))
    return directory


def test_a_whole_run_is_held_against_all_that_it_promises(recorded: Path) -> None:
    run = own_run(str(recorded / HISTORY_FILE))
    assert run.replicas is not None
    assert {"no-lost-write", "convergence", "fresh-reads"} <= set(promised(run))
    assert all(isinstance(verdict, Valid) for verdict in own_verdicts(run, ()).values())


@pytest.mark.parametrize("compressed", [False, True])
def test_a_history_alone_is_held_against_what_clients_can_see(recorded: Path, tmp_path: Path, compressed: bool) -> None:
    data = (recorded / HISTORY_FILE).read_bytes()
    alone = tmp_path / "moved"
    alone.write_bytes(gzip.compress(data) if compressed else data)
    run = own_run(str(alone))
    assert (run.trace, run.replicas) == (None, None)
    found = own_verdicts(run, ())
    assert set(found) <= {*FROM_CLIENTS, *OWN_LEVELS} <= {*CLAIMS, *OWN_LEVELS}
    assert "fresh-reads" in found
    assert all(isinstance(verdict, Valid) for verdict in found.values())


def test_a_promise_that_is_not_made_can_be_named(losing: Path) -> None:
    run = own_run(str(losing / HISTORY_FILE))
    assert "no-lost-write" not in promised(run)
    assert isinstance(own_verdicts(run, ("no-lost-write",))["no-lost-write"], Invalid)


def test_a_configuration_of_another_program_promises_only_unique_names(tmp_path: Path) -> None:
    path = tmp_path / HISTORY_FILE
    header = '{"kept":"history","version":1,"seed":1,"config":{"shape":"odd"},"created_by":"x","code":"y"}\n'
    path.write_text(header, encoding="utf-8")
    assert promised(own_run(str(path))) == ("unique-dots",)


def test_a_trace_beside_the_history_belongs_to_it(recorded: Path) -> None:
    assert (recorded / TRACE_FILE).exists()
    assert (recorded / REPLICAS_FILE).exists()
    assert own_run(str(recorded / HISTORY_FILE)).mintings_known
