"""Which expressions are sets, as far as the syntax alone tells.

A set display, a set comprehension, `set(...)`, `frozenset(...)`, an operation between sets, and a name that its scope
binds to nothing but these (or declares as one).
"""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

SET_TYPES = frozenset({"set", "frozenset", "AbstractSet", "MutableSet", "Set", "FrozenSet"})
SET_METHODS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)

Scoped = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scope(NamedTuple):
    """The names that one function (or the module) binds, and those of them that are only ever sets."""

    bound: frozenset[str]
    sets: frozenset[str]


def is_set(node: ast.expr, scopes: Sequence[Scope]) -> bool:
    """Whether `node` is a set, read in `scopes` (outermost first)."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset" as name)):
            return not any(name in scope.bound for scope in scopes)
        case ast.Name(id=name):
            owner = next((scope for scope in reversed(scopes) if name in scope.bound), None)
            return owner is not None and name in owner.sets
    return any(is_set(part, scopes) for part in _operands(node))


def _operands(node: ast.expr) -> list[ast.expr]:
    """The parts of which one is enough: where it is a set, so is `node` (or can be)."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in SET_METHODS:
            return [value]
        case ast.BinOp(left=left, right=right, op=operator) if isinstance(operator, SET_OPERATORS):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.NamedExpr(value=value):
            return [value]
    return []


def scope_of(node: Scoped) -> Scope:
    """The bindings of one function or module, without those of the functions inside it."""
    sets: set[str] = set()
    others: set[str] = set()
    arguments = [] if isinstance(node, ast.Module) else _arguments(node.args)
    for argument in arguments:
        (sets if _declares_set(argument.annotation) else others).add(argument.arg)
    for part in _own(node):
        for name, value, annotation in _bindings(part):
            empty = Scope(frozenset(), frozenset())
            known = Scope(frozenset(sets), frozenset(sets))  # names bound above may be used below
            declared = _declares_set(annotation) or (value is not None and is_set(value, (empty, known)))
            (sets if declared else others).add(name)
    return Scope(frozenset(sets | others), frozenset(sets - others))


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters. `*args: set[str]` is a tuple of sets, so those two count without their annotation."""
    variadic = [ast.arg(arg.arg) for arg in (arguments.vararg, arguments.kwarg) if arg]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *variadic]


def _own(node: Scoped) -> Iterator[ast.AST]:
    """Everything in `node`'s own scope, in source order; a function inside is yielded, its body is not."""
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += reversed(list(ast.iter_child_nodes(part)))


def _bindings(part: ast.AST) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """(name, value, annotation) of each binding; a value that only another type can have is None."""
    match part:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            yield name, value, annotation
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value, None
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from _targets(target, None)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _targets(target, None)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name, None, None
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, None, None
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0], None, None


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None, None]]:
    """The names in an assignment's target; a pair of targets takes a pair of values apart."""
    if isinstance(target, ast.Name):
        yield target.id, value, None
    elif isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
        for index, element in enumerate(target.elts):
            inner = element.value if isinstance(element, ast.Starred) else element
            yield from _targets(inner, parts[index] if parts else None)


def _declares_set(annotation: ast.expr | None) -> bool:
    """Whether an annotation is `set[...]`, `frozenset`, `AbstractSet[...]` or the like."""
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Attribute):
        return annotation.attr in SET_TYPES
    return isinstance(annotation, ast.Name) and annotation.id in SET_TYPES
