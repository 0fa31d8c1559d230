"""Smaller and plainer configurations of a case: candidates of shrinking that leave every promise as it is.

A quorum that overlaps less, or a disk that may be lost with the last copy on it, breaks promises that nobody made. So
what the configuration promises and how its quorums overlap stays the same in every candidate.
"""

from collections.abc import Iterator

from kept.lab.case import Case
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.simpler import changed
from kept.lab.swarm import PROMISING
from kept.sim import faults as kinds

SPARES_DISKS = frozenset(
    {
        kinds.LOSS, kinds.DUPLICATE, kinds.REORDER, kinds.DELAY, kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL,
        kinds.CRASH, kinds.MID_STEP, kinds.TORN, kinds.PAUSE, kinds.OFFSET, kinds.DRIFT,
    }
)  # fmt: skip
"""Faults after which everything that was durable still is. Under any other, N and W say how many copies may go."""
_SIZED = ("nodes", "partitions", "tokens", "racks", "clients", "ops", "keys", "faults", "think_ms")
"""What other passes make small; its default is not."""
_KEPT = frozenset({"seed", "bug", "settle_s", *_SIZED, *PROMISING} - {"read_repair"})
"""Read repair decides one promise only, and `guarantees` compares that."""


def guarantees(config: RunConfig) -> tuple[object, ...]:
    """What a smaller configuration must have in common with a greater one."""
    overlaps = (config.r + config.w > config.n, 2 * config.w > config.n, config.pr + config.pw > config.n)
    return (promised(config), overlaps, config.sloppy, config.durable_copies > 0)


def smaller_quorums(case: Case) -> Iterator[Case]:
    """Fewer replicas, the fewest first; then fewer replies and acknowledgements."""
    now = case.config
    if not {fault.kind for fault in case.faults} <= SPARES_DISKS:
        return
    for n in range(1, now.n):
        for r, w in dict.fromkeys([(1, 1), (n // 2 + 1, n // 2 + 1), (1, n), (n, 1), (min(now.r, n), min(now.w, n))]):
            yield from _guaranteed(case, n=n, r=min(r, now.r), w=min(w, now.w))
    for name in ("r", "w", "pr", "pw", "durable_copies"):
        yield from _guaranteed(case, **{name: getattr(now, name) - 1})


def _guaranteed(case: Case, **fields: int) -> Iterator[Case]:
    """With these fields, where that is a configuration that guarantees as much. What is more than R, W or N follows."""
    n, r, w = (fields.get(name, getattr(case.config, name)) for name in ("n", "r", "w"))
    rest = {"pr": min(case.config.pr, r), "pw": min(case.config.pw, w)}
    copies = {"durable_copies": min(case.config.durable_copies, n)}
    config = changed(case.config, **{**rest, **copies, **fields})
    if config is not None and config != case.config and guarantees(config) == guarantees(case.config):
        yield case._replace(config=config)


def coarser_rings(case: Case) -> Iterator[Case]:
    """Fewer partitions, tokens and racks, the fewest first."""
    now = case.config
    for name, least in (("partitions", now.nodes if now.ring == 3 else 1), ("tokens", 1), ("racks", 0)):
        for count in dict.fromkeys((least, 1 << max(0, least - 1).bit_length(), 8, 16)):
            if least <= count < getattr(now, name):
                config = changed(now, **{name: count})
                if config is not None:
                    yield case._replace(config=config)


def plain_knobs(case: Case) -> Iterator[Case]:
    """Every knob that decides neither promises nor sizes at its default: all of them, then one at a time."""
    fields = RunConfig.model_fields
    defaults = {name: field.default for name, field in fields.items() if name not in _KEPT}
    other = {name: value for name, value in defaults.items() if getattr(case.config, name) != value}
    for some in [other, *({name: value} for name, value in other.items())] if other else []:
        config = changed(case.config, **some)
        if config is not None and guarantees(config) == guarantees(case.config):
            yield case._replace(config=config)
