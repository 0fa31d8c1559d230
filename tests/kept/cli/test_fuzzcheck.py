"""However a file is spoiled, `kept check` judges it or says one line (`benchmarks.fuzzcheck`)."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzzcheck
from benchmarks.fuzzcheck import SAMPLES, Case, complaint, spoiled


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_every_spoiled_file_is_judged_or_told_in_one_line(tmp_path: Path, chance: random.Random) -> None:
    case = spoiled(chance)
    assert complaint(case, tmp_path / "h") is None


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_spoiled_was_valid(tmp_path: Path, name: str) -> None:
    flags = ("--initial", "{x 0, y 0}") if name == "txn" else ()
    assert complaint(Case(SAMPLES[name], flags), tmp_path / "h") is None
    assert fuzzcheck.kept(["check", str(tmp_path / "h"), *flags]) in (0, 1)


def test_every_format_and_every_flag_comes_up() -> None:
    cases = [spoiled(random.Random(seed)) for seed in range(400)]
    assert {case.flags for case in cases} == set(fuzzcheck.FLAGS)
    begins = {case.data[:4] for case in cases}
    assert {b"PAR1", b"INFO", b'{"ke', b"{:pr", b'[{"p', b"proc"} <= begins
    assert any(case.data.startswith(b"\x1f\x8b") for case in cases)


def test_a_traceback_and_a_silent_error_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: int) -> None:
        monkeypatch.setattr(fuzzcheck, "kept", lambda words: code)

    for code in (70, 3, 64):
        broken(code)
        assert complaint(Case(b"", ()), tmp_path / "h") is not None
    broken(0)
    assert complaint(Case(b"", ()), tmp_path / "h") is None
