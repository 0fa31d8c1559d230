"""Prove one configuration: its claims, what it guarantees and what not."""

from dataclasses import dataclass

from checkers.proofs import centres, counts, systems
from checkers.proofs.guarantees import guaranteed, not_guaranteed
from checkers.proofs.judgement import Judgement
from checkers.proofs.solving import Result, Solvers
from kept.prover.config import ProofConfig


@dataclass(frozen=True)
class Proof:
    """What was proved of one configuration."""

    config: ProofConfig
    judgements: tuple[Judgement, ...]
    facts: dict[str, int | None]
    """Numbers that need no claim: how many nodes may fail."""

    @property
    def result(self) -> Result:
        """Over what decides: refuted wins, then what is in dispute or unknown."""
        found = {one.result for one in self.judgements if one.decides}
        order: tuple[Result, ...] = ("refuted", "disagreement", "unknown")
        return next((result for result in order if result in found), "proved")

    @property
    def guaranteed(self) -> tuple[str, ...]:
        return guaranteed(self.judgements)

    @property
    def not_guaranteed(self) -> tuple[str, ...]:
        return not_guaranteed(self.judgements)

    def judgement(self, name: str) -> Judgement:
        """The claim of this name. KeyError where the configuration raises no such question."""
        for one in self.judgements:
            if one.name == name:
                return one
        raise KeyError(name)


def prove(config: ProofConfig, solvers: Solvers) -> Proof:
    """Ask the solvers everything that the configuration raises."""
    found = config.configuration()
    if isinstance(found, counts.Counts):
        facts: dict[str, int | None] = {
            "replicas that may be down, gets": found.n - max(found.reads),
            "replicas that may be down, puts": found.n - max(found.writes),
        }
        return Proof(config, counts.judged(found, solvers), {} if found.sloppy else facts)
    if isinstance(found, centres.Centres):
        return Proof(config, centres.judged(found, solvers), {})
    return Proof(config, systems.judged(found, solvers), systems.survivable(found, solvers))
