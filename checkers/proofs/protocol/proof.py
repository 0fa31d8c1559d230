"""The protocol layer as a whole: every obligation asked, every promise judged, every goal reached.

What is proved is `model.abstract.store.STORE`, for any number of nodes, writes, reads and lists. What is refuted by a
solver is only that *an invariant is inductive*: the verdict on a promise is then `refuted` as long as nobody shows a
run; `checkers.proofs.protocol.mutants` shows what such runs look like.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checkers.proofs.protocol import alternation, obligations
from checkers.proofs.protocol.asking import Clock, Outcome, Result, ask, no_clock
from checkers.proofs.protocol.known import goal_runs, mutant_runs
from checkers.proofs.protocol.mutants import DELETING, FALLBACK, MOVE, PAIR, THREE, Mutant
from checkers.proofs.protocol.runs import Run, denied, find, replay
from model.abstract.instance import Instance, instance
from model.abstract.merging import LEMMAS
from model.abstract.protocol import Named, Protocol
from model.abstract.store import STORE

REACHED_ON: dict[str, Instance] = {
    "fresh read": THREE,
    "fresh delete": instance({"old": "a"}, r=1, w=1, deletes=("del1",), reads=("get1", "get2")),
    "hints delivered": FALLBACK,
    "recovered": PAIR,
    "list changed": MOVE,
    "forgotten": DELETING,
}
"""The instance on which each goal of the abstract store is reached."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the protocol layer."""

    solvers: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    """One for each obligation."""
    untouched: int
    """Pairs of an action and an invariant that it cannot break, because it writes none of its relations."""
    order: tuple[str, ...]
    """The sorts, each after all that it is made from; empty where the obligations are not effectively propositional."""
    goals: dict[str, Run | None]
    """For each goal a shortest run that reaches it, so that the proof is not about nothing."""
    promises: dict[str, str]
    """The sentence of each promise."""

    @property
    def result(self) -> Result:
        """The least of all verdicts. A goal that is not reached, or sorts that are made from themselves, leave it
        `unknown`: then a proof would say less than it seems to."""
        found = {outcome.result for outcome in self.outcomes}
        for least in ("disagreement", "refuted", "unknown"):
            if least in found:
                return least
        return "proved" if found and self.order and all(self.goals.values()) else "unknown"

    @property
    def took_s(self) -> dict[str, float]:
        """What each solver needed for all obligations."""
        took = dict.fromkeys(self.solvers, 0.0)
        for answer in (answer for outcome in self.outcomes for answer in outcome.answers):
            took[answer.solver] += answer.took_s
        return took

    def used(self) -> tuple[str, ...]:
        """The axioms and guards that some proof needed, by the unsat cores of the first solver."""
        names: dict[str, None] = {}
        for outcome in self.outcomes:
            for assumption in outcome.answers[0].core if outcome.answers else ():
                kind = assumption.partition(": ")[0]
                if kind == "axiom":
                    names[assumption] = None
                elif kind == "guard":
                    names[f"{assumption} ({outcome.group})"] = None
        return tuple(names)

    def document(self) -> dict[str, Any]:
        """The proof as JSON has it."""
        return {
            "result": self.result,
            "promises": self.promises,
            "solvers": list(self.solvers),
            "took_s": self.took_s,
            "obligations": [
                {
                    "name": outcome.name,
                    "result": outcome.result,
                    "answers": [
                        {"solver": a.solver, "status": a.status, "took_s": a.took_s, "core": a.core, "reason": a.reason}
                        for a in outcome.answers
                    ],
                }
                for outcome in self.outcomes
            ],
            "untouched": self.untouched,
            "sorts": list(self.order),
            "goals": {name: list(run.lines) if run else None for name, run in self.goals.items()},
            "used": list(self.used()),
        }


def prove(
    solvers: Sequence[str] = ("z3", "cvc5"),
    timeout_ms: int = 10_000,
    clock: Clock = no_clock,
    protocol: Protocol = STORE,
) -> Proof:
    """Prove the abstract store. `clock` gives seconds, of which only differences count; `timeout_ms` bounds each
    obligation and solver. Raises `SolverMissing`."""
    outcomes: list[Outcome] = []
    untouched = 0
    found: set[alternation.Edge] = set()
    for group in groups(protocol):
        outcomes += ask(group, solvers, timeout_ms, clock)
        untouched += len(group.untouched)
        for assumption in group.assumptions:
            found |= alternation.edges(assumption.formula)
        for obligation in group.obligations():
            found |= alternation.edges(~obligation.claim.formula)
    goals = {goal.name: _reached(protocol, goal) for goal in protocol.goals}
    promises = {name: protocol.invariant(name).sentence for name in protocol.properties}
    return Proof(tuple(solvers), tuple(outcomes), untouched, alternation.order(found) or (), goals, promises)


def groups(protocol: Protocol = STORE) -> Iterator[obligations.Group]:
    """All obligations of the layer: of the protocol, and of merging."""
    yield from obligations.groups(protocol)
    for claimed in LEMMAS:
        yield obligations.lemma(claimed)


def scripts(protocol: Protocol = STORE) -> dict[str, str]:
    """For each obligation the name of its file and its text: a certificate that any solver can read."""
    found: dict[str, str] = {}
    for group in groups(protocol):
        for obligation in group.obligations():
            name = obligation.name.replace(": ", "--").replace(" ", "-")
            assert name not in found, f"two obligations are called {name}"
            found[f"{name}.smt2"] = obligations.script(obligation)
    return found


def refute(mutant: Mutant, protocol: Protocol = STORE) -> Run | None:
    """A shortest run of `mutant` to the promise that it breaks; None where there is none within the bound."""
    changed = mutant.change(protocol)
    if mutant.among:
        changed = replace(changed, actions=tuple(changed.action(name) for name in mutant.among))
    return find(changed, mutant.instance, denied(protocol.invariant(mutant.breaks)))


def refuted(mutant: Mutant) -> Run:
    """The known run of one of `MUTANTS`, executed anew; `NotARun` where it is none. No solver is asked."""
    broken = denied(STORE.invariant(mutant.breaks))
    return replay(mutant.change(STORE), mutant.instance, mutant_runs()[mutant.name], broken)


def _reached(protocol: Protocol, goal: Named) -> Run | None:
    """A run to a goal: of the store the known one, executed anew; of another protocol one that is searched for."""
    on = REACHED_ON[goal.name]
    return replay(protocol, on, goal_runs()[goal.name], goal) if protocol is STORE else find(protocol, on, goal)
