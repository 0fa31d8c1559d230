import pytest

from model.explorer.ancestry import FIRST, Ancestry, ordinals


def chain(length):
    ancestry = Ancestry()
    ancestry.append(FIRST, 4)
    for number in range(length):
        ancestry.append(number, number % 7)
    return ancestry


def test_the_steps_to_a_state_come_back_from_the_last_to_the_first():
    assert list(ordinals(chain(3), 3)) == [2, 1, 0, 4]
    assert list(ordinals(chain(3), 0)) == [4]


def test_a_state_takes_six_bytes():
    assert chain(999).nbytes == 6000


def test_a_restored_ancestry_is_the_same():
    again = Ancestry()
    again.restore(chain(50).snapshot())
    assert list(ordinals(again, 50)) == list(ordinals(chain(50), 50))
    assert len(again) == 51


def test_more_steps_than_can_be_numbered_are_refused():
    with pytest.raises(ValueError, match="65535"):
        Ancestry().append(0, 2**16)
