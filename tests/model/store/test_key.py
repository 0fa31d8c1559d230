"""One key of the model: what it remembers, what it forgets, and who must not miss what."""

from model.store.key import Key
from model.store.write import FAIL, INFO, OK, Write


def put(key, number, dot, context=None, outcome=None):
    write = Write(number, f"v{number}", context or {})
    key.begin(write)
    key.name(write, dot)
    if outcome:
        key.end(write, outcome)
    return write


def delete(key, number, context, outcome=None):
    write = Write(number, None, context)
    key.begin(write)
    if outcome:
        key.end(write, outcome)
    return write


def test_what_was_replaced_is_remembered_until_the_last_get_that_may_show_it_has_ended():
    key = Key()
    put(key, 0, ("x", 1), outcome=OK)
    early = key.open_get()
    put(key, 1, ("x", 2), {"x": 1}, OK)
    assert key.prune() == []
    late = key.open_get()
    key.close_get(early)
    assert key.prune() == [("x", 1)], "the later get began after the acknowledgement"
    assert list(key.dots) == [("x", 2)]
    key.close_get(late)
    assert key.prune() == []


def test_memory_is_bounded_where_gets_overlap_for_ever():
    key = Key()
    seen: dict[str, int] = {}
    open_ = [key.open_get()]
    for counter in range(1, 300):
        put(key, counter, ("x", counter), seen, OK)
        seen = {"x": counter}
        open_.append(key.open_get())
        key.close_get(open_.pop(0))
        key.prune()
        assert len(key.dots) <= 4


def test_the_puts_between_two_contexts_are_those_that_one_covers_and_the_other_does_not():
    key = Key()
    for number, dot in enumerate((("x", 3), ("x", 1), ("y", 2), ("x", 2))):
        put(key, number, dot)
    assert [w.dot for w in key.between({"x": 1}, {"x": 2, "y": 2})] == [("x", 2), ("y", 2)]
    assert [w.dot for w in key.between({"x": 5}, {"x": 3})] == []


def test_a_delete_may_make_the_store_forget_what_it_had_seen_and_what_that_had_replaced():
    key = Key()
    put(key, 0, ("x", 1), outcome=OK)
    put(key, 1, ("y", 1), {"x": 1}, OK)
    assert not key.may_be_forgotten([("x", 1)])
    gone = delete(key, 2, {"y": 1})
    assert key.may_be_forgotten([("x", 1), ("y", 1)])
    assert not key.may_be_forgotten([("y", 2)])
    key.end(gone, FAIL)
    assert not key.may_be_forgotten([("x", 1)]), "a failed delete has no effect"
    delete(key, 3, {"y": 1}, INFO)
    assert key.may_be_forgotten([("x", 1)]), "an unknown one may have"


def test_a_nameless_put_explains_one_version_of_its_value_and_no_other():
    key = Key()
    write = Write(0, "v", {})
    key.begin(write)
    assert key.nameless == 1
    assert not key.guess(("x", 1), "w")
    key.guessed.clear()
    assert key.guess(("x", 1), "v")
    assert key.guess(("x", 1), "v")
    assert not key.guess(("x", 2), "v")
    key.end(write, INFO)
    assert key.nameless == 0


def test_a_failed_delete_is_remembered_no_more():
    key = Key()
    write = delete(key, 0, {"x": 1}, FAIL)
    assert write.number not in key.unnamed
    assert list(key.deletes_within({"x": 9})) == []
    delete(key, 1, {"x": 1}, INFO)
    delete(key, 2, {"x": 2}, OK)
    assert list(key.deletes_within({"x": 1})) == [{"x": 1}]
    assert list(key.deletes_within({"x": 2})) == [{"x": 2}, {"x": 1}]
