"""A configuration to prove something of, as flags and files give it. Everything that can be wrong is found here: a
solver would take R=5 of N=3 for a fine proof, of nothing."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from checkers.proofs.centres import Centres, possible
from checkers.proofs.counts import Counts
from checkers.proofs.levels import READ_LEVELS, WRITE_LEVELS
from checkers.proofs.quorum import Expression, names, node, weighted
from checkers.proofs.quorumtext import QuorumTextError, parse
from checkers.proofs.systems import System
from kept.lab.usage import UsageError, first_problem, nearest, shown

REPLICAS_LIMIT = 1_000
COUNT_LIMIT = 1_000_000
CENTRES_LIMIT = 24
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")

Configuration = Counts | Centres | System


def _classes(given: Any, info: ValidationInfo) -> Any:
    """One number is one class of requests."""
    if given is None:
        return None
    many = given if isinstance(given, list | tuple) else (given,)
    for one in many:
        if type(one) is not int:
            raise ValueError(f"{info.field_name}: {shown(one)}; accepted: a whole number, or several")
    return tuple(many)


Classes = Annotated[tuple[int, ...] | None, BeforeValidator(_classes)]

_BY_NUMBER = (
    *("pr", "pw", "sloppy", "nodes", "hinted_writes", "hinted_reads", "undelivered", "lose_disks", "restarts"),
    *("synced", "replace", "lose_machines", "per_machine", "ring_change", "counting", "read_repair"),
)
FIELDS: dict[str, tuple[str, ...]] = {
    "n": ("r", "w", *_BY_NUMBER),
    "dc": ("write", "read", "coordinators"),
    "quorums": ("write_quorums", "racks"),
    "weights": ("r", "w", "racks"),
}
"""What makes a configuration of each kind, and what else may be said of it."""


class ProofConfig(BaseModel):
    """One configuration: replicas by number, by data centre, by explicit quorums, or by weighted votes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("", description="how reports call it; empty: by its numbers")
    n: StrictInt | None = Field(None, ge=1, le=REPLICAS_LIMIT, description="replicas of every key")
    r: Classes = Field(None, description="replies that a get waits for; several: classes of gets in use at once")
    w: Classes = Field(None, description="acknowledgements that a put waits for; several likewise")
    pr: StrictInt = Field(
        0, ge=0, le=COUNT_LIMIT, description="how many of R must come from the key's own replicas, having answered"
    )
    pw: StrictInt = Field(
        0, ge=0, le=COUNT_LIMIT, description="how many of W must come from the key's own replicas, having answered"
    )
    sloppy: StrictBool = Field(False, description="whether fallbacks may stand in for owners (hinted handoff)")
    nodes: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="S: nodes in all; none: as many as it takes"
    )
    hinted_writes: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="h: acknowledgements that may come from fallbacks"
    )
    hinted_reads: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="g: replies that may come from fallbacks"
    )
    undelivered: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="u: hints that are not delivered while an owner is read"
    )
    lose_disks: StrictInt | None = Field(None, ge=0, le=COUNT_LIMIT, description="f: disks that are lost for good")
    restarts: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="k: nodes that restart, acknowledgements coming from memory"
    )
    synced: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="s: acknowledgements of the W that waited for the disk"
    )
    replace: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="f: dead replicas that are replaced by empty ones"
    )
    lose_machines: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="f: machines that are lost, with all their replicas"
    )
    per_machine: Annotated[StrictInt, Field(ge=1, le=REPLICAS_LIMIT)] = Field(
        1, description="m: replicas of a key on one"
    )
    ring_change: StrictInt | None = Field(
        None, ge=0, le=COUNT_LIMIT, description="d: members by which two preference lists differ"
    )
    counting: Literal["one-list", "per-list", "union", "union-plus"] = Field(
        "one-list", description="whose acknowledgements make W while the ring changes"
    )
    read_repair: Literal["after", "blocking", "off"] = "after"
    dc: dict[str, StrictInt] | None = Field(None, description="data centre -> replication factor")
    write: str = Field("", description="Cassandra's consistency level of writes")
    read: str = Field("", description="Cassandra's consistency level of reads")
    coordinators: Literal["any", "same"] = Field("any", description="same: writer and reader ask one data centre")
    quorums: str | None = Field(None, description="an expression such as a*b + c*d: the quorums of gets, and of puts")
    write_quorums: str | None = Field(None, description="the quorums of puts, where they are others")
    weights: dict[str, StrictInt] | None = Field(None, description="node -> votes; r and w are numbers of votes then")
    racks: dict[str, tuple[str, ...]] | None = Field(None, description="rack -> its nodes")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        kind = self.kind
        given = self.model_fields_set - {"name", kind}
        for field in ProofConfig.model_fields:
            if field in given and getattr(self, field) is not None and field not in FIELDS[kind]:
                raise ValueError(f"{field}: does not go with {kind}; accepted: {', '.join(FIELDS[kind])}")
        {"n": self._numbers, "dc": self._centres, "quorums": self._system, "weights": self._votes}[kind]()
        return self

    @property
    def kind(self) -> str:
        """Which of the four it is. ValueError for none or two."""
        found = [kind for kind in FIELDS if getattr(self, kind) is not None]
        if len(found) != 1:
            told = f"{' and '.join(found)} are given" if found else "no configuration is given"
            raise ValueError(f"{told}; accepted: one of n (with r and w), dc, quorums or weights")
        return found[0]

    def configuration(self) -> Configuration:
        """What the prover works on."""
        kind = self.kind
        if kind == "n":
            return self._numbers()
        if kind == "dc":
            return self._centres()
        return self._system() if kind == "quorums" else self._votes()

    @property
    def title(self) -> str:
        """How reports call it."""
        return self.name or " ".join(_said(self))

    def document(self) -> dict[str, Any]:
        """What was given, without what was left open."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)

    # The four kinds

    def _numbers(self) -> Counts:
        n = self.n
        assert n is not None, "the kind says so"
        reads, writes = self._need("r", self.r, n, "N"), self._need("w", self.w, n, "N")
        _within("pr", self.pr, 0, min(reads), "the smallest R")
        _within("pw", self.pw, 0, min(writes), "the smallest W")
        for field in ("nodes", "hinted_writes", "hinted_reads"):
            if getattr(self, field) is not None and not self.sloppy:
                raise ValueError(f"{field}: a strict quorum has no fallbacks; accepted: with a sloppy one")
        if self.nodes is not None:
            _within("nodes", self.nodes, n, COUNT_LIMIT, "")
            for field in ("hinted_writes", "hinted_reads"):
                _within(field, getattr(self, field), 0, self.nodes - n, "the nodes less N")
        _within("synced", self.synced, 0, min(writes), "the smallest W")
        _within("undelivered", self.undelivered, 0, max(writes), "the greatest W")
        for field in ("lose_disks", "replace", "ring_change"):
            _within(field, getattr(self, field), 0, n, "N")
        return Counts(
            n=n,
            reads=reads,
            writes=writes,
            pr=self.pr,
            pw=self.pw,
            sloppy=self.sloppy,
            nodes=self.nodes,
            hinted_writes=self.hinted_writes,
            hinted_reads=self.hinted_reads,
            undelivered=self.undelivered,
            lose_disks=self.lose_disks,
            restarts=self.restarts,
            synced=self.synced,
            replace=self.replace,
            lose_machines=self.lose_machines,
            per_machine=self.per_machine,
            ring_change=self.ring_change,
            counting=self.counting,
            blocking_repair=self.read_repair == "blocking",
        )

    def _need(self, field: str, classes: tuple[int, ...] | None, most: int, what: str) -> tuple[int, ...]:
        if not classes:
            raise ValueError(f"{field}: missing; accepted: 1 to {most}")
        for count in classes:
            _within(field, count, 1, most, what)
        return tuple(dict.fromkeys(classes))

    def _centres(self) -> Centres:
        replicas = self.dc or {}
        if not 1 <= len(replicas) <= CENTRES_LIMIT:
            raise ValueError(f"dc: {len(replicas)} data centres; accepted: 1 to {CENTRES_LIMIT}")
        for name, factor in replicas.items():
            _named("dc", name)
            _within(f"dc.{name}", factor, 1, REPLICAS_LIMIT, "")
        for field, level, levels in (("write", self.write, WRITE_LEVELS), ("read", self.read, READ_LEVELS)):
            if level not in levels:
                found = "missing" if not level else shown(level)
                raise ValueError(
                    f"{field}: {found}; accepted: {', '.join(levels)}{nearest(level.upper(), list(levels))}"
                )
            for name in replicas:
                if not possible(replicas, level, name):
                    have = sum(replicas.values())
                    raise ValueError(
                        f"{field}: {level} asks for more replicas than there are; accepted: {have} or fewer"
                    )
        return Centres(dict(replicas), self.write, self.read, self.coordinators)

    def _system(self) -> System:
        assert self.quorums is not None, "the kind says so"
        reads = _expression("quorums", self.quorums)
        writes = reads if self.write_quorums is None else _expression("write_quorums", self.write_quorums)
        return System(reads, writes, _racks(self.racks, (*names(reads), *names(writes))))

    def _votes(self) -> System:
        votes = self.weights or {}
        for name, weight in votes.items():
            _named("weights", name)
            _within(f"weights.{name}", weight, 0, 1_000_000_000, "")
        whole = sum(votes.values())
        if whole < 1:
            raise ValueError("weights: no votes; accepted: at least one node with one vote")
        (r,) = self._one("r", self.r, whole)
        (w,) = self._one("w", self.w, whole)
        nodes = [(node(name), weight) for name, weight in votes.items()]
        reads, writes = weighted(r, nodes), weighted(w, nodes)
        return System(reads, writes, _racks(self.racks, tuple(votes)), (dict(votes), r, w))

    def _one(self, field: str, classes: tuple[int, ...] | None, most: int) -> tuple[int, ...]:
        found = self._need(field, classes, most, "all votes")
        if len(found) > 1:
            raise ValueError(f"{field}: {len(found)} classes; accepted: one number with weights")
        return found


def configured(given: Mapping[str, Any]) -> ProofConfig:
    """The configuration of these fields. `UsageError` for the first that is wrong."""
    unknown = next((name for name in given if name not in ProofConfig.model_fields), None)
    if unknown is not None:
        fields = list(ProofConfig.model_fields)
        raise UsageError(f"{shown(unknown)}: unknown field; accepted: {', '.join(fields)}{nearest(unknown, fields)}")
    try:
        return ProofConfig.model_validate(dict(given))
    except ValidationError as error:
        raise UsageError(first_problem(error, ProofConfig)) from None


def _within(field: str, found: int | None, low: int, high: int, why: str) -> None:
    if found is not None and not low <= found <= high:
        because = f" ({why})" if why else ""
        raise ValueError(f"{field}: {found}; accepted: {low} to {high}{because}")


def _named(field: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{field}: {shown(name)}; accepted: letters, digits, _ - and ., at most 64")


def _expression(field: str, text: str) -> Expression:
    try:
        return parse(text)
    except QuorumTextError as error:
        raise ValueError(f"{field}: {error}") from None


def _racks(given: Mapping[str, tuple[str, ...]] | None, members: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Each node in one rack."""
    if given is None:
        return {}
    where: dict[str, str] = {}
    for rack, nodes in given.items():
        _named("racks", rack)
        for name in nodes:
            if name not in members:
                raise ValueError(
                    f"racks.{rack}: {shown(name)}; accepted: a node of the quorums{nearest(name, list(members))}"
                )
            if name in where:
                raise ValueError(f"racks.{rack}: {name} is in {where[name]} already; accepted: each node once")
            where[name] = rack
    missing = next((name for name in members if name not in where), None)
    if missing is not None:
        raise ValueError(f"racks: {missing} is in none; accepted: every node in one")
    return {rack: tuple(nodes) for rack, nodes in given.items()}


