"""The membership table: who is in the cluster and which tokens each member holds.

Every node has its own copy, persisted; gossip reconciles the copies (Dynamo, section 4.8.1). Of two entries for one
member the one with the higher version wins, so any number of nodes reach the same table in any order of meetings.
Joining and leaving are new versions of an entry with another status; this module already carries the status.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from dynamo.core.errors import PeerError
from dynamo.core.ring import Member

NORMAL = "normal"
STATUSES = (NORMAL, "joining", "leaving", "left")


class Entry(NamedTuple):
    """What is known of one member."""

    member: Member
    status: str = NORMAL
    version: int = 1


class Membership:
    """A table of entries, and its merge with another."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.entries: dict[str, Entry] = {member.name: Entry(member) for member in members}
        self._encoded: bytes | None = None
        self._digest: bytes | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.entries))

    def members(self) -> tuple[Member, ...]:
        """The members that own tokens now."""
        return tuple(self.entries[name].member for name in self.names if self.entries[name].status == NORMAL)

    def merge(self, other: "Membership") -> bool:
        """Take over every entry that is newer; True where something changed. Equal versions keep the greater entry,
        so the outcome does not depend on who met whom first."""
        changed = False
        for name, entry in other.entries.items():
            mine = self.entries.get(name)
            if mine is None or _rank(entry) > _rank(mine):
                self.entries[name] = entry
                changed = True
        if changed:
            self._encoded = self._digest = None
        return changed

    @property
    def digest(self) -> bytes:
        """8 bytes that are equal where the tables are."""
        if self._digest is None:
            self._digest = blake2b(self.encode(), digest_size=8).digest()
        return self._digest

    def encode(self) -> bytes:
        """The table as bytes, for the disk and the wire; equal tables give equal bytes."""
        if self._encoded is None:
            rows = []
            for name in self.names:
                member, status, version = self.entries[name]
                tokens = [str(token) for token in member.tokens]
                rows.append([name, version, status, tokens, member.weight, member.host, member.rack, member.datacenter])
            self._encoded = json.dumps(rows, separators=(",", ":")).encode()
        return self._encoded

    @classmethod
    def decode(cls, encoded: bytes) -> "Membership":
        """The inverse of `encode`; `PeerError` for anything else."""
        table = cls(())
        try:
            for row in json.loads(encoded):
                entry = _entry(*row)
                table.entries[entry.member.name] = entry
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise PeerError(f"membership table: cannot be read: {error}") from None
        return table


def _entry(name: object, version: object, status: object, tokens: object, weight: object, *places: object) -> Entry:
    """One row of an encoded table; ValueError or TypeError where it is none."""
    if not isinstance(name, str) or type(version) is not int or not isinstance(status, str) or status not in STATUSES:
        raise ValueError(f"entry of {name!r}")
    if not isinstance(tokens, list) or not all(isinstance(t, str) and t.isascii() and t.isdigit() for t in tokens):
        raise ValueError(f"tokens of {name!r}")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
        raise ValueError(f"weight of {name!r}")
    host, rack, datacenter = places
    if not isinstance(host, str) or not isinstance(rack, str) or not isinstance(datacenter, str):
        raise ValueError(f"place of {name!r}")
    return Entry(Member(name, tuple(map(int, tokens)), float(weight), host, rack, datacenter), status, version)


def _rank(entry: Entry) -> tuple[int, int, str]:
    return (entry.version, STATUSES.index(entry.status), repr(entry.member))
