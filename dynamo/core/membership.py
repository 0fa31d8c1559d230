"""Membership: who is in the ring, and the plan by which that changes (Dynamo, section 4.8.1).

A *table* holds the members of one *epoch* and at most one plan for the next. Every node has its own copy, persisted,
and gossip spreads the newer one. A plan is driven by one member (`dynamo.core.steward`) through four phases; each
begins when *every* participant has reported that it did what the one before asks for (`dynamo.core.participant`):

    prepare    puts go to the old and the new owners and need W in each list; gets ask the old list
    transfer   the new owners fetch what they will own from every old owner, and check it
    flip       gets ask the new list
    close      puts go to the new list alone; whoever lost a partition brings what it still has to the owners

Neighbouring phases go together, whoever is in which: in all of them a get's list is one in which puts need W. That is
why no phase begins before everybody has left the one before the last.

**A plan is decided when its driver begins to flip.** Before that it may be superseded by one of a later round. A
participant that has reported for a plan takes up another only when the first one's driver has let go of it
(`Plan.released`), so a plan that was flipped and one that replaced it cannot both be believed in. Members that the
operator declares dead (`Plan.gone`) are waited for by nobody.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

from dynamo.core.errors import PeerError
from dynamo.core.preference import Member

PREPARE, TRANSFER, FLIP, CLOSE = "prepare", "transfer", "flip", "close"
PHASES = (PREPARE, TRANSFER, FLIP, CLOSE)
DECIDED = (FLIP, CLOSE)


class Plan(NamedTuple):
    """How the membership is to change."""

    id: str
    """Names the plan for ever; begins with the name of the member that made it."""
    driver: str
    what: str
    """For people: "join n6"."""
    target: tuple[Member, ...]
    """The members of the next epoch."""
    round: int = 1
    """A plan that replaces another of the same epoch has a later one."""
    gone: tuple[str, ...] = ()
    """Members that are declared dead: they are not waited for, and nobody listens to them any more."""
    released: tuple[str, ...] = ()
    """Plans whose drivers have given them up for this one, sorted."""
    phase: str = PREPARE
    term: int = 0
    """How often the plan was taken over from its driver, or amended."""

    @property
    def decided(self) -> bool:
        return self.phase in DECIDED


class Table(NamedTuple):
    """What one node knows about the membership."""

    cluster: str
    """Names the founding of the cluster; empty at a node that has never been in one."""
    epoch: int
    members: tuple[Member, ...]
    """Sorted by name."""
    plan: Plan | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)

    def member(self, name: str) -> Member | None:
        """The member called `name`, as of this epoch."""
        return next((member for member in self.members if member.name == name), None)

    def holder(self, name: str) -> Member | None:
        """The member called `name`, or who is to be one when the plan is decided: from then on it may have what nobody
        else has, for somebody may be closing already and write to the new list alone."""
        plan = self.plan
        coming = plan.target if plan is not None and plan.decided else ()
        return self.member(name) or next((member for member in coming if member.name == name), None)

    @property
    def target(self) -> tuple[str, ...]:
        """The names of the next epoch; of this one where there is no plan."""
        return self.names if self.plan is None else tuple(member.name for member in self.plan.target)

    @property
    def involved(self) -> tuple[str, ...]:
        """Everybody who takes part now: members and those who are to be, without the dead; sorted."""
        gone = self.plan.gone if self.plan is not None else ()
        return tuple(sorted({*self.names, *self.target} - {*gone}))

    @property
    def rank(self) -> tuple[int, bool, int, str, int, int, str]:
        """Of two tables of one cluster the one with the greater rank is the newer. The driver comes last: two members
        may take over one plan at once."""
        plan = self.plan
        if plan is None:
            return (self.epoch, False, 0, "", 0, 0, "")
        return (self.epoch, plan.decided, plan.round, plan.id, PHASES.index(plan.phase), plan.term, plan.driver)

    @property
    def digest(self) -> bytes:
        """8 bytes that are equal where the tables are."""
        return digest_of(encode_table(self))


NO_TABLE = Table("", 0, ())
"""What a node knows that is in no cluster."""


def founded(members: Iterable[Member]) -> Table:
    """The table of a new cluster."""
    own = tuple(sorted(members))
    if not own:
        return NO_TABLE
    names = "\0".join(member.name for member in own)
    return Table(blake2b(names.encode(), digest_size=8).hexdigest(), 1, own)


def encode_table(table: Table) -> bytes:
    """The table as bytes, for the disk and the wire; equal tables give equal bytes."""
    plan = table.plan
    planned = None
    if plan is not None:
        planned = [
            plan.id, plan.driver, plan.what, [_row(m) for m in plan.target], plan.round,
            list(plan.gone), list(plan.released), plan.phase, plan.term,
        ]  # fmt: skip
    rows = [_row(member) for member in table.members]
    return json.dumps([table.cluster, table.epoch, rows, planned], separators=(",", ":")).encode()


def digest_of(encoded: bytes) -> bytes:
    """8 bytes that stand for an encoded table."""
    return blake2b(encoded, digest_size=8).digest()


def decode_table(encoded: bytes) -> Table:
    """The inverse of `encode_table`; `PeerError` for anything else."""
    try:
        cluster, epoch, rows, planned = json.loads(encoded)
        members = _members(rows)
        plan = None
        if planned is not None:
            name, driver, what, target, number, gone, released, phase, term = planned
            plan = Plan(
                _text(name), _text(driver), _text(what), _members(target), _count(number), _texts(gone),
                _texts(released), _text(phase), _count(term),
            )  # fmt: skip
            if phase not in PHASES:
                raise ValueError(f"phase {phase!r}")
        return Table(_text(cluster), _count(epoch), members, plan)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise PeerError(f"membership table: cannot be read: {error}") from None


def _row(member: Member) -> list[Any]:
    tokens = [str(token) for token in member.tokens]
    return [member.name, tokens, member.weight, member.host, member.rack, member.datacenter, member.since]


def _members(rows: object) -> tuple[Member, ...]:
    if not isinstance(rows, list):
        raise ValueError("members")
    members = tuple(_member(*row) for row in rows)
    names = [member.name for member in members]
    if names != sorted(set(names)):
        raise ValueError("members that are not sorted and distinct")
    return members


def _member(name: object, tokens: object, weight: object, *rest: object) -> Member:
    """One row of an encoded table; ValueError or TypeError where it is none."""
    if not isinstance(tokens, list) or not all(isinstance(t, str) and t.isascii() and t.isdigit() for t in tokens):
        raise ValueError(f"tokens of {name!r}")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
        raise ValueError(f"weight of {name!r}")
    host, rack, datacenter, since = rest
    held = tuple(map(int, tokens))
    return Member(_text(name), held, float(weight), _text(host), _text(rack), _text(datacenter), _count(since))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} where a text belongs")
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError(f"{values!r} where names belong")
    return tuple(_text(value) for value in values)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} where a whole number belongs")
    return value
