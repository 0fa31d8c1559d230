"""Transfer: a node that is to own partitions fetches them from their old owners, and checks that it has everything.

For each partition and each old owner, page by page:

    new owner   what do you hold from this leaf on?      ->
                                                         <-  keys and digests                        old owner
    new owner   the records of those that I lack         ->
                                                         <-  records

A page is done when for each of its keys the new owner holds durably what was named, or more; a partition is done when
that is so for the pages of *every* old owner that is not declared dead. What was named is compared by digest, so the
transfer is its own verification, and whatever interrupts it costs only what was not yet done: a page that is asked for
again names what is there already and moves nothing. Puts that come meanwhile go to the new owner as well.
"""

import json
from collections import deque
from collections.abc import Iterable

from dynamo.core.effects import META, Change
from dynamo.core.host import Host
from dynamo.core.membership import Plan
from dynamo.core.messages import TransferFetch, TransferPage, TransferPull, TransferRecords
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings
from dynamo.core.transition import TransitionRing

RESEND_INTERVALS = 4
"""Handoff intervals after which an unanswered question is asked again."""
DONE = b"transferred"
LAST = -1
"""No leaf follows."""


class Inflow:
    """What is fetched from one old owner."""

    __slots__ = ("asked_us", "leaf", "missing", "next_leaf", "op", "partitions")

    def __init__(self, partitions: Iterable[int]) -> None:
        self.partitions = deque(partitions)
        """What is still to come; the first is under way."""
        self.leaf = 0
        self.next_leaf = LAST
        self.op = 0
        """The question under way; 0 where there is none."""
        self.asked_us = 0
        self.missing: set[bytes] = set()
        """Keys of the present page that are not here durably."""


