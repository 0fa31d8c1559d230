import pytest

from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import Lanes, explore_abstract
from model.explorer.breadth import Here
from model.explorer.explore import UNBOUNDED
from model.explorer.lanes import LanePart
from model.explorer.outcome import Bounds

CHOSEN = register_instance({"a": ("put",), "b": ("get",)})


GOALS = ("seen in passing",)


def search(parts, bounds=UNBOUNDED):
    lanes = Lanes(REGISTER, CHOSEN, goals=GOALS)
    crew = Here([lanes.part(number, parts) for number in range(parts)])
    return lanes.search(bounds, crew=crew)


@pytest.mark.parametrize("parts", [2, 3])
def test_several_parts_visit_what_one_visits(parts):
    one, several = explore_abstract(REGISTER, CHOSEN, goals=GOALS), search(parts).run()
    assert (one.states, one.transitions, one.levels) == (several.states, several.transitions, several.levels)
    assert one.coverage == several.coverage
    assert [len(run.steps) for run in one.witnesses] == [len(run.steps) for run in several.witnesses]


def test_bounds_are_kept_and_a_depth_that_is_never_passed_excludes_nothing():
    assert search(1, Bounds(depth=24)).run().complete
    cut = search(1, Bounds(depth=23)).run()
    assert cut.excluded == ("depth 23: 102 steps lead further away",)
    assert search(2, Bounds(states=100)).run().holds is None


def test_chunks_do_not_change_what_is_counted(monkeypatch):
    whole = search(1).run()
    advance = LanePart.advance
    monkeypatch.setattr(LanePart, "advance", lambda part, inbox: advance(part, inbox, 50))
    small = search(1).run()
    assert (small.states, small.transitions, small.levels) == (whole.states, whole.transitions, whole.levels)


def test_a_state_takes_at_most_64_bytes():
    found = explore_abstract(REGISTER, register_instance({"a": ("put", "get"), "b": ("get",)}))
    assert found.bytes_per_state <= 64
