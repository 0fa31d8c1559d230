"""Configurations as other stores keep them: Riak's riak.conf or bucket properties, Voldemort's stores.xml, and the
keyspaces of a Cassandra schema. Each becomes the fields of `ProofConfig`."""

import re
from typing import Any
from xml.etree import ElementTree

from kept.lab.usage import UsageError, nearest, shown

Fields = dict[str, Any]

_RIAK_KEYS = ("n_val", "r", "w", "pr", "pw", "dw")
_RIAK_DEFAULTS = {"n_val": "3", "r": "quorum", "w": "quorum", "pr": "0", "pw": "0", "dw": "quorum"}
_RIAK_WORDS = ("one", "quorum", "all", "default")


def riak_conf(text: str) -> Fields:
    """The default bucket properties of a riak.conf (``buckets.default.n_val = 3``)."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        if not bare.startswith("buckets.default."):
            continue
        key, equals, value = (part.strip() for part in bare.removeprefix("buckets.default.").partition("="))
        if not equals:
            raise UsageError(f"line {number}: {shown(line)}; accepted: key = value")
        if key in _RIAK_KEYS:
            found[key] = value
    if not found:
        raise UsageError("no buckets.default.n_val, r, w, pr, pw or dw; accepted: a riak.conf that sets one of them")
    return riak_properties(found)


def riak_properties(given: Fields) -> Fields:
    """Bucket properties: N, R and W by number or word. Riak's quorums are sloppy; DW of the W wait for the disk."""
    properties = {**_RIAK_DEFAULTS, **{key: str(given[key]) for key in _RIAK_KEYS if key in given}}
    n = _riak_number("n_val", properties["n_val"], None)
    numbers = {key: _riak_number(key, properties[key], n) for key in _RIAK_KEYS[1:]}
    # A put waits for W replies of which DW were durable: it waits for whichever is more.
    acks = max(numbers["w"], numbers["dw"], 1)
    return {
        "n": n,
        "r": numbers["r"],
        "w": acks,
        "pr": numbers["pr"],
        "pw": numbers["pw"],
        "synced": numbers["dw"],
        "sloppy": True,
    }


