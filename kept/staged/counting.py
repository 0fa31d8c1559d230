"""Stages for refutations by counting: links and disks that make exactly the sets of a counterexample.

Who acknowledged is one side of a partition while the put is made; who is heard is on the other while the get asks;
whose disk is lost loses it in between.
"""

from collections.abc import Mapping

from checkers.proofs.lemma import listed
from kept.lab.direction import MS, SECOND
from kept.lab.workload import GET, UPDATE
from kept.staged.quorums import CALM_US
from kept.staged.scene import Names, NotStaged, Scene, Staged, cast, cluster, others, played

MISCOUNTED = 3
"""With fewer acknowledgements the store counts no owner twice: its coordinator's own is one of them."""


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


def unseen(scene: Scene) -> Staged:
    """Two puts that no node has seen both of. The second one is an update: it begins with a get that hears as many as a
    put is acknowledged by (R = W), and so misses the first."""
    direction = cluster(scene, "fresh-reads", r=scene.values["W"])
    roles = cast(scene, direction)
    first, second = played(scene, roles, "first"), played(scene, roles, "second")
    direction.part(500 * MS, 10 * SECOND, first, others(direction, first))
    direction.put(1 * SECOND, first[0])
    direction.ask(3 * SECOND, UPDATE, second[0], second[0])
    return Staged("fresh-reads", direction, roles)


def unseen_by_fallbacks(scene: Scene) -> Staged:
    """The same where fallbacks stand in on both sides; PR = PW is what h leaves of W."""
    values, first, second = scene.values, scene.nodes["first"], scene.nodes["second"]
    owners = max(0, values["W"] - values["h"])
    numbers = {"nodes": values["N"] + _fallbacks(first, second), "r": values["W"], "pr": owners, "pw": owners}
    return _two_sides(scene, {**numbers, "sloppy": True}, first, second, UPDATE)


def missed_by_fallbacks(scene: Scene) -> Staged:
    """Two sides that cannot reach each other; on each, healthy nodes stand in for the owners of the other."""
    values, write, read = scene.values, scene.nodes["write"], scene.nodes["read"]
    pr, pw = values.get("PR", values["R"] - values.get("g", 0)), values.get("PW", values["W"] - values.get("h", 0))
    numbers = {"nodes": values["N"] + _fallbacks(write, read), "pr": max(0, pr), "pw": max(0, pw)}
    return _two_sides(scene, {**numbers, "sloppy": True}, write, read)


def _fallbacks(*sets: Names) -> int:
    return len({name for names in sets for name in names if name[0] == "f"})


def missed_under_hints(scene: Scene) -> Staged:
    """Owners and fallbacks acknowledge; the get asks owners only (PR = R) and none of those that have the put. A
    hint that was delivered is its owner's copy."""
    values = scene.values
    copies = tuple(dict.fromkeys((*scene.nodes["direct"], *scene.nodes["handed"])))
    waiting = tuple(f"f{at + 1}" for at in range(values["W"] - len(copies)))
    numbers = {"nodes": values["N"] + len(waiting), "pr": values["R"], "pw": 0, "sloppy": True}
    sets = {**scene.nodes, "write": (*copies, *waiting)}
    return _two_sides(scene._replace(nodes=sets), numbers, (*copies, *waiting), scene.nodes["read"])


def _two_sides(scene: Scene, numbers: Mapping[str, object], write: Names, read: Names, then: str = GET) -> Staged:
    direction = cluster(scene, "fresh-reads", **numbers)
    roles = cast(scene, direction)
    side = tuple(roles[name] for name in write)
    direction.part(500 * MS, CALM_US + 10 * SECOND, side, others(direction, side))
    direction.put(CALM_US, side[0])
    asks = roles[read[0]]
    direction.ask(CALM_US + SECOND, then, *((asks, asks) if then == UPDATE else (asks,)))
    return Staged("fresh-reads", direction, roles)


def missed_though_alive(scene: Scene) -> Staged:
    """A partition that nobody has noticed: owners look alive to both sides when the operations begin, and healthy nodes
    stand in for them when they are silent. The client of the get asks one who takes no part."""
    values, write, read = scene.values, scene.nodes["write"], scene.nodes["read"]
    if not any(name[0] == "n" for name in write):
        raise NotStaged("the store forwards a put to an owner that looks alive, so some owner acknowledges it")
    numbers = {"nodes": values["N"] + _fallbacks(write, read) + 1, "pr": values["PR"], "pw": values["PW"]}
    direction = cluster(scene, "fresh-reads", bug="owners-look-alive", sloppy=True, **numbers)
    roles = cast(scene, direction)
    asked = direction.preference(direction.key)[-1]
    side = tuple(roles[name] for name in write)
    direction.part(2 * SECOND, 10 * SECOND, side, others(direction, side))
    direction.put(2 * SECOND + MS, side[0])
    direction.get(3 * SECOND, asked)
    return Staged("fresh-reads", direction, roles)


