"""One node's part in a change of membership: it takes up newer tables, and reports what a phase asks of it.

The rule that this module keeps: **a node reports a phase only when nothing that it began under the lists before is
still unanswered**, and its table is durable. A report is a promise: from then on the node takes up no rival plan until
the driver of the first has let go of it (see `dynamo.core.membership`).
"""

import json
from collections.abc import Callable

from dynamo.core.effects import META, Change
from dynamo.core.errors import CallerError
from dynamo.core.evacuation import Evacuation
from dynamo.core.gets import GetCoordinator
from dynamo.core.host import AnyRing, Host
from dynamo.core.membership import CLOSE, FLIP, NO_TABLE, PREPARE, TRANSFER, Table, digest_of, encode_table
from dynamo.core.messages import Announce, LetIn, Progress
from dynamo.core.preference import Member
from dynamo.core.puts import PutCoordinator
from dynamo.core.replica import Replica
from dynamo.core.ring import Ring
from dynamo.core.transfer import Transfer
from dynamo.core.transition import TransitionRing

MEMBERS = b"members"
ENDORSED = b"endorsed"
LUGGAGE = b"luggage"
HOME = b"home"
MakeRing = Callable[[tuple[Member, ...]], Ring]


class Participant:
    """One node's copy of the membership table, and what it does about it."""

    def __init__(
        self,
        host: Host,
        table: Table,
        make_ring: MakeRing,
        replica: Replica,
        puts: PutCoordinator,
        gets: GetCoordinator,
        transfer: Transfer,
        evacuation: Evacuation,
        ring_changed: Callable[[AnyRing], None],
        doubt: Callable[[tuple[int, ...]], None],
        recovery: Callable[[], Change],
        report: Callable[[str, Progress], None],
    ) -> None:
        self.host = host
        self.table = table
        self.make_ring = make_ring
        self.replica = replica
        self.puts = puts
        self.gets = gets
        self.transfer = transfer
        self.evacuation = evacuation
        self.ring_changed = ring_changed
        self.doubt = doubt
        self.recovery = recovery
        self.report = report
        self._encoded = (NO_TABLE, encode_table(NO_TABLE))
        self._digest = (NO_TABLE, digest_of(self._encoded[1]))
        self.endorsed = ""
        """The plan for which this node has reported."""
        self.luggage: LetIn | None = None
        """Where this node has come from another ring with what it held there and is no member yet: how it asks to be
        let in. What it holds is not forgotten, whatever becomes of the plan that was to let it in."""
        self.home = ""
        """In which ring, and since which epoch, this node holds what is on its disk; empty where it is in none. It is
        written beside the table and with the luggage, so that no record that rots makes what is here look like an
        earlier life's."""
        self.durable_at = 0
        """The write that makes the table durable."""

    @property
    def encoded(self) -> bytes:
        """The table as bytes; gossip asks for it at every meeting, so it is made once."""
        if self._encoded[0] is not self.table:
            self._encoded = (self.table, encode_table(self.table))
        return self._encoded[1]

    @property
    def digest(self) -> bytes:
        """8 bytes that are equal where tables are."""
        if self._digest[0] is not self.table:
            self._digest = (self.table, digest_of(self.encoded))
        return self._digest[1]

    @property
    def inside(self) -> bool:
        """Whether this node is a member, or is to be one."""
        return self.host.name in self.table.involved

    def learn(self, theirs: Table, sender: str = "") -> bool:
        """Take up a table that `sender` has, where it is newer; True where it was taken up."""
        mine = self.table
        if theirs.cluster != mine.cluster:
            if not self._invited(theirs):
                return False
            if mine.cluster:
                self.host.mark("ring given up for another")
        elif theirs.rank <= mine.rank or self._bound(theirs, sender):
            return False
        return self.adopt(theirs)

    def _invited(self, theirs: Table) -> bool:
        """Whether a table of another founding concerns this node: it belongs to none yet, or its own ring gives way.
        Of two rings the one with the greater name does; whoever was only joining it is outside then,
        unless it may hold already what nobody else does."""
        mine, name = self.table, self.host.name
        if not mine.cluster:
            return name in theirs.involved  # also one that leaves: its disk was lost, and it is waited for
        gives_way = "" < theirs.cluster < mine.cluster  # a node in no ring has nothing to tell
        return gives_way and (name in theirs.target or mine.holder(name) is None)

    def _bound(self, theirs: Table, sender: str) -> bool:
        """Whether a promise keeps this node from taking up the plan in `theirs`; then that plan's driver is told. A
        driver that comes with another plan than its own has let go of its own."""
        plan, other = self.table.plan, theirs.plan
        if plan is None or other is None or theirs.epoch != self.table.epoch or other.decided or other.id == plan.id:
            return False
        let_go = plan.id in other.released or plan.driver in other.gone or plan.driver in (self.host.name, sender)
        if self.endorsed != plan.id or let_go:
            return False
        self.host.mark("plan held back by a promise")
        self.host.send(other.driver, Announce(self.encoded))
        return True

    def adopt(self, table: Table) -> bool:
        """Make `table` this node's own; False where no ring can be made of it."""
        host = self.host
        before, was_inside = self.table, self.inside
        ring: AnyRing | None = None
        if host.name in table.involved:
            try:
                ring = ring_of(table, self.make_ring)
            except CallerError:  # nobody announces such a table; whoever does is not worth a crash
                host.mark("table without a ring refused")
                return False
        luggage = self._luggage(before, table)
        home = _home(table, host.name)
        anew = ring is not None and self.luggage is None and home != self.home
        if anew:
            self._forget()
        self.home = home
        self.table = table
        host.involved = frozenset(table.involved) if ring is not None else frozenset()
        host.changing = table.plan is not None
        host.mark("membership table changed")
        if ring is not None:
            self._look_after_peers(before)
            host.version += 1
            self.ring_changed(ring)
        elif was_inside:
            host.mark("node is outside now")
            self._look_after_peers(before)
            if before.holder(host.name) is None and self.luggage is None:  # all that it took in, others hold
                self._forget()
        self.evacuation.look()
        self.tend_transfer()
        if anew and host.name in host.ring.names and (host.name in table.names or self._phase == CLOSE):
            self.doubt(host.ring.partitions_of(host.name))  # it answers for these already, and has nothing
        self.durable_at = host.write((*self.saved(), self.recovery(), *luggage))
        return True

    def _forget(self) -> None:
        """What is here is from an earlier life, and so is the note of what was fetched."""
        self.replica.purge()
        noted = self.transfer.forget()
        if noted:
            self.host.write(noted)

    def _luggage(self, before: Table, table: Table) -> tuple[Change, ...]:
        """What this node brings with it: everything, from when it leaves a ring that gives way until it is a member of
        the other one. Returns what to write with the table."""
        own, had = before.holder(self.host.name), self.luggage
        if self.host.name in table.names:
            self.luggage = None
        elif own is not None and before.cluster != table.cluster:
            self.luggage = LetIn(own.name, own.weight, own.host, own.rack, own.datacenter)
        if self.luggage == had:
            return ()
        return (Change(META, LUGGAGE, json.dumps(self.luggage).encode() if self.luggage is not None else None),)

    @property
    def _phase(self) -> str:
        return self.table.plan.phase if self.table.plan is not None else ""

    def saved(self) -> tuple[Change, Change]:
        """What the disk is to hold of the table and of this node's place in it."""
        return Change(META, MEMBERS, self.encoded), Change(META, HOME, json.dumps([self.home, self.luggage]).encode())

    def boot(self, home: bytes | None, endorsed: str, luggage: bytes | None) -> None:
        """The table as it was persisted is in force again."""
        host = self.host
        self.home, beside = json.loads(home) if home is not None else (_home(self.table, host.name), None)
        self.endorsed = endorsed
        brought = json.loads(luggage) if luggage is not None else beside
        self.luggage = LetIn(*brought) if brought is not None else None
        host.involved = frozenset(self.table.involved) if self.inside else frozenset()
        host.changing = self.table.plan is not None
        self._look_after_peers(self.table)
        if self.inside:
            self.ring_changed(ring_of(self.table, self.make_ring))
        self.evacuation.look()
        self.tend_transfer()

    def _look_after_peers(self, before: Table) -> None:
        """The detector watches whoever is involved now, and nobody else."""
        host, table = self.host, self.table
        gone = table.plan.gone if table.plan is not None else ()
        for name in sorted({*before.names, *before.target} - {*table.involved, *gone}):
            host.detector.forget(name)
        for name in gone:
            host.detector.condemn(name)
        host.detector.expect((name for name in table.involved if name != host.name), host.now_us)

    def tend_transfer(self) -> None:
        """Fetch what the present phase asks for."""
        plan, ring = self.table.plan, self.host.ring
        if plan is None or not self.inside or not isinstance(ring, TransitionRing):
            self.transfer.end()
        elif plan.phase == TRANSFER:
            self.transfer.begin(plan, ring)
        elif plan.phase == FLIP:
            lacking = self.transfer.flipped(plan, ring)
            if lacking:
                self.host.mark("flipped before the transfer was complete")
                self.doubt(lacking)

    # Reports

    def tick(self) -> None:
        """Report the present phase to the plan's driver, if what it asks for is done; again until the next begins."""
        plan, host = self.table.plan, self.host
        if plan is None or not self.inside or host.durable_seq < self.durable_at or not self._done(plan.phase):
            return
        if self.endorsed != plan.id:
            self.endorsed = plan.id
            self.durable_at = host.write((Change(META, ENDORSED, plan.id.encode()),))
        host.when_durable(self.durable_at, self.report, plan.driver, Progress(plan.id, plan.phase))

    def _done(self, phase: str) -> bool:
        version = self.host.version
        if phase == TRANSFER:
            return self.transfer.complete
        if phase == FLIP:
            return not self.gets.older_than(version)
        if self.puts.older_than(version):
            return False
        if phase == PREPARE:  # a get that repairs before it is answered writes as well
            return self.host.config.read_repair != "blocking" or not self.gets.older_than(version)
        assert phase == CLOSE, f"a phase {phase!r}"
        leaving = self.host.name not in self.table.target
        return self.evacuation.finished and not (leaving and self.replica.hints)


def ring_of(table: Table, make_ring: MakeRing) -> AnyRing:
    """The ring that a table stands for. Raises CallerError where tokens collide or are missing."""
    plan = table.plan
    if plan is None:
        return make_ring(table.members)
    new = make_ring(plan.target)
    return new if plan.phase == CLOSE else TransitionRing(make_ring(table.members), new, plan.phase == FLIP)


def _home(table: Table, name: str) -> str:
    """Where and since when the node called `name` is a member by `table`, or will be; empty where it is not. Who enters
    the ring again does so since another epoch: what is still on its disk is from an earlier life."""
    target = table.plan.target if table.plan is not None else ()
    own = table.member(name) or next((member for member in target if member.name == name), None)
    return f"{table.cluster} {own.since}" if own is not None else ""
