"""Which promises a configuration makes. A run checks these; `--claim` adds others, to see them broken."""

from checkers.proofs.counts import Counts, holding
from kept.lab.config import RunConfig
from kept.sim.faults import LYING, MISDIRECTED, OLD_DISK

SILENT = frozenset({LYING, MISDIRECTED, OLD_DISK})
"""Faults after which a node may go on from older records and not know it."""
OVERLAP = frozenset({"reads-meet-writes", "primaries-that-answered", "sloppy-reads-meet-writes"})
"""Of the lemmas, those by which a get meets every acknowledged put; a configuration raises one of them."""

MODEL = "reference-model"
"""All of a configuration's promises at once, held against a model of the store: every configuration makes this one."""


def promised(config: RunConfig) -> tuple[str, ...]:
    """The claims that the configuration makes, in the order in which they are reported.

    The wording of each is in `checkers.registry`. Only dotted version vectors keep every acknowledged write: plain
    vectors let a put dominate one that it never saw, and last-writer-wins keeps one of any two. Fresh reads need
    quorums that meet, under the very condition that `kept prove` proves, and acknowledgements that waited for the
    disk. Two rings that do not know each other have no list in common, and a delete in one of them may be forgotten
    there before the other has heard of it, so that what it replaced comes back when they are one. Without anti-entropy
    nothing brings together replicas that drifted apart on a key that nobody reads. Contexts that say exactly what was
    seen need dots: a plain vector covers what a rival replaced unseen, and last-writer-wins knows only its winner.
    That nothing is invented and no dot is given twice holds under any rules.
    """
    if config.beyond:
        return _beyond(config)
    claims = []
    if config.versions == "dvv":
        replaced = ["no-false-sibling", "no-resurrection"] if config.rings == 1 else []
        claims += ["no-lost-write", *replaced, "honest-contexts"]
    claims += ["no-invented-value", "unique-dots"]
    if config.anti_entropy:
        claims += ["convergence", "placement"]
    one_list = config.rings == 1
    if config.versions == "dvv" and one_list and reads_meet_writes(config) and not config.durable_copies:
        claims += ["fresh-reads", "fresh-deletes"]
    return (*claims, *_monotonic(config), MODEL)


def _monotonic(config: RunConfig) -> tuple[str, ...]:
    """Blocking repair answers a get when max(N-R+1, W) owners hold durably what it is answered with; whether every
    later get meets one of them is the proved condition of `kept prove`, and hangs on no W. Under a sloppy quorum
    fallbacks reply as well, and only PR of the replies need be owners'. (docs/promises.md has the argument for changes
    of membership.)"""
    if config.versions != "dvv" or config.read_repair != "blocking" or config.rings > 1 or config.durable_copies:
        return ()
    return ("monotonic-reads",) if "monotone-reads" in holding(counted(config)) else ()


def _beyond(config: RunConfig) -> tuple[str, ...]:
    """What no damage may break (docs/promises.md argues for each).

    A checksum covers a record's place, so what is damaged is never handed out, and nothing is invented. A record that
    is lost takes its context with it, and a node that knows of its loss takes new names; so contexts stay honest as
    long as no node goes on from older records without knowing it. Even then no name is given twice, for every boot
    counts from a floor of its own.
    """
    honest = config.versions == "dvv" and not SILENT & set(config.faults)
    return ("honest-contexts",) * honest + ("no-invented-value", "unique-dots", MODEL)


def reads_meet_writes(config: RunConfig) -> bool:
    """Whether every get meets every acknowledged put: by the questions that `kept prove` asks of these numbers, and the
    conditions that it proved. A sloppy quorum is taken to have as many fallbacks as it wants: nodes may join."""
    return bool(OVERLAP & holding(counted(config)))


def counted(config: RunConfig) -> Counts:
    """What `kept prove` is asked about the configuration of a run."""
    return Counts(
        n=config.n,
        reads=(config.r,),
        writes=(config.w,),
        pr=config.pr,
        pw=config.pw,
        sloppy=config.sloppy,
        blocking_repair=config.read_repair == "blocking",
    )
