"""Counterexamples about two preference lists, on stage: one owner leaves, and another node comes in its place."""

from dynamo.core.membership import FLIP, PREPARE
from kept.lab.direction import MS, SECOND
from kept.staged.moves import announced, move
from kept.staged.quorums import A
from kept.staged.scene import NotStaged, Scene, Staged

ONE_BY_ONE = "the store changes one member at a time, so two lists differ in one member; these numbers need more"


def differing(scene: Scene) -> Staged:
    """The put goes to the old list and the get to the new one, to which nothing was transferred."""
    if scene.values["d"] > 1:
        scene = _narrowed(scene)
    n, r, w = (scene.values[name] for name in "NRW")
    direction, cast = move("flip-before-transfer", nodes=n + 2, n=n, r=r, w=w, read_repair="off")
    stay = [role for role in sorted({*scene.nodes["old"], *scene.nodes["new"]}) if role[0] == "n"]
    roles = {"o1": A, "p1": cast.b, **dict(zip(stay, cast.others, strict=False))}
    write = tuple(roles[name] for name in scene.nodes["write"])
    rest = tuple(node for node in roles.values() if node not in write)
    direction.part(500 * MS, 20 * SECOND, write, rest)
    direction.put(1 * SECOND, write[0])
    asks = roles[scene.nodes["read"][0]]
    direction.get(direction.moment(announced(FLIP), cast.c, asks) + 20 * MS, asks)
    return Staged("fresh-reads", direction, roles)


def _narrowed(scene: Scene) -> Scene:
    """The same R and W where the lists differ in one member. `NotStaged` where these meet then."""
    n, r, w = (scene.values[name] for name in "NRW")
    if r + w > n + 1:
        raise NotStaged(ONE_BY_ONE)
    stay = tuple(f"n{at + 1}" for at in range(n - 1))
    old, new = ("o1", *stay), ("p1", *reversed(stay))
    sets = {"old": old, "new": new, "write": old[:w], "read": new[:r]}
    return Scene(scene.lemma, {**scene.values, "d": 1}, sets)


def union(scene: Scene) -> Staged:
    """W of both lists together acknowledge, the newcomer among them; before the flip the others of the old list are
    asked."""
    n, r, w = (scene.values[name] for name in "NRW")
    if w - 1 + r > n:
        raise NotStaged(ONE_BY_ONE)
    direction, cast = move("union-quorum", nodes=n + 2, n=n, r=r, w=w, read_repair="off")
    old = (*cast.others, A)
    write, rest = (cast.b, *old[: w - 1]), old[w - 1 :]
    begun_us = direction.moment(announced(PREPARE), cast.c, cast.b)
    direction.part(begun_us, 10 * SECOND, write, rest)
    direction.put(begun_us + 10 * MS, cast.b)
    direction.get(begun_us + 40 * MS, rest[0])
    return Staged("fresh-reads", direction, {"o1": A, "p1": cast.b})
