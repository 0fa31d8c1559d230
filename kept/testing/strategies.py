"""Hypothesis strategies: histories, configurations, clusters, operations, fault plans, and whole runs of both.

Everything shrinks to what is plain: fewer nodes and copies, fewer steps, the first client, node and key. A list of
steps is drawn as independent pieces that are fitted together afterwards, so that any piece can be taken out.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

from histories.strategies import histories
from kept.lab.config import RunConfig
from kept.lab.steps import LONGEST_US, NOTHING_SEEN, Ask, End, Pass, Settle, Step, Strike
from kept.sim import faults as kinds
from kept.testing.cluster import SMALL, SimCluster

__all__ = ["clusters", "configurations", "fault_plans", "histories", "operations", "performed", "steps"]

KEYS = (b"k0", b"k1")
FAULT_KINDS = 6
"""Alternatives of `_faults`."""
PAUSES_US = (1_000, 100_000, 1_000_000, 5_000_000)


@st.composite
def configurations(draw: st.DrawFn, /, most: int = 5, **fixed: Any) -> RunConfig:
    """Clusters of at most `most` nodes, with quorums that fit; `fixed` are fields that are not drawn."""
    n = fixed.get("n") or draw(st.integers(1, min(3, fixed.get("nodes", most))), label="n")
    drawn: dict[str, Any] = {
        "n": n,
        "nodes": st.integers(n, max(n, most)),
        "r": st.integers(1, n),
        "w": st.integers(1, n),
        "sloppy": st.booleans(),
        "versions": st.sampled_from(("dvv", "vv", "lww")),
        "read_repair": st.sampled_from(("after", "blocking", "off")),
        "ring": st.sampled_from((3, 2, 1)),
        "seed": st.integers(0, 3),
    }
    found = {
        name: draw(wanted, label=name) if isinstance(wanted, st.SearchStrategy) else wanted
        for name, wanted in drawn.items()
        if name not in fixed
    }
    return RunConfig(**{**SMALL, **found, **fixed})


def clusters(claims: Iterable[str] = (), **fixed: Any) -> st.SearchStrategy[SimCluster]:
    """A simulated cluster that has just begun to serve."""
    named = tuple(claims)
    return configurations(**fixed).map(lambda config: SimCluster(named, **config.document()))


class _Asked(NamedTuple):
    """A request before it is known what was asked before it."""

    client: int
    node: int
    kind: str
    key: bytes
    back: int
    """Of the operations on the key before it, the how manieth from the end it has seen; 0: none."""
    wait: bool


def _requests(config: RunConfig, keys: tuple[bytes, ...]) -> st.SearchStrategy[_Asked]:
    """One choice for the whole request: hypothesis takes out few choices at a time."""
    parts = ((True, False), range(4), range(config.clients), range(1, config.nodes + 1), keys, ("get", "put", "delete"))
    all_of_them = [
        _Asked(client, node, kind, key, back, wait) for wait, back, client, node, key, kind in product(*parts)
    ]
    return st.sampled_from(all_of_them)


def _faults(config: RunConfig) -> st.SearchStrategy[Step]:
    """A fault, its end, or time."""
    node = st.integers(1, config.nodes).map(lambda number: f"n{number}")
    stops = (kinds.CRASH, kinds.PAUSE, kinds.LOST_DISK, kinds.JUMP)
    struck = st.sampled_from(
        [
            Strike(kind=kind, for_us=LONGEST_US, nodes=(f"n{at + 1}",), number=3.6e9 if kind == kinds.JUMP else 0.0)
            for kind in stops
            for at in range(config.nodes)
        ]
    )
    lost = st.sampled_from((0.1, 0.5, 1.0)).map(
        lambda share: Strike(kind=kinds.LOSS, for_us=LONGEST_US, number=share),
    )
    links = st.sampled_from([f"n{number + 1}" for number in range(config.nodes)]).map(lambda name: _alone(name, config))
    ended = st.builds(lambda name: End(kinds=stops, node=name), node)
    healed = st.just(End(kinds=(*kinds.CUTS, kinds.LOSS)))
    passed = st.sampled_from(PAUSES_US).map(lambda us: Pass(for_us=us))
    several = [struck, lost, links] if config.nodes > 1 else [struck, lost]
    return st.one_of(passed, healed, ended, *several)


def _alone(name: str, config: RunConfig) -> Strike:
    others = [f"n{number + 1}" for number in range(config.nodes) if f"n{number + 1}" != name]
    pairs = [(name, other) for other in others] + [(other, name) for other in others]
    return Strike(kind=kinds.PARTITION, for_us=LONGEST_US, pairs=tuple(sorted(pairs)))


def operations(
    config: RunConfig, keys: tuple[bytes, ...] = KEYS, most: int = 12
) -> st.SearchStrategy[tuple[Step, ...]]:
    """What clients do: gets, puts that have seen nothing or some earlier operation, deletes of what was seen."""
    return st.lists(_requests(config, keys), max_size=most).map(_fitted)


def fault_plans(config: RunConfig, most: int = 8) -> st.SearchStrategy[tuple[Step, ...]]:
    """Faults that the store promises to survive, their ends, and time between them."""
    return st.lists(_faults(config), max_size=most).map(tuple)


def steps(config: RunConfig, keys: tuple[bytes, ...] = KEYS, most: int = 20) -> st.SearchStrategy[tuple[Step, ...]]:
    """Operations and faults, one after the other, about as many of each."""
    faults = _faults(config)  # hypothesis chooses among all alternatives of a choice alike, however they are nested
    either = st.one_of(*[_requests(config, keys) for _ in range(FAULT_KINDS)], faults)
    return st.lists(either, max_size=most).map(_fitted)


def _fitted(pieces: Iterable[_Asked | Step]) -> tuple[Step, ...]:
    """Give each request what it has seen: an earlier get or put of the same key. A delete that has seen nothing is a
    get."""
    fitted: list[Step] = []
    before: dict[bytes, list[int]] = {}
    asked = 0
    for piece in pieces:
        if not isinstance(piece, _Asked):
            fitted.append(piece)
            continue
        known = before.setdefault(piece.key, [])
        seen = known[-piece.back] if 0 < piece.back <= len(known) else NOTHING_SEEN
        kind: Any = "get" if piece.kind == "delete" and seen == NOTHING_SEEN else piece.kind
        fitted.append(
            Ask(
                client=piece.client,
                node=f"n{piece.node}",
                kind=kind,
                key=piece.key,
                value=b"v%d" % asked if kind == "put" else b"",
                seen=seen if kind != "get" else NOTHING_SEEN,
                wait=piece.wait,
            )
        )
        if kind != "delete":
            known.append(asked)
        asked += 1
    return tuple(fitted)


def performed(config: RunConfig, done: Iterable[Step], claims: Iterable[str] = ()) -> SimCluster:
    """A cluster that has done these steps. Raises `Violation` where an answer on the way breaks a promise."""
    cluster = SimCluster(claims, **config.document())
    for step in done:
        cluster.take(step)
    cluster.take(Settle())
    return cluster
