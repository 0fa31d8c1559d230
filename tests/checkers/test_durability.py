"""no-lost-write: every loss is found, and nothing that an unknown operation explains is called a loss."""

import pytest

from checkers.durability import check
from checkers.facts import Concurrent, LastCopyGone, LastRead
from checkers.verdict import Invalid, Unknown, Valid


@pytest.mark.parametrize("seed", range(15))
def test_a_dropped_final_version_is_a_lost_write(perfect, mutate, seed):
    run = perfect(seed)
    standing = mutate.standing(run)
    assert standing
    for op, dot in standing:
        found = check(mutate.drop(run, op.key, dot))
        assert isinstance(found, Invalid)
        assert op.index in found.counterexample.operations


def test_a_put_that_nobody_replaced_and_nobody_holds_is_lost_and_told_in_one_sentence(story):
    run = (
        story.put(10, 12, "milk", ("n1", 1), key="cart")
        .get(13, 14, [(("n1", 1), "milk")], {"n1": 1}, key="cart")
        .put(20, 33, "bread", ("n4", 1), key="cart")
        .end([(("n4", 1), "bread")], {"n1": 1, "n4": 1}, key="cart")
    )
    found = check(run)
    assert isinstance(found, Invalid)
    assert found.counterexample.sentence == (
        'Put "cart"="milk" by client 1 was acknowledged as n1/1 at 12 ms; client 2 was the last to read it, at 14 ms; '
        'in the end no replica holds n1/1 of "cart", and no operation that may have taken effect had seen it; '
        'it and put "cart"="bread" by client 3 had not seen each other.'
    )
    assert found.counterexample.operations == (0, 1, 2)
    assert [type(fact) for fact in found.counterexample.facts[1:]] == [LastRead, LastCopyGone, Concurrent]


def test_a_put_that_an_acknowledged_put_had_seen_is_not_lost(story):
    run = story.put(1, 2, "a", ("n1", 1)).put(3, 4, "b", ("n2", 1), {"n1": 1}).end([(("n2", 1), "b")])
    assert check(run) == Valid("2 acknowledged puts: 1 standing in the end, 1 replaced")


def test_an_unknown_delete_that_had_seen_the_put_explains_its_absence(story):
    run = story.put(1, 2, "a", ("n1", 1)).delete(3, None, {"n1": 1}).end([])
    assert isinstance(check(run), Valid)


def test_a_failed_delete_explains_nothing(story):
    run = story.put(1, 2, "a", ("n1", 1)).delete(3, 4, {"n1": 1}, outcome="fail").end([])
    assert isinstance(check(run), Invalid)


def test_an_unknown_put_that_was_never_minted_explains_nothing(story):
    run = story.put(1, 2, "a", ("n1", 1)).put(3, 9, "b", ("n2", 1), {"n1": 1}, "info", minted=False).end([])
    assert isinstance(check(run), Invalid)


def test_an_unknown_put_that_is_itself_gone_unexplained_explains_nothing(story):
    run = story.put(1, 2, "a", ("n1", 1)).put(3, 9, "b", ("n2", 1), {"n1": 1}, "info").end([])
    assert isinstance(check(run), Invalid)


def test_an_unknown_put_that_was_deleted_in_turn_explains(story):
    run = story.put(1, 2, "a", ("n1", 1)).put(3, 9, "b", ("n2", 1), {"n1": 1}, "info").delete(10, 11, {"n2": 1}).end([])
    assert isinstance(check(run), Valid)


def test_an_unknown_delete_that_contradicts_what_stands_explains_nothing(story):
    run = (
        story.put(1, 2, "a", ("n1", 1))
        .put(1, 2, "b", ("n2", 1))
        .delete(3, None, {"n1": 1, "n2": 1})
        .end([(("n2", 1), "b")], {"n1": 1, "n2": 1})
    )
    assert isinstance(check(run), Invalid)


def test_a_copy_in_a_hint_keeps_a_write(story, mutate):
    run = story.put(1, 2, "a", ("n1", 1)).end([(("n1", 1), "a")], {"n1": 1})
    only = run.replicas.states[0]._replace(space="hint", node="n9", owner="n1")
    assert isinstance(check(mutate.states(run, [only])), Valid)
    assert isinstance(check(mutate.states(run, [])), Invalid)


def test_too_many_nameless_puts_are_unknown_and_the_reason_says_what_to_record(story):
    """Sixteen nameless puts of one value: any two of them may be what had seen the two missing puts, but the two
    dots that they would need are free only if a third took effect, so no bound decides and the choices run out."""
    for i in range(16):
        story.put(1, None, "same", ("x", 1), {f"c{i}": 1}, "info", minted=False)
    for i in range(16):
        story.put(1, 2, f"v{i}", (f"c{i}", 1))
    found = check(story.end([], trace=False))
    assert isinstance(found, Unknown)
    assert "record a trace" in found.reason
