import pytest

from model.abstract.logic import FALSE, TRUE, Relation, Sort, Var, some
from model.abstract.protocol import Action, Guard, Named, Protocol, Update, always, grow, shrink
from model.abstract.store import STORE

THING = Sort("Thing")
x, y, z = (Var(name, THING) for name in "xyz")
lit = Relation("lit", (THING,), "{0} is lit")
lamp = Relation("lamp", (THING,), "{0} is a lamp", rigid=True)
switch = Action(
    "switch",
    (x,),
    (Guard("lamp", lamp(x), "it is a lamp"), Guard("dark", ~lit(x), "it is dark")),
    (grow(lit, y, by=lamp(y)),),
    "{x} is switched on",
)
LAMPS = Protocol(
    "lamps", (THING,), (lamp, lit), (), (), (switch,), (always("lamps", lit(x) >> lamp(x), ""),), ("lamps",)
)


def test_grow_keeps_what_is_there_and_shrink_adds_nothing():
    assert grow(lit, x, by=lamp(x)).formula == lit(x) | lamp(x)
    assert shrink(lit, x, by=lamp(x)).formula == lit(x) & ~lamp(x)


def test_always_is_about_all_values_of_the_free_variables():
    named = always("lamps", lit(y) >> lamp(x), "")
    assert named.formula.bound == (y, x)


def test_an_action_speaks_only_of_its_parameters_and_updates_a_relation_once():
    with pytest.raises(AssertionError):
        Action("a", (x,), (Guard("g", lit(y), ""),), (), "")
    with pytest.raises(AssertionError):
        Action("a", (x,), (), (grow(lit, y, by=lit(z)),), "")
    with pytest.raises(AssertionError):
        Action("a", (x,), (), (grow(lit, y, by=TRUE), shrink(lit, y, by=TRUE)), "")


def test_a_rigid_relation_is_never_updated():
    with pytest.raises(AssertionError):
        Update(lamp, (x,), TRUE)


def test_relations_without_an_initial_value_are_empty():
    assert LAMPS.first(lit).formula == FALSE
    assert STORE.first(STORE.relations[-1]).formula == FALSE


def test_a_guard_is_removed_from_one_action_only():
    broken = LAMPS.without_guard("switch", "dark")
    assert [guard.name for guard in broken.action("switch").guards] == ["lamp"]
    assert [guard.name for guard in LAMPS.action("switch").guards] == ["lamp", "dark"]
    with pytest.raises(ValueError, match="not enough values"):
        LAMPS.without_guard("switch", "light")


def test_mutable_and_rigid_relations_are_told_apart():
    assert LAMPS.mutable == (lit,)
    assert LAMPS.rigid == (lamp,)


def test_a_named_formula_may_be_closed_already():
    assert always("some", some(x, holds=lit(x)), "").formula.bound == ()
    assert Named("a", TRUE, "").formula == TRUE
