import pytest

from model.explorer.part import Part


def test_a_part_keeps_its_own_states_and_sends_the_others_to_their_owners(grid):
    system = grid(2)
    parts = [Part(system, [], number, 2) for number in range(2)]
    begun = [part.begin() for part in parts]
    assert [one.states for one in begun] == [1, 0]
    rounds = [part.next_level() and part.advance([]) for part in parts]
    (sent,) = [met for outbox in rounds[0].outboxes for met in outbox]
    assert rounds[0].states == 2  # (1, 0) has an even fingerprint, (0, 1) an odd one
    assert system.decode(sent.state) == (0, 1)
    assert parts[1].advance([[sent]]).states == 1


def test_parts_in_several_processes_need_states_that_can_be_written(peterson):
    with pytest.raises(AssertionError, match="bytes"):
        Part(peterson(), [], 0, 2)


def test_the_number_of_a_state_in_the_whole_search_says_whose_it_is(grid):
    part = Part(grid(2), [], 0, 3)
    part.begin()
    assert part.number(0) == 0
    assert part.number(99) == -1
    assert part.parent(0)[1] == 0
