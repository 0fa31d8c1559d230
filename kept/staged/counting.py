"""Stages for refutations by counting: links and disks that make exactly the sets of a counterexample.

Who acknowledged is one side of a partition while the put is made; who is heard is on the other while the get asks;
whose disk is lost loses it in between.
"""

from collections.abc import Mapping

from kept.lab.direction import MS, SECOND
from kept.staged.quorums import CALM_US
from kept.staged.scene import Names, NotStaged, Scene, Staged, cast, cluster, others, played


def missed(scene: Scene) -> Staged:
    """The put reaches those who acknowledge it and nobody else; the get asks among the others."""
    direction = cluster(scene, "fresh-reads")
    roles = cast(scene, direction)
    write, read = played(scene, roles, "write"), played(scene, roles, "read")
    direction.part(500 * MS, 10 * SECOND, write, others(direction, write))
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
    direction = cluster(scene, "fresh-reads", **numbers)
    roles = cast(scene, direction)
    side = tuple(roles[name] for name in write)
    direction.part(500 * MS, CALM_US + 10 * SECOND, side, others(direction, side))
    direction.put(CALM_US, side[0])
    direction.get(CALM_US + SECOND, roles[read[0]])
    return Staged("fresh-reads", direction, roles)


def disks_lost(scene: Scene) -> Staged:
    """The put reaches W nodes, and then their disks are lost."""
    if scene.per_machine > 1:
        raise NotStaged("the store puts no two replicas of a key on one machine, so m is 1")
    direction = cluster(scene, "no-lost-write", beyond=True)
    roles = cast(scene, direction)
    write = played(scene, roles, "write")
    direction.part(500 * MS, 10 * SECOND, write, others(direction, write))
    direction.put(1 * SECOND, write[0])
    direction.lose_disks(2 * SECOND, 300 * MS, *write)
    direction.until(4 * SECOND)
    return Staged("no-lost-write", direction, roles)


def restarted(scene: Scene) -> Staged:
    """Of W acknowledgements s are durable: these disks are lost, and the other nodes restart with what was in their
    memory. The store always syncs its coordinator, so with s = 0 nobody waits for the disk (`no-barrier`)."""
    synced = scene.values["s"]
    rule = {"durable_copies": synced} if synced else {"bug": "no-barrier", "versions": "dvv"}
    direction = cluster(scene, "no-lost-write", beyond=True, **rule)
    roles = cast(scene, direction)
    write, durable = played(scene, roles, "write"), played(scene, roles, "synced")
    volatile = tuple(name for name in write if name not in durable)
    direction.part(500 * MS, 10 * SECOND, write, others(direction, write))
    direction.slow_disks(900 * MS, SECOND, *volatile)
    direction.put(1 * SECOND, write[0])
    direction.lose_disks(1_100 * MS, 300 * MS, *durable)
    direction.crash(1_100 * MS, 300 * MS, *volatile)
    direction.until(4 * SECOND)
    return Staged("no-lost-write", direction, roles)


def emptied(scene: Scene) -> Staged:
    """Replicas that acknowledged lose their disks and answer the get before they were filled again."""
    lost = tuple(name for name in scene.nodes["emptied"] if name in {*scene.nodes["write"]})
    direction = cluster(
        scene, "fresh-reads", bug="recovering-answers", read_repair="off", beyond=len(lost) >= scene.values["W"]
    )
    roles = cast(scene, direction)
    write, read = played(scene, roles, "write"), played(scene, roles, "read")
    direction.part(500 * MS, 2_600 * MS, write, others(direction, write))
    direction.put(1 * SECOND, write[0])
    direction.part(3 * SECOND, 10 * SECOND, read, others(direction, read))
    direction.lose_disks(3 * SECOND, 200 * MS, *(roles[name] for name in lost if name in {*scene.nodes["read"]}))
    direction.get(6 * SECOND, read[0])
    return Staged("fresh-reads", direction, roles)


def backwards(scene: Scene) -> Staged:
    """A put is under way and has reached one node. One get hears that node, and the next get of the same client does
    not: its repair is cut off."""
    if scene.values["B"] != 1:
        raise NotStaged("blocking repair holds what a get returns on max(N-R+1, W) owners, and R + B > N always")
    direction = cluster(scene, "monotonic-reads")
    roles = cast(scene, direction)
    holders, first, second = (played(scene, roles, name) for name in ("holders", "first", "second"))
    direction.part(500 * MS, 2_500 * MS, holders, others(direction, holders))
    direction.put(1 * SECOND, holders[0])
    direction.part(2_990 * MS, 60 * MS, first, others(direction, first))
    client = direction.get(3_010 * MS, holders[0])
    direction.part(3_045 * MS, 5 * SECOND, second, others(direction, second))
    direction.get(3_060 * MS, second[0], client=client)
    return Staged("monotonic-reads", direction, roles)


def counted_twice(scene: Scene) -> Staged:
    """An owner is slow: a fallback takes a hint for it, and then it acknowledges too. With k such owners W = 2k + 1
    acknowledgements come from k + 1 copies; when the hints are delivered, the get asks the other owners."""
    n, r, w = (scene.values[name] for name in "NRW")
    slow = w // 2
    if r > n - slow - 1 or not slow:
        raise NotStaged("in the store only an owner whose acknowledgement is late is counted beside its own fallback")
    direction = cluster(scene, "fresh-reads", nodes=n + slow, pr=r, sloppy=True)
    sets = {"late": tuple(f"n{at + 2}" for at in range(slow)), "fallbacks": tuple(f"f{at + 1}" for at in range(slow))}
    scene = scene._replace(nodes={"first": ("n1",), **sets, "read": tuple(f"n{n - at}" for at in range(r))})
    roles = cast(scene, direction)
    (first,), late = played(scene, roles, "first"), played(scene, roles, "late")
    side = (first, *late, *played(scene, roles, "fallbacks"))
    direction.part(500 * MS, 10 * SECOND, side, others(direction, side))
    direction.clog(990 * MS, 200 * MS, *((first, name) for name in late))
    direction.put(1 * SECOND, first)
    direction.get(4 * SECOND, roles[scene.nodes["read"][0]])
    return Staged("fresh-reads", direction, roles)
