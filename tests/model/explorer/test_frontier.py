import tempfile

import pytest

from model.explorer.explore import explore
from model.explorer.frontier import Frontier


def frontiers(system):
    return [Frontier(system.encode, system.decode, spool) for spool in (None, tempfile.TemporaryFile)]


def test_states_come_out_as_they_went_in_from_memory_and_from_a_file(grid):
    for frontier in frontiers(grid(9)):
        for again in range(3):
            for number in range(5):
                frontier.put(number + again, (number, again))
            assert len(frontier) == 5
            frontier.rewind()
            assert list(frontier.take(2)) == [(again, (0, again)), (1 + again, (1, again))]
            assert len(list(frontier.take(99))) == 3
            assert list(frontier.take(1)) == []
        frontier.close()


def test_what_is_dumped_is_loaded_and_stays(grid):
    for frontier in frontiers(grid(9)):
        for number in range(4):
            frontier.put(number, (number, number))
        frontier.rewind()
        data = frontier.dump()
        for other in frontiers(grid(9)):
            other.load(data)
            assert list(other.take(9)) == [(number, (number, number)) for number in range(4)]
            other.close()
        assert len(list(frontier.take(9))) == 4
        frontier.close()


def test_a_search_with_its_frontier_on_disk_finds_the_same(philosophers):
    spooled = explore(philosophers(6), spool=tempfile.TemporaryFile)
    assert spooled == explore(philosophers(6))


def test_a_frontier_on_disk_needs_states_that_can_be_written(peterson):
    with pytest.raises(ValueError, match="encodes"):
        explore(peterson(), spool=tempfile.TemporaryFile)
