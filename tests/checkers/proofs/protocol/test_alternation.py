from checkers.proofs.protocol.alternation import Edge, cycle, edges, of_obligation, order
from checkers.proofs.protocol.obligations import Obligation, step
from model.abstract.logic import Relation, Sort, Var, every, some
from model.abstract.protocol import Named, always
from model.abstract.store import STORE
from model.abstract.vocabulary import conf, i, n, rec

THING, PLACE = Sort("Thing"), Sort("Place")
x, p = Var("x", THING), Var("p", PLACE)
at = Relation("at", (THING, PLACE), "{0} is at {1}")


def test_an_existential_below_a_universal_makes_a_function():
    assert edges(every(x, holds=some(p, holds=at(x, p)))) == {Edge("Thing", "Place")}
    assert edges(some(p, holds=every(x, holds=at(x, p)))) == set()


def test_a_negation_turns_quantifiers_around():
    assert edges(~every(x, holds=some(p, holds=at(x, p)))) == set()
    assert edges(~some(x, holds=every(p, holds=at(x, p)))) == {Edge("Thing", "Place")}
    assert edges(every(x, holds=every(p, holds=at(x, p)) >> at(x, Var("home", PLACE)))) == {Edge("Thing", "Place")}


def test_only_the_quantifiers_above_count():
    assert edges(every(x, holds=at(x, Var("home", PLACE))) | some(p, holds=at(Var("me", THING), p))) == set()


def test_a_sort_that_is_made_from_itself_is_found():
    assert order([Edge("A", "B"), Edge("B", "C")]) == ("A", "B", "C")
    assert order([Edge("A", "A")]) is None
    assert cycle([Edge("A", "A")]) == ("A",)
    ring = [Edge("A", "B"), Edge("B", "C"), Edge("C", "A"), Edge("C", "D")]
    assert order(ring) is None
    assert cycle(ring) == ("A", "B", "C")
    assert cycle([Edge("A", "B"), Edge("B", "C"), Edge("A", "C")]) == ()


def test_every_obligation_of_the_store_is_effectively_propositional(proof):
    assert proof.order == ("OwnerList", "ReadQuorum", "Write", "WriteQuorum", "Node")


def test_an_invariant_that_would_leave_the_fragment_is_seen():
    """Said of nodes, "somebody has confirmed every recovering one" makes nodes from nodes."""
    group = step(STORE, STORE.action("recover"))
    harmless = Obligation(group, group.claims[0])
    assert order(of_obligation(harmless)) is not None
    confirmed = every(n, holds=rec(n) >> some(i, holds=conf(n, i)))
    assumed = group._replace(assumptions=(*group.assumptions, Named("confirmed", confirmed, "")))
    assert cycle(of_obligation(Obligation(assumed, group.claims[0]))) == ("Node",)
    assert always("confirmed", rec(n) >> some(i, holds=conf(n, i)), "").formula == confirmed
