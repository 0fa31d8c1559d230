"""What copies know together: held against the store's own merge, which shares no code with it."""

from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.dotted import DottedVectors
from dynamo.core.siblings import NOTHING, Siblings, Version
from kept.sim.knowledge import Knowledge

DVV = DottedVectors()


@st.composite
def copies(draw: st.DrawFn) -> list[Siblings]:
    """Four replicas of one key after some puts, deletes and exchanges; a client has seen what a replica showed."""
    held = [NOTHING] * 4
    for _ in range(draw(st.integers(0, 12))):
        at, other = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        what = draw(st.sampled_from(["put", "delete", "exchange"]))
        context = held[other].context
        if what == "put":
            held[at] = DVV.update(held[at], context, b"v", f"n{at}", 0)[0]
        elif what == "delete":
            held[at] = DVV.delete(held[at], context, "", 0)
        else:
            held[at] = DVV.merge(held[at], held[other])
    return held


@given(copies())
def test_copies_know_together_what_their_merge_knows(held: list[Siblings]) -> None:
    *others, one = held
    known, merged = Knowledge(), NOTHING
    for copy in others:
        known.add(copy)
        merged = DVV.merge(merged, copy)
    assert dict(merged.context) == known.seen
    assert {version.dot for version in merged.versions} == set(known.standing)
    assert known.covers(one) == (DVV.merge(merged, one) == merged)


def test_what_nobody_else_has_seen_is_not_covered() -> None:
    known = Knowledge()
    known.add(Siblings({"a": 1}, (Version("a", 1, b"v"),)))
    assert known.covers(NOTHING)
    assert not known.covers(Siblings({"a": 2}, (Version("a", 2, b"w"),)))
    assert not known.covers(Siblings({"a": 1}, ())), "it knows of a delete that nobody else knows of"


def test_one_name_for_two_versions_is_taken_without_complaint() -> None:
    """A seeded bug may do that, and the atlas judges its run too."""
    known = Knowledge()
    known.add(Siblings({"a": 1}, (Version("a", 1, b"v"),)))
    known.add(Siblings({"a": 1}, (Version("a", 1, b"w"),)))
    assert set(known.standing) == {("a", 1)}
