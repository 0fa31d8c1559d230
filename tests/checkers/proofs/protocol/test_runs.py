import pytest

from checkers.proofs.protocol.runs import NotARun, denied, find, replay, setting
from model.abstract.instance import instance
from model.abstract.interpreter import Step
from model.abstract.logic import some
from model.abstract.protocol import Named
from model.abstract.store import STORE
from model.abstract.vocabulary import acked, dur, i, w

PAIR = instance({"old": "ab"}, r=1, w=2)
ACKED = Named("acked", some(w, holds=acked(w) & ~some(i, holds=~dur(i, w))), "a write is answered ok, and all have it")
WRITTEN = tuple(
    Step(*step)
    for step in (
        ("put", ("put1", "a", "old", "get1")),
        ("sync", ("a",)),
        ("replicate", ("put1", "a")),
        ("store", ("b", "put1")),
        ("sync", ("b",)),
        ("ack", ("b", "put1")),
        ("complete", ("put1",)),
    )
)


def test_a_run_is_told_line_by_line():
    run = replay(STORE, PAIR, WRITTEN, ACKED)
    assert run.text() == (
        "list old: owners a, b; R = 1, W = 2\n"
        "  1  a coordinates put1\n"
        "  2  a syncs its disk\n"
        "  3  a sends put1 to the other owners\n"
        "  4  b receives put1\n"
        "  5  b syncs its disk\n"
        "  6  b acknowledges put1\n"
        "  7  put1 is answered ok\n"
        "Then a write is answered ok, and all have it:\n"
        "  put1 has been answered ok\n"
        "  every node has seen put1, on disk"
    )


def test_a_step_that_is_not_possible_is_no_run():
    with pytest.raises(NotARun, match=r"step 2, store.*sent"):
        replay(STORE, PAIR, (WRITTEN[0], WRITTEN[3]), ACKED)


def test_a_run_that_ends_elsewhere_is_no_run():
    with pytest.raises(NotARun, match="after 6 steps it does not hold that a write is answered ok"):
        replay(STORE, PAIR, WRITTEN[:-1], ACKED)


def test_a_run_is_found_and_executed_or_there_is_none():
    assert len(find(STORE, PAIR, ACKED).steps) == len(WRITTEN)
    assert find(STORE, PAIR, ACKED, longest=6) is None


def test_details_are_told_where_they_hold():
    steps = (
        Step("start_read", ("get1", "b")),
        Step("respond", ("get1", "b")),
        Step("finish_read", ("get1", "old", "R:old:b")),
        Step("put", ("put1", "a", "old", "get1")),
    )
    anything = Named("any", some(w, holds=~acked(w)), "that is how it is")
    assert replay(STORE, PAIR, steps, anything).lines[-1] == (
        "a coordinates put1 for a client that has seen what get1 returned"
    )


def test_a_broken_promise_is_told_by_what_makes_it_so():
    promise = STORE.invariant("no lost write")
    mutant = STORE.without_guard("replicate", "durable")
    run = find(mutant, instance({"old": "a"}, r=1, w=1), denied(promise))
    assert run.facts == (
        "put1 has been answered ok",
        "not: every member has agreed to forget put1",
        "not: any node has seen put1, on disk",
    )


def test_a_setting_names_every_list_with_its_owners_and_quorums():
    made = instance({"old": "abc", "new": "cd"}, r=2, w=1)
    assert setting(made) == "list old: owners a, b, c; R = 2, W = 1; list new: owners c, d; R = 2, W = 1"
