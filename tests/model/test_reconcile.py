"""The siblings of a whole cluster: what no replica knows to be replaced."""

from hypothesis import given, settings
from hypothesis import strategies as st

from histories.replicas import FinalVersion, ReplicaState
from model.reconcile import reconcile


def state(node, context, *versions):
    return ReplicaState(node, "k", "data", "", context, tuple(FinalVersion(*version) for version in versions))


def test_a_version_that_some_replica_has_seen_and_dropped_is_no_sibling():
    stale, fresh = state("n1", {"a": 1}, (("a", 1), "x")), state("n2", {"a": 1, "b": 1}, (("b", 1), "y"))
    assert reconcile([stale, fresh]) == {("b", 1): "y"}


def test_versions_that_the_other_replica_has_not_seen_stand_side_by_side():
    assert reconcile([state("n1", {"b": 1}, (("b", 1), "y")), state("n2", {"a": 1}, (("a", 1), "x"))]) == {
        ("a", 1): "x",
        ("b", 1): "y",
    }


def test_tombstones_drop_what_they_had_seen_and_are_not_shown():
    assert reconcile([state("n1", {"a": 2}, (("a", 2), None)), state("n2", {"a": 1}, (("a", 1), "x"))]) == {}


def test_the_dvvset_sync_vector():
    """ServerWideClocks, src/swc_kv.erl eunit, sync of d3 and d4 (live values, with the vectors' bases)."""
    d3 = state("n1", {"a": 4, "b": 7}, (("a", 1), "black"), (("a", 3), "red"), (("b", 1), "green"), (("b", 2), "green"))
    d4 = state("n2", {"a": 5, "b": 5}, (("a", 2), "gray"), (("a", 3), "red"), (("a", 5), "red"), (("b", 2), "green"))
    assert reconcile([d3, d4]) == {("a", 3): "red", ("a", 5): "red", ("b", 2): "green"}


@settings(derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("ab"), st.integers(0, 2)),
            st.sets(st.tuples(st.sampled_from("ab"), st.integers(1, 2))),
        ),
        max_size=3,
    )
)
def test_the_order_of_replicas_never_shows(drawn):
    states = [state(f"n{i}", c, *((d, f"{d}") for d in sorted(ds))) for i, (c, ds) in enumerate(drawn)]
    assert list(reconcile(states).items()) == list(reconcile(states[::-1]).items())
