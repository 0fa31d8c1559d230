"""The scope of an exploration: the cluster, what its clients do, and how often each fault may strike."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kept.explore.program import MOST_KEYS, Program, parse_program, task
from kept.lab.config import RunConfig
from kept.lab.promises import promised
from kept.lab.usage import first_problem

KEY = b"k"
"""The key that everybody works on, where there is one and no change of membership is to move it."""


class Scope(BaseModel):
    """What is explored. Field names are the command's flags; every budget is for the whole run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: int = Field(3, ge=1, le=5)
    n: int = Field(3, ge=1)
    r: int = Field(2, ge=1)
    w: int = Field(2, ge=1)
    pr: int = Field(0, ge=0)
    pw: int = Field(0, ge=0)
    sloppy: bool = False
    versions: Literal["dvv", "vv", "lww"] = "dvv"
    read_repair: Literal["after", "blocking", "off"] = "after"
    durable_copies: int = Field(0, ge=0)
    clients: int = Field(2, ge=1, le=4)
    ops: int = Field(2, ge=1, le=6)
    program: str = ""
    """What each client does, ``put get, put get``; empty: each puts and gets in turn, with what it has read last."""
    keys: int = Field(1, ge=1, le=MOST_KEYS)
    """Without a program the operations of each client go to one key after the other, and each client begins with
    another one."""
    contact: Literal["fixed", "any"] = "fixed"
    """Each client has its own node, or asks any for each operation."""
    crashes: int = Field(1, ge=0, le=3)
    """At every effect boundary, with any of the writes lost that are not synced."""
    drops: int = Field(0, ge=0, le=3)
    duplicates: int = Field(0, ge=0, le=3)
    partitions: int = Field(0, ge=0, le=2)
    """One node is cut off from the other nodes; clients still reach it."""
    timeouts: int = Field(0, ge=0, le=6)
    """Deadlines of operations that pass before what they wait for has come."""
    handoffs: int = Field(0, ge=0, le=3)
    """Handoff intervals that pass while the clients are at work."""
    exchanges: int = Field(0, ge=0, le=3)
    """Anti-entropy rounds that begin while the clients are at work."""
    change: Literal["", "join", "leave", "remove"] = ""
    """An operator has the membership changed once, at any time: a node joins that is in no ring, an owner of the first
    key leaves, or it dies for good and is removed."""
    ring: int = Field(3, ge=1, le=3)
    """The paper's partitioning strategy (6.2)."""
    racks: int = Field(0, ge=0, le=3)
    settle: bool = False
    """Also ask whether the cluster settles, in whatever order its background work happens (`kept.explore.settling`)."""
    bug: str = ""
    """A bug of the zoo that is seeded into the store."""
    reduce: bool = True
    """Leave out interleavings that cannot show (docs/explore-real.md says which); off to see that they cannot."""

    @field_validator("program")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse_program(text)
        return text

    @model_validator(mode="after")
    def _possible(self) -> Self:
        most = max((task(step).key for program in parse_program(self.program) for step in program), default=0) + 1
        if most > self.keys:
            raise ValueError(f"program: a step at key {most} of {self.keys}; accepted: 1 to {self.keys}")
        if self.change in ("leave", "remove") and self.nodes < 2:
            raise ValueError(f"change: the only node cannot {self.change}; accepted: 2 nodes or more")
        if self.change == "remove" and self.w < 2:
            raise ValueError("w: 1 copy of a put is not kept where a disk is removed for good; accepted: 2 or more")
        if self.change and self.settle:
            raise ValueError("settle: not beside a change of membership; accepted: one of the two")
        if self.change and self.exchanges:
            raise ValueError("exchanges: not beside a change of membership; accepted: 0")
        if self.partitions and self.nodes < 2:
            raise ValueError("partitions: 1 node cannot be cut off from others; accepted: 2 nodes or more")
        try:
            config = self.run_config()
        except ValidationError as error:
            raise ValueError(first_problem(error, RunConfig)) from None
        if config.n > self.nodes:
            raise ValueError(f"n: {self.n} is more than the nodes: {self.nodes}; accepted: 1 to {self.nodes}")
        return self

    def run_config(self) -> RunConfig:
        """The same cluster as a run would have it; the smallest ring, for nothing hangs on its size."""
        return RunConfig(
            nodes=self.nodes,
            n=self.n,
            r=self.r,
            w=self.w,
            pr=self.pr,
            pw=self.pw,
            sloppy=self.sloppy,
            versions=self.versions,
            read_repair=self.read_repair,
            durable_copies=self.durable_copies,
            partitions=max(2, self.nodes + (self.change == "join")),
            ring=self.ring,
            racks=self.racks,
            clients=self.clients,
            faults=(),
            bug=self.bug,
        )

    def programs(self) -> tuple[Program, ...]:
        """What each client does, client by client."""
        given = parse_program(self.program)
        if not given:
            return tuple(
                tuple(self._step(client, number) for number in range(self.ops)) for client in range(self.clients)
            )
        return tuple(given[client % len(given)] for client in range(self.clients))

    def _step(self, client: int, number: int) -> str:
        word = "put" if number % 2 == 0 else "get"
        key = (client + number) % self.keys + 1
        return word if key == 1 else f"{word}:{key}"

    def claims(self) -> tuple[str, ...]:
        """What the configuration promises, and what its bug should break."""
        own = promised(self.run_config())
        if self.bug:
            from kept.zoo import catalogue  # noqa: PLC0415  # the store's mistakes are loaded only where one is wanted

            own = (*own, *catalogue.find(self.bug).breaks)
        return tuple(dict.fromkeys(own))
