import pytest

from model.abstract.instance import instance


def test_every_r_owners_are_a_read_quorum_and_every_w_a_write_quorum():
    made = instance({"old": "abc", "new": "cd"}, r=2, w=1)
    assert len(made.things["ReadQuorum"]) == 3 + 1
    assert len(made.things["WriteQuorum"]) == 3 + 2
    assert ("R:new:c+d", "d") in made.rigid["in_read"]
    assert ("W:old:a", "b") not in made.rigid["in_write"]


def test_the_first_list_is_in_force_and_nodes_are_named_once():
    made = instance({"old": "ab", "new": "bc"}, 1, 1, nodes="f")
    assert made.rigid["first"] == {("old",)}
    assert made.things["Node"] == ("a", "b", "c", "f")


def test_deletes_are_writes():
    made = instance({"old": "a"}, 1, 1, writes=("put1",), deletes=("del1",))
    assert made.things["Write"] == ("put1", "del1")
    assert made.rigid["delete"] == {("del1",)}


@pytest.mark.parametrize(("r", "w"), [(0, 1), (1, 0), (3, 1), (1, 3)])
def test_quorums_of_none_or_of_more_than_there_are_owners_are_refused(r, w):
    with pytest.raises(ValueError, match=r"list old: R=.* accepted: 1 to 2"):
        instance({"old": "ab"}, r, w)
