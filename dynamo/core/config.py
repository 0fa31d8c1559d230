"""What a cluster is configured with: replication, quorums, versioning and the pace of background work.

Every node of a cluster has the same `StoreConfig`. Times are microseconds. Defaults suit a machine room; the
simulator shortens the background intervals. Section numbers are the Dynamo paper's.
"""

from dataclasses import dataclass, fields

from dynamo.core.errors import CallerError

VERSIONS = ("dvv", "vv", "lww")
READ_REPAIR = ("after", "blocking", "off")

_MS = 1_000
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """The configuration of one cluster; building one that cannot work raises `CallerError` with one clear line."""

    n: int = 3
    """Replicas of every key (4.3)."""
    r: int = 2
    """Replies that a get waits for, unless the request says otherwise (4.5)."""
    w: int = 2
    """Durable acknowledgements that a put waits for, unless the request says otherwise (4.5)."""
    pr: int = 0
    """How many of the R replies must come from the key's own replicas (not from fallbacks)."""
    pw: int = 0
    """How many of the W acknowledgements must come from the key's own replicas."""
    sloppy: bool = True
    """Sloppy quorum with hinted handoff (4.6); otherwise only the key's own replicas count."""
    versions: str = "dvv"
    """``dvv`` dotted version vectors, ``vv`` the paper's plain vectors (4.4), ``lww`` last writer wins."""
    read_repair: str = "after"
    """``after`` the reply, ``blocking`` before it (reads become monotone), or ``off`` (5)."""
    durable_copies: int = 0
    """Of the replicas of a put, how many must write durably before they acknowledge; 0 means all. The others may
    acknowledge from memory (6.1). The coordinator's own copy is always durable."""
    strategy: int = 3
    """Partitioning strategy 1, 2 or 3 (6.2)."""
    partitions: int = 64
    """Equal-sized partitions of strategies 2 and 3."""
    tokens_per_node: int = 32
    """Tokens that a joining node of weight 1 gets under strategies 1 and 2."""
    max_key_bytes: int = 4 * 1024
    max_value_bytes: int = 1024 * 1024
    timeout_us: int = 1 * _SECOND
    """A request is answered within this, unless it says otherwise; the coordinator never waits longer."""
    hedge_us: int = 150 * _MS
    """Replicas that are silent for this long are suspected, and the next healthy nodes are asked as well."""
    operation_life_us: int = 3 * _SECOND
    """A coordinator drops an operation that is older than this without sending anything more for it."""
    request_memory_us: int = 60 * _SECOND
    """How long a request id is remembered, so that a retry is answered and not executed again."""
    gossip_us: int = 1 * _SECOND
    handoff_us: int = 500 * _MS
    handoff_batch: int = 32
    """Hints sent to one owner per handoff interval at the most."""
    max_hints: int = 100_000
    """Hints that a node keeps at the most; it refuses more."""
    anti_entropy: bool = True
    exchange_us: int = 2 * _SECOND
    exchange_keys: int = 256
    """Records that one anti-entropy message may set in motion at the most."""
    merkle_depth: int = 2
    reap_us: int = 5 * _SECOND
    reap_grace_us: int = 60 * _SECOND
    """A tombstone is reaped only after every owner has held it unchanged for this long. It must be longer than twice
    the life of a message plus `operation_life_us`, so that nothing older can still be on its way."""
    transfer_keys: int = 256
    """Keys that one page of a transfer to a new owner names at the most."""
    greeting_us: int = 2 * _SECOND
    """How long a node that starts waits to hear from more than half of the others what they remember of it."""
    detector_threshold: float = 8.0
    birth_lease: int = 1_000
    """Actor births that are reserved on disk at once."""
    cache_records: int = 10_000
    """Records that a node keeps in memory beside its disk."""

    # What bounds the memory of one node under load (docs/limits.md)

    max_inflight: int = 10_000
    """Clients' requests that are under way at once at the most."""
    max_requests: int = 200_000
    """Puts and deletes that are remembered for `request_memory_us` at the most; more are refused."""
    max_refusals: int = 100_000
    """Refused puts and deletes that are remembered for as long; beyond them an outcome is unknown, not a refusal."""
    max_queued_bytes: int = 256 * 1024 * 1024
    """Bytes of the requests under way and of the answers that are remembered, at the most."""
    max_peer_work: int = 4_096
    """Replications and reads of one peer that wait for this node's disk at the most."""
    max_waiting: int = 65_536
    """Pieces of work that wait for this node's disk at the most, whoever asked for them."""
    max_unsynced: int = 65_536
    """Batches that are written and not yet durable at the most, before the node takes on no more."""
    max_hint_bytes: int = 256 * 1024 * 1024
    """Bytes of the hints that a node keeps at the most."""

    # Admission control of background work (6.5)

    admission_window_us: int = 60 * _SECOND
    """How far back the latency of reads is looked at."""
    admission_threshold_us: int = 50 * _MS
    """Above this, background work is slowed down."""
    admission_permille: int = 990
    """Which percentile is compared with the threshold, in thousandths."""
    admission_slice_us: int = 100 * _MS
    """How often the share of background work is set anew."""
    admission_slots: int = 1_024
    """Records that all background tasks may touch in one slice at the most."""
    admission_floor: int = 8
    """Records that each background task may touch in one slice, whatever the foreground says."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type in ("int", int) and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                raise CallerError(f"{field.name}: {value!r} is not a whole number of 0 or more")
        for name, low, high in (
            ("n", 1, 1_000),
            ("r", 1, self.n),
            ("w", 1, self.n),
            ("pr", 0, self.r),
            ("pw", 0, self.w),
            ("durable_copies", 0, self.n),
            ("strategy", 1, 3),
            ("partitions", 1, 1 << 20),
            ("merkle_depth", 1, 6),
            ("cache_records", 1, 1 << 40),
            ("timeout_us", 1, self.operation_life_us),
            ("operation_life_us", 1, self.request_memory_us),
            ("handoff_batch", 1, 1 << 20),
            ("max_inflight", 1, 1 << 40),
            ("max_requests", 1, 1 << 40),
            ("max_queued_bytes", self.max_key_bytes + self.max_value_bytes, 1 << 60),
            ("max_peer_work", 1, 1 << 40),
            ("max_waiting", 1, 1 << 40),
            ("max_unsynced", 2, 1 << 40),
            ("admission_permille", 1, 1_000),
            ("admission_slice_us", 1, self.admission_window_us),
            ("admission_floor", 1, 1 << 40),
            ("handoff_us", 1, 2 * _SECOND),  # the detector judges at this pace; slower would look like a local pause
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise CallerError(f"{name}: {value} is out of range; accepted: {low} to {high}")
        if not self.detector_threshold > 0:
            raise CallerError(f"detector_threshold: {self.detector_threshold} is out of range; accepted: above 0")
        for name, accepted in (("versions", VERSIONS), ("read_repair", READ_REPAIR)):
            if getattr(self, name) not in accepted:
                raise CallerError(f"{name}: {getattr(self, name)!r} is unknown; accepted: {', '.join(accepted)}")
        for name in (
            "hedge_us", "gossip_us", "exchange_us", "reap_us", "birth_lease", "tokens_per_node", "transfer_keys",
        ):  # fmt: skip
            if getattr(self, name) < 1:
                raise CallerError(f"{name}: must be at least 1")
