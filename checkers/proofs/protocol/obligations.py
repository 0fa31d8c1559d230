"""What has to be shown, one small contradiction at a time.

An invariant holds in every reachable state of every instance if it holds at the start and every action keeps it,
given that *all* invariants held before (Floyd 1967). An obligation is one such claim, negated: assumptions and a
denial that cannot hold together. An action that writes none of an invariant's relations keeps it without any question;
such pairs are counted, not asked.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from checkers.proofs.protocol import smtlib
from model.abstract.logic import Formula, Relation, Sort, Var, relations
from model.abstract.merging import SORTS as MERGE_SORTS
from model.abstract.merging import Lemma
from model.abstract.protocol import Action, Named, Protocol
from model.abstract.weakest import after, weakest

START = "start"
MERGE = "merge"
DENIAL = "denial"
"""The name of the denied claim among the assertions of a script."""


class Vocabulary(NamedTuple):
    sorts: tuple[Sort, ...]
    relations: tuple[Relation, ...]


class Assumption(NamedTuple):
    name: str
    formula: Formula


class Group(NamedTuple):
    """Obligations with the same assumptions: those of one action, of the start, or of the merge."""

    name: str
    vocabulary: Vocabulary
    constants: tuple[Var, ...]
    """What the action was done with; anything."""
    assumptions: tuple[Assumption, ...]
    claims: tuple[Named, ...]
    """In terms of the state before the action: its weakest preconditions."""
    untouched: tuple[str, ...] = ()
    """The invariants that the action cannot break because it writes none of their relations."""

    def obligations(self) -> Iterator["Obligation"]:
        for claim in self.claims:
            yield Obligation(self, claim)


class Obligation(NamedTuple):
    group: Group
    claim: Named

    @property
    def name(self) -> str:
        return f"{self.group.name}: {self.claim.name}"


def start(protocol: Protocol) -> Group:
    """Every invariant holds at the start."""
    first = {relation.name: protocol.first(relation) for relation in protocol.mutable}
    return Group(
        START,
        Vocabulary(protocol.sorts, protocol.relations),
        (),
        tuple(Assumption(f"axiom: {axiom.name}", axiom.formula) for axiom in protocol.axioms),
        tuple(replace(named, formula=weakest(named.formula, first)) for named in protocol.invariants),
    )


def step(protocol: Protocol, action: Action) -> Group:
    """`action` keeps every invariant."""
    written = {update.relation.name for update in action.updates}
    touched = [named for named in protocol.invariants if not written.isdisjoint(relations(named.formula))]
    return Group(
        action.name,
        Vocabulary(protocol.sorts, protocol.relations),
        action.params,
        (
            *(Assumption(f"axiom: {axiom.name}", axiom.formula) for axiom in protocol.axioms),
            *(Assumption(f"invariant: {named.name}", named.formula) for named in protocol.invariants),
            *(Assumption(f"guard: {guard.name}", guard.formula) for guard in action.guards),
        ),
        tuple(replace(named, formula=after(action, named.formula)) for named in touched),
        tuple(named.name for named in protocol.invariants if named not in touched),
    )


def groups(protocol: Protocol) -> Iterator[Group]:
    """All obligations of a protocol."""
    yield start(protocol)
    for action in protocol.actions:
        yield step(protocol, action)


def lemma(claimed: Lemma) -> Group:
    """A lemma on merging."""
    return Group(
        MERGE,
        Vocabulary(MERGE_SORTS, claimed.relations),
        (),
        tuple(Assumption(f"given: {given.name}", given.formula) for given in claimed.given),
        (Named(claimed.name, claimed.claim, claimed.sentence),),
    )


def preamble(group: Group) -> str:
    """The script up to the denial: declarations and named assumptions."""
    lines = [
        "(set-option :produce-unsat-cores true)",
        "(set-logic UF)",
        *map(smtlib.declare_sort, group.vocabulary.sorts),
        *map(smtlib.declare_relation, group.vocabulary.relations),
        *map(smtlib.declare_constant, group.constants),
        *(smtlib.assertion(assumption.name, assumption.formula) for assumption in group.assumptions),
    ]
    return "\n".join(lines) + "\n"


def denial(obligation: Obligation) -> str:
    return smtlib.assertion(DENIAL, ~obligation.claim.formula)


def script(obligation: Obligation) -> str:
    """The obligation as a file of its own, which a solver must answer with ``unsat``."""
    return (
        f"; {obligation.name}\n; {obligation.claim.sentence}\n; proved if the answer is unsat\n"
        f"{preamble(obligation.group)}{denial(obligation)}\n(check-sat)\n"
    )