def disks_lost(scene: Scene) -> Staged:
    """The put reaches W nodes, and then their disks are lost: those of one machine together."""
    direction = cluster(scene, "no-lost-write", beyond=True)
    roles = cast(scene, direction)
    write = played(scene, roles, "write")
    direction.part(500 * MS, 10 * SECOND, write, others(direction, write))
    direction.put(1 * SECOND, write[0])
    machines = [write[at : at + scene.per_machine] for at in range(0, len(write), scene.per_machine)]
    for machine in machines:
        direction.lose_disks(2 * SECOND, 300 * MS, *machine)
    direction.until(4 * SECOND)
    shared = tuple(f"machine {at + 1} runs {listed(machine)}" for at, machine in enumerate(machines))
    return Staged("no-lost-write", direction, roles, listed(shared) if scene.per_machine > 1 else "")


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
        return backwards_among_fallbacks(scene)
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


def backwards_among_fallbacks(scene: Scene) -> Staged:
    """Under blocking repair B owners hold what a get returned. Of the next get's replies only PR are owners' (the R of
    the lemma), and these are none of the B; fallbacks, who know nothing, make up the rest. The B are heard too late:
    they have more than what is to be answered, so they say that they hold it."""
    n, pr, b = (scene.values[name] for name in ("N", "R", "B"))
    r = n - b + 1
    more = max(0, r - b)
    owners, fallbacks = tuple(f"n{at + 1}" for at in range(n)), tuple(f"f{at + 1}" for at in range(more + 1))
    numbers = {"nodes": n + more + 1, "r": r, "pr": pr, "pw": 0, "sloppy": True, "read_repair": "blocking"}
    direction = cluster(scene, "monotonic-reads", anti_entropy=False, **numbers)
    roles = cast(scene._replace(nodes={"owners": owners, "fallbacks": fallbacks}), direction)
    held = tuple(roles[name] for name in owners[:b])
    first = (*held, *(roles[name] for name in fallbacks[:more]))
    second = tuple(roles[name] for name in owners[b:])
    direction.part(SECOND, 180 * MS, held, others(direction, held))
    direction.put(SECOND + MS, held[0])
    direction.part(1_180 * MS, 300 * MS, first, others(direction, first))
    client = direction.get(1_200 * MS, held[0])
    direction.clog(2_500 * MS, 150 * MS, *((one, second[0]) for one in held))
    direction.get(2_501 * MS, second[0], client=client)
    return Staged("monotonic-reads", direction, roles)


def counted_twice(scene: Scene) -> Staged:
    """An owner is slow: a fallback takes a hint for it, and then it acknowledges too. With k such owners W = 2k + 1
    acknowledgements come from k + 1 copies; when the hints are delivered, the get asks the other owners."""
    n, r, w = (scene.values[name] for name in "NRW")
    slow = w // 2
    if r > n - slow - 1 or w < MISCOUNTED:
        return misaddressed(scene)
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


def misaddressed(scene: Scene) -> Staged:
    """Hints for an owner that has acknowledged itself. The store counts none at its coordinator's own expense, so with
    fewer than three acknowledgements it must name the wrong owner in them (`hint-for-another`)."""
    n, r, w = (scene.values[name] for name in "NRW")
    direct = scene.nodes.get("direct", ())
    if not direct or {*scene.nodes["handed"]} - {*direct} or scene.values["u"]:
        raise NotStaged("staged are hints that are delivered to owners that have acknowledged themselves")
    waiting = tuple(f"f{at + 1}" for at in range(w - len(direct)))
    numbers = {"nodes": n + len(waiting), "pr": r, "sloppy": True, "bug": "hint-for-another"}
    direction = cluster(scene, "fresh-reads", anti_entropy=False, **numbers)
    roles = cast(scene._replace(nodes={**scene.nodes, "fallbacks": waiting}), direction)
    side = tuple(roles[name] for name in (*direct, *waiting))
    direction.part(2 * SECOND, SECOND, side, others(direction, side))
    direction.put(2 * SECOND + MS, side[0])
    direction.part(10 * SECOND, 10 * SECOND, side, others(direction, side))  # until then hints are delivered
    direction.get(11 * SECOND, roles[scene.nodes["read"][0]])
    return Staged("fresh-reads", direction, roles)
