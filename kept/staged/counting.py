"""From a refutation by counting to a run: the counterexample's sets of nodes, staged in the real store.

A counterexample names sets: who acknowledged, whom the get hears, what is lost. The stage is a cluster with the same
numbers whose links and disks make exactly these sets, and the run must break the store's own claim. What a lemma
supposes and the store does not do is staged with that rule of the store switched off (a bug of the zoo); where the
store has nothing of the kind, that is said. `COUNTERPARTS` has a row for every lemma.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from checkers.proofs.lemma import listed
from kept.lab.direction import MS, SECOND, Direction

NODES_LIMIT = 24
"""Clusters with more nodes are not staged: the smallest counterexample shows the same."""
CALM_US = 60 * SECOND
"""After so long every node knows whom it cannot reach."""
Names = tuple[str, ...]


class Scene(NamedTuple):
    """A counterexample by counting."""

    lemma: str
    values: Mapping[str, int]
    nodes: Mapping[str, Names]
    """Set -> its members, as the counterexample names them."""
    per_machine: int = 1


class Staged(NamedTuple):
    """A run that shows a counterexample, not made yet."""

    claim: str
    """What the run must violate."""
    direction: Direction
    roles: Mapping[str, str]
    """Node of the counterexample -> node of the store."""

    @property
    def told(self) -> str:
        """Who is who, where the names differ."""
        return listed(tuple(f"{role} is {node}" for role, node in self.roles.items() if role != node))


class NotStaged(ValueError):
    """The store has nothing that the counterexample could happen to; the message says what it has instead."""


Stage = Callable[[Scene], Staged]


class Counterpart(NamedTuple):
    """What a counterexample of one lemma is in the store."""

    lemma: str
    claim: str
    """What its run violates; empty where there is none."""
    how: str
    """What happens in the run, or why there is none."""
    stage: Stage | None = None


def stage(scene: Scene) -> Staged:
    """The run of a counterexample. `NotStaged` says why there is none; KeyError for a lemma without a row."""
    row = COUNTERPARTS[scene.lemma]
    if row.stage is None:
        raise NotStaged(row.how)
    if scene.values["N"] > NODES_LIMIT or scene.values.get("W", 0) > NODES_LIMIT:
        raise NotStaged(f"a cluster of more than {NODES_LIMIT} nodes; a smaller one with the same sets shows the same")
    return row.stage(scene)


# Casting: who plays whom


def _strict(scene: Scene, claim: str, **config: object) -> Direction:
    """A cluster of N nodes, so that each owns every key."""
    numbers = {"nodes": scene.values["N"], "n": scene.values["N"], "w": scene.values["W"]}
    return Direction((claim,), **{**numbers, "r": scene.values.get("R", 1), "sloppy": False, **config})


def _cast(scene: Scene, direction: Direction) -> dict[str, str]:
    """The owners of the counterexample, n1, n2, ..., are those of the key in the order of its preference list, and f1,
    f2, ... the next nodes of it. Where a key has the list n1, n2, ..., everybody plays himself."""
    config = direction.config
    plain = tuple(f"n{at + 1}" for at in range(config.nodes))
    try:
        direction.key = direction.key_of(plain)
    except LookupError:
        pass  # then some play others
    walk = direction.preference(direction.key)
    roles = dict.fromkeys(name for names in scene.nodes.values() for name in names)
    first = {"n": 0, "f": config.n}
    return {role: walk[first[role[0]] + int(role[1:]) - 1] for role in sorted(roles)}


def _of(scene: Scene, roles: Mapping[str, str], *sets: str) -> Names:
    """The store's nodes in these sets of the counterexample."""
    return tuple(dict.fromkeys(roles[name] for one in sets for name in scene.nodes.get(one, ())))


def _others(direction: Direction, names: Names) -> Names:
    return tuple(f"n{at + 1}" for at in range(direction.config.nodes) if f"n{at + 1}" not in names)


# The stages


