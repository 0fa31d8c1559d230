"""Streams of random numbers: the same everywhere, and each for itself."""

import pytest

from kept.sim.entropy import stream


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ((0,), [2861019020, 4222660690, 1850988484]),
        ((0, "client", 1), [977906611, 328228497, 4156037526]),
        ((7, "fate", "n1"), [263700714, 2852524925, 2435249540]),
        (((1 << 63) - 1, "nemesis"), [3194257669, 360009992, 3688134104]),
    ],
)
def test_a_stream_draws_the_numbers_that_it_has_always_drawn(
    name: tuple[int, *tuple[object, ...]], first: list[int]
) -> None:
    """Golden draws: saved seeds would mean other runs if these changed."""
    draw = stream(*name)
    assert [draw.randrange(1 << 32) for _ in range(3)] == first


def test_what_one_stream_draws_does_not_depend_on_how_often_another_one_did() -> None:
    alone = stream(3, "client", 1)
    expected = [alone.random() for _ in range(50)]
    beside, other = stream(3, "client", 1), stream(3, "client", 2)
    found = []
    for _ in range(50):
        other.random()
        found.append(beside.random())
    assert found == expected


def test_seeds_and_names_give_streams_of_their_own() -> None:
    names = [(seed, kind, index) for seed in range(20) for kind in ("client", "fate") for index in range(20)]
    assert len({stream(*name).random() for name in names}) == len(names)


def test_a_name_is_its_parts_as_text() -> None:
    assert stream(1, "client", 12).random() == stream(1, "client", "12").random()
    assert stream(1, "client", 12).random() != stream(1, "client", 1, 2).random()
