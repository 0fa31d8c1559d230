"""One Dynamo node as a state machine without I/O.

    effects = node.step(event, now_us, wall_us)

`event` is one of `dynamo.core.effects`' events, `now_us` the node's monotonic clock, `wall_us` its wall clock (which
may be wrong; only last-writer-wins believes it). The returned effects are to be carried out in order. Every message,
timer and completion is handled by one component, as the table `_receive` and the method `step` say; nothing else
lives here.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from dynamo.core import messages as m
from dynamo.core.config import StoreConfig
from dynamo.core.effects import (
    DATA,
    META,
    Asked,
    Boot,
    Change,
    DiskSpace,
    Effect,
    Event,
    Loaded,
    Received,
    Reply,
    SetTimer,
    Synced,
    TimerFired,
)
from dynamo.core.errors import PeerError
from dynamo.core.greeting import GENERATIONS, HEARTBEAT, last_beat
from dynamo.core.healing import HEALING_OP
from dynamo.core.host import AnyRing, Chooser
from dynamo.core.identity import ACTORS, GENERATION, INCARNATION, believed
from dynamo.core.membership import NO_TABLE, decode_table, founded
from dynamo.core.participant import ENDORSED, HOME, LUGGAGE, MEMBERS
from dynamo.core.ring import Member, Ring
from dynamo.core.rules import Rules
from dynamo.core.siblings import Siblings
from dynamo.core.transfer import DONE

GREETINGS = (m.Hello, m.Welcome)
"""What a node takes in before it serves."""
STRANGERS = (*GREETINGS, m.GossipSyn, m.GossipAck, m.Announce, m.LetIn)
"""What a node takes in from others than those of its ring."""


class Node:
    """A node of the cluster; build one for every boot of the process."""

    def __init__(
        self,
        name: str,
        config: StoreConfig,
        members: tuple[Member, ...],
        rules: Rules,
        choose: Chooser,
        marks: dict[str, int],
        seeds: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.rules = rules
        self.config = config
        self.serving = False
        """Whether the boot's own writes are durable; before that the node answers nobody."""
        detector = rules.detector(expected_us=config.gossip_us, threshold=config.detector_threshold)
        table = founded(members) if any(member.name == name for member in members) else NO_TABLE
        ring = self._ring(table.members or self._alone())
        self.host = host = rules.host(
            name, config, rules.versioning, choose, marks, detector, rules.forest(config.merkle_depth), ring
        )
        host.overload = rules.overload(host)
        host.admission = rules.admission(host)
        self.actors = rules.actors(host)
        self.replica = rules.replica(host, self.actors)
        self.placement = rules.placement(host)
        self.puts = rules.puts(host, self.replica, self.actors, self.placement)
        self.gets = rules.gets(host, self.replica, self.placement)
        host.overload.coordinated = (self.puts.pending, self.gets.pending)
        self.handoff = rules.handoff(host, self.replica)
        self.anti_entropy = rules.anti_entropy(host, self.replica)
        self.healing = rules.healing(host, self.replica)
        self.transfer = rules.transfer(host, self.replica)
        self.evacuation = rules.evacuation(host, self.replica)
        self.participant = rules.participant(
            host, table, self._ring, self.replica, self.puts, self.gets, self.transfer, self.evacuation,
            self._ring_changed, self.anti_entropy.doubt, self.anti_entropy.progress, self._report,
        )  # fmt: skip
        self.steward = rules.steward(host, self.participant)
        self.greeting = rules.greeting(host, self.participant, seeds)
        self.reaper = rules.reaper(host, self.replica, self.puts, self.gets)
        self.requests = rules.requests(host, self.puts, self.gets, self.placement, self.greeting)
        self.gossip = rules.gossip(host, self.participant, self.greeting, seeds)
        self._receive = self._handlers()
        self._timers: dict[str, tuple[int, Callable[[], None]]] = {
            "gossip": (config.gossip_us, self.gossip.tick),
            "handoff": (config.handoff_us, self._tend),
            "reap": (config.reap_us, self.reaper.tick),
        }
        if config.anti_entropy:
            self._timers["exchange"] = (config.exchange_us, self.anti_entropy.tick)

    def _handlers(self) -> dict[type, Callable[[str, Any], None]]:
        """Which component takes in which message."""
        return {
            m.Replicate: self._replicate,
            m.Stored: self._stored,
            m.Refused: self._refused,
            m.Read: self._read,
            m.ReadReply: self._read_reply,
            m.Forward: self.requests.forwarded,
            m.Forwarded: self.requests.answered,
            m.Handoff: self.handoff.received,
            m.HandedOff: self.handoff.delivered,
            m.TreeRoots: self.anti_entropy.roots,
            m.TreeSame: self.anti_entropy.same,
            m.TreeNodes: self.anti_entropy.nodes,
            m.TreeLeaves: self.anti_entropy.leaves,
            m.TreeRecord: self.anti_entropy.record,
            m.GossipSyn: self.gossip.syn,
            m.GossipAck: self.gossip.ack,
            m.Announce: self._announced,
            m.Progress: self.steward.progressed,
            m.LetIn: self._let_in,
            m.Hello: self.greeting.hello,
            m.Welcome: self.greeting.welcome,
            m.TransferPull: self.transfer.pull,
            m.TransferPage: self.transfer.page,
            m.TransferFetch: self.transfer.fetch,
            m.TransferRecords: self.transfer.records,
            m.ReapQuery: self.reaper.asked,
            m.ReapVote: self.reaper.voted,
            m.Reap: self.reaper.reap,
            m.Ping: self._ping,
            m.Pong: self._pong,
        }

    def step(self, event: Event, now_us: int, wall_us: int) -> list[Effect]:
        """Take in one event; the effects are to be carried out in order. Deterministic: equal states and equal
        arguments give equal effects."""
        host = self.host
        host.now_us = now_us
        host.wall_us = wall_us
        effects = host.effects = []
        if isinstance(event, Received):
            self._received(event.sender, event.message)
        elif isinstance(event, Synced):
            host.synced(event.seq)
        elif isinstance(event, Asked):
            self._asked(event.client, event.request)
        elif isinstance(event, TimerFired):
            self._timer(event.name)
        elif isinstance(event, Loaded):
            self._loaded(event)
        elif isinstance(event, DiskSpace):
            host.disk_low = event.low
        else:
            self._boot(event)
        return effects

    # Boot

    def _boot(self, boot: Boot) -> None:
        """Take up what the disk holds, then ask the others what they remember of this node."""
        host = self.host
        host.booted_us = host.now_us
        meta = believed(boot.meta)
        last = int(meta.get(GENERATION, b"0"))
        host.generation = 1 if boot.genesis else max(last + 1, boot.started)
        lost = INCARNATION not in meta and not boot.genesis
        if MEMBERS in meta:
            self.participant.table = decode_table(meta[MEMBERS])
        self.greeting.boot(meta.get(GENERATIONS))
        self.transfer.boot(meta.get(DONE))
        self.actors.boot(meta)
        self.participant.boot(meta.get(HOME), meta.get(ENDORSED, b"").decode(), meta.get(LUGGAGE))
        self.replica.boot(boot.data, boot.hints)
        if boot.genesis:
            self._greeted(True, boot, meta, lost)
        else:
            self.greeting.begin(
                last_beat(meta.get(HEARTBEAT), last), lost, partial(self._greeted, boot=boot, meta=meta, lost=lost)
            )

    def _greeted(self, sure: bool, boot: Boot, meta: dict[bytes, bytes], lost: bool) -> None:
        """What the others remember is known, as far as they answered: become somebody, and write that down."""
        host = self.host
        gone: tuple[Change, ...] = ()
        if self.greeting.old and not lost:
            host.mark("old disk noticed")
            self.replica.purge()
            gone = self.transfer.forget()
            self.participant.tend_transfer()
            lost = True
        elif lost:
            host.mark("lost disk noticed")
        known = INCARNATION in meta and not lost and sure
        host.incarnation = meta[INCARNATION].decode() if known else boot.fresh_disk
        if known:  # a record that cannot be read has no actor
            forgotten = tuple(change for key in self.replica.damaged for change in self.actors.forget(key))
        else:  # another incarnation has none of these
            forgotten = self.actors.forget_all()
        seq = host.write(
            (
                self.actors.lease(),
                *self.anti_entropy.boot(meta, lost),
                Change(META, INCARNATION, host.incarnation.encode()),
                Change(META, GENERATION, b"%d" % host.generation),
                *self.participant.saved(),
                *gone,
                *forgotten,
                *(Change(META, name, None) for name in boot.meta if name not in meta and name.startswith(ACTORS)),
            )
        )
        host.when_durable(seq, self._serve)

    def _serve(self) -> None:
        """What the boot had to write is durable."""
        host = self.host
        self.serving = True
        self.actors.booted()
        self.gossip.boot()
        self.evacuation.look()
        for name, (every_us, _) in self._timers.items():
            host.effects.append(SetTimer(name, host.now_us + 1 + host.choose(every_us)))

    def _alone(self) -> tuple[Member, ...]:
        """A node that is in no ring has one of its own to ask, which nobody ever sees."""
        return (Member(self.name, tuple(range(self.config.partitions)) if self.config.strategy == 3 else (0,)),)

    def _ring(self, members: tuple[Member, ...]) -> Ring:
        config = self.config
        return self.rules.ring(members, config.n, config.strategy, config.partitions)

    # Events

    def _received(self, sender: str, message: Any) -> None:
        host = self.host
        kind = type(message)
        if sender in host.involved:
            if not self.serving and kind not in GREETINGS:
                return
            host.detector.heard(sender, host.now_us)
        elif kind not in (STRANGERS if self.serving else GREETINGS):
            host.mark("stranger not listened to")
            return
        receive = self._receive.get(kind)
        try:
            if receive is None:
                raise PeerError(f"a message of the unknown type {kind.__name__}")
            receive(sender, message)
        except PeerError:  # nothing was done with it; whoever sends such things is not worth a crash
            host.mark("peer's message refused")

    def _asked(self, client: str, request: m.Request | m.Operate) -> None:
        if isinstance(request, m.Operate):
            if self.serving:
                self.steward.operate(client, request)
            else:
                self.greeting.operate(client, request)
        elif self.serving:
            self.requests.asked(client, request)
        else:  # a put may be the retry of one that the boot before this one has executed
            status = m.FAIL if request.kind == m.GET else m.INFO
            self.host.effects.append(Reply(client, m.Response(request.id, status, "the node is starting")))

    def _timer(self, name: str) -> None:
        if name == "deadlines":
            self.host.deadlines()
        else:
            every_us, tick = self._timers[name]
            self.host.effects.append(SetTimer(name, self.host.now_us + every_us))
            tick()

    def _tend(self) -> None:
        """The short interval: judge the peers, hand off, heal, and go on with what changes in the ring."""
        host = self.host
        host.detector.tick(host.now_us)
        if self.replica.hints:
            self.handoff.tick()
        if self.replica.damaged:
            self.healing.tick()
        if not self.evacuation.finished:
            self.evacuation.tick()
        if host.changing:
            self.transfer.tick()
            self.participant.tick()
        self.steward.tick()

    def _loaded(self, event: Loaded) -> None:
        assert event.space == DATA, f"nobody loads from {event.space}"
        assert event.record is None or isinstance(event.record, Siblings)
        self.replica.loaded(event.key, event.record, event.corrupt)

    def _ring_changed(self, ring: AnyRing) -> None:
        """The participant has taken up another ring."""
        before = self.host.ring
        self.host.new_ring(ring)
        self.placement.forget()
        self.anti_entropy.ring_changed(before)

    def _report(self, driver: str, progress: m.Progress) -> None:
        """Tell the driver of a plan, who may be this node, what was done for it."""
        if driver == self.name:
            self.steward.progressed(self.name, progress)
        else:
            self.host.send(driver, progress)

    def _announced(self, sender: str, message: m.Announce) -> None:
        """Somebody tells of a membership table: one to take up, or one that rivals ours."""
        theirs = decode_table(message.table)
        if self.participant.learn(theirs, sender):
            self.gossip.forget_others()
        elif theirs.cluster == self.participant.table.cluster:
            self.steward.rival(theirs)
            if theirs.rank[:1] < self.participant.table.rank[:1]:  # the sender missed the end of a change
                self.host.send(sender, m.Announce(self.participant.encoded))

    def _let_in(self, _sender: str, message: m.LetIn) -> None:
        self.steward.let_in(message)

    # Messages that two components share, or none

    def _replicate(self, sender: str, message: m.Replicate) -> None:
        op, key, state, owner, durable = message
        if not self.host.overload.begin(sender):
            self.host.send(sender, m.Refused(op))
        elif owner and owner != self.name and self.name not in self.participant.table.names:
            self.host.mark("hint refused: no member yet")  # it forgets what it has if the plan comes to nothing
            self._done(sender, m.Refused(op))
        elif owner and owner != self.name:
            self._acknowledge(self.replica.keep_hint(owner, key, state), sender, op, durable)
        elif self.host.owns(key):
            self.replica.fetch(key, self._merge_replicated, sender, op, key, state, durable)
        else:
            self.host.mark("replica refused: not an owner")
            self._done(sender, m.Refused(op))

    def _merge_replicated(
        self, local: Siblings | None, sender: str, op: int, key: bytes, state: Siblings, durable: bool
    ) -> None:
        if local is None:  # a damaged copy acknowledges nothing
            self.host.overload.end(sender)
        else:
            self._acknowledge(self.replica.merge(local, key, state, not durable), sender, op, durable)

    def _acknowledge(self, seq: int, sender: str, op: int, durable: bool) -> None:
        """Acknowledge the write `seq`; one below 0 was not made."""
        if seq < 0:
            self._done(sender, m.Refused(op))
        elif durable:
            self.host.when_durable(seq, self._done, sender, m.Stored(op))
        else:
            self.host.mark("acknowledged from memory")
            self._done(sender, m.Stored(op))

    def _done(self, sender: str, answer: m.Stored | m.Refused | m.ReadReply) -> None:
        """A piece of a peer's work is done."""
        self.host.overload.end(sender)
        self.host.send(sender, answer)

    def _refused(self, sender: str, message: m.Refused) -> None:
        self.puts.refused(sender, message.op)

    def _stored(self, sender: str, message: m.Stored) -> None:
        if not self.gets.repaired(sender, message.op):
            self.puts.stored(sender, message.op)

    def _read(self, sender: str, message: m.Read) -> None:
        if not self.host.overload.begin(sender):
            self.host.send(sender, m.ReadReply(message.op, b"", None))
        elif message.op & HEALING_OP and self.host.owns(message.key):
            self.host.overload.end(sender)
            self.healing.asked(sender, message)
        else:
            self.gets.serve(message.key, self._tell, message.op, sender, self.host.now_us)

    def _tell(self, state: Siblings | None, op: int, sender: str, since_us: int) -> None:
        self.host.admission.served(self.host.now_us - since_us)
        self._done(sender, m.ReadReply(op, b"", state))

    def _read_reply(self, sender: str, message: m.ReadReply) -> None:
        if message.op & HEALING_OP:
            self.healing.replied(sender, message)
        else:
            self.gets.replied(sender, message)

    def _ping(self, sender: str, _message: m.Ping) -> None:
        self.host.send(sender, m.Pong())

    def _pong(self, sender: str, _message: m.Pong) -> None:
        """Hearing it is all that was wanted."""
