import pytest

from kept.explore.keeping import kept, write
from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import AbstractSystem
from model.explorer.checkpoint import BadCheckpoint, Checkpoint
from model.explorer.explore import explore
from model.explorer.outcome import Bounds

SYSTEM = AbstractSystem(REGISTER, register_instance({"a": ("put",)}))


def test_a_search_goes_on_from_the_file_that_it_left(tmp_path):
    path = tmp_path / "search"
    cut = explore(SYSTEM, bounds=Bounds(depth=6), at_level=lambda search: write(path, search.save(), "register"))
    assert not cut.complete
    whole = explore(SYSTEM, resume=kept(path, "register"))
    assert whole.states == explore(SYSTEM).states == 59
    assert [file.name for file in tmp_path.iterdir()] == ["search"]


def test_a_file_that_is_missing_or_of_another_search_is_refused_by_its_name(tmp_path):
    with pytest.raises(BadCheckpoint, match="nothing: No such file"):
        kept(tmp_path / "nothing", "x")
    write(tmp_path / "one", Checkpoint((1,), (), ()), "x")
    assert kept(tmp_path / "one", "x").levels == (1,)
    with pytest.raises(BadCheckpoint, match="one: the checkpoint is of another search: 'x'"):
        kept(tmp_path / "one", "y")
