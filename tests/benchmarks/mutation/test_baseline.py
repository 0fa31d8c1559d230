"""What was measured counts only for the files that it was measured of."""

from pathlib import Path

from benchmarks.mutation.baseline import digest


def test_what_was_measured_of_other_lines_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "test_box.py").write_text("def test(): pass")
    (tmp_path / "box.py").write_text("LIMIT = 3")
    known = digest(tmp_path, ["test_box.py", "box.py"])
    assert digest(tmp_path, ["test_box.py", "box.py"]) == known
    (tmp_path / "box.py").write_text("\nLIMIT = 3")
    assert digest(tmp_path, ["test_box.py", "box.py"]) != known
