"""The cluster of a scenario, as the words of its ``cluster`` command describe it."""

import re
from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from dynamo.core.config import StoreConfig
from dynamo.core.ring import Member
from dynamo.core.rules import Rules, rules_for
from dynamo.core.tokens import build_members
from kept.lab.config import RunConfig
from kept.lab.usage import first_problem, nearest, shown
from kept.scenario.failing import ScenarioError
from kept.zoo import catalogue

MAX_NODES = 32
NODE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,15}")
RESERVED = ("client", "operator")
"""Names of those who talk to nodes."""
_TWICE = "nodes: are named by the rings already; accepted: one of the two fields"
_OWN = {"birth_lease", "max_hints", "cache_records"}
"""Fields of `StoreConfig` that a run of the simulator does not set."""


class ClusterConfig(BaseModel):
    """A scenario's cluster. Intervals and time-outs are those of `kept run` (`RunConfig.store`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: tuple[str, ...] = ("n1", "n2", "n3", "n4", "n5")
    """A number, or names with commas between them."""
    rings: tuple[tuple[str, ...], ...] = ()
    """Where given, all nodes by the rings that they found: ``n1,n2|n3,n4`` are two, which do not know each other."""
    n: int = 3
    r: int = 2
    w: int = 2
    pr: int = 0
    pw: int = 0
    sloppy: bool = True
    versions: Literal["dvv", "vv", "lww"] = "dvv"
    read_repair: Literal["after", "blocking", "off"] = "after"
    anti_entropy: bool = True
    durable_copies: int = 0
    ring: Literal["row", "1", "2", "3"] = "row"
    """``row``: every key belongs to the first N nodes as they were named, and the others stand in for them in their
    order. Else the paper's partitioning strategy (6.2), with tokens as `kept run` deals them."""
    partitions: int = 64
    tokens: int = 8
    racks: int = 0
    birth_lease: int = Field(100, ge=1)
    max_hints: int = Field(100_000, ge=0)
    cache_records: int = Field(1_000, ge=1)
    bug: str = ""
    """A bug of the zoo."""

    @field_validator("nodes", mode="before")
    @classmethod
    def _named(cls, found: Any) -> Any:
        if not isinstance(found, str):
            return found
        if found.isascii() and found.isdigit() and len(found) < 4:
            return tuple(f"n{number + 1}" for number in range(int(found)))
        return tuple(found.split(","))

    @model_validator(mode="before")
    @classmethod
    def _ringed(cls, found: Any) -> Any:
        """Rings name the nodes."""
        if isinstance(found, dict) and isinstance(found.get("rings"), str):
            if isinstance(found.get("nodes"), str):
                raise ValueError(_TWICE)
            rings = tuple(tuple(ring.split(",")) for ring in found["rings"].split("|"))
            return {**found, "rings": rings, "nodes": tuple(name for ring in rings for name in ring)}
        return found

    @field_validator("sloppy", "anti_entropy", mode="before")
    @classmethod
    def _yes_or_no(cls, found: Any, info: ValidationInfo) -> Any:
        if isinstance(found, str) and found not in ("yes", "no"):
            raise ValueError(f"{info.field_name}: {shown(found)}; accepted: yes, no")
        return found

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not 1 <= len(self.nodes) <= MAX_NODES or len(set(self.nodes)) != len(self.nodes):
            raise ValueError(
                f"nodes: {shown(','.join(self.nodes))}; accepted: 1 to {MAX_NODES}, or as many distinct names"
            )
        for name in self.nodes:
            if not NODE_NAME.fullmatch(name) or name in RESERVED:
                form = f"a letter, then up to 15 letters, digits, _ or -; not {' or '.join(RESERVED)}"
                raise ValueError(f"nodes: {shown(name)}; accepted: {form}")
        self._check_rings()
        if self.bug and self.bug not in catalogue.BUGS:
            accepted = list(catalogue.BUGS)
            raise ValueError(f"bug: {shown(self.bug)}; accepted: {', '.join(accepted)}{nearest(self.bug, accepted)}")
        self.run()
        return self

    def _check_rings(self) -> None:
        if self.rings and (self.n > min(map(len, self.rings)) or len(self.rings) < 2):
            told = "|".join(",".join(ring) for ring in self.rings)
            raise ValueError(f"rings: {shown(told)}; accepted: two rings or more, each of at least N={self.n} nodes")
        if self.rings and tuple(name for ring in self.rings for name in ring) != self.nodes:
            raise ValueError(_TWICE)

    def run(self) -> RunConfig:
        """The same cluster as `kept run` would have it: what it promises and what its bug breaks hang on that."""
        fields = {name: getattr(self, name) for name in RunConfig.model_fields if name in ClusterConfig.model_fields}
        fields |= {"nodes": len(self.nodes), "ring": self.strategy, "rings": min(2, len(self.rings) or 1)}
        try:
            return RunConfig.model_validate(fields)
        except ValidationError as error:
            raise ValueError(first_problem(error, RunConfig)) from None

    @property
    def strategy(self) -> int:
        """The paper's partitioning strategy; a row is strategy 1 with all tokens side by side."""
        return 1 if self.ring == "row" else int(self.ring)

    def store(self) -> StoreConfig:
        """What every node is configured with."""
        return replace(self.run().store(), **{name: getattr(self, name) for name in sorted(_OWN)})

    def founders(self) -> tuple[tuple[Member, ...], ...]:
        """The members of each ring, with their tokens and racks."""
        return tuple(self._members(ring) for ring in self.rings or (self.nodes,))

    def members(self) -> tuple[Member, ...]:
        """The members of the first ring, which mostly is the only one."""
        return self.founders()[0]

    def _members(self, names: tuple[str, ...]) -> tuple[Member, ...]:
        racks = [f"rack{at % self.racks + 1}" if self.racks else "" for at in range(len(names))]
        specs = [Member(name, (at,), rack=racks[at]) for at, name in enumerate(names)]
        if self.ring == "row":
            return tuple(specs)
        return build_members(specs, self.strategy, self.tokens, self.partitions, salt="kept", spread=self.n)

    def rules(self) -> Rules:
        """The store's own rules, or with the bug among them."""
        return catalogue.seeded(self.run(), rules_for(self.versions))

    def claims(self) -> tuple[str, ...]:
        """What this cluster promises, and what its bug breaks."""
        return catalogue.claims(self.run())


def cluster_of(words: list[str], config: ClusterConfig | None = None) -> ClusterConfig:
    """The cluster that ``FIELD=VALUE`` words describe, or `config` with these fields changed."""
    given: dict[str, str] = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator or name in given:
            raise ScenarioError(f"{shown(word)}; accepted: FIELD=VALUE, each field once")
        given[name] = value
    fields = config.model_dump() if config is not None else {}
    for name in given:
        if name not in ClusterConfig.model_fields:
            accepted = list(ClusterConfig.model_fields)
            raise ScenarioError(
                f"{shown(name)}: unknown field; accepted: {', '.join(accepted)}{nearest(name, accepted)}"
            )
    try:
        return ClusterConfig.model_validate({**fields, **given})
    except ValidationError as error:
        raise ScenarioError(first_problem(error, ClusterConfig)) from None
