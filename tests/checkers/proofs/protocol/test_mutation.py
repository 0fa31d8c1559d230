import pytest

from checkers.proofs.protocol.mutation import both, guarded, updated, without, without_axiom
from model.abstract.logic import TRUE
from model.abstract.protocol import grow
from model.abstract.store import STORE
from model.abstract.vocabulary import acked, has, i, v, x


def test_one_guard_goes_and_all_else_stays():
    mutant = without("ack", "synced")(STORE)
    assert [guard.name for guard in mutant.action("ack").guards] == ["asked", "owner"]
    assert [action for action in mutant.actions if action.name != "ack"] == [
        action for action in STORE.actions if action.name != "ack"
    ]


def test_a_guard_asks_for_something_else():
    mutant = guarded("ack", "synced", TRUE)(STORE)
    assert mutant.action("ack").guard("synced").formula == TRUE
    with pytest.raises(AssertionError):
        guarded("ack", "no such guard", TRUE)(STORE)


def test_an_update_does_something_else():
    mutant = updated("store", grow(has, i, x, by=TRUE))(STORE)
    assert mutant.action("store").updates != STORE.action("store").updates
    assert len(mutant.action("store").updates) == len(STORE.action("store").updates)
    with pytest.raises(AssertionError):
        updated("store", grow(acked, v, by=TRUE))(STORE)


def test_changes_add_up():
    mutant = both(without("ack", "synced"), without("ack", "owner"))(STORE)
    assert [guard.name for guard in mutant.action("ack").guards] == ["asked"]


def test_an_axiom_goes():
    names = [axiom.name for axiom in without_axiom("quorums meet")(STORE).axioms]
    assert len(names) == len(STORE.axioms) - 1
    assert "quorums meet" not in names
