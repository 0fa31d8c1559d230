"""Clusters: pairs of key and value are numbered, by table, by owner or by sorting, and it makes no difference."""

import numpy as np
import pytest

from checkers.linearizability import clusters
from checkers.linearizability.clusters import BEFORE_TIME, gathered, numbered, unique_keys
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import register_transitions
from histories.columns import Row, from_rows


def history(*rows):
    return register_transitions(from_rows([Row(at, *row) for at, row in enumerate(rows)]), 99)


def test_a_cluster_spans_from_its_first_end_to_its_last_start():
    given = _one_cluster()
    keyed = numbered(given, 1)
    found, bad = gathered(given, keyed, 1)
    cluster = int(keyed.of_write[0])
    assert (int(found.first_end[cluster]), int(found.last_start[cluster])) == (20, 30)
    assert not bad.any()
    initial = int(keyed.initial[0])
    assert (int(found.first_end[initial]), int(found.last_start[initial])) == (BEFORE_TIME, BEFORE_TIME)


def _one_cluster():
    return history(
        ("write", "k", 5, *_marks(2), 10, 20),
        ("read", "k", *_marks(2), 5, 15, 25),
        ("read", "k", *_marks(2), 5, 30, 40),
    )


def _marks(count):
    from histories.columns import Mark

    return [Mark.NONE] * count


def test_a_read_of_what_was_never_written_or_not_yet_marks_its_key():
    given = history(
        ("read", "a", *_marks(2), 7, 0, 1),
        ("read", "b", *_marks(2), 8, 0, 1),
        ("write", "b", 8, *_marks(2), 2, 3),
        ("write", "c", 9, *_marks(2), 2, 3),
    )
    _, bad = gathered(given, numbered(given, 3), 3)
    assert bad.tolist() == [True, True, False]


def test_a_pending_write_that_nobody_read_has_no_zone():
    given = history(("write", "a", 1, *_marks(2), 0, None, "info"))
    keyed = numbered(given, 1)
    found, _ = gathered(given, keyed, 1)
    assert int(found.first_end[keyed.of_write[0]]) == NEVER


def test_only_keys_that_write_each_value_once_are_unique():
    given = history(
        ("write", "a", 1, *_marks(2), 0, 1),
        ("write", "a", 1, *_marks(2), 2, 3),
        ("write", "b", 1, *_marks(2), 4, 5),
    )
    assert unique_keys(given, numbered(given, 2), 2).tolist() == [False, True]


@pytest.mark.parametrize("dense", [8, 0])
def test_the_ways_of_numbering_tell_the_same_pairs_apart(monkeypatch, dense):
    monkeypatch.setattr(clusters, "DENSE", dense)
    chance = np.random.default_rng(1)
    rows = []
    for at in range(3_000):
        key, value = int(chance.integers(0, 50)), int(chance.integers(0, 400))
        if at % 2:
            rows.append(("write", key, value, *_marks(2), at, at + 1))
        else:
            rows.append(("read", key, *_marks(2), value, at, at + 1))
    given = history(*rows)
    keyed = numbered(given, 50)
    pairs: dict = {}
    for op, cluster in zip(keyed.writes.tolist(), keyed.of_write.tolist(), strict=True):
        assert pairs.setdefault((int(given.key[op]), int(given.post[op])), cluster) == cluster
    assert len(set(pairs.values())) == len(pairs)
    for op, cluster in zip(keyed.reads.tolist(), keyed.of_read.tolist(), strict=True):
        known = pairs.get((int(given.key[op]), int(given.pre[op])))
        assert known == cluster or (known is None and cluster not in pairs.values())
