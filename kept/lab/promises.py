"""Which promises a configuration makes. A run checks these; `--claim` adds others, to see them broken."""

from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import holds
from kept.lab.config import RunConfig


def promised(config: RunConfig) -> tuple[str, ...]:
    """The claims that the configuration makes, in the order in which they are reported.

    The wording of each is in `checkers.registry`. Only dotted version vectors keep every acknowledged write: plain
    vectors let a put dominate one that it never saw, and last-writer-wins keeps one of any two. Fresh reads need
    quorums that meet, under the very condition that `kept prove` proves, and acknowledgements that waited for the
    disk. Without anti-entropy nothing brings together replicas that drifted apart on a key that nobody reads. Contexts
    that say exactly what was seen need dots: a plain vector covers what a rival replaced unseen, and last-writer-wins
    knows only its winner. That nothing is invented and no dot is given twice holds under any rules.
    """
    claims = []
    if config.versions == "dvv":
        claims += ["no-lost-write", "no-false-sibling", "no-resurrection", "honest-contexts"]
    claims += ["no-invented-value", "unique-dots"]
    if config.anti_entropy:
        claims += ["convergence", "placement"]
    if config.versions == "dvv" and reads_meet_writes(config) and not config.durable_copies:
        claims += ["fresh-reads", "fresh-deletes"]
    return tuple(claims)


def reads_meet_writes(config: RunConfig) -> bool:
    """Whether every get meets every acknowledged put: the proved conditions of the counting layer, no others.

    A sloppy quorum is taken to have as many fallbacks as it wants: nodes may join.
    """
    values = {"N": config.n, "R": config.r, "W": config.w, "PR": config.pr, "PW": config.pw}
    values["S"] = config.n + config.r + config.w
    lemma = LEMMAS["primaries-that-answered" if config.sloppy else "reads-meet-writes"]
    return holds(lemma.condition, values)
