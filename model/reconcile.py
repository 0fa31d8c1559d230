"""The siblings that a whole cluster holds of one key: all its replicas' states, merged.

A version is a current sibling unless some replica has seen it and holds it no longer: that replica knows of an
operation that replaced it. (Sync of dotted version vector sets; Almeida et al. 2014.)
"""

from collections.abc import Iterable

from histories.replicas import ReplicaState
from model.causality import Dot, covers


def reconcile(states: Iterable[ReplicaState]) -> dict[Dot, str]:
    """The live siblings (no tombstones) by dot, sorted, of one key's `states` in both name spaces."""
    known = tuple(states)
    held = [{version.dot for version in state.versions} for state in known]
    merged: dict[Dot, str] = {}
    for state in known:
        for dot, value in state.versions:
            if value is None or dot in merged:
                continue
            if all(dot in mine or not covers(other.context, dot) for other, mine in zip(known, held, strict=True)):
                merged[dot] = value
    return dict(sorted(merged.items()))