class Transfer:
    """One node's side of every transfer, as new owner and as old."""

    def __init__(self, host: Host, replica: Replica) -> None:
        self.host = host
        self.replica = replica
        self.plan = ""
        """The plan that this node serves pages for."""
        self.inflows: dict[str, Inflow] = {}
        self.done: dict[str, set[int]] = {}
        """old owner -> the partitions that are wholly here."""
        self._saved: tuple[str, dict[str, set[int]]] = ("", {})
        self._ops = 0

    def boot(self, saved: bytes | None) -> None:
        """What an earlier boot had fetched completely."""
        if saved is not None:
            plan, done = json.loads(saved)
            self._saved = (plan, {source: set(partitions) for source, partitions in done.items()})

    def forget(self) -> tuple[Change, ...]:
        """The records that were fetched are gone: so is what is noted of them. Returns what to write."""
        noted = bool(self._saved[0])
        self._saved = ("", {})
        self.end()
        return (Change(META, DONE, None),) if noted else ()

    def begin(self, plan: Plan, ring: TransitionRing) -> None:
        """The transfer phase of `plan` is on."""
        if self.plan == plan.id and self.inflows:
            return
        self.plan = plan.id
        self.done = self._saved[1] if self._saved[0] == plan.id else {}
        wanted: dict[str, list[int]] = {}
        for partition in ring.gained(self.host.name):
            for source in ring.old_owners(partition):
                if source not in plan.gone and source != self.host.name:
                    wanted.setdefault(source, []).append(partition)
        self.inflows = {}
        for source, partitions in wanted.items():
            done = self.done.setdefault(source, set())
            self.inflows[source] = Inflow(partition for partition in partitions if partition not in done)
        self.tick()

    def flipped(self, plan: Plan, ring: TransitionRing) -> tuple[int, ...]:
        """Gets ask the new list now. Returns the partitions that are not wholly here after all (the disk was lost
        meanwhile): this node must not answer for them yet."""
        done = self.done if self.plan == plan.id else self._saved[1] if self._saved[0] == plan.id else {}
        self.inflows = {}
        lacking = []
        for partition in ring.gained(self.host.name):
            sources = [s for s in ring.old_owners(partition) if s not in plan.gone and s != self.host.name]
            if not all(partition in done.get(source, ()) for source in sources):
                lacking.append(partition)
        return tuple(lacking)

    def end(self) -> None:
        """No transfer is on."""
        self.plan = ""
        self.inflows = {}
        self.done = {}

    @property
    def complete(self) -> bool:
        """Whether every old owner's share is here."""
        return all(not inflow.partitions for inflow in self.inflows.values())

    # The new owner

    def tick(self) -> None:
        """Ask every old owner that has more to give and is not being asked."""
        host = self.host
        for source, inflow in self.inflows.items():
            late = host.now_us - inflow.asked_us >= RESEND_INTERVALS * host.config.handoff_us
            if inflow.partitions and (not inflow.op or late):
                self._ask(source, inflow)

    def _ask(self, source: str, inflow: Inflow) -> None:
        if not self.host.admission.grant("transfer"):  # the next tick tries again
            inflow.op = 0
            return
        self._ops += 1
        inflow.op = self.host.boot_bits | self._ops
        inflow.asked_us = self.host.now_us
        self.host.send(source, TransferPull(inflow.op, self.plan, inflow.partitions[0], inflow.leaf))

    def page(self, sender: str, message: TransferPage) -> None:
        """An old owner names what it holds: fetch what is not here."""
        inflow = self.inflows.get(sender)
        if inflow is None or inflow.op != message.op or not inflow.partitions:
            return
        mine = self.host.forest.digests(inflow.partitions[0])
        inflow.next_leaf = message.next_leaf
        inflow.missing = {key for key, _ in message.entries}
        lacking = tuple(key for key, digest in message.entries if mine.get(key) != digest)
        for key, _ in message.entries:
            if key not in lacking:
                self.replica.fetch_durable(key, self._here, sender, message.op, key)
        if lacking:
            self.host.send(sender, TransferFetch(message.op, lacking))
        if inflow.op == message.op:  # else all of it was here, and the next question is asked already
            self._turn(sender, inflow)

    def records(self, sender: str, message: TransferRecords) -> None:
        """Records that this node asked for."""
        inflow = self.inflows.get(sender)
        if inflow is None or inflow.op != message.op:
            return
        for key, state in message.records:
            self.host.mark("record transferred")
            self.replica.fetch(key, self._merge, sender, message.op, key, state)

    def _merge(self, local: Siblings | None, sender: str, op: int, key: bytes, state: Siblings) -> None:
        if local is not None:  # a damaged copy takes nothing; the page is asked for again
            seq = self.replica.merge(local, key, state)
            if seq >= 0:  # else there is no room now
                self.host.when_durable(seq, self._here, local, sender, op, key)

    def _here(self, state: Siblings | None, sender: str, op: int, key: bytes) -> None:
        """What was named of `key` is here durably."""
        inflow = self.inflows.get(sender)
        if inflow is not None and inflow.op == op and state is not None:
            inflow.missing.discard(key)
            self._turn(sender, inflow)

    def _turn(self, source: str, inflow: Inflow) -> None:
        """Go on to the next page where this one is done."""
        if inflow.missing or not inflow.op:
            return
        inflow.op = 0
        if inflow.next_leaf != LAST:
            inflow.leaf = inflow.next_leaf
        else:
            inflow.leaf = 0
            self.done[source].add(inflow.partitions.popleft())
            self._note()
        if inflow.partitions:
            self._ask(source, inflow)

    def _note(self) -> None:
        done = {source: sorted(partitions) for source, partitions in sorted(self.done.items())}
        self._saved = (self.plan, {source: set(partitions) for source, partitions in self.done.items()})
        self.host.mark("partition transferred")
        self.host.write((Change(META, DONE, json.dumps([self.plan, done]).encode()),))

    # The old owner

    def pull(self, sender: str, message: TransferPull) -> None:
        """A new owner asks what is here. Silence where this copy is not whole itself, or the plan is another."""
        host, partition = self.host, message.partition
        ring = host.ring
        if message.plan != self.plan or not isinstance(ring, TransitionRing) or not 0 <= partition < ring.count:
            return
        broken = any(host.partition(key) == partition for key in self.replica.damaged)
        if partition in self.replica.recovering or broken or host.name not in ring.old_owners(partition):
            host.mark("transfer waits for a copy that is being healed")
            return
        entries, next_leaf = host.forest.page(partition, message.leaf, host.config.transfer_keys)
        host.send(sender, TransferPage(message.op, entries, next_leaf))

    def fetch(self, sender: str, message: TransferFetch) -> None:
        """A new owner asks for records."""
        for key in message.keys:
            self.replica.fetch_durable(key, self._give, sender, message.op, key)

    def _give(self, state: Siblings | None, sender: str, op: int, key: bytes) -> None:
        if state is not None:
            self.host.send(sender, TransferRecords(op, ((key, state),)))
