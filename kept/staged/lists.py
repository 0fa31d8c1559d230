"""Counterexamples about two preference lists, on stage: owners leave, and other nodes come in their place.

One order to the store changes one member, and a key's lists differ in one member then; the next order waits for the end
of that change. For more this rule is switched off with the one that the counterexample is about: several orders to
leave become one change.
"""

from typing import Any, NamedTuple

from dynamo.core import planning
from dynamo.core.membership import FLIP, TRANSFER
from kept.lab.direction import KEYS, MS, SECOND, Direction
from kept.lab.run import Lab
from kept.staged.counting import missed, missed_on_either_list
from kept.staged.moves import BEGIN_US, announced
from kept.staged.scene import PARTITIONS, Names, NotStaged, Scene, Staged


class Change(NamedTuple):
    """A cluster whose key gets another list."""

    direction: Direction
    leaving: Names
    staying: Names
    coming: Names
    driver: str
    """Who is in neither list."""


def differing(scene: Scene) -> Staged:
    """The put goes to the old list and the get to the new one, to which nothing was transferred."""
    n, r, w, d = (scene.values[name] for name in "NRWd")
    if not d:
        return missed(scene)
    change = _change("flip-before-transfer" if d == 1 else "batch-flip", n, r, w, d)
    direction = change.direction
    roles = _cast(scene, change)
    write = tuple(roles[name] for name in scene.nodes["write"])
    rest = tuple(node for node in (*change.leaving, *change.staying, *change.coming) if node not in write)
    direction.part(500 * MS, 20 * SECOND, write, rest)
    direction.put(1 * SECOND, write[0])
    asks = roles[scene.nodes["read"][0]]
    direction.get(direction.moment(announced(FLIP), change.driver, asks) + 20 * MS, asks)
    return Staged("fresh-reads", direction, roles)


def union(scene: Scene) -> Staged:
    """W of both lists together acknowledge, those to come among them; before the flip the others of the old list are
    asked."""
    n, r, w, p = (scene.values[name] for name in "NRWp")
    if not p:
        return missed_on_either_list(scene)
    change = _change("union-quorum" if p == 1 else "batch-union", n, r, w, p)
    direction, coming, old = change.direction, change.coming[:w], (*change.staying, *change.leaving)
    write, rest = (*coming, *old[: w - len(coming)]), old[w - len(coming) :]
    direction.until(BEGIN_US + 20 * SECOND)
    begun_us = max(direction.moment(announced(TRANSFER), change.driver, name) for name in coming)
    direction.part(begun_us, 10 * SECOND, write, rest)
    direction.put(begun_us + 10 * MS, write[0])
    direction.get(begun_us + 40 * MS, rest[0])
    return Staged("fresh-reads", direction, _cast(scene, change))


def implied(scene: Scene) -> Staged:
    """A acknowledgements of both lists together, which are fewer than W of the old one: a get of R = N - W + 1, for
    which W of each would do, misses them."""
    values = scene.values
    if values["A"] > values["N"]:
        raise NotStaged("the store waits for N acknowledgements at the most")
    numbers = {"N": values["N"], "R": values["N"] - values["W"] + 1, "W": values["A"], "p": values["p"]}
    return union(scene._replace(values=numbers))


def _cast(scene: Scene, change: Change) -> dict[str, str]:
    """The owners of the counterexample are o1, o2, ... of the old list, p1, p2, ... of the new one, n1, ... of both."""
    roles = {f"o{at + 1}": name for at, name in enumerate(change.leaving)}
    roles |= {f"p{at + 1}": name for at, name in enumerate(change.coming)}
    both = sorted({name for names in scene.nodes.values() for name in names if name[0] == "n"})
    return {**roles, **dict(zip(both, change.staying, strict=False))}


def _change(bug: str, n: int, r: int, w: int, differ: int) -> Change:
    """A cluster in which so many owners of a key leave together, and as many others come in their place."""
    nodes = n + differ + 1
    fields: dict[str, Any] = {"nodes": nodes, "n": n, "r": r, "w": w, "partitions": max(PARTITIONS, nodes)}
    direction = Direction(("fresh-reads",), bug=bug, sloppy=False, anti_entropy=False, read_repair="off", **fields)
    change = _change_of_a_key(direction, differ)
    for at, name in enumerate(change.leaving):
        direction.leave(BEGIN_US + at * MS, name, change.driver)
    direction.until(BEGIN_US + 20 * SECOND)
    return change


def _change_of_a_key(direction: Direction, differ: int) -> Change:
    """The first key whose other owners stay when the first of its list leave, and the one node that is never its
    owner."""
    config = direction.config
    lab = Lab(config, None)
    founded = lab.rules.ring(lab.founders[0], config.n, config.ring, config.partitions)
    names = {member.name for member in lab.founders[0]}
    for at in range(KEYS):
        key = f"k{at}"
        old = founded.preference(key.encode())[: config.n]
        after = lab.founders[0]
        for name in old[:differ]:
            after = planning.left(after, name, lab.store)
        ring = lab.rules.ring(after, config.n, config.ring, config.partitions)
        new = ring.preference(key.encode())[: config.n]
        coming = tuple(name for name in new if name not in old)
        if len(coming) == differ:
            direction.key = key
            (driver,) = names.difference(old, new)
            return Change(direction, old[:differ], old[differ:], coming, driver)
    raise LookupError(f"no key below k{KEYS} has lists that differ in {differ} members")
