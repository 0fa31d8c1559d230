"""The final state of every replica: what each node held of each key, for itself or as a hint for another owner."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from histories.errors import Malformed
from histories.header import ReplicasHeader, parse_header
from histories.operation import Dot, Vector
from histories.rows import Row, Rows, array, dot, string, strings, vector, wrong
from histories.text import from_json


class FinalVersion(NamedTuple):
    """One version that a replica held; a value of None is a tombstone."""

    dot: Dot
    value: str | None


class ReplicaState(NamedTuple):
    """What `node` held of `key`: as its own (`space` "data") or for `owner` (`space` "hint")."""

    node: str
    key: str
    space: Literal["data", "hint"]
    owner: str
    """The owner that a hint is for; empty in the data space."""
    context: Vector
    versions: tuple[FinalVersion, ...]
    """Sorted by dot."""


class Replicas(NamedTuple):
    """The whole cluster when the run had settled, or had been given up."""

    header: ReplicasHeader
    states: tuple[ReplicaState, ...]
    roots: Mapping[str, Mapping[str, str]]
    """Per node the Merkle root of each partition, in hexadecimal."""
    truncated: bool


def replicas_of(rows: Rows) -> Replicas:
    """Read the final states. Raises `HistoryError`."""
    source = iter(rows)
    states: dict[tuple[str, str, str, str], ReplicaState] = {}
    roots: dict[str, Mapping[str, str]] = {}
    try:
        first = next(source, None)
        if first is None:
            raise rows.no_header("replicas")
        header = parse_header(ReplicasHeader, first)
        for row in source:
            node = string(row, "node")
            if "roots" in row:
                if node in roots:
                    raise Malformed(f"the roots of {node!r} a second time", "one row of roots per node")
                roots[node] = strings(row, "roots")
                continue
            state = _state(row, node)
            place = state[:4]
            if place in states:
                raise Malformed(f"{state.space} of {state.key!r} at {node!r} a second time", "one row per record")
            states[place] = state
    except Malformed as bad:
        raise rows.error(bad.found, bad.accepted) from None
    return Replicas(header, tuple(states.values()), roots, rows.truncated)


def _state(row: Row, node: str) -> ReplicaState:
    key, space = from_json(row.get("key"), "key"), row.get("space")
    if space not in ("data", "hint"):
        raise wrong(row, "space", "data or hint")
    owner = string(row, "owner") if space == "hint" else ""
    versions: dict[Dot, FinalVersion] = {}
    for found in array(row, "versions"):
        if type(found) is not dict or "value" not in found:
            raise Malformed(f'"versions": {found!r}', '"versions": objects {"dot": [actor, counter], "value": ...}')
        value = found["value"]
        version = FinalVersion(dot(found.get("dot"), "dot"), None if value is None else from_json(value, "value"))
        if version.dot in versions:
            raise Malformed(f'dot {list(version.dot)} twice in "versions"', "one version per dot in a record")
        versions[version.dot] = version
    return ReplicaState(node, key, space, owner, vector(row, "context"), tuple(sorted(versions.values(), key=_by_dot)))


def _by_dot(version: FinalVersion) -> Dot:
    return version.dot
