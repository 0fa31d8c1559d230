"""The determinism lint catches each forbidden thing, passes clean code, and finds none in the packages it guards."""

from pathlib import Path

import pytest

from tools.determinism import FORBIDDEN_MODULES, GENERATOR_OWNER, SCOPE, check, check_tree, main, sources

ROOT = Path(__file__).resolve().parent.parent


def rules(source: str, path: str = "model/example.py") -> list[str]:
    return [finding.rule for finding in check(source, path)]


@pytest.mark.parametrize("module", sorted(FORBIDDEN_MODULES))
@pytest.mark.parametrize(
    "template",
    [
        "import {0}",
        "import {0}.sub as s",
        "from {0} import Random",
        "def f():\n    import {0}",
        "if x:\n    import {0}",
    ],
)
def test_a_forbidden_module_is_caught_wherever_it_is_imported(module: str, template: str) -> None:
    assert rules(template.format(module))[0] == "import"


def test_the_modules_that_the_architecture_names_are_forbidden() -> None:
    named = "time random socket asyncio threading uuid secrets datetime os multiprocessing"
    assert set(named.split()) <= FORBIDDEN_MODULES


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("__import__('ti' + 'me')", "builtin"),
        ("from importlib import import_module", "import"),
        ("x = hash('a')", "builtin"),
        ("x = sorted(xs, key=hash)", "builtin"),
        ("class A:\n    def __eq__(self, o):\n        return hash(self) == hash(o)", "builtin"),
        ("with open('f') as f: pass", "builtin"),
        ("x = input()", "builtin"),
        ("xs.sort(key=id)", "identity"),
        ("ys = sorted(xs, key=lambda x: (x.n, id(x)))", "identity"),
        ("y = max(xs, key=id)", "identity"),
        ("y = id(a) < id(b)", "identity"),
        ("heapq.heappush(heap, (0, id(x), x))", "identity"),
        ("from numpy.random import Random\nr = Random()", "chance"),
    ],
)
def test_each_forbidden_builtin_and_order_by_address_is_caught(source: str, rule: str) -> None:
    assert rule in rules(source)


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import random\nx = random.random()", "chance"),
        ("import random as r\nx = r.choice(xs)", "chance"),
        ("import random\nx = random.SystemRandom()", "chance"),
        ("import os\nx = os.environ['HOME']", "environment"),
    ],
)
def test_the_use_of_a_forbidden_module_is_reported_beside_its_import(source: str, rule: str) -> None:
    assert rules(source) == ["import", rule]


@pytest.mark.parametrize(
    "source",
    [
        "for x in {1, 2}: pass",
        "for x in set(xs): pass",
        "for x in frozenset(xs): pass",
        "for x in {y.z for y in ys}: pass",
        "for x in {1} | other: pass",
        "for x in set(xs).union(ys): pass",
        "for x in {1} if a else xs: pass",
        "r = [x for x in set(xs)]",
        "r = {x: 1 for x in set(xs)}",
        "r = list(x for x in set(xs))",
        "r = sum(x.cost for x in set(xs))",
        "r = [x for ys in xss for x in set(ys)]",
        "r = list({1, 2})",
        "r = tuple(set(xs))",
        "r = next(iter(set(xs)))",
        "r = ','.join({'a', 'b'})",
        "r = dict.fromkeys({'a', 'b'})",
        "r = [*set(xs)]",
        "f(*set(xs))",
        "a, b = {1, 2}",
        "r = min({'a', 'b'}, key=len)",
        "r = set(xs).pop()",
        "s = {1, 2}\nfor x in s: pass",
        "S = frozenset({1, 2})\ndef f():\n    return [x for x in S]",
        "def f():\n    s = set()\n    s.add(1)\n    s |= {2}\n    for x in s: pass",
        "def f():\n    s: set[int] = make()\n    for x in s: pass",
        "def f(s: frozenset[int]):\n    for x in s: pass",
        "def f(s: 'int', *, t: AbstractSet[int]):\n    return list(t)",
        "def f():\n    a = set(xs)\n    b = a - {1}\n    yield from b",
        "def f():\n    a, b = set(), []\n    for x in a: pass",
        "def f():\n    if c:\n        s = {1}\n    else:\n        s = set()\n    while s:\n        s.pop()",
    ],
)
def test_an_order_taken_from_a_set_is_caught(source: str) -> None:
    assert rules(source) == ["set-order"]


