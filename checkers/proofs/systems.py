"""A configuration by explicit quorums, or by weighted votes: whether they meet, and how many nodes may fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checkers.proofs.judgement import Judgement
from checkers.proofs.lemma import listed
from checkers.proofs.quorum import Expression, dual, names, renamed
from checkers.proofs.quorumsystem import Disjoint, overlap, resilience
from checkers.proofs.solving import Solvers
from checkers.proofs.votes import VOTES_LIMIT, split

SHOWN_CHARS = 400


@dataclass(frozen=True)
class System:
    """Read and write quorums, as expressions."""

    reads: Expression
    writes: Expression
    racks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rack -> its nodes; empty: nothing is known."""
    votes: tuple[dict[str, int], int, int] | None = None
    """Votes by node, r and w, where the system is one of weighted votes."""


def judged(system: System, solvers: Solvers) -> tuple[Judgement, ...]:
    """Reads against writes, which decides, and writes against writes; then what may fail."""
    return (
        _met(
            "reads-meet-writes",
            "a get meets every acknowledged put",
            system.reads,
            system.writes,
            True,
            system,
            solvers,
        ),
        _met(
            "writes-meet-writes",
            "two acknowledged puts share a node",
            system.writes,
            system.writes,
            False,
            system,
            solvers,
        ),
    )


def survivable(system: System, solvers: Solvers) -> dict[str, int | None]:
    """How many may fail, whichever they are, with a quorum left: nodes, and racks where they are known."""
    found = {
        "nodes that may fail, gets": resilience(system.reads, solvers),
        "nodes that may fail, puts": resilience(system.writes, solvers),
    }
    if system.racks:
        rack_of = {name: rack for rack, members in system.racks.items() for name in members}
        found["racks that may fail, gets"] = resilience(renamed(system.reads, rack_of), solvers)
        found["racks that may fail, puts"] = resilience(renamed(system.writes, rack_of), solvers)
    return found


def _met(
    name: str, claim: str, left: Expression, right: Expression, decides: bool, system: System, solvers: Solvers
) -> Judgement:
    found = overlap(left, right, solvers)
    outcome = found.outcome
    _held_against_the_votes(system, name, outcome.result)
    because = {
        "proved": "no set of nodes holds a quorum while its complement holds one of the other kind",
        "refuted": "" if found.disjoint is None else _sentence(found.disjoint, name),
    }
    nodes = None
    if found.disjoint is not None:
        nodes = {
            "read" if decides else "first": found.disjoint.read,
            "write" if decides else "second": found.disjoint.write,
        }
    ways: tuple[str, ...] = ()
    if decides and outcome.result == "refuted":
        ways = tuple(f"{role} quorums {_shown(dual(other))}" for role, other in (("write", left), ("read", right)))
    return Judgement(
        name=name,
        claim=claim,
        result=outcome.result,
        because=because.get(outcome.result, outcome.reason),
        decides=decides,
        nodes=nodes,
        repairs=ways,
        assumes=("every acknowledgement is durable",),
        core=outcome.answers[0].core,
        outcomes=(outcome,),
    )


def _held_against_the_votes(system: System, name: str, result: str) -> None:
    """Subset sums decide weighted votes without any solver; the two must agree."""
    if system.votes is None or result not in ("proved", "refuted"):
        return
    votes, r, w = system.votes
    if sum(votes.values()) <= VOTES_LIMIT:
        found = split(votes, r if name == "reads-meet-writes" else w, w)
        assert (found is None) == (result == "proved"), "subset sums and the solver differ"


def _sentence(found: Disjoint, name: str) -> str:
    """What the smallest pair shows."""
    if name == "reads-meet-writes":
        told = f"the put is acknowledged by {listed(found.write)}; the get hears {listed(found.read)}"
    else:
        told = f"one put is acknowledged by {listed(found.read)}, another by {listed(found.write)}"
    return f"{told}: no node is in both" + ("" if found.smallest else " (there may be a smaller pair)")


def _shown(expression: Expression) -> str:
    text = str(expression)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}... ({len(names(expression))} nodes)"
