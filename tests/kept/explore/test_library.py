"""kept.explore.library: what one process gives another one finds, whole and once."""

from pathlib import Path
from typing import Any

from kept.explore.library import LOCAL, MESSAGE, SUFFIX, Library


def heard(library: Library) -> list[tuple[int, int, Any]]:
    found: list[tuple[int, int, Any]] = []
    library.news(lambda *news: found.append(news))
    return found


def test_what_one_process_gives_another_one_hears_once(tmp_path: Path) -> None:
    one, other = Library(tmp_path, "1"), Library(tmp_path, "2")
    one.give(LOCAL, 7, lambda: b"state")
    one.give(LOCAL, 7, lambda: 1 / 0)  # it is there already
    one.flush()
    assert heard(other) == [(LOCAL, 7, b"state")]
    other.give(MESSAGE, 8, lambda: ("n1", "n2"))
    other.flush()
    assert heard(one) == [(LOCAL, 7, b"state"), (MESSAGE, 8, ("n1", "n2"))]
    assert heard(other) == [(MESSAGE, 8, ("n1", "n2"))]


def test_what_is_half_written_is_left_for_later(tmp_path: Path) -> None:
    one, other = Library(tmp_path, "1"), Library(tmp_path, "2")
    one.give(LOCAL, 7, lambda: b"state")
    one.flush()
    path = tmp_path / f"1{SUFFIX}"
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert heard(other) == []
    path.write_bytes(whole)
    assert heard(other) == [(LOCAL, 7, b"state")]
