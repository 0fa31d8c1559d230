"""Quorums that are said to overlap and do not."""

from dataclasses import replace

from dynamo.core.gets import GetCoordinator
from dynamo.core.host import Host
from dynamo.core.placement import Placement, Target
from dynamo.core.replica import Replica
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import SILENCE

_STRICT = {
    "sloppy": False,
    "workload": "register",
    "keys": 8,
    "faults": SILENCE,
}


class SloppyPlacement(Placement):
    """Healthy nodes stand in for silent owners, whatever the configuration says."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.strict = host.config
        self.sloppy = replace(host.config, sloppy=True)

    def targets(self, key: bytes) -> tuple[Target, ...]:
        self.host.config = self.sloppy
        try:
            return super().targets(key)
        finally:
            self.host.config = self.strict

    def fallback(self, key: bytes, taken: frozenset[str] | set[str]) -> str | None:
        self.host.config = self.sloppy
        try:
            return super().fallback(key, taken)
        finally:
            self.host.config = self.strict


def _gets_of_strangers(host: Host, replica: Replica, _placement: Placement) -> GetCoordinator:
    """Gets ask healthy nodes in place of silent owners, and count what those do not have as a reply."""
    return GetCoordinator(host, replica, SloppyPlacement(host))


BUGS = (
    Bug(
        name="sloppy-overlap",
        row=14,
        title="a sloppy quorum is claimed to overlap",
        mechanism=(
            "During a partition W acknowledgements come from fallbacks. The owners return, and R of them answer a get "
            "before the hints are handed off: R+W>N, and yet the get misses the put."
        ),
        breaks=("fresh-reads",),
        seed=replacing(placement=SloppyPlacement),
        overrides=_STRICT,
        source="Dynamo, section 4.6; riak_kv#485",
    ),
    Bug(
        name="notfound-votes",
        row=16,
        title="a fallback that has nothing counts as a reply",
        mechanism=(
            'Puts go to the owners alone, but a get asks a fallback in place of a silent owner and counts its "not\n'
            'found" among the R replies. One stale owner and one stranger make a quorum.'
        ),
        breaks=("fresh-reads",),
        seed=replacing(gets=_gets_of_strangers),
        overrides=_STRICT,
        source='Riak documentation, "Replication properties" (notfound_ok)',
    ),
)