def missed(scene: Scene) -> Staged:
    """The put reaches those who acknowledge it and nobody else; the get asks among the others."""
    direction = _strict(scene, "fresh-reads")
    roles = _cast(scene, direction)
    write, read = _of(scene, roles, "write"), _of(scene, roles, "read")
    direction.part(500 * MS, 10 * SECOND, write, _others(direction, write))
    direction.put(1 * SECOND, write[0])
    direction.get(3 * SECOND, read[0])
    return Staged("fresh-reads", direction, roles)


def missed_on_either_list(scene: Scene) -> Staged:
    """R + W <= N: no change of the list is needed to miss."""
    n, r, w = (scene.values[name] for name in "NRW")
    if r + w > n:
        raise NotStaged("R + W > N: the store counts W of each list, and no counterexample of that kind exists")
    sets = {"write": tuple(f"n{at + 1}" for at in range(w)), "read": tuple(f"n{n - at}" for at in range(r))}
    return missed(scene._replace(nodes=sets))


def missed_by_fallbacks(scene: Scene) -> Staged:
    """Two sides that cannot reach each other; on each, healthy nodes stand in for the owners of the other."""
    values, write, read = scene.values, scene.nodes["write"], scene.nodes["read"]
    fallbacks = tuple(dict.fromkeys(name for name in (*write, *read) if name[0] == "f"))
    pr, pw = values.get("PR", values["R"] - values.get("g", 0)), values.get("PW", values["W"] - values.get("h", 0))
    numbers = {"nodes": values["N"] + len(fallbacks), "pr": max(0, pr), "pw": max(0, pw), "sloppy": True}
    return _two_sides(scene, numbers, write, read)


def missed_under_hints(scene: Scene) -> Staged:
    """Owners and fallbacks acknowledge; the get asks owners only (PR = R) and none of those that have the put. A
    hint that was delivered is its owner's copy."""
    values = scene.values
    copies = tuple(dict.fromkeys((*scene.nodes["direct"], *scene.nodes["handed"])))
    waiting = tuple(f"f{at + 1}" for at in range(values["W"] - len(copies)))
    numbers = {"nodes": values["N"] + len(waiting), "pr": values["R"], "pw": 0, "sloppy": True}
    sets = {**scene.nodes, "write": (*copies, *waiting)}
    return _two_sides(scene._replace(nodes=sets), numbers, (*copies, *waiting), scene.nodes["read"])


def _two_sides(scene: Scene, numbers: Mapping[str, object], write: Names, read: Names) -> Staged:
    direction = _strict(scene, "fresh-reads", **numbers)
    roles = _cast(scene, direction)
    side = tuple(roles[name] for name in write)
    direction.part(500 * MS, CALM_US + 10 * SECOND, side, _others(direction, side))
    direction.put(CALM_US, side[0])
    direction.get(CALM_US + SECOND, roles[read[0]])
    return Staged("fresh-reads", direction, roles)


def disks_lost(scene: Scene) -> Staged:
    """The put reaches W nodes, and then their disks are lost."""
    if scene.per_machine > 1:
        raise NotStaged("the store puts no two replicas of a key on one machine, so m is 1")
    direction = _strict(scene, "no-lost-write", beyond=True)
    roles = _cast(scene, direction)
    write = _of(scene, roles, "write")
    direction.part(500 * MS, 10 * SECOND, write, _others(direction, write))
    direction.put(1 * SECOND, write[0])
    direction.lose_disks(2 * SECOND, 300 * MS, *write)
    direction.until(4 * SECOND)
    return Staged("no-lost-write", direction, roles)


