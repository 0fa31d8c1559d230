"""From a refutation by counting to a run of the real store: for every lemma its counterpart, or why there is none.

A counterexample names sets: who acknowledged, whom the get hears, what is lost. Its run is a cluster with the same
numbers whose links and disks make these sets, and must break a claim of the store. What a lemma supposes and the store
does not do is staged with that rule of the store switched off (a bug of the zoo).
"""

from typing import NamedTuple

from checkers.proofs.judgement import Judgement
from kept.staged import counting, lists
from kept.staged.scene import NotStaged, Scene, Stage, Staged

NODES_LIMIT = 24
"""Clusters with more nodes are not staged."""


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
    if max(scene.values["N"], scene.values["W"]) > NODES_LIMIT:
        raise NotStaged(f"clusters of more than {NODES_LIMIT} nodes are not staged; smaller numbers show the same")
    return row.stage(scene)


def stage_judgement(judgement: Judgement, per_machine: int = 1) -> Staged:
    """The run of a refuted judgement about one configuration. Raises `NotStaged`."""
    nodes = judgement.nodes or {}
    if judgement.values is not None and judgement.lemma in COUNTERPARTS:
        return stage(Scene(judgement.lemma, judgement.values, nodes, per_machine))
    if "read" not in nodes or "write" not in nodes:
        raise NotStaged(_SIBLINGS)
    return _by_number(nodes["write"], nodes["read"])


def _by_number(write: tuple[str, ...], read: tuple[str, ...]) -> Staged:
    """The store counts its quorums, and has no expressions, votes or data centres: the two sets are staged under the
    N, R and W that take just them."""
    names = (*write, *read)
    plain = {name: f"n{at + 1}" for at, name in enumerate(names)}
    values = {"N": len(names), "R": len(read), "W": len(write)}
    sets = {"write": tuple(plain[name] for name in write), "read": tuple(plain[name] for name in read)}
    found = stage(Scene("reads-meet-writes", values, sets))
    return found._replace(roles={name: found.roles[plain[name]] for name in names})


_SIBLINGS = "the store promises nothing of two puts: each stays a sibling until somebody has seen it"

COUNTERPARTS: dict[str, Counterpart] = {
    row.lemma: row
    for row in (
        Counterpart(
            "reads-meet-writes",
            "fresh-reads",
            "a put on one side of a partition, a get on the other",
            counting.missed,
        ),
        Counterpart("writes-meet-writes", "", _SIBLINGS),
        Counterpart(
            "sloppy-reads-meet-writes",
            "fresh-reads",
            "a partition in which both sides have fallbacks; h and g are what PW and PR leave",
            counting.missed_by_fallbacks,
        ),
        Counterpart("sloppy-writes-meet-writes", "", _SIBLINGS),
        Counterpart(
            "primaries-that-answered",
            "fresh-reads",
            "the same partition, under these PR and PW",
            counting.missed_by_fallbacks,
        ),
        Counterpart(
            "primaries-that-look-alive", "", "the store counts owners that answered, and never those that look alive"
        ),
        Counterpart(
            "hints-undelivered",
            "fresh-reads",
            "a sloppy put, its hints held up by a partition, and a get that counts owners only (PR = R)",
            counting.missed_under_hints,
        ),
        Counterpart(
            "hints-for-shared-owners",
            "fresh-reads",
            "an owner that acknowledges late is counted beside the fallback that stands in for it",
            counting.counted_twice,
        ),
        Counterpart(
            "lists-differ",
            "fresh-reads",
            "a node leaves, and the new owner answers gets before it was sent anything (bug `flip-before-transfer`)",
            lists.differing,
        ),
        Counterpart(
            "pending-per-list",
            "fresh-reads",
            "R + W <= N misses without any change of the list; R + W > N is what the store does, and holds",
            counting.missed_on_either_list,
        ),
        Counterpart(
            "pending-plus",
            "fresh-reads",
            "the same: the store counts W of each list, and needs R + W > N for it",
            counting.missed_on_either_list,
        ),
        Counterpart("pending-implied", "", "arithmetic about two ways of counting, of which the store has one"),
        Counterpart(
            "pending-union",
            "fresh-reads",
            "while a node leaves, W of both lists together are enough (bug `union-quorum`)",
            lists.union,
        ),
        Counterpart(
            "survives-disks",
            "no-lost-write",
            "the disks of all W that acknowledged are lost, beyond what the store promises to survive",
            counting.disks_lost,
        ),
        Counterpart(
            "survives-restarts",
            "no-lost-write",
            "s disks are lost and the other nodes stop before their copies are synced (`durable_copies`; the store "
            "always syncs its coordinator, so s = 0 takes the bug `no-barrier`)",
            counting.restarted,
        ),
        Counterpart(
            "replaced-by-empty",
            "fresh-reads",
            "disks are lost, and empty copies answer the get (bug `recovering-answers`: the store's own wait)",
            counting.emptied,
        ),
        Counterpart(
            "survives-machines",
            "no-lost-write",
            "as with disks; the store puts no two replicas of a key on one machine, so only m = 1 is staged",
            counting.disks_lost,
        ),
        Counterpart(
            "monotone-reads",
            "monotonic-reads",
            "a get hears the one node that a put has reached, and the client's next get hears the others",
            counting.backwards,
        ),
    )
}
"""Lemma -> what its counterexamples are in the store."""