@pytest.mark.parametrize(
    "source",
    [
        "for x in sorted({1, 2}): pass",
        "r = sorted(x.y for x in set(xs))",
        "r = sorted(map(f, set(xs)))",
        "r = sorted(list(set(xs)))",
        "r = any(x.y for x in {1, 2}) and all(x for x in set(xs))",
        "r = {x.y for x in set(xs)}",
        "r = {*{1}, *set(xs)}",
        "r = frozenset(x for x in {1, 2})",
        "r = 1 in {1, 2}",
        "r = len({1, 2})",
        "r = max({1, 2})",
        "for x in [1, 2]: pass",
        "for x in {1: 2}: pass",
        "def f():\n    s = {1}\n    s = sorted(s)\n    for x in s: pass",
        "def f(s: set[int]):\n    s = sorted(s)\n    for x in s: pass",
        "s = {1}\ndef f(s):\n    for x in s: pass",
        "def g(*groups: set[int]):\n    for group in groups: pass",
        "xs = [1]\nx = xs.pop()",
        "def set(x): return [x]\nfor x in set(1): pass",
        "for x in {1, 2}:  # order-free: only counts\n    n += 1",
    ],
)
def test_an_order_that_no_set_decides_passes(source: str) -> None:
    assert rules(source) == []


def test_an_excuse_without_a_reason_excuses_nothing() -> None:
    assert rules("for x in {1, 2}:  # order-free:\n    n += 1") == ["set-order"]


def test_an_excuse_covers_only_the_order_of_a_set() -> None:
    assert rules("x = hash(1)  # order-free: because") == ["builtin"]


@pytest.mark.parametrize(
    "source",
    [
        '"""A clean module: it may say random.random() and time in words."""\nfrom hashlib import blake2b',
        "class A:\n    def __hash__(self):\n        return hash(self.digest)",
        "def f(time: int, random: object) -> int:\n    return random.choice(time.xs)",
        "same = id(a) == id(b)\nseen = {id(x): x for x in xs}",
        "class Journal:\n    def open(self): ...\nj = Journal()\nj.open()",
        "def f(open: int) -> int:\n    return open",
        "from .time import tick\nfrom model.random_walk import walk",
    ],
)
def test_a_clean_file_passes(source: str) -> None:
    assert rules(source) == []


def test_only_the_owner_of_the_generator_may_import_random() -> None:
    seeded = "import random\ndef generator(seed: int) -> random.Random:\n    return random.Random(seed)\n"
    assert rules(seeded, GENERATOR_OWNER) == []
    assert rules(seeded, "kept/sim/world.py") == ["import"]


@pytest.mark.parametrize(
    "source",
    ["import random\nr = random.Random()", "import random\nx = random.random()", "from random import choice"],
)
def test_the_owner_of_the_generator_may_use_it_only_with_a_seed(source: str) -> None:
    assert rules(source, GENERATOR_OWNER) == ["chance"]


def test_a_finding_names_file_line_and_rule() -> None:
    (finding,) = check("a = 1\nb = hash(a)\n", "checkers/example.py")
    assert str(finding).startswith("checkers/example.py:2: builtin: hash()")


def test_the_command_exits_1_exactly_if_there_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, dirty = tmp_path / "clean.py", tmp_path / "dirty.py"
    clean.write_text("x = 1\n")
    dirty.write_text("import time\n")
    assert main([str(clean)]) == 0
    assert main([str(clean), str(dirty)]) == 1
    assert "dirty.py:1: import: time" in capsys.readouterr().out


def test_every_file_of_the_deterministic_packages_is_checked(tmp_path: Path) -> None:
    for package in (*SCOPE, "kept/cli", "dynamo/net"):
        (tmp_path / package / "inner").mkdir(parents=True)
        (tmp_path / package / "inner" / "bad.py").write_text("import time\n")
    assert [finding.path for finding in check_tree(tmp_path)] == [f"{package}/inner/bad.py" for package in SCOPE]


def test_the_deterministic_packages_of_this_project_have_no_finding() -> None:
    assert any(sources(ROOT))
    assert check_tree(ROOT) == []
