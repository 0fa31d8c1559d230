import pickle

import pytest

from model.explorer.graph import PROGRESS, Edges
from model.explorer.properties import Eventually

ASKED = [Eventually("even", lambda n: n % 2 == 0), Eventually("big", lambda n: n > 5)]


def filled():
    edges = Edges(ASKED, {"a": "A", "b": "B"}.get)
    for state in (1, 2, 8, 9):
        edges.judge(state)
    for number, label in enumerate("abac"):
        edges.add(number, number + 1, edges.duty(label))
    edges.expanded = 3
    return edges


def test_which_properties_a_state_has_is_a_bit_each():
    assert list(filled().settled) == [0b00, 0b01, 0b11, 0b10]


def test_classes_of_fairness_are_numbered_and_what_has_none_is_progress():
    edges = filled()
    assert edges.classes == {None: PROGRESS, "A": 1, "B": 2}
    assert list(edges.duties) == [1, 2, 1, PROGRESS]


def test_an_edge_takes_ten_bytes_and_a_state_one():
    assert filled().nbytes == 44


def test_edges_are_the_same_after_a_checkpoint_and_in_another_process():
    edges, again = filled(), Edges(ASKED, None)
    again.restore(edges.snapshot())
    for other in (again, pickle.loads(pickle.dumps(edges))):  # noqa: S301
        for name in ("sources", "targets", "duties", "settled", "expanded", "classes"):
            assert getattr(other, name) == getattr(edges, name)


def test_classes_without_a_text_cannot_be_written():
    edges = Edges(ASKED, lambda label: (label,))
    edges.duty("a")
    with pytest.raises(ValueError, match="text"):
        edges.snapshot()
