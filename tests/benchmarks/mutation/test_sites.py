"""What is mutated, and what is left alone."""

import ast
import copy

import pytest

from benchmarks.mutation.sites import sites


def changed(source: str) -> list[str]:
    """The statements that mutants of `source` consist of."""
    found = []
    for number in range(len(list(sites(ast.parse(source))))):
        tree = ast.parse(source)
        site = list(sites(tree))[number]
        site.put(ast.copy_location(site.replacement, site.node))
        found.append(ast.unparse(ast.fix_missing_locations(tree)))
    return found


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a < b <= c", ["x = a <= b <= c", "x = a >= b <= c", "x = a < b < c", "x = a < b > c"]),
        ("x = a is None", ["x = a is not None"]),
        ("x = a and b", ["x = a or b", "x = b", "x = a"]),
        ("x = not a", ["x = a"]),
        ("x = a - b", ["x = a + b"]),
        ("x = 7", ["x = 8"]),
        ("x = True", ["x = False"]),
        ("x = a if b else c", ["x = a", "x = c"]),
        ("x = min(a)", ["x = max(a)"]),
        ("x.y = a", ["pass"]),
        ("f(a)", ["pass"]),
        ("del x[a]", ["pass"]),
        ("x += a", ["x -= a", "pass"]),
        ("raise Wrong(a + 1)", ["pass"]),
        ("x = [a for a in b if c]", ["x = [a for a in b if True]"]),
        ("while a:\n    continue", ["while a:\n    break"]),
        ("if a:\n    b = c", ["if True:\n    b = c", "if False:\n    b = c"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("def f(a=1):\n    pass", ["def f(a=2):\n    pass"]),
    ],
)
def test_a_mutant_differs_in_one_place(source: str, mutants: list[str]) -> None:
    assert changed(source) == mutants


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "assert a < 1",
        "x: int | None",
        "Either = int | str",
        "x = isinstance(a, int | str)",
        "x = f'{a + 1}'",
        "x = 'words'",
        "if TYPE_CHECKING:\n    x = 1",
        "def f() -> 'int | None':\n    return None",
        "from a import b",
        "host.mark('a rare path')",
    ],
)
def test_what_cannot_be_a_mistake_of_the_logic_is_left_alone(source: str) -> None:
    assert changed(source) == []


def test_looking_for_mutants_changes_nothing() -> None:
    tree = ast.parse("def f(a):\n    if a < 1 and a:\n        a += 2\n    return [a for a in a if not a]")
    before = ast.dump(copy.deepcopy(tree))
    assert len(list(sites(tree))) > 10
    assert ast.dump(tree) == before


def test_a_mutant_knows_the_outermost_function_around_it_and_none_where_loading_shows_it() -> None:
    source = (
        "A = 1\nclass B:\n    c = 2\n    def d(self, e=3):\n        def f(g=4):\n            return 5\n        return f"
    )
    found = [(site.function, ast.unparse(site.node)) for site in sites(ast.parse(source))]
    assert [place for place, text in found if text == "5"] == ["B.d"]
    assert [place for place, text in found if text == "4"] == ["B.d"]
    assert [place for place, text in found if text in "123"] == ["", "", ""]
