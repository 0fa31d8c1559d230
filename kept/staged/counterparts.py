"""From a refutation by counting to a run of the real store: for every lemma its counterpart.

A counterexample names sets: who acknowledged, whom the get hears, what is lost. Its run is a cluster with the same
numbers whose links and disks make these sets, and must break a claim of the store. What a lemma supposes and the store
does not do is staged with that rule of the store switched off (a bug of the zoo).
"""

from collections.abc import Mapping
from typing import NamedTuple

from checkers.proofs.judgement import Judgement
from kept.staged import counting, lists
from kept.staged.scene import Names, NotStaged, Scene, Stage, Staged

NODES_LIMIT = 200
"""Clusters with more nodes are not staged: a simulated cluster's work grows with the square of its nodes."""


class Counterpart(NamedTuple):
    """What a counterexample of one lemma is in the store."""

    lemma: str
    claim: str
    """What its run violates."""
    how: str
    """What happens in the run."""
    stage: Stage


def stage(scene: Scene) -> Staged:
    """The run of a counterexample. `NotStaged` says why there is none; KeyError for a lemma without a row."""
    row = COUNTERPARTS[scene.lemma]
    if max(scene.values["N"], scene.values["W"]) > NODES_LIMIT:
        raise NotStaged(f"clusters of more than {NODES_LIMIT} nodes are not staged; smaller numbers show the same")
    return row.stage(scene)


def stage_judgement(judgement: Judgement, per_machine: int = 1) -> Staged:
    """The run of a refuted judgement about one configuration. Raises `NotStaged`."""
    nodes = judgement.nodes or {}
    if judgement.values is not None and judgement.lemma in COUNTERPARTS:
        return stage(Scene(judgement.lemma, judgement.values, nodes, per_machine))
    if not nodes.get("write", ("n1",)):
        return _by_hint(nodes["read"])
    if "first" in nodes:
        return _by_number("writes-meet-writes", "first", "second", nodes)
    return _by_number("reads-meet-writes", "write", "read", nodes)


def _by_number(lemma: str, put: str, heard: str, nodes: Mapping[str, Names]) -> Staged:
    """The store counts its quorums, and has no expressions, votes or data centres: the two sets are staged under the
    N, R and W that take just them; of two puts, under the smaller W."""
    names = (*nodes[put], *nodes[heard])
    plain = {name: f"n{at + 1}" for at, name in enumerate(names)}
    w = len(nodes[put]) if lemma == "reads-meet-writes" else min(len(nodes[put]), len(nodes[heard]))
    values = {"N": len(names), "R": len(nodes[heard]), "W": w}
    sets = {one: tuple(plain[name] for name in nodes[one]) for one in (put, heard)}
    found = stage(Scene(lemma, values, sets))
    return found._replace(roles={name: found.roles[plain[name]] for name in names})


def _by_hint(read: Names) -> Staged:
    """A put that no owner need have (level ANY): a fallback keeps a hint, and owners answer the get."""
    plain = {name: f"n{at + 1}" for at, name in enumerate(read)}
    values = {"N": len(read), "R": len(read), "W": 1, "PR": len(read), "PW": 0}
    found = stage(Scene("primaries-that-answered", values, {"write": ("f1",), "read": tuple(plain.values())}))
    return found._replace(roles={name: found.roles[plain[name]] for name in read})


COUNTERPARTS: dict[str, Counterpart] = {
    row.lemma: row
    for row in (
        Counterpart(
            "reads-meet-writes",
            "fresh-reads",
            "a put on one side of a partition, a get on the other",
            counting.missed,
        ),
        Counterpart(
            "writes-meet-writes",
            "fresh-reads",
            "a put on one side of a partition, an update on the other, whose get hears as many as a put needs (R = W)",
            counting.unseen,
        ),
        Counterpart(
            "sloppy-reads-meet-writes",
            "fresh-reads",
            "a partition in which both sides have fallbacks; h and g are what PW and PR leave",
            counting.missed_by_fallbacks,
        ),
        Counterpart(
            "sloppy-writes-meet-writes",
            "fresh-reads",
            "the same, and both sides have fallbacks; h is what PR = PW leaves of R = W",
            counting.unseen_by_fallbacks,
        ),
        Counterpart(
            "primaries-that-answered",
            "fresh-reads",
            "the same partition, under these PR and PW",
            counting.missed_by_fallbacks,
        ),
        Counterpart(
            "primaries-that-look-alive",
            "fresh-reads",
            "a partition that nobody has noticed; owners are counted before they answer (bug `owners-look-alive`)",
            counting.missed_though_alive,
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
            "an owner that acknowledges late is counted beside the fallback that stands in for it; with W < 3 a hint "
            "names an owner that has acknowledged (bug `hint-for-another`)",
            counting.counted_twice,
        ),
        Counterpart(
            "lists-differ",
            "fresh-reads",
            "d nodes leave, and the new owners answer gets before they were sent anything (bug "
            "`flip-before-transfer`; with d > 1 `batch-flip`, for one order changes one member)",
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
        Counterpart(
            "pending-implied",
            "fresh-reads",
            "A acknowledgements of both lists together, and a get of N - W + 1 (bug `union-quorum` or `batch-union`)",
            lists.implied,
        ),
        Counterpart(
            "pending-union",
            "fresh-reads",
            "while p nodes leave, W of both lists together are enough (bug `union-quorum`; with p > 1 `batch-union`)",
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
            "as with disks; with m > 1 a machine runs m nodes, whose disks are lost together",
            counting.disks_lost,
        ),
        Counterpart(
            "monotone-reads",
            "monotonic-reads",
            "a get hears the one node that a put has reached, and the client's next get hears the others; under "
            "blocking repair the next get hears PR owners that lack it, and fallbacks",
            counting.backwards,
        ),
    )
}
"""Lemma -> what its counterexamples are in the store."""
