"""A name counts as a set exactly where its scope binds it to nothing but sets."""

import ast

import pytest

from tools.setlike import is_set, scope_of


def sets(source: str) -> set[str]:
    return set(scope_of(ast.parse(source)).sets)


def in_function(source: str) -> set[str]:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    return set(scope_of(function).sets)


@pytest.mark.parametrize(
    "expression",
    ["{1}", "{x for x in y}", "set()", "frozenset(y)", "{1} - y", "y | {1}", "set(y).union(z)", "{1} if y else z"],
)
def test_an_expression_that_makes_a_set_is_one(expression: str) -> None:
    assert is_set(ast.parse(expression, mode="eval").body, ())


@pytest.mark.parametrize("expression", ["{}", "{1: 2}", "[1]", "y", "y | z", "f({1})", "sorted({1})", "a.b"])
def test_an_expression_that_need_not_make_a_set_is_none(expression: str) -> None:
    assert not is_set(ast.parse(expression, mode="eval").body, ())


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = {1}\nb = a | c", {"a", "b"}),
        ("a = {1}\na = []", set()),
        ("a = {1}\nfor a in b: pass", set()),
        ("a = {1}\nwith b as a: pass", set()),
        ("a = {1}\ndef a(): pass", set()),
        ("a = {1}\nimport a.b", set()),
        ("a = {1}\nmatch b:\n    case a: pass", set()),
        ("a = {1}\n[a for a in b]", set()),
        ("a, b = {1}, 2", {"a"}),
        ("a, *b = {1}", set()),
        ("a = b = {1}", {"a", "b"}),
        ("a: frozenset[int]", {"a"}),
        ("a: collections.abc.Set[int] = b", {"a"}),
        ("a: int = 1", set()),
        ("(a := {1})", {"a"}),
        ("a = {1}\ndef f():\n    a = 2\n    b = {3}", {"a"}),
        ("class A:\n    a = {1}", set()),
    ],
)
def test_a_name_is_a_set_where_every_binding_of_its_scope_is_one(source: str, names: set[str]) -> None:
    assert sets(source) == names


def test_a_parameter_is_a_set_where_it_is_declared_as_one() -> None:
    assert in_function("def f(a: set[int], b, c: int, *d: set[int], e: AbstractSet[str], **g: set[int]): pass") == {
        "a",
        "e",
    }


def test_an_inner_scope_hides_the_name_of_an_outer_one() -> None:
    outer = scope_of(ast.parse("a = {1}"))
    inner = scope_of(ast.parse("a = [1]"))
    name = ast.Name("a")
    assert is_set(name, (outer,))
    assert not is_set(name, (outer, inner))
    assert is_set(name, (inner, outer))
