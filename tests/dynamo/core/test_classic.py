"""Plain version vectors: the paper's clocks, with the anomaly that they have."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.classic import PlainVectors
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.core.vector import EMPTY, Vector, concurrent, descends, join
from dynamo.core.versioning import Versioning

VV = PlainVectors()
PORT: Versioning = VV

Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(("get", "put", "put", "blind", "delete", "deliver", "deliver")),
        st.integers(0, 2),
        st.integers(0, 30),
    ),
    min_size=10,
    max_size=30,
)


def reached(run: list[Step]) -> list[Siblings]:
    replicas = [NOTHING] * 3
    clients: list[Vector] = [{}, {}]
    states = [NOTHING]
    for n, (kind, at, pick) in enumerate(run):
        if kind == "get":
            clients[pick % 2] = VV.context(replicas[at])
        elif kind == "deliver":
            replicas[at] = VV.merge(replicas[at], states[pick % len(states)])
        elif kind == "delete":
            replicas[at] = VV.delete(replicas[at], clients[pick % 2], "abc"[at], n)
        else:
            context = clients[pick % 2] if kind == "put" else {}
            replicas[at], _ = VV.update(replicas[at], context, b"%d" % n, "abc"[at], n)
        states.append(replicas[at])
    return states


@settings(max_examples=200, deadline=None)
@given(steps)
def test_the_context_is_the_join_of_the_clocks_that_are_still_here(run: list[Step]) -> None:
    for state in reached(run):
        joined: Vector = EMPTY
        for version in state.versions:
            joined = join(joined, dict(version.clock))
        assert dict(VV.context(state)) == dict(joined)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_the_clocks_of_siblings_are_concurrent(run: list[Step]) -> None:
    for state in reached(run):
        for n, one in enumerate(state.versions):
            assert all(concurrent(dict(one.clock), dict(other.clock)) for other in state.versions[n + 1 :])


@settings(max_examples=200, deadline=None)
@given(steps, st.dictionaries(st.sampled_from("abc"), st.integers(1, 4)), st.sampled_from("abc"))
def test_the_clock_of_a_put_is_its_context_and_the_next_counter(run: list[Step], context: Vector, actor: str) -> None:
    local = reached(run)[-1]
    state, version = VV.update(local, context, b"new", actor, 9)
    highest = max([dict(old.clock).get(actor, 0) for old in local.versions] + [context.get(actor, 0)])
    assert dict(version.clock) == {**context, actor: highest + 1}
    assert version.clock == tuple(sorted(version.clock))
    assert version.dot == (actor, highest + 1)
    kept = {old for old in local.versions if not descends(dict(version.clock), dict(old.clock))}
    assert set(state.versions) == kept | {version}


def test_of_two_blind_puts_at_one_node_the_second_wrongly_replaces_the_first() -> None:
    """The anomaly of clocks that name nodes and not clients (Preguica et al. 2010, section 3)."""
    first, _ = VV.update(NOTHING, {}, b"1", "Sx", 0)
    second, _ = VV.update(first, {}, b"2", "Sx", 0)
    assert [version.value for version in second.versions] == [b"2"]


def test_blind_puts_at_two_nodes_are_siblings() -> None:
    one, _ = VV.update(NOTHING, {}, b"1", "Sx", 0)
    other, _ = VV.update(NOTHING, {}, b"2", "Sy", 0)
    assert [version.value for version in VV.merge(one, other).versions] == [b"1", b"2"]


def test_a_delete_is_a_tombstone_that_old_replicas_do_not_undo() -> None:
    old, _ = VV.update(NOTHING, {}, b"1", "Sx", 0)
    deleted = VV.delete(old, VV.context(old), "Sy", 5)
    assert deleted.versions == (Version("Sy", 1, None, 5, (("Sx", 1), ("Sy", 1))),)
    assert deleted.live == ()
    assert VV.merge(old, deleted) is deleted


def test_a_put_concurrent_with_a_delete_survives_it() -> None:
    old, _ = VV.update(NOTHING, {}, b"1", "Sx", 0)
    deleted = VV.delete(old, VV.context(old), "Sy", 0)
    put, version = VV.update(old, VV.context(old), b"2", "Sz", 0)
    assert VV.merge(deleted, put).live == (version,)


def test_equal_clocks_under_two_dots_are_settled_alike_on_both_sides() -> None:
    """No honest client can cause it: each of two puts would have to have seen the other."""
    one, _ = VV.update(NOTHING, {"Sy": 1}, b"1", "Sx", 0)
    other, winner = VV.update(NOTHING, {"Sx": 1}, b"2", "Sy", 0)
    assert VV.merge(one, other).versions == VV.merge(other, one).versions == (winner,)
