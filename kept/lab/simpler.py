"""What is simpler than a fault, an intent or a configuration: the candidates of shrinking, most daring first."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any, TypeVar

from pydantic import ValidationError

from kept.lab import workload as w
from kept.lab.case import Case, WrittenFate
from kept.lab.config import RunConfig
from kept.lab.script import Planned
from kept.sim.faults import CHANGES, JUMP, KINDS, NEWCOMER_AT, OFFSET, Fault

Place = TypeVar("Place")
SHORTEST_US = 1_000
FIRST_CHOICES, FIRST_KEYS = 4, 4
"""How many places of a client's stream, and how many names of a key are tried."""
WAITS_US = (1_000, 10_000, 100_000)
"""Between two things that are planned."""
_SIMPLER_KINDS = {w.CART: (w.BLIND, w.UPDATE), w.UPDATE: (w.BLIND, w.GET), w.DELETE: (w.GET,), w.BLIND: (w.GET,)}


def shorter(fault: Fault) -> Iterator[Fault]:
    """The fault with less in it: fewer nodes and pairs, no torn write, no waiting for one, a smaller clock error, less
    time."""
    for nodes in _parts(fault.nodes) if fault.kind not in CHANGES else ():
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
    """The intent with fewer operations, or with one that changes nothing; then with the client's first choices instead
    of later ones."""
    for kind in _SIMPLER_KINDS.get(intent.kind, ()):
        yield intent._replace(kind=kind)
    if intent.draws:
        yield intent._replace(draws=0)


def milder(fate: WrittenFate) -> Iterator[WrittenFate]:
    """The fate with less delay."""
    who, (kind, late_us) = fate
    for part in (100, 10, 2):
        if late_us // part >= SHORTEST_US:
            yield who, (kind, late_us // part)


VARIANTS: dict[str, Callable[[Any], Iterator[Any]]] = {"faults": shorter, "intents": plainer, "fates": milder}
"""What is simpler than an item of a case's list."""


def fewer_nodes(case: Case) -> Iterator[Case]:
    """A smaller cluster, the smallest first; what was planned for a node that is gone does not happen."""
    for nodes in range(case.config.n, case.config.nodes):
        config = changed(case.config, nodes=nodes)
        if config is None:
            continue
        names = {f"n{i + 1}" for i in range(nodes)} | _newcomers(case)
        faults = tuple(kept for fault in case.faults if (kept := _among(fault, names)) is not None)
        gone = {f"n{i + 1}" for i in range(nodes, case.config.nodes)}
        fates = tuple(fate for fate in case.fates if fate[0][0] not in gone)
        yield case._replace(config=config, faults=faults, fates=fates)


def fewer_nodes_elsewhere(case: Case) -> Iterator[Case]:
    """A smaller cluster, in which what befell a node that is gone befalls another one, the one key lies at other nodes,
    and clients ask other nodes: what went wrong at n4 goes wrong at n2 as well, if only somebody goes there."""
    (key, *others) = sorted({intent.key for intent in case.intents if intent.key}) or [""]
    kind = key.rstrip("0123456789")
    for nodes in range(case.config.n, case.config.nodes):
        config = changed(case.config, nodes=nodes)
        if config is None:
            continue
        smaller = _folded(case, nodes)._replace(config=config)
        for name in [key] if others else [f"{kind}{number}" for number in range(FIRST_KEYS)]:
            named = tuple(one._replace(key=name) if one.key == key else one for one in smaller.intents)
            yield smaller._replace(intents=named)
            yield from otherwise_chosen(smaller._replace(intents=named))


def _folded(case: Case, nodes: int) -> Case:
    """Faults and fates of nodes that are gone happen to those that nothing happens to, then to any."""
    hit = {name for fault in case.faults for name in (*fault.nodes, *(end for pair in fault.pairs for end in pair))}
    stay = [f"n{i + 1}" for i in range(nodes)]
    hit |= {who for (who, _), _ in case.fates if who.startswith("n")}
    gone = sorted(hit - set(stay) - _newcomers(case))
    free = [name for name in stay if name not in hit] + stay
    moved = dict(zip(gone, free, strict=False))

    def fold(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(moved.get(name, name) for name in names))

    faults = []
    for fault in case.faults:
        both = dict.fromkeys((moved.get(a, a), moved.get(b, b)) for a, b in fault.pairs)
        pairs = tuple(pair for pair in both if pair[0] != pair[1])
        nodes_now = fold(fault.nodes)
        whole = fault.kind not in CHANGES or len(nodes_now) == len(fault.nodes)
        if whole and (pairs or not fault.pairs):
            faults.append(fault._replace(nodes=nodes_now, pairs=pairs))
    fates = tuple({(moved.get(who, who), count): fate for (who, count), fate in case.fates}.items())
    return case._replace(faults=tuple(faults), fates=fates)


def otherwise_chosen(case: Case) -> Iterator[Case]:
    """With other choices of the clients (which node to ask): those at the beginning of their streams."""
    for draws in range(FIRST_CHOICES):
        yield case._replace(intents=tuple(intent._replace(draws=draws) for intent in case.intents))


def _newcomers(case: Case) -> set[str]:
    """Nodes that changes of membership bring; they are none of the cluster's first."""
    return {fault.nodes[NEWCOMER_AT[fault.kind]] for fault in case.faults if fault.kind in NEWCOMER_AT}


def _among(fault: Fault, names: set[str]) -> Fault | None:
    """The fault as far as it hits nodes with these names; a change is about all its nodes or about none."""
    nodes = tuple(name for name in fault.nodes if name in names)
    if fault.kind in CHANGES and nodes != fault.nodes:
        return None
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
    if any(client != number for client, number in numbers.items()):
        yield from map(partial(_renumbered, numbers=numbers), otherwise_chosen(case))
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


def moments(case: Case) -> list[int]:
    """The times at which something is planned, ascending."""
    return sorted({*(intent.due_us for intent in case.intents), *(fault.at_us for fault in case.faults)})


def sooner(case: Case, place: int | None = None) -> Iterator[Case]:
    """With less waiting before the moment at `place`, and so before all later ones; before every moment where it is
    None. The shortest wait first; nothing changes its order."""
    times = moments(case)
    waits = [time - before for before, time in zip([0, *times], times, strict=False)]
    for most_us in WAITS_US:
        less = [min(wait, most_us) if place is None or at == place else wait for at, wait in enumerate(waits)]
        if less != waits:
            then = dict(zip(times, accumulate(less), strict=True))
            faults = tuple(fault._replace(at_us=then[fault.at_us]) for fault in case.faults)
            intents = tuple(intent._replace(due_us=then[intent.due_us]) for intent in case.intents)
            yield case._replace(faults=faults, intents=intents)


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
