"""A table of text in one buffer."""

import numpy as np
import pytest

from histories.texts import Texts

TABLE = Texts(np.frombuffer("añb".encode(), np.uint8), np.array([0, 1, 3, 4]), np.array([1, 3, 4, 4]))


def test_each_text_is_decoded_when_it_is_asked_for() -> None:
    assert list(TABLE) == ["a", "ñ", "b", ""]
    assert TABLE[-1] == ""
    assert list(TABLE[1:3]) == ["ñ", "b"]
    assert "ñ" in TABLE


def test_there_is_none_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        TABLE[4]
