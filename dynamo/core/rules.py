"""The parts of a node, by name: every rule that can be replaced from outside.

A node is built from one `Rules`. The store has exactly one set for each versioning policy (`rules_for`). A test that
wants a node with one rule broken builds another with `dataclasses.replace`; the store itself has no switches for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dynamo.core.actors import Actors
from dynamo.core.admission import Admission
from dynamo.core.antientropy import AntiEntropy
from dynamo.core.classic import PlainVectors
from dynamo.core.detector import Detector
from dynamo.core.dotted import DottedVectors
from dynamo.core.errors import CallerError
from dynamo.core.evacuation import Evacuation
from dynamo.core.gets import GetCoordinator
from dynamo.core.gossip import Gossip
from dynamo.core.greeting import Greeting
from dynamo.core.handoff import HintedHandoff
from dynamo.core.healing import Healing
from dynamo.core.host import Host
from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.merkle import MerkleForest
from dynamo.core.overload import Overload
from dynamo.core.participant import Participant
from dynamo.core.placement import Placement
from dynamo.core.puts import PutCoordinator
from dynamo.core.reaping import Reaper
from dynamo.core.replica import Replica
from dynamo.core.requests import Requests
from dynamo.core.ring import Ring
from dynamo.core.steward import Steward
from dynamo.core.transfer import Transfer
from dynamo.core.versioning import Versioning


@dataclass(frozen=True)
class Rules:
    """What a node is made of."""

    versioning: Versioning
    host: Callable[..., Host] = Host
    ring: Callable[..., Ring] = Ring
    detector: Callable[..., Detector] = Detector
    forest: Callable[..., MerkleForest] = MerkleForest
    overload: Callable[..., Overload] = Overload
    admission: Callable[..., Admission] = Admission
    actors: Callable[..., Actors] = Actors
    replica: Callable[..., Replica] = Replica
    placement: Callable[..., Placement] = Placement
    puts: Callable[..., PutCoordinator] = PutCoordinator
    gets: Callable[..., GetCoordinator] = GetCoordinator
    requests: Callable[..., Requests] = Requests
    handoff: Callable[..., HintedHandoff] = HintedHandoff
    anti_entropy: Callable[..., AntiEntropy] = AntiEntropy
    healing: Callable[..., Healing] = Healing
    reaper: Callable[..., Reaper] = Reaper
    transfer: Callable[..., Transfer] = Transfer
    evacuation: Callable[..., Evacuation] = Evacuation
    participant: Callable[..., Participant] = Participant
    steward: Callable[..., Steward] = Steward
    greeting: Callable[..., Greeting] = Greeting
    gossip: Callable[..., Gossip] = Gossip


_POLICIES: dict[str, Callable[[], Versioning]] = {
    "dvv": DottedVectors,
    "vv": PlainVectors,
    "lww": LastWriterWins,
}


def rules_for(versions: str) -> Rules:
    """The store's own rules under the versioning policy ``dvv``, ``vv`` or ``lww``."""
    if versions not in _POLICIES:
        raise CallerError(f"versions: {versions!r} is unknown; accepted: {', '.join(_POLICIES)}")
    return Rules(_POLICIES[versions]())
