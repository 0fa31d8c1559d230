"""What proofs cost and whom they agree with: all N at once, the tables, the protocol, explicit systems of hundreds of
nodes, quoracle on the same ones, brute force, and every counterexample in the real store."""

import os
import random
import time
import warnings
from collections.abc import Callable
from itertools import product
from statistics import median
from typing import Any

import quoracle

from checkers.proofs import sizes, theory
from checkers.proofs.certificate import check
from checkers.proofs.counts import Counts, judged
from checkers.proofs.datacentres import table
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS
from checkers.proofs.protocol import proof as protocol
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.quorum import Expression, choose, dual, from_quoracle, grid, hierarchy, majority, node, weighted
from checkers.proofs.quorumsystem import misses, resilience
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import holds
from kept.lab import direction
from kept.staged.programme import of_beliefs, of_configuration, of_mutants
from kept.staged.protocol import RUNS
from tests.checkers.proofs.conftest import FAILS, configurations

ROUNDS = 5
EXPRESSIONS = 200
SEEDS = 20
PATIENCE_MS = 600_000
"""What a solver may take by the wall: figures are of processor time, however many others are at work."""
Z3, CVC5 = (Solvers((name,), PATIENCE_MS, time.process_time) for name in ("z3", "cvc5"))


def proofs() -> None:
    """Print everything that the issue asks figures of."""
    warnings.simplefilter("ignore", DeprecationWarning)  # of the solver that quoracle uses
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"CPU seconds in this process; median of the rounds where there are several; load average {load}")
    _overlap()
    _tables()
    _protocol()
    _brute_force()
    _stages()
    _systems()
    _against_quoracle()
    _agreement()


def _took(call: Callable[..., Any], *given: Any, rounds: int = ROUNDS) -> float:
    """The median CPU time of a call, in seconds."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        call(*given)
        times.append(time.process_time() - begun)
    return median(times)


def _overlap() -> None:
    lemma = LEMMAS["reads-meet-writes"]
    for name, solvers in (("z3", Z3), ("cvc5", CVC5)):
        solvers.ask(lemma.sound())  # the first call loads the solver
        sound, exact = _took(solvers.ask, lemma.sound()), _took(solvers.ask, lemma.necessary())
        print(
            f"  overlap for all N, R, W, {name}: sufficient {1000 * sound:.1f} ms, and necessary {1000 * exact:.1f} ms"
        )


def _tables() -> None:
    for name, solvers in (("z3", Z3), ("cvc5", CVC5)):
        begun = time.process_time()
        rows = list(theory.rows(solvers))
        took_s = time.process_time() - begun
        assert all(row.result == "proved" for row in rows)
        print(f"  {len(rows)} lemmas, everything about them, {name}: {took_s:.2f} s")
        cells = len(WRITE_LEVELS) * len(READ_LEVELS) * 2
        print(f"  {cells} cells of levels, {name}: {_took(table, solvers, rounds=1):.2f} s")
    print(f"  all Farkas certificates: {_took(lambda: list(theory.certificates()), rounds=1):.2f} s")
    begun = time.process_time()
    *lemmas, last = (*LEMMAS.values(), *theory.ROOMS)
    found = [sizes.certificate(lemma.necessary()) for lemma in lemmas]
    took_s = time.process_time() - begun
    begun = time.process_time()
    found.append(sizes.certificate(last.necessary()))
    last_s = time.process_time() - begun
    begun = time.process_time()
    held = sum(one is not None and bool(check(one)) for one in found)
    print(f"  {held} of {len(found)} conditions necessary by certificate: found in {took_s:.1f} s, {last.name} in")
    print(f"    {last_s:.1f} s; checked without a solver in {time.process_time() - begun:.1f} s")


def _protocol() -> None:
    """Every obligation by both solvers, and what shows that the proof is not about nothing."""
    begun = time.process_time()
    proof = protocol.prove(("z3", "cvc5"), PATIENCE_MS, time.process_time)
    whole = time.process_time() - begun
    took = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in proof.took_s.items())
    print(f"  the protocol: {proof.result}, {len(proof.outcomes)} obligations, {took}; everything {whole:.2f} s")
    begun = time.process_time()
    lengths = [len(protocol.refuted(mutant).steps) for mutant in MUTANTS]
    took_s = time.process_time() - begun
    print(f"  {len(lengths)} mutants refuted by runs of {min(lengths)} to {max(lengths)} steps: {took_s:.2f} s")


def _brute_force() -> None:
    """Every lemma's condition on all small numbers, against sets of nodes (tests/checkers/proofs/conftest.py)."""
    agreed = asked = 0
    for name, fails in FAILS.items():
        lemma = LEMMAS[name]
        for values in configurations(lemma, 3):
            asked += 1
            agreed += holds(lemma.condition, values) != fails(values)
    print(f"  brute force over sets of nodes: {agreed:,} of {asked:,} configurations agree")


