"""checkers.proofs.ringchange: what acknowledgements must be counted while members of a preference list change."""

from itertools import product

from checkers.proofs.ringchange import RING_CHANGE
from checkers.proofs.smallest import smallest
from checkers.proofs.terms import holds, var

LEMMAS = {lemma.name: lemma for lemma in RING_CHANGE}


def test_acknowledgements_per_list_need_no_more_than_overlap_however_many_members_are_pending() -> None:
    for n, p in product(range(1, 6), range(6)):
        for r, w in product(range(1, n + 1), repeat=2):
            values = {"N": n, "R": r, "W": w, "p": min(p, n)}
            assert holds(LEMMAS["pending-per-list"].condition, values) == (r + w > n)


def test_the_union_needs_one_acknowledgement_more_for_every_pending_member() -> None:
    assert not holds(LEMMAS["pending-union"].condition, {"N": 3, "R": 2, "W": 2, "p": 1})
    assert holds(LEMMAS["pending-union"].condition, {"N": 3, "R": 3, "W": 2, "p": 1})
    assert holds(LEMMAS["pending-plus"].condition, {"N": 3, "R": 2, "W": 2, "p": 1})


def test_w_and_p_acknowledgements_on_the_union_are_w_on_each_list_and_one_less_are_not() -> None:
    assert holds(LEMMAS["pending-implied"].condition, {"N": 3, "W": 2, "p": 1, "A": 3})
    assert not holds(LEMMAS["pending-implied"].condition, {"N": 3, "W": 2, "p": 1, "A": 2})


def test_the_smallest_failure_of_the_union_names_old_and_pending_members() -> None:
    lemma = LEMMAS["pending-union"]
    model = smallest(lemma.tempted(lemma.tempting[0]), (var("N"), lemma.weight()))
    assert model is not None
    found = lemma.counterexample(model)
    assert found.values == {"N": 1, "R": 1, "W": 1, "p": 1}
    assert found.nodes["old"] == ("o1",)
    assert found.nodes["new"] == ("p1",)
    assert not set(found.nodes["write"]) & set(found.nodes["read"])
