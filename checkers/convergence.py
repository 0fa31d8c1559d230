"""`convergence`: at quiescence the owners of every key agree, and nobody else holds anything.

The run settled within its bound; no hint is left; all owners of a key (by the ring, `model.placement`) hold the same
versions and the same context, where a missing record is an empty one; no other node holds the key; and the Merkle roots
of a partition are equal at all its owners, where roots were recorded.
"""

from checkers.facts import HintLeft, Holds, NeverSettled, OwnersAre, RootsDiffer
from checkers.ledger import NO_REPLICAS
from checkers.verdict import Invalid, Unknown, Valid, Verdict, refute
from checkers.wording import plural
from histories.replicas import Replicas, ReplicaState
from histories.run import RecordedRun
from model.placement import Placement

CLAIM = "convergence"


def check(run: RecordedRun) -> Verdict:
    """Judge `convergence`. Invalid names the first hint, key (in order) or partition."""
    replicas = run.replicas
    if replicas is None:
        return Unknown(NO_REPLICAS)
    if not replicas.header.settled:
        return refute(CLAIM, [NeverSettled()])
    for state in replicas.states:
        if state.space == "hint":
            return refute(CLAIM, [HintLeft(state.node, state.owner, state.key)])
    why = ownerless(replicas)
    if why is not None:
        return Unknown(why)
    assert replicas.header.ring is not None, "`ownerless` has looked"
    return _owners_agree(replicas, Placement(replicas.header.ring))


def ownerless(replicas: Replicas) -> str | None:
    """Why these states cannot be held against the owners of their keys, if so."""
    if replicas.truncated:
        return "replicas.jsonl breaks off in the middle of a line: states may be missing; record the run again"
    if replicas.header.ring is None:
        return "replicas.jsonl does not describe the ring: who owns a key is not known"
    return None


def _owners_agree(replicas: Replicas, placement: Placement) -> Verdict:
    by_key = data_states(replicas)
    for key in sorted(by_key):
        found = _disagreement(key, by_key[key], placement.owners_of_text(key))
        if found is not None:
            return found
    found = _roots(replicas, placement)
    if found is not None:
        return found
    roots = f"Merkle roots of {plural(len(replicas.roots), 'node')} equal" if replicas.roots else "no Merkle roots told"
    return Valid(f"{plural(len(by_key), 'key')} alike at all owners; no hints; {roots}")


def data_states(replicas: Replicas) -> dict[str, dict[str, ReplicaState]]:
    """Per key and node what is held in the data space; records that hold nothing at all are left out."""
    by_key: dict[str, dict[str, ReplicaState]] = {}
    for state in replicas.states:
        if state.space == "data" and (state.versions or state.context):
            by_key.setdefault(state.key, {})[state.node] = state
    return by_key


def holds(node: str, key: str, state: ReplicaState | None) -> Holds:
    """The fact of what `node` holds of `key`."""
    if state is None:
        return Holds(node, key, (), ())
    return Holds(node, key, tuple(v.dot for v in state.versions), tuple(sorted(state.context.items())))


def _disagreement(key: str, held: dict[str, ReplicaState], owners: tuple[str, ...]) -> Invalid | None:
    strangers = sorted(set(held).difference(owners))
    if strangers:
        return refute(CLAIM, [holds(strangers[0], key, held[strangers[0]]), OwnersAre(key, owners)])
    one = next(owner for owner in owners if owner in held)
    for other in owners:
        state = held.get(other)
        if state is None or (state.context, state.versions) != (held[one].context, held[one].versions):
            return refute(CLAIM, [holds(one, key, held[one]), holds(other, key, state)])
    return None


def _roots(replicas: Replicas, placement: Placement) -> Invalid | None:
    """Compare the roots of each partition at its owners; labels that are no partition are compared as they are."""
    if not replicas.roots:
        return None
    labels = sorted({label for roots in replicas.roots.values() for label in roots})
    for label in labels:
        named = _names_a_partition(label, placement)
        nodes = placement.owners_of(int(label)) if named else tuple(sorted(replicas.roots))
        told = [(node, replicas.roots.get(node, {}).get(label)) for node in nodes]
        for entry in told[1:]:
            if entry[1] != told[0][1]:
                return refute(CLAIM, [RootsDiffer(label, told[0], entry)])
    return None


def _names_a_partition(label: str, placement: Placement) -> bool:
    """Partitions are named by their index, or under strategy 1 by the token that ends their range, in decimal."""
    return label.isascii() and label.isdigit() and len(label) < 40 and placement.has_partition(int(label))
