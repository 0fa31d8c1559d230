"""Every place of a module that can be mutated.

Left alone is what cannot be a mistake of the logic: annotations, docstrings and other strings, assertions (they say
that we are wrong, and only then), `TYPE_CHECKING` blocks, unions of types, and what exceptions say.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from benchmarks.mutation.operators import of_expression, of_statement

TYPED = frozenset({"isinstance", "issubclass", "cast", "TypeVar", "NewType"})
"""Calls whose arguments are types."""


class Site(NamedTuple):
    """One place of a tree and what would stand there instead."""

    operator: str
    node: ast.AST
    replacement: ast.AST
    put: Callable[[ast.AST], None]
    """Writes a node into the place."""
    function: str
    """The outermost function around it, with its class; empty where the change shows only when the module is loaded."""
    statement: ast.stmt


def sites(tree: ast.Module) -> Iterator[Site]:
    """Every place of `tree` that can be mutated, in the order of the source; the tree is not changed."""
    return _Walk().body(tree, "", "")


class _Walk:
    """Goes through statements and expressions and remembers in which function, and in which statement, it is."""

    def body(self, owner: ast.AST, scope: str, function: str) -> Iterator[Site]:
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(owner, field, None)
            if isinstance(statements, list):
                for index, statement in enumerate(statements):
                    yield from self.statement(statement, _item(statements, index), scope, function)
        for handler in getattr(owner, "handlers", ()):
            yield from self.body(handler, scope, function)
        for case in getattr(owner, "cases", ()):
            yield from self.body(case, scope, function)

    def statement(self, node: ast.stmt, put: Callable[[ast.AST], None], scope: str, function: str) -> Iterator[Site]:
        if isinstance(node, ast.FunctionDef):
            yield from self.function(node, scope, function)
            return
        if isinstance(node, ast.ClassDef):
            yield from self.body(node, f"{scope}.{node.name}" if scope else node.name, function)
            return
        if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom) or _for_types_only(node):
            return
        for operator, replacement in of_statement(node):
            yield Site(operator, node, replacement, put, function, node)
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return
        for value, place in _expressions(node):
            yield from self.expression(value, place, function, node)
        yield from self.body(node, scope, function)

    def function(self, node: ast.FunctionDef, scope: str, function: str) -> Iterator[Site]:
        """Defaults are made where the function is defined; the body runs later."""
        for defaults in (node.args.defaults, node.args.kw_defaults):
            for index, default in enumerate(defaults):
                if default is not None:
                    yield from self.expression(default, _item(defaults, index), function, node)
        inner = f"{scope}.{node.name}" if scope else node.name
        yield from self.body(node, inner, function or inner)

    def expression(
        self, node: ast.expr, put: Callable[[ast.AST], None], function: str, statement: ast.stmt
    ) -> Iterator[Site]:
        for operator, replacement in of_expression(node, inside=bool(function)):
            yield Site(operator, node, replacement, put, function, statement)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and _name(node.func) in TYPED):
            return
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                yield from self.expression(value, _field(node, field), function, statement)
            elif isinstance(value, list):
                for index, element in enumerate(value):
                    if isinstance(element, ast.expr):
                        yield from self.expression(element, _item(value, index), function, statement)
                    elif isinstance(element, ast.keyword):
                        yield from self.expression(element.value, _field(element, "value"), function, statement)
                    elif isinstance(element, ast.comprehension):
                        yield from self.comprehension(element, function, statement)

    def comprehension(self, node: ast.comprehension, function: str, statement: ast.stmt) -> Iterator[Site]:
        yield from self.expression(node.iter, _field(node, "iter"), function, statement)
        for index, condition in enumerate(node.ifs):
            yield Site("condition", condition, ast.Constant(True), _item(node.ifs, index), function, statement)
            yield from self.expression(condition, _item(node.ifs, index), function, statement)


def _expressions(node: ast.stmt) -> Iterator[tuple[ast.expr, Callable[[ast.AST], None]]]:
    """The expressions that stand directly in a statement, without its types."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr) and field not in ("annotation", "type"):
            yield value, _field(node, field)
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, ast.expr):
                    yield element, _item(value, index)


def _field(owner: ast.AST, field: str) -> Callable[[ast.AST], None]:
    return lambda node: setattr(owner, field, node)


def _item(items: list[Any], index: int) -> Callable[[ast.AST], None]:
    return lambda node: items.__setitem__(index, node)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _for_types_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING"
