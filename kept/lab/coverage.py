"""What a set of runs must have reached to prove anything: every fault kind and every recovery path of the store.

The store leaves a mark where it takes a rare path (`Host.mark`). `RECOVERY_PATHS` says of each mark under which
configurations a few hundred seeds must leave it. A path that no fault of this world leads to is in `UNREACHED` with
the reason; a test holds both tables against the marks in the store's source.
"""

from collections.abc import Callable, Mapping

from kept.lab.config import RunConfig
from kept.sim import faults as kinds

Condition = Callable[[RunConfig], bool]

_STOPS = frozenset({kinds.CRASH, kinds.MID_STEP, kinds.PAUSE})
_CUTS = frozenset({kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL})
_DEATHS = frozenset({kinds.CRASH, kinds.MID_STEP})
_COMERS = frozenset({kinds.JOIN, kinds.REPLACE, kinds.RIVALS})
_MOVES = _COMERS | {kinds.LEAVE, kinds.REMOVE, kinds.WEIGHT}
_NEED_PEERS = frozenset({*kinds.CUTS, kinds.CLOGGED})
_NEED_COPIES = frozenset({kinds.LYING, kinds.MISDIRECTED, kinds.LOST_DISK, kinds.OLD_DISK})
"""Damage that the atlas permits only where another node has a copy; rot may always take a node's own records."""


def _apart(config: RunConfig) -> bool:
    """Nodes can be out of reach of each other."""
    return config.nodes > 1 and bool((_STOPS | _CUTS) & set(config.faults))


def _dead(config: RunConfig) -> bool:
    return config.nodes > 1 and bool(_DEATHS & set(config.faults))


def _hinting(config: RunConfig) -> bool:
    return config.sloppy and config.nodes > config.n and _apart(config)


def _forwarding(config: RunConfig) -> bool:
    return config.nodes > config.n


def _deleting(config: RunConfig) -> bool:
    return config.workload in ("mixed", "delete")


def _tight(config: RunConfig) -> bool:
    return config.limits == "tight"


def _crowded(config: RunConfig) -> bool:
    return _tight(config) and config.clients >= 16 and config.ops >= 500


def _replicated(config: RunConfig) -> bool:
    return config.n > 1 and _apart(config)


def _rotting(config: RunConfig) -> bool:
    return config.n > 1 and kinds.BIT_ROT in config.faults


def _losing(config: RunConfig) -> bool:
    """A node comes back with an empty disk, or without its names."""
    return config.n > 1 and kinds.LOST_DISK in config.faults


def _changing(config: RunConfig) -> bool:
    """Somebody gains partitions or loses some."""
    return config.nodes > 1 and bool(_MOVES & set(config.faults))


def _coming(config: RunConfig) -> bool:
    return bool(_COMERS & set(config.faults))


def _going(config: RunConfig) -> bool:
    """A member leaves, and enough of them are left (see `kept.sim.changes`)."""
    return kinds.LEAVE in config.faults and config.nodes > config.n


def _burying(config: RunConfig) -> bool:
    """A member dies while another change is under way."""
    return config.nodes > max(config.n, 2) and {kinds.REMOVE, kinds.JOIN} <= set(config.faults)


def _rivalling(config: RunConfig) -> bool:
    return config.nodes > 1 and kinds.RIVALS in config.faults and _apart(config)


def _two_rings(config: RunConfig) -> bool:
    return config.rings > 1


