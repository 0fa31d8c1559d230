import pytest

from model.explorer.replaying import Unrepeatable, replay


def test_the_same_steps_lead_to_the_same_states(grid):
    first, steps = replay(grid(3), [0, 0, 1, 0])
    assert first == (0, 0)
    assert [(step.label, step.state) for step in steps] == [("right", (1, 0)), ("up", (1, 1)), ("right", (2, 1))]


def test_a_system_that_does_not_repeat_itself_is_told_so(grid):
    with pytest.raises(Unrepeatable, match="no first state number 1"):
        replay(grid(3), [1])
    with pytest.raises(Unrepeatable, match="after 1 steps there is no step number 5"):
        replay(grid(3), [0, 0, 5])
