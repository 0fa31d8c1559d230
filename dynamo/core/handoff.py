"""Hinted handoff: what was kept for an owner is brought to it when it is back (Dynamo, section 4.6).

"Upon detecting that A has recovered, D will attempt to deliver the replica to A. Once the transfer succeeds, D may
delete the object from its local store." A transfer has succeeded when the owner says that it holds the record
durably, and has written it anew to be sure of that; a hint that has grown meanwhile stays. At most one batch is on its
way to an owner at a time, and an owner takes in at most one batch of a node at a time. Both ends ask the admission
control (6.5).
"""

from dynamo.core.admission import starting_at
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
        self.arriving: dict[str, Arrival] = {}
        """sender -> its batch that is not durable here yet."""
        self._turned_away: str | None = None
        """The owner whose batch was not admitted last; it goes first."""
        self._batches = 0

    def tick(self) -> None:
        """One handoff interval has passed: send a batch to every owner that is reachable and has none under way."""
        host = self.host
        durable = host.durable_seq
        for owner in starting_at(list(self.replica.hints), self._turned_away):
            if owner in host.detector.down:
                continue
            before = self.under_way.get(owner)
            if before is not None:
                if host.now_us - before.sent_us < RESEND_INTERVALS * host.config.handoff_us:
                    continue
                host.mark("handoff sent again")
            admitted = host.admission.take("handoff", min(host.config.handoff_batch, len(self.replica.hints[owner])))
            if not admitted:
                self._turned_away = owner
                break
            records = []
            for key, (state, seq) in self.replica.hints[owner].items():
                if seq <= durable:
                    records.append((key, state))
                    if len(records) == admitted:
                        break
            if records:
                self._batches += 1
                batch = host.boot_bits | self._batches
                self.under_way[owner] = Delivery(batch, tuple(records), host.now_us)
                host.send(owner, Handoff(batch, tuple(records)))

    def received(self, sender: str, message: Handoff) -> None:
        """Hints for this node arrive: merge all of them, and acknowledge when the last is durable."""
        if sender in self.arriving:
            self.host.mark("batch of hints came before the last was durable")
        elif message.records and self.host.admission.grant("arrival", len(message.records)):
            self.arriving[sender] = arrival = Arrival(self, sender, message)
            arrival.begin()

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

    __slots__ = ("handoff", "message", "missing", "sender", "whole")

    def __init__(self, handoff: HintedHandoff, sender: str, message: Handoff) -> None:
        self.handoff = handoff
        self.sender = sender
        self.message = message
        self.missing = len(message.records)
        self.whole = True

    def begin(self) -> None:
        for key, state in self.message.records:
            self.handoff.replica.fetch(key, self.merge, key, state)

    def merge(self, local: Siblings | None, key: bytes, state: Siblings) -> None:
        """A damaged copy cannot take the record, nor can a disk that is low: the batch stays unacknowledged and comes
        again."""
        seq = self.handoff.replica.take_over(local, key, state) if local is not None else -1
        if seq < 0:
            self.whole = False
            self.done()
        else:
            self.handoff.host.when_durable(seq, self.done)

    def done(self) -> None:
        """One record more is durable here, or cannot be taken in."""
        self.missing -= 1
        if self.missing == 0:
            del self.handoff.arriving[self.sender]
            if self.whole:
                self.handoff.host.send(self.sender, HandedOff(self.message.batch))
