"""What is simpler than a fault, an intent or a configuration: the candidates of shrinking, most daring first."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from kept.lab import workload as w
from kept.lab.case import Case
from kept.lab.config import RunConfig
from kept.lab.script import Planned
from kept.sim.faults import JUMP, KINDS, OFFSET, Fault

Place = TypeVar("Place")
SHORTEST_US = 1_000
_SIMPLER_KINDS = {w.CART: (w.BLIND, w.UPDATE), w.UPDATE: (w.BLIND, w.GET), w.DELETE: (w.GET,), w.BLIND: (w.GET,)}


def shorter(fault: Fault) -> Iterator[Fault]:
    """The fault with less in it: fewer nodes and pairs, no torn write, no waiting for one, a smaller clock error, less
    time."""
    for nodes in _parts(fault.nodes):
        yield fault._replace(nodes=nodes)
    for pairs in _parts(fault.pairs):
        yield fault._replace(pairs=pairs)
    if fault.torn >= 0:
        yield fault._replace(torn=-1.0)
    if fault.dirty:
        yield fault._replace(dirty=False)
    if fault.kind in (OFFSET, JUMP) and abs(fault.number) >= 2:
        yield fault._replace(number=float(int(fault.number / 2)))
    for part in (100, 10, 2):
        if fault.for_us // part >= SHORTEST_US:
            yield fault._replace(for_us=fault.for_us // part)


def _parts(places: tuple[Place, ...]) -> Iterator[tuple[Place, ...]]:
    """Each half, then all but each one; never nothing."""
    if len(places) > 1:
        yield places[: len(places) // 2]
        yield places[len(places) // 2 :]
        for left_out in range(len(places)):
            yield places[:left_out] + places[left_out + 1 :]


def plainer(intent: Planned) -> Iterator[Planned]:
    """The intent with fewer operations, or with one that changes nothing."""
    for kind in _SIMPLER_KINDS.get(intent.kind, ()):
        yield intent._replace(kind=kind)


VARIANTS: dict[str, Callable[[Any], Iterator[Any]]] = {"faults": shorter, "intents": plainer}
"""What is simpler than an item of a case's list."""


def fewer_nodes(case: Case) -> Iterator[Case]:
    """A smaller cluster, the smallest first; what was planned for a node that is gone does not happen."""
    for nodes in range(case.config.n, case.config.nodes):
        config = changed(case.config, nodes=nodes)
        if config is None:
            continue
        names = {f"n{i + 1}" for i in range(nodes)}
        faults = tuple(kept for fault in case.faults if (kept := _among(fault, names)) is not None)
        gone = {f"n{i + 1}" for i in range(nodes, case.config.nodes)}
        fates = tuple(fate for fate in case.fates if fate[0][0] not in gone)
        yield case._replace(config=config, faults=faults, fates=fates)


def _among(fault: Fault, names: set[str]) -> Fault | None:
    """The fault as far as it hits nodes with these names."""
    nodes = tuple(name for name in fault.nodes if name in names)
    pairs = tuple(pair for pair in fault.pairs if pair[0] in names and pair[1] in names)
    if (fault.nodes and not nodes) or (fault.pairs and not pairs):
        return None
    return fault._replace(nodes=nodes, pairs=pairs)


def fewer_clients(case: Case) -> Iterator[Case]:
    """The clients numbered from 0 without gaps; one client doing what another one did besides its own; at least none
    after the last one that does anything."""
    used = sorted({intent.client for intent in case.intents})
    numbers = {client: number for number, client in enumerate(used)}
    yield _renumbered(case, numbers)
    for client in reversed(used[1:]):
        for other in used:
            if other < client:
                yield _renumbered(case, {**{one: one for one in used}, client: other})
    yield _renumbered(case, {one: one for one in used})


def _renumbered(case: Case, numbers: dict[int, int]) -> Case:
    intents = tuple(intent._replace(client=numbers[intent.client]) for intent in case.intents)
    config = changed(case.config, clients=max((intent.client for intent in intents), default=0) + 1)
    return case if config is None else case._replace(config=config, intents=intents)


def fewer_keys(case: Case) -> Iterator[Case]:
    """The keys under the first names of their kind."""
    names: dict[str, str] = {}
    for intent in case.intents:
        if intent.key and intent.key not in names:
            kind = "cart" if intent.kind == w.CART else "k"
            names[intent.key] = f"{kind}{sum(name.startswith(kind) for name in names.values())}"
    intents = tuple(intent._replace(key=names.get(intent.key, "")) for intent in case.intents)
    yield case._replace(intents=intents)


def settled_knobs(case: Case, operations: int) -> Iterator[Case]:
    """The configuration says what is left: so many operations and keys, these kinds of faults, no more thinking."""
    kinds = {fault.kind for fault in case.faults} | {fate[0] for _, fate in case.fates}
    knobs: dict[str, object] = {
        "ops": max(1, operations),
        "keys": max(1, len({intent.key for intent in case.intents if intent.key})),
        "faults": tuple(kind for kind in KINDS if kind in kinds),
        "think_ms": 0,
    }
    for name, value in knobs.items():
        config = changed(case.config, **{name: value})
        if config is not None:
            yield case._replace(config=config)


def changed(config: RunConfig, **fields: object) -> RunConfig | None:
    """The configuration with other fields; None where that is none."""
    try:
        return RunConfig.model_validate({**config.model_dump(), **fields})
    except ValidationError:
        return None
