"""Hinted handoff: what was kept for an owner is brought to it when it is back (Dynamo, section 4.6).

"Upon detecting that A has recovered, D will attempt to deliver the replica to A. Once the transfer succeeds, D may
delete the object from its local store." A transfer has succeeded when the owner says that it holds the record
durably; a hint that has grown meanwhile stays. At most one batch is on its way to an owner at a time.
"""

from dynamo.core.host import Host
from dynamo.core.messages import HandedOff, Handoff
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings

RESEND_INTERVALS = 4
"""Handoff intervals after which an unanswered batch is given up and sent anew."""


class Delivery:
    """One batch on its way to an owner."""

    __slots__ = ("batch", "records", "sent_us")

    def __init__(self, batch: int, records: tuple[tuple[bytes, Siblings], ...], sent_us: int) -> None:
        self.batch = batch
        self.records = records
        self.sent_us = sent_us


class HintedHandoff:
    """Delivers one node's hints."""

    def __init__(self, host: Host, replica: Replica) -> None:
        self.host = host
        self.replica = replica
        self.under_way: dict[str, Delivery] = {}
        self._batches = 0

    def tick(self) -> None:
        """One handoff interval has passed: send a batch to every owner that is reachable and has none under way."""
        host = self.host
        durable = host.durable_seq
        for owner in list(self.replica.hints):
            if owner in host.detector.down:
                continue
            before = self.under_way.get(owner)
            if before is not None:
                if host.now_us - before.sent_us < RESEND_INTERVALS * host.config.handoff_us:
                    continue
                host.mark("handoff sent again")
            records = []
            for key, (state, seq) in self.replica.hints[owner].items():
                if seq <= durable:
                    records.append((key, state))
                    if len(records) == host.config.handoff_batch:
                        break
            if records:
                self._batches += 1
                batch = host.boot_bits | self._batches
                self.under_way[owner] = Delivery(batch, tuple(records), host.now_us)
                host.send(owner, Handoff(batch, tuple(records)))

    def received(self, sender: str, message: Handoff) -> None:
        """Hints for this node arrive: merge all of them, and acknowledge when the last is durable."""
        Arrival(self, sender, message)

    def delivered(self, sender: str, message: HandedOff) -> None:
        """The owner holds a batch durably."""
        delivery = self.under_way.get(sender)
        if delivery is None or delivery.batch != message.batch:
            return
        del self.under_way[sender]
        for key, state in delivery.records:
            if self.replica.drop_hint(sender, key, state):
                self.host.mark("hint delivered")
            else:
                self.host.mark("hint grew while it was delivered")


class Arrival:
    """One received batch, until every record of it is durable."""

    __slots__ = ("handoff", "message", "missing", "sender")

    def __init__(self, handoff: HintedHandoff, sender: str, message: Handoff) -> None:
        self.handoff = handoff
        self.sender = sender
        self.message = message
        self.missing = len(message.records)
        for key, state in message.records:
            handoff.replica.fetch(key, self.merge, key, state)

    def merge(self, local: Siblings | None, key: bytes, state: Siblings) -> None:
        """A damaged copy cannot take the record: the batch stays unacknowledged and comes again."""
        if local is not None:
            seq = self.handoff.replica.merge(local, key, state)
            self.handoff.host.when_durable(seq, self.durable)

    def durable(self) -> None:
        self.missing -= 1
        if self.missing == 0:
            self.handoff.host.send(self.sender, HandedOff(self.message.batch))
