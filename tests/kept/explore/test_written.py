"""kept.explore.written: a state that was written down is the same state in another process."""

from pathlib import Path
from random import Random

import pytest

from kept.explore.library import Unknown
from kept.explore.scope import Scope
from kept.explore.written import WrittenNodes

SCOPE = Scope(nodes=4, sloppy=True, crashes=1, duplicates=1, partitions=1, timeouts=1, versions="lww")


def test_states_steps_and_fingerprints_are_the_same_for_whoever_reads_them(tmp_path: Path) -> None:
    writer, reader = WrittenNodes(SCOPE, tmp_path, "writer"), WrittenNodes(SCOPE, tmp_path, "reader")
    draw = Random(5)
    compared = 0
    for _ in range(6):
        state = next(iter(writer.initial()))
        while True:
            read = reader.decode(writer.encode(state))
            assert reader.fingerprint(read) == writer.fingerprint(state)
            ours, theirs = list(writer.steps(state)), list(reader.steps(read))
            assert [str(step) for step, _ in ours] == [str(step) for step, _ in theirs]
            assert [writer.fingerprint(s) for _, s in ours] == [reader.fingerprint(s) for _, s in theirs]
            compared += len(ours)
            if not ours:
                break
            state = draw.choice(ours)[1]
    assert compared > 300


def test_a_state_of_another_library_is_refused(tmp_path: Path) -> None:
    writer = WrittenNodes(SCOPE, tmp_path / "one", "1")
    state = next(after for step, after in writer.steps(next(iter(writer.initial()))) if step.action == "put")
    with pytest.raises(Unknown, match="lacks"):
        WrittenNodes(SCOPE, tmp_path / "other", "1").decode(writer.encode(state))
