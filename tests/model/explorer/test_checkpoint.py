from dataclasses import replace

import pytest

from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import Lanes
from model.explorer.breadth import Here
from model.explorer.checkpoint import BadCheckpoint, Checkpoint, read
from model.explorer.explore import explore
from model.explorer.outcome import Bounds
from model.explorer.part import Part
from model.explorer.properties import Always, Eventually, Reachable


def saved(system, asked, **given):
    """Every checkpoint of a search, as bytes, and its outcome."""
    found = []
    outcome = explore(system, asked, at_level=lambda search: found.append(search.save().write("same")), **given)
    return found, outcome


def without_memory(outcome):
    return replace(outcome, memory_bytes=0)


def test_a_search_that_is_resumed_from_any_level_ends_as_one_that_was_not_interrupted(philosophers):
    system = philosophers(5)
    asked = [
        Reachable("two eat", lambda s: s.count("e") == 2),
        Always("no three", lambda s: "three eat" if s.count("e") > 2 else None),
        Eventually("all think", lambda s: set(s) == {"t"}),
    ]
    checkpoints, whole = saved(system, asked)
    assert len(checkpoints) == whole.depth + 1
    for data in checkpoints:
        assert without_memory(explore(system, asked, resume=read(data, "same"))) == without_memory(whole)


def test_a_bounded_search_goes_on_without_the_bound(grid):
    checkpoints, cut = saved(grid(12), [], bounds=Bounds(depth=7))
    assert not cut.complete
    whole = explore(grid(12), resume=read(checkpoints[-1], "same"))
    assert whole.states == 169
    assert whole.complete


def test_what_was_found_before_the_interruption_is_not_forgotten(grid):
    asked = [Always("away", lambda s: "there" if s == (1, 2) else None)]
    checkpoints, whole = saved(grid(6), asked, stop=False)
    (found,) = explore(grid(6), asked, stop=False, resume=read(checkpoints[9], "same")).counterexamples
    assert found == whole.counterexamples[0]


def test_a_search_over_columns_is_resumed():
    lanes = Lanes(REGISTER, register_instance({"a": ["put"], "b": ["get"]}))

    def search():
        crew = Here([lanes.part(number, 2) for number in range(2)])
        return lanes.search(crew=crew)

    found = []
    whole = search().run(lambda one: found.append(one.save().write("same")))
    for data in found[::6]:
        again = search()
        again.restore(read(data, "same"))
        assert without_memory(again.run()) == without_memory(whole)


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-1], lambda d: d[:40] + b"\x00" + d[41:], lambda d: b"", lambda d: b"x" * 99]
)
def test_a_damaged_checkpoint_is_refused(grid, damage):
    data = saved(grid(4), [])[0][2]
    with pytest.raises(BadCheckpoint, match=r"damaged|no checkpoint"):
        read(damage(data), "same")


def test_a_checkpoint_of_another_search_or_of_other_parts_is_refused(grid):
    data = saved(grid(4), [])[0][2]
    with pytest.raises(BadCheckpoint, match="another search: 'same', not 'other'"):
        read(data, "other")
    crew = Here([Part(grid(4), [], number, 2) for number in range(2)])
    with pytest.raises(BadCheckpoint, match="1 parts, the search of 2"):
        explore(grid(4), crew=crew, resume=read(data, "same"))


def test_a_checkpoint_needs_states_that_can_be_written(peterson):
    with pytest.raises(ValueError, match="encodes"):
        saved(peterson(), [])


def test_what_is_written_is_read(grid):
    checkpoint = Checkpoint((1, 2), (("name", "reason", 3),), ({"number": 5, "bytes": b"abc", "none": None},))
    assert read(checkpoint.write("x"), "x") == checkpoint