RECOVERY_PATHS: Mapping[str, Condition] = {
    "another ring met": _two_rings,
    "acknowledged from memory": lambda config: 0 < config.durable_copies < config.n,
    "answer to a get forgotten early": lambda config: _tight(config) and config.ops >= 1_000,
    "anti-entropy exchanged a key": lambda config: config.anti_entropy and _replicated(config),
    "anti-entropy found a difference": lambda config: config.anti_entropy and _replicated(config),
    "background work held back": lambda config: _tight(config) and config.anti_entropy and _replicated(config),
    "batch of hints came before the last was durable": lambda config: _hinting(config) and _dead(config),
    "blocking read repair": lambda config: config.read_repair == "blocking" and config.n > 1,
    "change superseded": _burying,
    "change taken over": _burying,
    "damaged hint dropped": lambda config: _hinting(config) and kinds.BIT_ROT in config.faults,
    "damaged record found": _rotting,
    "damaged record healed": _rotting,
    "earlier life forgotten": lambda config: config.nodes > 1 and {kinds.JOIN, kinds.ABORT} <= set(config.faults),
    "fallback coordinated a put": _hinting,
    "forward refused": lambda config: _forwarding(config) and _changing(config),
    "forward unanswered": lambda config: _forwarding(config) and _apart(config),
    "forward without a generation": _forwarding,
    "get missed R": lambda config: config.r > 1 and _apart(config),
    "handoff sent again": _hinting,
    "hint answered a read": _hinting,
    "hint delivered": _hinting,
    "hint grew while it was delivered": _hinting,
    "hint refused": lambda config: _tight(config) and _hinting(config),
    "hint refused: no member yet": lambda config: _hinting(config) and _coming(config),
    "hint refused: too many bytes": lambda config: _tight(config) and _hinting(config) and config.ops >= 1_000,
    "hint rerouted": lambda config: _hinting(config) and _changing(config),
    "hint sent": _hinting,
    "hint sent late": _hinting,
    "hint stored": _hinting,
    "hint survived a restart": lambda config: _hinting(config) and _dead(config),
    "late acknowledgement": lambda config: config.n > 1,
    "late read reply": lambda config: config.n > 1,
    "lost disk noticed": _losing,
    "membership changed": _changing,
    "membership phase done": _changing,
    "membership table changed": _changing,
    "node is outside now": _going,
    "nodes of another ring let in": _two_rings,
    "old disk noticed": lambda config: config.n > 1 and kinds.OLD_DISK in config.faults,
    "operation outlived its time": lambda config: kinds.PAUSE in config.faults,
    "partition recovered": _losing,
    "partition transferred": _changing,
    "peer held to be down was asked": _apart,
    "peer's work refused": _crowded,
    "plan held back by a promise": _rivalling,
    "put for an earlier boot": _dead,
    "put forwarded": _forwarding,
    "put missed W": lambda config: config.w > 1 and _apart(config),
    "put missed W: replicas refused": lambda config: _tight(config) and config.w > 1 and _hinting(config),
    "put not coordinated: low disk": lambda config: kinds.DISK_FULL in config.faults,
    "put refused: damaged record": _rotting,
    "put refused: too few healthy nodes": lambda config: config.w > 1 and _apart(config),
    "read asked a fallback": _hinting,
    "read repair": lambda config: config.read_repair == "after" and _replicated(config),
    "reaping refused by a member": lambda config: _deleting(config) and _replicated(config),
    "record transferred": _changing,
    "refusal not remembered": lambda config: _tight(config) and config.ops >= 2_000,
    "refused request came again": lambda config: _crowded(config) and bool(config.faults),
    "replica could not tell": lambda config: _rotting(config) or _losing(config),
    "replica refused": lambda config: _tight(config) and _hinting(config),
    "replica refused: not an owner": lambda config: _changing(config) and _apart(config),
    "request at a node in no ring": _coming,
    "request came twice": lambda config: bool(config.faults),
    "request refused: memory of requests full": lambda config: _tight(config) and config.ops >= 1_000,
    "request refused: the disk is behind": _crowded,
    "request refused: too many bytes": lambda config: _tight(config) and config.workload == "cart",
    "request refused: too many under way": lambda config: _tight(config) and config.clients >= 8,
    "rival plan met": _rivalling,
    "rival plan released": _rivalling,
    "ring given up for another": _two_rings,
    "start waits for an answer": lambda config: _dead(config) and bool(_CUTS & set(config.faults)),
    "start without enough answers": lambda config: _dead(config) and bool(_CUTS & set(config.faults)),
    "stranger not listened to": _changing,
    "stray evacuated": _changing,
    "tombstone reaped": _deleting,
    "transfer waits for a copy that is being healed": lambda config: (
        _changing(config) and (_rotting(config) or _losing(config))
    ),
    "write refused: low disk": lambda config: config.n > 1 and kinds.DISK_FULL in config.faults,
}

_OWN_CODE = "every node of a simulated cluster runs the store's own code"

UNREACHED: Mapping[str, str] = {
    "asked again to be let in": "needs two rings, and that the plan which lets a node in is given up just then",
    "birth waited for its lease": "births come faster than the disk reserves them only under a far smaller lease",
    "damaged stray dropped": "needs damage to a record between a change and its evacuation, half a second",
    "flipped before the transfer was complete": "needs a lost disk between a report and the next phase, half a second",
    "peer's message refused": _OWN_CODE,
    "start vouched for": "only an operator vouches, and the simulated one waits until links are whole again",
    "table without a ring refused": _OWN_CODE,
    "two copies damaged": "needs two damages to one key at a time; `tests/kept/test_seeds.py` has a run that does it",
}


def unreached(config: RunConfig, counts: Mapping[str, int], marks: Mapping[str, int]) -> tuple[str, ...]:
    """The fault kinds that were wanted and the recovery paths that were due, and that stayed at zero."""
    never = [kind for kind in config.faults if _possible(config, kind) and not counts.get(kind)]
    never += [path for path, due in RECOVERY_PATHS.items() if due(config) and not marks.get(path)]
    return tuple(never)


def _possible(config: RunConfig, kind: str) -> bool:
    if kind == kinds.TORN:
        return kinds.CRASH in config.faults
    if kind in _NEED_COPIES and not config.beyond and config.n == 1:
        return False
    return kind not in _NEED_PEERS or config.nodes > 1
