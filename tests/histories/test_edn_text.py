"""What is written as EDN is read back as it was."""

import math

import pytest
from hypothesis import given

from histories.edn import read
from histories.edn_text import edn_text
from histories.interning import identity
from histories.strategies import values
from histories.values import Keyword, Tagged


@given(values())
def test_every_value_comes_back_from_its_text(value: object) -> None:
    text = edn_text(value)
    assert "\n" not in text
    found, end = read(text, 0)
    assert (identity(found), end) == (identity(value), len(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nil"),
        (True, "true"),
        (-3, "-3"),
        (math.inf, "##Inf"),
        ('a"\\\n', '"a\\"\\\\\\n"'),
        ((1, (Keyword("x"), None)), "[1 [:x nil]]"),
        (Tagged("ratio", "1/2"), "1/2"),
        (Tagged("inst", "2020"), '#inst "2020"'),
    ],
)
def test_values_are_spelled_as_clojure_spells_them(value: object, text: str) -> None:
    assert edn_text(value) == text


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        edn_text(b"x")
