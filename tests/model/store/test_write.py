"""What the model says no with."""

from model.store.write import OPEN, Write, refusal


def test_a_refusal_names_the_operations_in_order_each_once():
    assert refusal("fresh-reads", "why", 7, None, 3, 7).operations == (3, 7)


def test_a_write_begins_open_and_nameless():
    write = Write(4, "v", {"x": 1})
    assert (write.outcome, write.dot, write.doubts, write.pardons, write.shown_by) == (OPEN, None, [], [], None)
