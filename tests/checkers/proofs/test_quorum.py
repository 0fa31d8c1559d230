"""checkers.proofs.quorum: expressions, their duals and sizes, against brute force over subsets."""

import random
from itertools import combinations

import pytest

from checkers.proofs import quorum
from checkers.proofs.quorum import (
    Expression,
    cheapest,
    choose,
    dual,
    every,
    from_quoracle,
    grid,
    hierarchy,
    is_quorum,
    leaves,
    majority,
    names,
    node,
    renamed,
    shrunk,
    simple,
    some,
    weighted,
)
from checkers.proofs.quorumtext import parse

ABC = [node(name) for name in "abc"]


def random_expression(rnd: random.Random, depth: int, members: list[str]) -> Expression:
    if depth == 0:
        return node(rnd.choice(members))
    parts = [(random_expression(rnd, depth - 1, members), rnd.randint(1, 3)) for _ in range(rnd.randint(1, 3))]
    if rnd.random() < 0.7:
        parts = [(part, 1) for part, _ in parts]
    return weighted(rnd.randint(1, sum(weight for _, weight in parts)), parts)


def subsets(members: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(c) for size in range(len(members) + 1) for c in combinations(members, size)]


def expressions() -> list[Expression]:
    rnd = random.Random(7)
    return [random_expression(rnd, rnd.randint(0, 3), list("abcdef")) for _ in range(150)]


@pytest.mark.parametrize("expression", expressions(), ids=str)
def test_a_quorum_of_the_dual_is_a_set_that_meets_every_quorum(expression: Expression) -> None:
    members = names(expression)
    quorums = [s for s in subsets(members) if is_quorum(expression, s)]
    for chosen in subsets(members):
        assert is_quorum(dual(expression), chosen) == all(chosen & one for one in quorums)


def test_the_dual_of_the_dual_is_the_expression() -> None:
    assert [dual(dual(one)) for one in expressions()] == expressions()


def test_the_cheapest_quorum_is_the_smallest_where_no_node_appears_twice() -> None:
    rnd = random.Random(3)
    compared = 0
    for _ in range(300):
        found = random_expression(rnd, 2, [f"n{i}" for i in range(40)])
        if not simple(found) or len(names(found)) > 9:
            continue
        smallest = min(len(s) for s in subsets(names(found)) if is_quorum(found, s))
        assert cheapest(found) == smallest
        compared += 1
    assert compared > 50


def test_shrinking_leaves_a_quorum_of_which_no_node_can_be_spared() -> None:
    for expression in expressions():
        found = shrunk(expression, names(expression))
        assert is_quorum(expression, frozenset(found))
        assert not any(is_quorum(expression, frozenset(found) - {name}) for name in found)


def test_every_expression_reads_back_from_its_text() -> None:
    for expression in expressions():
        again = parse(str(expression))
        for chosen in subsets(names(expression)):
            assert is_quorum(again, chosen) == is_quorum(expression, chosen), str(expression)


def test_a_grid_and_a_hierarchy_meet() -> None:
    reads, writes = grid(2, 3)
    assert len(names(reads)) == 6
    for left in subsets(names(reads)):
        rest = frozenset(names(reads)) - left
        assert not (is_quorum(reads, left) and is_quorum(writes, rest))
    three = hierarchy([["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    assert cheapest(three) == 4
    assert is_quorum(three, frozenset("abde"))
    assert not is_quorum(three, frozenset("abcg"))


def test_a_threshold_that_nothing_or_everything_meets_is_refused() -> None:
    for need in (0, 4):
        with pytest.raises(ValueError, match=f"{need} of 3"):
            choose(need, ABC)
    with pytest.raises(ValueError, match="below 0"):
        weighted(1, [(ABC[0], -1), (ABC[1], 3)])


def test_a_node_without_weight_is_no_part() -> None:
    assert names(weighted(1, [(ABC[0], 1), (ABC[1], 0)])) == ("a",)


def test_a_part_that_stands_there_twice_counts_twice() -> None:
    a, b, c = ABC
    assert str(choose(2, [a, a, b, c])) == "weights(2, a=2, b=1, c=1)"
    assert str(some([a, a, b])) == "a + b"
    assert str(every([a, a, b])) == "a*b"


def test_expressions_are_printed_as_they_are_written() -> None:
    a, b, c = ABC
    assert str(some([every([a, b]), c])) == "a*b + c"
    assert str(every([some([a, b]), c])) == "(a + b)*c"
    assert str(majority(ABC)) == "choose(2, a, b, c)"
    assert str(weighted(2, [(a, 2), (b, 1), (c, 1)])) == "weights(2, a=2, b=1, c=1)"
    assert leaves(some([every([a, b]), a])) == ("a", "b", "a")
    assert str(renamed(every([a, b]), {"a": "x", "b": "x"})) == "x*x"


def test_quoracles_expressions_mean_the_same() -> None:
    quoracle = pytest.importorskip("quoracle")
    nodes = [quoracle.Node(name) for name in "abcd"]
    a, b, c, d = nodes
    for theirs in (a, a * b + c * d, quoracle.choose(2, [a * b, c, d]), quoracle.majority(nodes)):
        ours = from_quoracle(theirs)
        for chosen in subsets(tuple("abcd")):
            assert is_quorum(ours, chosen) == theirs.is_quorum(set(chosen))
    with pytest.raises(TypeError, match="int is no expression"):
        from_quoracle(3)
    assert quorum.node("a") == from_quoracle(a)