def _riak_number(key: str, text: str, n: int | None) -> int:
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    words = {"one": 1, "quorum": (n or 0) // 2 + 1, "all": n or 0, "default": (n or 0) // 2 + 1}
    if n is None or text not in words:
        accepted = "a whole number" if n is None else f"a whole number, {', '.join(_RIAK_WORDS)}"
        raise UsageError(f"{key}: {shown(text)}; accepted: {accepted}{nearest(text, list(_RIAK_WORDS))}")
    return words[text]


def voldemort_stores(text: str) -> list[Fields]:
    """Every store of a stores.xml."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UsageError("a document type; accepted: plain XML without one")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise UsageError(f"no XML: {error}; accepted: a stores.xml") from None
    stores = [root] if root.tag == "store" else root.findall("store")
    if not stores:
        raise UsageError(f"<{root.tag}> without a <store>; accepted: a stores.xml")
    return [_voldemort_store(store) for store in stores]


def _voldemort_store(store: ElementTree.Element) -> Fields:
    name = (store.findtext("name") or "").strip()
    n, r, w = (_voldemort_number(store, name, tag) for tag in _VOLDEMORT_TAGS)
    zones = store.find("zone-replication-factor")
    return {"name": name, "n": n, "r": r, "w": w} if zones is None else _zoned(store, name, (n, r, w), zones)


_VOLDEMORT_TAGS = ("replication-factor", "required-reads", "required-writes")


def _voldemort_number(store: ElementTree.Element, name: str, tag: str) -> int:
    number = (store.findtext(tag) or "").strip()
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise UsageError(f"store {shown(name)}: {tag}: {shown(number)}; accepted: a whole number")
    return int(number)


def _zoned(store: ElementTree.Element, name: str, numbers: tuple[int, int, int], zones: ElementTree.Element) -> Fields:
    """A store with zones. An operation waits for R or W replies in all and for replies of `zone-count` + 1 different
    zones, whichever they are (voldemort's PerformParallelRequests): that is an expression over the replicas."""
    n, r, w = numbers
    place = f"store {shown(name)}"
    replicas: dict[str, tuple[str, ...]] = {}
    for row in zones.findall("replication-factor"):
        zone, factor = (row.get("zone-id") or "").strip(), (row.text or "").strip()
        if not re.fullmatch(r"[0-9]{1,6}", zone) or f"zone{zone}" in replicas:
            raise UsageError(f"{place}: zone-id: {shown(zone)}; accepted: a whole number, each zone once")
        if not re.fullmatch(r"[0-9]{1,4}", factor):
            raise UsageError(f"{place}: zone {zone}: {shown(factor)}; accepted: a whole number")
        if int(factor):
            replicas[f"zone{zone}"] = tuple(f"zone{zone}-{at + 1}" for at in range(int(factor)))
    if sum(map(len, replicas.values())) != n:
        raise UsageError(
            f"{place}: {sum(map(len, replicas.values()))} replicas in zones; accepted: replication-factor, {n}"
        )
    found: Fields = {"name": name}
    for field, tag, count, what in (
        ("quorums", "zone-count-reads", r, "required-reads"),
        ("write_quorums", "zone-count-writes", w, "required-writes"),
    ):
        others = _voldemort_number(store, name, tag)
        if not others < len(replicas):
            raise UsageError(f"{place}: {tag}: {others}; accepted: 0 to {len(replicas) - 1}, the zones beside one")
        if not 1 <= count <= n:
            raise UsageError(f"{place}: {what}: {count}; accepted: 1 to {n}, replication-factor")
        found[field] = _waits_for(replicas, count, others + 1)
    return {**found, "racks": replicas}


def _waits_for(zones: dict[str, tuple[str, ...]], count: int, different: int) -> str:
    """So many replicas in so many zones, as an expression."""
    nodes = ", ".join(name for names in zones.values() for name in names)
    each = ", ".join(f"({' + '.join(names)})" for names in zones.values())
    return f"choose({count}, {nodes}) * choose({different}, {each})"


_KEYSPACE = re.compile(
    r"CREATE\s+KEYSPACE\s+(?:IF\s+NOT\s+EXISTS\s+)?\"?([\w.-]+)\"?\s+WITH\s+replication\s*=\s*\{([^}]*)\}",
    re.IGNORECASE,
)
_PAIR = re.compile(r"'([^']*)'\s*:\s*(?:'([^']*)'|([0-9]+))")


def cassandra_schema(text: str) -> list[Fields]:
    """Every keyspace of a CQL schema; consistency levels are the clients' and are not in it."""
    uncommented = re.sub(r"--[^\n]*|//[^\n]*", "", text)
    keyspaces = _KEYSPACE.findall(uncommented)
    if not keyspaces:
        raise UsageError("no CREATE KEYSPACE ... WITH replication = {...}; accepted: a CQL schema with one")
    return [_keyspace(name, body) for name, body in keyspaces]


def _keyspace(name: str, body: str) -> Fields:
    options = {key: quoted or bare for key, quoted, bare in _PAIR.findall(body)}
    strategy = options.pop("class", "").rpartition(".")[2]
    if strategy == "SimpleStrategy" and "replication_factor" in options:
        options = {"datacenter1": options["replication_factor"]}
    elif strategy != "NetworkTopologyStrategy":
        accepted = ["NetworkTopologyStrategy", "SimpleStrategy"]
        found = shown(strategy)
        raise UsageError(
            f"keyspace {name}: class: {found}; accepted: {', '.join(accepted)}{nearest(strategy, accepted)}"
        )
    for centre, factor in options.items():
        if not re.fullmatch(r"[0-9]{1,4}", factor):
            raise UsageError(f"keyspace {name}: {shown(centre)}: {shown(factor)}; accepted: a whole number")
    return {"name": name, "dc": {centre: int(factor) for centre, factor in options.items() if int(factor)}}
