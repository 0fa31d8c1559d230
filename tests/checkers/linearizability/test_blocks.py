"""Chains of compare-and-sets: which pending ones took effect, where chains break, what spans them."""

import pytest

from checkers.linearizability.blocks import chained
from checkers.linearizability.clusters import numbered
from checkers.linearizability.transitions import ANY, register_transitions
from histories.columns import Mark, Row, from_rows

NONE = Mark.NONE


def write(value, start, end, status="ok"):
    return Row(0, "write", "k", value, NONE, NONE, start, end, status)


def read(value, start, end):
    return Row(0, "read", "k", NONE, NONE, value, start, end)


def cas(old, new, start, end, status="ok"):
    return Row(0, "cas", "k", old, new, NONE, start, end, status)


def chains(*rows):
    history = from_rows(rows)
    given = register_transitions(history, -2)
    keyed = numbered(given, 1)
    clusters, bad = chained(given, keyed, 1, given.post[keyed.reads] != ANY)
    spans = {(int(f), int(s)) for f, s in zip(clusters.first_end, clusters.last_start, strict=True) if f < 1 << 60}
    return spans, bool(bad[0])


def test_a_chain_spans_from_the_first_end_to_the_last_start_of_all_its_clusters():
    spans, bad = chains(write("a", 0, 9), cas("a", "b", 2, 5), read("b", 7, 8), write("z", 20, 21))
    assert not bad
    assert (5, 7) in spans
    assert (21, 20) in spans


@pytest.mark.parametrize(
    "rows",
    [
        [write("a", 0, 1), cas("a", "b", 2, 3), cas("a", "c", 4, 5)],  # two from one value
        [cas("a", "b", 2, 3)],  # from a value that nobody wrote
        [cas("a", "b", 2, 9), cas("b", "a", 2, 9)],  # a circle
        [cas("a", "a", 2, 9)],  # out of itself
        [write("a", 0, 9), cas("a", "b", 2, 9), read("b", 3, 4), read("a", 5, 6)],  # back in time
        [write("a", 0, 9), cas("a", "b", 2, None, "info"), read("b", 3, 4), read("a", 5, 6)],
    ],
)
def test_a_broken_chain_refutes_its_key(rows):
    assert chains(*rows)[1]


def test_a_pending_one_counts_only_if_something_rests_on_it():
    assert not chains(write("a", 0, 9), cas("a", "b", 2, None, "info"), cas("a", "c", 3, 5))[1]
    assert chains(write("a", 0, 9), cas("a", "b", 2, None, "info"), cas("a", "c", 3, 5), read("b", 6, 7))[1]
    through = [write("a", 0, 9), cas("a", "b", 2, None, "info"), cas("b", "c", 2, None, "info"), read("c", 3, 4)]
    assert not chains(*through)[1]
    assert chains(*through, cas("a", "d", 5, 6))[1]


def test_a_chain_of_many_links_is_followed_to_its_end():
    rows = [write(0, 0, 1), *[cas(at, at + 1, 10 * at + 2, 10 * at + 3) for at in range(500)]]
    spans, bad = chains(*rows)
    assert not bad
    assert spans >= {(1, 4992)}
