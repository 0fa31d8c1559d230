"""kept.explore.lines: lines of the store that ran are seen, and only those."""

import sys

from dynamo.core.vector import covers, join
from kept.explore.lines import Lines, all_lines


def test_lines_of_the_store_are_seen_while_it_is_watched() -> None:
    before = sys.gettrace()
    sys.settrace(None)  # a debugger or a measurement of coverage would go first
    try:
        lines = Lines()
        covers({"a": 1}, ("a", 1))
        assert not lines.seen
        assert lines.watching(join, {"a": 1}, {"b": 1}) == {"a": 1, "b": 1}
        assert sys.gettrace() is None
    finally:
        sys.settrace(before)
    assert {file.rpartition("/")[2] for file, _ in lines.seen} == {"vector.py"}
    assert 5 <= len(lines.seen) <= all_lines()


def test_whoever_traces_already_goes_on_alone() -> None:
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        lines = Lines()
        assert lines.watching(join, {}, {"b": 1}) == {"b": 1}
        assert not lines.seen
    finally:
        sys.settrace(before)
