"""What a configuration promises, read from the header of a recorded run (docs/promises.md, row by row).

This is not the store's own opinion: the conditions are written from the page, and nothing of the store is asked.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SILENT = frozenset({"lying-sync", "misdirected-write", "old-disk"})
"""Damage that a node does not notice."""


class Terms(NamedTuple):
    """What the reference model may demand. Nothing but genuine values and unique names where all are off."""

    siblings: Literal["all", "some", "one"] = "some"
    """How many concurrent versions stand: all of them (dotted vectors), some of them (plain vectors), one of them."""
    keeps: bool = False
    """No acknowledged put is lost."""
    replaces: bool = False
    """What was replaced or deleted never stands again."""
    honest: bool = False
    """A context covers nothing that was hidden."""
    remains: bool = False
    """Of concurrent puts some stands, whichever the policy keeps."""
    settles: bool = False
    """In the end all owners hold the same, and nobody else holds anything."""
    meets: bool = False
    """Every get meets every put and delete that was acknowledged before it began."""
    monotonic: bool = False
    """No client loses sight of what it has read."""


class _Configuration(BaseModel):
    """The fields of a run's configuration that the promises speak of. The others are nobody's business here."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    versions: Literal["dvv", "vv", "lww"]
    n: int = Field(ge=1)
    r: int = Field(ge=1)
    w: int = Field(ge=1)
    pr: int = Field(ge=0)
    pw: int = Field(ge=0)
    sloppy: bool
    read_repair: str
    anti_entropy: bool
    durable_copies: int
    rings: int
    beyond: bool
    faults: tuple[str, ...] = Field(strict=False)


def terms_of(document: Mapping[str, Any]) -> Terms:
    """The terms of the configuration in a header. One that is incomplete, or another program's, promises nothing."""
    try:
        config = _Configuration.model_validate(dict(document))
    except ValidationError:
        return Terms()
    siblings: Literal["all", "some", "one"] = {"dvv": "all", "vv": "some", "lww": "one"}[config.versions]  # type: ignore[assignment]
    dotted, recoverable, one_ring = siblings == "all", not config.beyond, config.rings == 1
    quorums = dotted and recoverable and one_ring and not config.durable_copies
    return Terms(
        siblings=siblings,
        keeps=dotted and recoverable,
        replaces=dotted and recoverable and one_ring,
        honest=dotted and (recoverable or not SILENT.intersection(config.faults)),
        remains=not dotted and recoverable,
        settles=config.anti_entropy and recoverable,
        meets=quorums and _reads_meet_writes(config),
        monotonic=quorums and config.read_repair == "blocking" and _reads_meet_reads(config),
    )


def _reads_meet_writes(config: _Configuration) -> bool:
    if config.sloppy:
        return config.pr + config.pw > config.n
    return config.r + config.w > config.n


def _reads_meet_reads(config: _Configuration) -> bool:
    """max(N-R+1, W) owners hold what a get was answered with; so many of them reply to the next one."""
    owners = config.pr if config.sloppy else config.r
    return max(config.n - config.r + 1, config.w) + owners > config.n
