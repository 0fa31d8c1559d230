"""Configuration files: ours as JSON or TOML, and what other stores keep, told apart by the end of their name."""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kept.lab.usage import UsageError, shown
from kept.prover.config import ProofConfig, configured
from kept.prover.foreign import Fields, cassandra_schema, riak_conf, riak_properties, voldemort_stores

FILE_LIMIT_BYTES = 4_000_000
LIST = "configurations"


def load(path: Path, flags: Mapping[str, Any]) -> list[ProofConfig]:
    """Every configuration in the file; `flags` go before what it says, and supply what it leaves open.

    `UsageError` names the file and what is wrong in it.
    """
    try:
        found = _READERS[_suffix(path)](_text(path))
        return [_one(path, at, len(found), {**fields, **flags}) for at, fields in enumerate(found)]
    except UsageError as error:
        raise UsageError(f"{shown(str(path), 400)}: {error}") from None


def _one(path: Path, at: int, count: int, fields: Fields) -> ProofConfig:
    label = f"{path.name}" if count == 1 else f"{path.name}[{at + 1}]"
    own = fields.get("name")
    if own and not isinstance(own, str):
        raise UsageError(f"name: {shown(own)}; accepted: text")
    return configured({**fields, "name": f"{label}: {own}" if own else label})


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise UsageError(f"ends in {shown(suffix or 'nothing')}; accepted: {', '.join(_READERS)}")
    return suffix


def _text(path: Path) -> str:
    if path.is_dir():
        raise UsageError("a directory; accepted: a file")
    data = path.read_bytes()
    if len(data) > FILE_LIMIT_BYTES:
        raise UsageError(f"{len(data)} bytes; accepted: at most {FILE_LIMIT_BYTES}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"byte {error.start + 1} is no UTF-8; accepted: text") from None


def _from_json(text: str) -> list[Fields]:
    def once(pairs: list[tuple[str, Any]]) -> Fields:
        keys = [key for key, _ in pairs]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise UsageError(f"{shown(twice)}: given twice; accepted: once")
        return dict(pairs)

    def constant(word: str) -> Any:
        raise UsageError(f"{word} is no number; accepted: whole numbers")

    try:
        return _listed(json.loads(text, object_pairs_hook=once, parse_constant=constant))
    except json.JSONDecodeError as error:
        raise UsageError(f"line {error.lineno}, column {error.colno}: {error.msg}; accepted: JSON") from None
    except RecursionError:
        raise UsageError("nested too deep; accepted: a configuration") from None


def _from_toml(text: str) -> list[Fields]:
    try:
        return _listed(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{error}; accepted: TOML") from None


def _listed(found: Any) -> list[Fields]:
    """One configuration, a list of them, or an object with a list under `configurations`."""
    if isinstance(found, dict) and LIST in found:
        if set(found) != {LIST}:
            other = next(key for key in found if key != LIST)
            raise UsageError(f"{shown(other)}: beside {LIST}; accepted: within each of them")
        found = found[LIST]
    many = found if isinstance(found, list) else [found]
    if not many:
        raise UsageError(f"{LIST}: none; accepted: one or more")
    for fields in many:
        if not isinstance(fields, dict):
            raise UsageError(f"{shown(fields)}; accepted: an object with fields such as n, r and w")
    return [riak_properties(one["props"]) if isinstance(one.get("props"), dict) else one for one in many]


_READERS: dict[str, Callable[[str], list[Fields]]] = {
    ".json": _from_json,
    ".toml": _from_toml,
    ".conf": lambda text: [riak_conf(text)],
    ".xml": voldemort_stores,
    ".cql": cassandra_schema,
}
