"""The mutants of a module, their names, and a sample of them that a seed draws."""

import ast
import hashlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutation.sites import Site, sites


class Mutant(NamedTuple):
    """One small mistake in one module."""

    module: str
    """Its path, relative to the root."""
    number: int
    """Of the site, in the order of the source."""
    name: str
    """The same as long as the function around it does not change what stands there."""
    operator: str
    function: str
    """The outermost function that contains it; empty where loading the module is what it changes."""
    lines: tuple[int, int]
    """Of the statement, or of its head: a test that runs none of them cannot see the mutant."""
    line: int
    before: str
    after: str

    def source_of(self, text: str) -> ast.Module:
        """The tree of the module with this mistake in it, at the lines of the original."""
        tree = ast.parse(text)
        site = _numbered(tree)[self.number]
        site.put(ast.copy_location(site.replacement, site.node))
        return ast.fix_missing_locations(tree)


def mutants(root: Path, module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its source."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for number, site in enumerate(_numbered(ast.parse((root / module).read_text(encoding="utf-8")))):
        before, after = _told(site.node), _told(site.replacement)
        key = (site.function, site.operator, before, after)
        name = hashlib.sha256("\0".join((module, *key, str(seen[key]))).encode()).hexdigest()[:12]
        seen[key] += 1
        head = _head(site.statement)
        line = getattr(site.node, "lineno", site.statement.lineno)
        found.append(Mutant(module, number, name, site.operator, site.function, head, line, before, after))
    return found


def sample(of: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of them without replacement. A larger sample of the same seed contains a smaller one."""
    return sorted(of, key=lambda one: hashlib.sha256(f"{seed} {one.name}".encode()).digest())[:count]


def _numbered(tree: ast.Module) -> list[Site]:
    return list(sites(tree))


def _told(node: ast.AST) -> str:
    """One line; of a statement with a body its head."""
    text = ast.unparse(node)
    if isinstance(node, ast.If):
        return text.partition("\n")[0]
    return " ".join(text.split())


def _head(node: ast.stmt) -> tuple[int, int]:
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return node.lineno, max(last, node.lineno)
