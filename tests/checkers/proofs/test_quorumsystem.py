"""checkers.proofs.quorumsystem: overlap and resilience, against brute force and against quoracle."""

import random
from itertools import combinations

import pytest

from checkers.proofs.quorum import (
    Expression,
    choose,
    dual,
    from_quoracle,
    grid,
    hierarchy,
    is_quorum,
    majority,
    names,
    node,
    some,
    weighted,
)
from checkers.proofs.quorumsystem import misses, overlap, resilience, smallest_quorum, survivors
from checkers.proofs.quorumtext import parse
from checkers.proofs.smtlib import script
from checkers.proofs.solving import Solvers, read_cvc5, read_z3

Z3, BOTH = Solvers(("z3",)), Solvers(("z3", "cvc5"))


def random_expression(rnd: random.Random, depth: int, members: list[str]) -> Expression:
    if depth == 0:
        return node(rnd.choice(members))
    parts = [random_expression(rnd, depth - 1, members) for _ in range(rnd.randint(2, 3))]
    return choose(rnd.randint(1, len(parts)), parts)


def quorums(expression: Expression, members: tuple[str, ...]) -> list[frozenset[str]]:
    every = (frozenset(c) for size in range(len(members) + 1) for c in combinations(members, size))
    return [chosen for chosen in every if is_quorum(expression, chosen)]


def pairs(count: int, seed: int) -> list[tuple[Expression, Expression]]:
    rnd = random.Random(seed)
    members = list("abcdefg")
    drawn = [random_expression(rnd, 2, members) for _ in range(2 * count)]
    return [
        (one, dual(one) if at % 3 == 0 else other)
        for at, (one, other) in enumerate(zip(drawn[::2], drawn[1::2], strict=True))
    ]


@pytest.mark.parametrize(("reads", "writes"), pairs(60, 2))
def test_overlap_and_its_smallest_counterexample_are_those_of_brute_force(
    reads: Expression, writes: Expression
) -> None:
    members = tuple(dict.fromkeys(names(reads) + names(writes)))
    apart = [len(a) + len(b) for a in quorums(reads, members) for b in quorums(writes, members) if not a & b]
    found = overlap(reads, writes, Z3)
    assert found.outcome.result == ("refuted" if apart else "proved")
    if found.disjoint is not None:
        assert is_quorum(reads, frozenset(found.disjoint.read))
        assert is_quorum(writes, frozenset(found.disjoint.write))
        assert not set(found.disjoint.read) & set(found.disjoint.write)
        assert found.disjoint.smallest
        assert len(found.disjoint.read) + len(found.disjoint.write) == min(apart)


@pytest.mark.parametrize("expression", [one for one, _ in pairs(40, 5)], ids=str)
def test_resilience_is_that_of_brute_force(expression: Expression) -> None:
    members = names(expression)
    worst = next(
        size
        for size in range(len(members) + 1)
        if any(not survivors(expression, frozenset(failed)) for failed in combinations(members, size))
    )
    assert resilience(expression, Z3) == worst - 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the solver that quoracle uses
def test_validity_and_resilience_agree_with_quoracle_on_two_hundred_random_expressions() -> None:
    quoracle = pytest.importorskip("quoracle")
    rnd = random.Random(1)

    def draw(depth: int, nodes: list) -> object:
        if depth == 0:
            return rnd.choice(nodes)
        parts = [draw(depth - 1, nodes) for _ in range(rnd.randint(2, 3))]
        return quoracle.choose(rnd.randint(1, len(parts)), parts)

    verdicts = {True: 0, False: 0}
    for at in range(200):
        nodes = [quoracle.Node(f"n{i}") for i in range(rnd.randint(3, 9))]
        reads = draw(2, nodes)
        writes = reads.dual() if at % 2 else draw(2, nodes)
        try:
            quoracle.QuorumSystem(reads=reads, writes=writes)
            valid = True
        except ValueError:
            valid = False
        ours = from_quoracle(reads)
        problem, _ = misses(ours, from_quoracle(writes))
        assert Z3.ask(problem).result == ("proved" if valid else "refuted"), (str(reads), str(writes))
        verdicts[valid] += 1
        if at % 4 == 0:  # theirs starts a process of its own each time
            assert resilience(ours, Z3) == reads.resilience(), str(reads)
    assert min(verdicts.values()) >= 30


@pytest.mark.parametrize(
    ("reads", "writes", "meets"),
    [
        (majority(node(f"n{i}") for i in range(200)), None, True),
        (choose(100, [node(f"n{i}") for i in range(200)]), None, False),
        (*grid(14, 14), True),
        (grid(14, 14)[0], grid(14, 14)[0], False),
        (hierarchy([[f"n{g}.{i}" for i in range(15)] for g in range(13)]), None, True),
        (weighted(501, [(node(f"n{i}"), 1 + i % 9) for i in range(200)]), None, True),
    ],
    ids=["majority", "half", "grid", "rows alone", "hierarchy", "weights"],
)
def test_systems_of_two_hundred_nodes_are_decided_by_both_solvers(reads, writes, meets: bool) -> None:
    outcome = BOTH.ask(misses(reads, reads if writes is None else writes)[0])
    assert outcome.result == ("proved" if meets else "refuted"), outcome.reason


def test_the_script_of_a_system_reads_back_to_the_same_answer() -> None:
    for text, answer in (("majority(a,b,c,d,e)", "unsat"), ("a*b + c*d", "sat"), ("choose(2, a*b, c, d, e)", "sat")):
        problem, _ = misses(parse(text), parse(text))
        assert read_z3(script(problem)) == read_cvc5(script(problem))[2] == answer


def test_the_smallest_quorum_of_an_expression_that_repeats_nodes_is_searched_for() -> None:
    assert smallest_quorum(parse("a*b + b*c*d + hub*(a + b)"), Z3) == 2
    assert smallest_quorum(parse("(a+b)*(b+c)*(c+b)"), Z3) == 1
    assert smallest_quorum(some([node("a")]), Z3) == 1


def test_a_solver_that_gives_up_leaves_resilience_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from checkers.proofs import solving

    monkeypatch.setitem(solving._ASK, "z3", lambda _problem, _timeout: solving.Answer("z3", "unknown", "timeout"))
    repeated = parse("a*b*c + b*c*d + c*d*a")
    assert resilience(dual(repeated), Z3) is None
    assert overlap(repeated, repeated, Z3).outcome.result == "unknown"
