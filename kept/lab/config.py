"""The configuration of a run: with the seed and the tape, it decides each byte of the history."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dynamo.core.config import StoreConfig
from dynamo.core.errors import CallerError
from kept.sim.faults import ALL, KINDS

STRATEGIES = ("uniform", "pct", "swarm")
LIMITS = ("ample", "tight")
WORKLOADS = ("mixed", "register", "cart", "blind", "delete")

_MS = 1_000

TIGHT: dict[str, int] = {
    "max_inflight": 5,
    "max_requests": 100,
    "max_refusals": 60,
    "max_queued_bytes": 36_000,
    "max_key_bytes": 100,
    "max_value_bytes": 4_000,
    "max_peer_work": 3,
    "max_waiting": 12,
    "max_unsynced": 9,
    "max_hints": 10,
    "max_hint_bytes": 2_000,
    "admission_threshold_us": 1_500,
    "admission_slots": 12,
    "admission_floor": 1,
}
"""Limits of the store that a run meets often."""


class RunConfig(BaseModel):
    """One run. Field names are the command's flags."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, ge=0, lt=1 << 63)
    nodes: int = Field(5, ge=1, le=1_000)
    n: int = Field(3, ge=1)
    r: int = Field(2, ge=1)
    w: int = Field(2, ge=1)
    pr: int = Field(0, ge=0)
    pw: int = Field(0, ge=0)
    sloppy: bool = True
    versions: Literal["dvv", "vv", "lww"] = "dvv"
    read_repair: Literal["after", "blocking", "off"] = "after"
    anti_entropy: bool = True
    durable_copies: int = Field(0, ge=0)
    ring: int = Field(3, ge=1, le=3)
    """The paper's partitioning strategy (6.2)."""
    partitions: int = Field(64, ge=1, le=1 << 16)
    tokens: int = Field(8, ge=1, le=1_024)
    """Tokens per node under strategies 1 and 2."""
    racks: int = Field(0, ge=0)
    """Spread the nodes over so many named racks; 0 names none."""
    rings: int = Field(1, ge=1, le=2)
    """Found so many rings that do not know each other; gossip with the seeds of both makes one of them (4.8.2)."""
    clients: int = Field(8, ge=1, le=10_000)
    ops: int = Field(2_000, ge=1, le=10_000_000)
    keys: int = Field(40, ge=1, le=10_000_000)
    skew: float = Field(0.6, ge=0.0, le=3.0)
    """Zipf exponent of the keys' popularity; 0 is uniform."""
    workload: Literal["mixed", "register", "cart", "blind", "delete"] = "mixed"
    think_ms: int = Field(60, ge=0, le=60_000)
    """Mean pause of a client between two operations."""
    faults: tuple[str, ...] = ALL
    fault_gap_ms: int = Field(600, ge=10, le=3_600_000)
    """Mean time from one fault to the next."""
    beyond: bool = False
    """Damage disks beyond what the store promises to survive; only what no damage may break is promised then."""
    limits: Literal["ample", "tight"] = "ample"
    """How much a node takes on before it refuses: more than a run asks for, or so little that runs meet each bound."""
    strategy: Literal["uniform", "pct", "swarm"] = "uniform"
    depth: int = Field(3, ge=1, le=100)
    """The depth d of PCT."""
    settle_s: int = Field(60, ge=1, le=3_600)
    """Virtual seconds after the last fault within which the replicas must have converged."""
    bug: str = ""
    """A bug of the zoo that is seeded into the store; empty for the store as it is."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.n > self.nodes:
            raise ValueError(f"n: {self.n} is more than the nodes: {self.nodes}; accepted: 1 to {self.nodes}")
        if self.n > self.nodes // self.rings:
            least = self.n * self.rings
            raise ValueError(
                f"rings: {self.rings} of {self.nodes} nodes with n {self.n}; accepted: {least} nodes or more"
            )
        unknown = [kind for kind in self.faults if kind not in KINDS]
        if unknown:
            raise ValueError(f"faults: {unknown[0]!r} is unknown; accepted: all, none, {', '.join(KINDS)}")
        if self.ring == 3 and self.partitions < self.nodes:
            raise ValueError(f"partitions: {self.partitions} is less than the nodes; accepted: {self.nodes} or more")
        try:
            self.store()
        except CallerError as error:
            raise ValueError(str(error)) from None
        return self

    def store(self) -> StoreConfig:
        """The cluster's own configuration. Background work is quicker than in a machine room, so that a run of
        seconds sees all of it; time-outs and the reaper's grace keep their proportions to the world's delays."""
        return StoreConfig(
            n=self.n,
            r=self.r,
            w=self.w,
            pr=self.pr,
            pw=self.pw,
            sloppy=self.sloppy,
            versions=self.versions,
            read_repair=self.read_repair,
            anti_entropy=self.anti_entropy,
            durable_copies=self.durable_copies,
            strategy=self.ring,
            partitions=self.partitions,
            tokens_per_node=self.tokens,
            greeting_us=600 * _MS,
            timeout_us=600 * _MS,
            hedge_us=100 * _MS,
            operation_life_us=2_000 * _MS,
            request_memory_us=20_000 * _MS,
            gossip_us=1_000 * _MS,
            handoff_us=250 * _MS,
            exchange_us=1_000 * _MS,
            reap_us=1_000 * _MS,
            reap_grace_us=8_000 * _MS,
            birth_lease=100,
            cache_records=1_000,
            admission_window_us=5_000 * _MS,
            **(TIGHT if self.limits == "tight" else {}),
        )

    def document(self) -> dict[str, Any]:
        """For the header of every recorded file."""
        return self.model_dump(mode="json")
