"""A lint for code that must do the same twice: no clock, no chance, no outside world, no order of a set.

    python -m tools.determinism [FILE...]

checks the deterministic packages (`SCOPE`), or the files named, and prints one line per finding. It decides only what
the syntax decides: a set that comes out of a call or an attribute is not seen. Import contracts (`.importlinter`) see
whole chains of imports; this lint also sees imports inside functions, and what is done without any import.

A loop over a set whose order provably cannot show may say why on its line: ``# order-free: <reason>``.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tools.setlike import Scope, is_set, scope_of

SCOPE = ("dynamo/core", "kept/sim", "model", "checkers")
FORBIDDEN_MODULES = frozenset(
    {"asyncio", "concurrent", "datetime", "importlib", "multiprocessing", "os", "random", "secrets", "selectors"}
    | {"signal", "socket", "tempfile", "threading", "time", "uuid"}
)
GENERATOR_OWNER = "kept/sim/entropy.py"
"""The one module that may import `random`, and only for `random.Random(seed)`."""

FORBIDDEN_BUILTINS = {
    "hash": "differs between processes (PYTHONHASHSEED); use a digest, or define __hash__",
    "open": "reads the outside world; take the bytes as an argument",
    "input": "reads the outside world",
    "__import__": "hides an import",
}
ORDERED_BY = frozenset({"sorted", "min", "max", "sort", "heappush", "insort", "nlargest", "nsmallest"})
"""Calls whose result depends on how their elements compare."""
ORDER_FREE = frozenset({"sorted", "set", "frozenset", "any", "all", "len"})
"""Calls whose result does not depend on the order of what they consume. `sum` is not one: floats do not associate."""
ORDER_SHOWS = frozenset(
    {"deque", "dict", "enumerate", "extend", "filter", "fromkeys", "iter", "join", "list", "map", "reversed", "sum"}
    | {"tuple", "zip"}
)
"""Calls that pass the order of what they consume on."""

_EXCUSED = re.compile(r"#\s*order-free:\s*\S")


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def check(source: str, path: str) -> list[Finding]:
    """Every finding in one file, in the order of lines. Raises SyntaxError where `source` is no Python."""
    linter = _Linter(path, source.splitlines())
    linter.visit(ast.parse(source, path))
    return sorted(linter.findings, key=lambda finding: finding[1:])


def check_tree(root: Path) -> list[Finding]:
    """Every finding in the deterministic packages under `root`."""
    return [finding for path in sources(root) for finding in check_file(path, root)]


def check_file(path: Path, root: Path) -> list[Finding]:
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return check(path.read_text(encoding="utf-8"), name)


def sources(root: Path) -> Iterator[Path]:
    for package in SCOPE:
        yield from sorted((root / package).rglob("*.py"))


class _Linter(ast.NodeVisitor):
    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.findings: list[Finding] = []
        self.scopes: list[Scope] = []
        self.functions: list[str] = []
        self.modules: dict[str, str] = {}
        """The names that imports bind to modules."""
        self.order_free: list[ast.expr] = []
        """Expressions that stand directly in a call of ORDER_FREE."""

    def report(self, node: ast.expr | ast.stmt, rule: str, message: str) -> None:
        excused = rule == "set-order" and _EXCUSED.search(self.lines[node.lineno - 1])
        if not excused:
            self.findings.append(Finding(self.path, node.lineno, rule, message))

    # Scopes

    def visit_Module(self, node: ast.Module) -> None:
        self._enter(node, "")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._enter(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._enter(node, node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._enter(node, self.functions[-1])

    def _enter(self, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> None:
        self.scopes.append(scope_of(node))
        self.functions.append(name)
        self.generic_visit(node)
        self.functions.pop()
        self.scopes.pop()

    # Imports

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imported(node, alias.name)
            self.modules[alias.asname or alias.name] = alias.name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0:
            self._imported(node, node.module or "")
        if node.module == "random" and any(alias.name != "Random" for alias in node.names):
            self.report(node, "chance", "only random.Random(seed) is reproducible")

    def _imported(self, node: ast.stmt, module: str) -> None:
        top = module.partition(".")[0]
        if top in FORBIDDEN_MODULES and not (module == "random" and self.path == GENERATOR_OWNER):
            self.report(node, "import", f"{module} must not be known here: clock, chance and I/O come in through ports")

    # Names and calls

    def visit_Name(self, node: ast.Name) -> None:
        reason = FORBIDDEN_BUILTINS.get(node.id)
        mine = any(node.id in scope.bound for scope in self.scopes)
        if reason and not mine and not (node.id == "hash" and self.functions[-1] == "__hash__"):
            self.report(node, "builtin", f"{node.id}() {reason}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        module = self.modules.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if module == "random" and node.attr != "Random":
            self.report(node, "chance", f"random.{node.attr} uses the generator of the process, which nobody seeded")
        if (module, node.attr) == ("os", "environ"):
            self.report(node, "environment", "os.environ differs between machines; take a configuration")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if name == "Random" and not node.args and not keywords:
            self.report(node, "chance", "Random() without a seed takes one from the operating system")
        if name in ORDERED_BY:
            self._forbid_identity(node, [*node.args, *keywords.values()])
        if name in ORDER_FREE:
            self.order_free += node.args
        ties = name in ("min", "max") and "key" in keywords  # the first of equals wins
        if ties or (name in ORDER_SHOWS and not self._is_order_free(node)):
            for argument in node.args:
                self._forbid_set(argument)
        if name == "pop" and not node.args and isinstance(node.func, ast.Attribute):
            self._forbid_set(node.func.value)
        self.generic_visit(node)

    def _is_order_free(self, node: ast.expr) -> bool:
        return any(node is free for free in self.order_free)

    def visit_Compare(self, node: ast.Compare) -> None:
        if any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops):
            self._forbid_identity(node, [node.left, *node.comparators])
        self.generic_visit(node)

    def _forbid_identity(self, node: ast.expr, operands: Iterable[ast.expr]) -> None:
        names = (part for operand in operands for part in ast.walk(operand) if isinstance(part, ast.Name))
        if any(name.id == "id" and not any("id" in scope.bound for scope in self.scopes) for name in names):
            self.report(node, "identity", "id() is an address: an order by it differs between runs")

    # The order of sets

    def _forbid_set(self, iterated: ast.expr) -> None:
        if is_set(iterated, self.scopes):
            self.report(iterated, "set-order", "the order of a set is nobody's promise; iterate over sorted(...)")

    def visit_For(self, node: ast.For) -> None:
        self._forbid_set(node.iter)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Tuple | ast.List) for target in node.targets):
            self._forbid_set(node.value)
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        for element in node.elts:  # {*one, *other} is a union: no order shows
            self.visit(element.value if isinstance(element, ast.Starred) else element)

    def visit_Starred(self, node: ast.Starred) -> None:
        self._forbid_set(node.value)
        self.generic_visit(node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self._forbid_set(node.value)
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> None:
        """A set comprehension forgets the order again, so it may range over a set; the others may not."""
        if not self._is_order_free(node):
            for generator in node.generators:
                self._forbid_set(generator.iter)
        self.generic_visit(node)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def main(arguments: list[str]) -> int:
    """Print the findings; 0 where there are none."""
    root = Path(__file__).resolve().parent.parent
    paths = [Path(argument).resolve() for argument in arguments] or list(sources(root))
    findings = [finding for path in paths for finding in check_file(path, root)]
    for finding in findings:
        print(finding)
    print(f"{len(paths)} files checked for determinism, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