def _said(config: ProofConfig) -> list[str]:
    """The configuration in short."""
    words = []
    if config.n is not None or config.weights is not None:
        words += [f"N={config.n}"] if config.n is not None else [f"votes {_pairs(config.weights or {})}"]
        words += [f"R={_numbers(config.r)}", f"W={_numbers(config.w)}"]
    if config.n is not None:
        words.append("sloppy" if config.sloppy else "strict")
    if config.dc is not None:
        words += [_pairs(config.dc), f"write {config.write}", f"read {config.read}"]
    if config.quorums is not None:
        words.append(f"quorums {shown(config.quorums)}")
        words += [f"write quorums {shown(config.write_quorums)}"] if config.write_quorums is not None else []
    shown_already = {
        "n",
        "r",
        "w",
        "sloppy",
        "dc",
        "write",
        "read",
        "quorums",
        "write_quorums",
        "weights",
        "racks",
        "name",
    }
    for field in ProofConfig.model_fields:
        value = getattr(config, field)
        if field in config.model_fields_set - shown_already and value is not None:
            words.append(f"{field.replace('_', '-')}={value}")
    return words


def _pairs(given: Mapping[str, int]) -> str:
    text = ",".join(f"{name}={count}" for name, count in given.items())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _numbers(classes: tuple[int, ...] | None) -> str:
    return ",".join(str(count) for count in classes or ())
