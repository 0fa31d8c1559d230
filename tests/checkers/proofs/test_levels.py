"""checkers.proofs.levels: how many replicas each level asks for, in numbers and in words."""

import pytest

from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS, Layout, can_be_met, in_words, meets, need, rooms
from checkers.proofs.terms import holds, value

LAYOUT = Layout(("eu", "us"))
VALUES = LAYOUT.values({"eu": 3, "us": 4})


@pytest.mark.parametrize(
    ("level", "each", "in_all"),
    [
        ("ANY", (0, 0), 0),
        ("ONE", (0, 0), 1),
        ("TWO", (0, 0), 2),
        ("THREE", (0, 0), 3),
        ("LOCAL_ONE", (1, 0), 1),
        ("LOCAL_QUORUM", (2, 0), 2),
        ("QUORUM", (0, 0), 4),
        ("EACH_QUORUM", (2, 3), 5),
        ("ALL", (3, 4), 7),
    ],
)
def test_what_a_level_asks_for_through_eu(level: str, each: tuple[int, int], in_all: int) -> None:
    wanted = need(level, LAYOUT, "eu")
    assert tuple(value(wanted.each[name], VALUES) for name in LAYOUT.names) == each
    assert value(wanted.in_all, VALUES) == in_all


def test_a_local_level_asks_the_coordinators_own_data_centre() -> None:
    assert value(need("LOCAL_QUORUM", LAYOUT, "us").each["us"], VALUES) == 3


def test_a_data_centre_without_replicas_is_not_asked_for_a_quorum() -> None:
    empty = LAYOUT.values({"eu": 3, "us": 0})
    assert value(need("EACH_QUORUM", LAYOUT, "eu").in_all, empty) == 2


def test_any_is_for_writes() -> None:
    assert set(WRITE_LEVELS) - set(READ_LEVELS) == {"ANY"}
    with pytest.raises(KeyError):
        need("SOME", LAYOUT, "eu")


def test_a_level_that_asks_for_more_than_there_is_cannot_be_met() -> None:
    small = LAYOUT.values({"eu": 1, "us": 1})
    assert holds(can_be_met(need("TWO", LAYOUT, "eu"), LAYOUT), small)
    assert not holds(can_be_met(need("THREE", LAYOUT, "eu"), LAYOUT), small)


def test_the_condition_in_words_names_the_data_centre_where_both_ask() -> None:
    acks, replies = need("LOCAL_QUORUM", LAYOUT, "eu"), need("EACH_QUORUM", LAYOUT, "us")
    assert in_words(acks, replies, LAYOUT) == (
        "quorum(eu) + quorum(eu) > eu or quorum(eu) + quorum(eu) + quorum(us) > all"
    )
    assert [holds(formula, VALUES) for _, formula in rooms(acks, replies, LAYOUT)] == [True, False]
    assert holds(meets(acks, replies, LAYOUT), VALUES)
