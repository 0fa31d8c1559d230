import pytest

from model.abstract.logic import (
    FALSE,
    TRUE,
    And,
    Atom,
    Exists,
    ForAll,
    Not,
    Or,
    Relation,
    Sort,
    Var,
    every,
    free,
    iff,
    relations,
    same,
    some,
)

THING, OTHER = Sort("Thing"), Sort("Other")
x, y, z = Var("x", THING), Var("y", THING), Var("z", OTHER)
red = Relation("red", (THING,), "{0} is red")
near = Relation("near", (THING, THING), "{0} is near {1}")


def test_operators_build_flat_conjunctions_and_disjunctions():
    a, b, c = red(x), red(y), near(x, y)
    assert a & b & c == And((a, b, c))
    assert a | (b | c) == Or((a, b, c))
    assert (a >> b) == Or((Not(a), b))
    assert ~~a == a
    assert iff(a, b) == And((Or((Not(a), b)), Or((Not(b), a))))


def test_forms_with_the_same_parts_are_different_formulas():
    assert And((red(x),)) != Or((red(x),))
    assert ForAll((x,), red(x)) != Exists((x,), red(x))
    assert TRUE != FALSE


def test_a_relation_takes_only_things_of_its_sorts():
    with pytest.raises(AssertionError):
        red(z)
    with pytest.raises(AssertionError):
        near(x)
    with pytest.raises(AssertionError):
        same(x, z)


def test_free_variables_come_in_order_and_without_the_bound_ones():
    formula = near(y, x) & every(x, holds=red(x) | some(z, holds=same(z, z)))
    assert list(free(formula)) == [y, x]
    assert list(free(every(x, y, holds=near(x, y)))) == []


def test_relations_are_named_from_left_to_right():
    assert list(relations(every(x, holds=~red(x) | near(x, y)) & red(y))) == ["red", "near", "red"]
    assert list(relations(same(x, y))) == []


def test_an_atom_knows_its_relation_by_name():
    assert red(x) == Atom("red", (x,))
