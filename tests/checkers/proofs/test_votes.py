"""checkers.proofs.votes: subset sums decide weighted votes exactly, as brute force and a solver do."""

import random
from itertools import combinations

from checkers.proofs.quorum import node, weighted
from checkers.proofs.quorumsystem import misses
from checkers.proofs.solving import Solvers
from checkers.proofs.votes import split


def test_votes_that_giffords_inequality_rejects_may_meet() -> None:
    votes = {"a": 2, "b": 2, "c": 2}
    assert 3 + 3 <= sum(votes.values())
    assert split(votes, 3, 3) is None


def test_a_split_names_nodes_that_have_the_votes() -> None:
    found = split({"a": 2, "b": 2, "c": 2, "d": 2}, 3, 3)
    assert found is not None
    assert sorted(found.read + found.write) == ["a", "b", "c", "d"]
    assert (len(found.read), len(found.write)) == (2, 2)


def test_it_agrees_with_brute_force_and_with_the_solver_on_random_votes() -> None:
    rnd = random.Random(9)
    seen = {True: 0, False: 0}
    for at in range(400):
        votes = {f"n{i}": rnd.randint(0, 5) for i in range(rnd.randint(1, 7))}
        whole = sum(votes.values())
        if not whole:
            continue
        r, w = rnd.randint(1, whole), rnd.randint(1, whole)
        subsets = (set(c) for size in range(len(votes) + 1) for c in combinations(votes, size))
        expected = any(
            sum(votes[n] for n in s) >= r and sum(votes[n] for n in votes if n not in s) >= w for s in subsets
        )
        found = split(votes, r, w)
        assert (found is not None) == expected, (votes, r, w)
        if found is not None:
            assert sum(votes[n] for n in found.read) >= r
            assert sum(votes[n] for n in found.write) >= w
            assert not set(found.read) & set(found.write)
        if at % 8 == 0:
            parts = [(node(name), weight) for name, weight in votes.items()]
            outcome = Solvers().ask(misses(weighted(r, parts), weighted(w, parts))[0])
            assert outcome.result == ("refuted" if expected else "proved")
        seen[expected] += 1
    assert min(seen.values()) > 50


def test_two_hundred_nodes_with_many_votes_are_decided() -> None:
    votes = {f"n{i}": 1 + i % 97 for i in range(200)}
    whole = sum(votes.values())
    assert split(votes, whole // 2 + 1, whole // 2 + 1) is None
    assert split(votes, whole // 2, whole // 2) is not None
