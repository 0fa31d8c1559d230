"""Which final states are allowed: the siblings of every key, merged over all replicas and hints, and at each owner.

*Effective* are the acknowledged operations and any subset of the unknown ones; what their contexts cover is gone, and
the other puts stand (`model.durability`). Where the configuration settles, each owner holds just that, and nobody else
holds anything.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from histories.replicas import Replicas, ReplicaState
from model.anonymous import explain_anonymous
from model.causality import Dot, covers
from model.durability import Write as Effect
from model.durability import expected
from model.placement import Placement
from model.reconcile import reconcile
from model.store.key import Key
from model.store.reference import Reference
from model.store.write import FAIL, OK, Refusal, Write, refusal


def finish(reference: Reference, replicas: Replicas) -> list[Refusal]:
    """What is wrong with the final states, key by key. The clients have stopped."""
    found: list[Refusal] = []
    terms = reference.terms
    if terms.settles and not replicas.header.settled:
        found.append(refusal("convergence", "the cluster did not come to rest"))
    held: dict[str, list[ReplicaState]] = {}
    for state in replicas.states:
        held.setdefault(state.key, []).append(state)
    resting = terms.settles and replicas.header.settled and replicas.header.ring is not None
    placement = Placement(replicas.header.ring) if resting and replicas.header.ring is not None else None
    for name in sorted({*held, *reference.keys}):
        states = held.get(name, [])
        key = reference.keys.get(name) or Key()
        found += _genuine(name, key, states)
        found += _siblings(reference, name, key, states)
        if terms.replaces and replicas.header.settled:
            found += _deleted(name, key, states)
        if placement is not None:
            found += _alike(name, states, placement.owners_of_text(name))
    return found


def allowed(key: Key) -> Iterator[dict[Dot, str]]:
    """Every set of final siblings that the key may end with, once each, under dotted vectors. Two to the power of the
    unknown operations are tried: for a few."""
    certain = [effect for effect, _ in _effects(key) if effect.acknowledged]
    unknown = [effect for effect, _ in _effects(key) if not effect.acknowledged]
    told: set[frozenset[tuple[Dot, str]]] = set()
    for count in range(len(unknown) + 1):
        for some in combinations(unknown, count):
            siblings = expected((*certain, *some))
            if frozenset(siblings.items()) not in told:
                told.add(frozenset(siblings.items()))
                yield siblings


def _effects(key: Key) -> list[tuple[Effect, Write | None]]:
    """The writes as the equation wants them. What was pruned is covered by what acknowledged operations had seen."""
    effects: list[tuple[Effect, Write | None]] = [(Effect(key.replaced, acknowledged=True), None)]
    effects += [(Effect(w.context, w.outcome == OK, w.value, w.dot), w) for w in key.remembered()]
    return effects


def _genuine(name: str, key: Key, states: Iterable[ReplicaState]) -> Iterator[Refusal]:
    """Whatever any replica or hint holds, replaced or not, was put."""
    versions = {(v.dot, v.value) for state in states for v in state.versions if v.value is not None}
    for dot, value in sorted(versions):
        put = key.dots.get(dot)
        if put is not None and put.value == value and put.outcome != FAIL:
            continue
        if put is None and (covers(key.pruned, dot) or key.guess(dot, value)):
            continue
        number = None if put is None else put.number
        yield refusal("no-invented-value", f"{_version(name, dot)} stands in the end, and nobody put it", number)
    for value in sorted({*key.guessed.values()}):
        if not key.guess(next(dot for dot in sorted(key.guessed) if key.guessed[dot] == value), value):
            yield refusal("no-invented-value", f"more versions of one value of {name!r} than puts were seen")


def _siblings(reference: Reference, name: str, key: Key, states: list[ReplicaState]) -> Iterator[Refusal]:
    """The equation."""
    siblings, terms = reconcile(states), reference.terms
    if terms.siblings != "all":
        yield from _something(reference, name, key, states)
        return
    effects = _effects(key)
    judged = explain_anonymous([effect for effect, _ in effects], siblings)
    if terms.keeps:
        for place in judged.lost:
            write = effects[place][1]
            assert write is not None, "what was pruned had been replaced"
            assert write.dot is not None, "only acknowledged puts are lost"
            clause = f"{_version(name, write.dot)} is gone, and nothing that took effect had seen it"
            yield refusal("no-lost-write", clause, write.number)
    if terms.replaces:
        for dot in judged.false:
            by = next(
                (w.number for _, w in effects if w is not None and w.outcome == OK and covers(w.context, dot)), None
            )
            own = key.dots.get(dot)
            number = None if own is None else own.number
            yield refusal("no-false-sibling", f"{_version(name, dot)} stands, and had been replaced", number, by)


def _something(reference: Reference, name: str, key: Key, states: list[ReplicaState]) -> Iterator[Refusal]:
    """Plain vectors and the last writer lose puts to others, and so some put stands as long as nobody deletes."""
    if not reference.terms.remains or any(write.value is None for write in key.remembered()):
        return
    put = next((write for write in key.remembered() if write.outcome == OK), None)
    if put is not None and not any(v.value is not None for state in states for v in state.versions):
        yield refusal("no-lost-write", f"nothing stands of {name!r}, though it was put and never deleted", put.number)


def _deleted(name: str, key: Key, states: Iterable[ReplicaState]) -> Iterator[Refusal]:
    """At rest not even a single replica holds what an acknowledged delete had seen."""
    for state in states:
        for version in state.versions:
            if version.value is not None and covers(key.deleted, version.dot):
                yield refusal("no-resurrection", f"{_version(name, version.dot)} stands at {state.node}, deleted")
                return


def _alike(name: str, states: list[ReplicaState], owners: tuple[str, ...]) -> Iterator[Refusal]:
    """Owners hold the same, others nothing."""
    data = {s.node: s for s in states if s.space == "data" and (s.versions or s.context)}
    if any(state.space == "hint" for state in states):
        yield refusal("convergence", f"a hint of {name!r} is left")
    for node in sorted(data):
        if node not in owners:
            yield refusal("placement", f"{node} holds {name!r} and is no owner of it")
    told = [(owner, data.get(owner)) for owner in owners]
    records = [None if state is None else (state.context, state.versions) for _, state in told]
    for (owner, _), record in zip(told, records, strict=True):
        if record != records[0]:
            yield refusal("convergence", f"{owner} holds of {name!r} something else than {told[0][0]}")
            return


def _version(name: str, dot: Dot) -> str:
    return f"{dot[0]}/{dot[1]} of {name!r}"