def _stages() -> None:
    """Every refutation in the real store: the mutants, the beliefs, and all strict configurations up to N = 4."""
    begun = time.process_time()
    made = [*of_mutants(None), *of_beliefs(theory.rows(Z3), None)]
    for n in range(1, 5):
        for r, w in product(range(1, n + 1), repeat=2):
            judgements = judged(Counts(n, (r,), (w,)), Z3)
            made += of_configuration(judgements, 1, None)
    runs = [one for one in made if one.trial is not None]
    shown = sum(one.violated for one in runs)
    mutants = sum(one.violated for one in made if one.name.startswith("mutant "))
    took_s = time.process_time() - begun
    print(f"  in the real store: {mutants} of {len(MUTANTS)} mutants, {shown} of {len(runs)} counterexamples in all")
    print(f"    ({len(made) - len(runs)} have no counterpart there): {took_s:.2f} s with the solver")
    begun = time.process_time()
    violated = 0
    for seed in range(1, SEEDS + 1):
        direction.SEED = seed
        violated += sum(run.claim in run.direct().run().violated for run in RUNS.values())
    direction.SEED = 0
    took_s = time.process_time() - begun
    print(f"    under {SEEDS} other seeds: {violated} of {SEEDS * len(RUNS)} mutants: {took_s:.2f} s")


def _systems() -> None:
    nodes = [node(f"n{at}") for at in range(200)]
    cases: dict[str, tuple[Expression, Expression]] = {
        "majority of 200": (majority(nodes), majority(nodes)),
        "100 of 200 (refuted)": (choose(100, nodes), choose(100, nodes)),
        "grid 14 x 14": grid(14, 14),
        "grid 40 x 40": grid(40, 40),
        "hierarchy 13 x 15": (hierarchy([[f"g{g}.{i}" for i in range(15)] for g in range(13)]),) * 2,
        "votes of 200": (weighted(501, [(one, 1 + at % 9) for at, one in enumerate(nodes)]),) * 2,
    }
    for name, (reads, writes) in cases.items():
        problem, _ = misses(reads, writes)
        z3, cvc5 = (_took(solvers.ask, problem) for solvers in (Z3, CVC5))
        print(f"  {name}: z3 {1000 * z3:.0f} ms, cvc5 {1000 * cvc5:.0f} ms")


def _against_quoracle() -> None:
    """Validity of a majority of N nodes against itself: quoracle enumerates quorums, we ask one question."""
    for count in (15, 17, 19, 21, 23, 25):
        theirs = quoracle.majority([quoracle.Node(f"n{at}") for at in range(count)])
        ours = from_quoracle(theirs)
        slow = _took(quoracle.QuorumSystem, theirs, theirs, rounds=1)
        fast = _took(_asked, ours)
        print(f"  majority of {count}: quoracle {slow:.3f} s, z3 {fast:.4f} s, ratio {slow / fast:,.0f}")


def _asked(expression: Expression) -> None:
    assert Z3.ask(misses(expression, expression)[0]).result == "proved"


def _agreement() -> None:
    """Validity and resilience of random expressions, both ways."""
    rnd = random.Random(1)
    agreed = 0
    for at in range(EXPRESSIONS):
        nodes = [quoracle.Node(f"n{i}") for i in range(rnd.randint(3, 9))]
        reads = _drawn(rnd, 2, nodes)
        writes = reads.dual() if at % 2 else _drawn(rnd, 2, nodes)
        try:
            quoracle.QuorumSystem(reads=reads, writes=writes)
            valid = True
        except ValueError:
            valid = False
        ours = from_quoracle(reads)
        found = Z3.ask(misses(ours, from_quoracle(writes))[0]).result == "proved"
        assert dual(dual(ours)) == ours
        agreed += found == valid and resilience(ours, Z3) == reads.resilience()
    print(f"  validity and resilience: {agreed} of {EXPRESSIONS} random expressions agree with quoracle")


def _drawn(rnd: random.Random, depth: int, nodes: list[Any]) -> Any:
    if depth == 0:
        return rnd.choice(nodes)
    parts = [_drawn(rnd, depth - 1, nodes) for _ in range(rnd.randint(2, 3))]
    return quoracle.choose(rnd.randint(1, len(parts)), parts)