def restarted(scene: Scene) -> Staged:
    """Of W acknowledgements s are durable: these disks are lost, and the other nodes restart with what was in their
    memory. The store always syncs its coordinator, so with s = 0 nobody waits for the disk (`no-barrier`)."""
    synced = scene.values["s"]
    rule = {"durable_copies": synced} if synced else {"bug": "no-barrier", "versions": "dvv"}
    direction = _strict(scene, "no-lost-write", beyond=True, **rule)
    roles = _cast(scene, direction)
    write, durable = _of(scene, roles, "write"), _of(scene, roles, "synced")
    volatile = tuple(name for name in write if name not in durable)
    direction.part(500 * MS, 10 * SECOND, write, _others(direction, write))
    direction.slow_disks(900 * MS, SECOND, *volatile)
    direction.put(1 * SECOND, write[0])
    direction.lose_disks(1_100 * MS, 300 * MS, *durable)
    direction.crash(1_100 * MS, 300 * MS, *volatile)
    direction.until(4 * SECOND)
    return Staged("no-lost-write", direction, roles)


def emptied(scene: Scene) -> Staged:
    """Replicas that acknowledged lose their disks and answer the get before they were filled again."""
    lost = tuple(name for name in scene.nodes["emptied"] if name in {*scene.nodes["write"]})
    direction = _strict(
        scene, "fresh-reads", bug="recovering-answers", read_repair="off", beyond=len(lost) >= scene.values["W"]
    )
    roles = _cast(scene, direction)
    write, read = _of(scene, roles, "write"), _of(scene, roles, "read")
    direction.part(500 * MS, 2_600 * MS, write, _others(direction, write))
    direction.put(1 * SECOND, write[0])
    direction.part(3 * SECOND, 10 * SECOND, read, _others(direction, read))
    direction.lose_disks(3 * SECOND, 200 * MS, *(roles[name] for name in lost if name in {*scene.nodes["read"]}))
    direction.get(6 * SECOND, read[0])
    return Staged("fresh-reads", direction, roles)


def backwards(scene: Scene) -> Staged:
    """A put is under way and has reached one node. One get hears that node, and the next get of the same client does
    not: its repair is cut off."""
    if scene.values["B"] != 1:
        raise NotStaged("blocking repair holds what a get returns on max(N-R+1, W) owners, and R + B > N always")
    direction = _strict(scene, "monotonic-reads")
    roles = _cast(scene, direction)
    holders, first, second = (_of(scene, roles, name) for name in ("holders", "first", "second"))
    direction.part(500 * MS, 2_500 * MS, holders, _others(direction, holders))
    direction.put(1 * SECOND, holders[0])
    direction.part(2_990 * MS, 60 * MS, first, _others(direction, first))
    client = direction.get(3_010 * MS, holders[0])
    direction.part(3_045 * MS, 5 * SECOND, second, _others(direction, second))
    direction.get(3_060 * MS, second[0], client=client)
    return Staged("monotonic-reads", direction, roles)


_SIBLINGS = "the store promises nothing of two puts: each stays a sibling until somebody has seen it"

COUNTERPARTS: dict[str, Counterpart] = {
    row.lemma: row
    for row in (
        Counterpart("reads-meet-writes", "fresh-reads", "a put on one side of a partition, a get on the other", missed),
        Counterpart("writes-meet-writes", "", _SIBLINGS),
        Counterpart(
            "sloppy-reads-meet-writes",
            "fresh-reads",
            "a partition in which both sides have fallbacks; h and g are what PW and PR leave",
            missed_by_fallbacks,
        ),
        Counterpart("sloppy-writes-meet-writes", "", _SIBLINGS),
        Counterpart(
            "primaries-that-answered", "fresh-reads", "the same partition, under these PR and PW", missed_by_fallbacks
        ),
        Counterpart("primaries-that-look-alive", "", "the store counts owners that answered, never those that look alive"),
        Counterpart(
            "hints-undelivered",
            "fresh-reads",
            "a sloppy put, its hints held up by a partition, and a get that hears owners only (PR = R)",
            missed_under_hints,
        ),
        Counterpart("survives-disks", "no-lost-write", "", disks_lost),
        Counterpart("survives-machines", "no-lost-write", "", disks_lost),
        Counterpart("survives-restarts", "no-lost-write", "", restarted),
        Counterpart("replaced-by-empty", "fresh-reads", "", emptied),
        Counterpart("monotone-reads", "monotonic-reads", "", backwards),
    )
}
