"""The canonical form of a node's state: equal states have equal forms, in every process.

Not part of it: the order of dictionaries, what is remembered only for speed, how often something was counted, and
which of two equal objects is meant. Times are relative to the node's own clock, numbers of writes to the last durable
one: a node that has written more is not in another state for that.

What a form leaves out beyond that is an abstraction, and each has its reason:

* arrival times, latencies and admission slots: a node's clock moves only by the deadlines of its operations, far less
  than it takes to convict a peer by silence or to fill a queue (`Machine.fire` checks that it does);
* since when a tombstone stands, and when a hint was handed off: only the reaper asks, and no reap interval passes;
* until when a request is remembered: longer than any run within a scope lasts;
* with `quiet` (no deadline passes within the scope): everything about deadlines, and who has acknowledged a put that
  is answered, for only deadlines ask.
"""

from collections import deque
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from marshal import dumps
from types import FunctionType, MethodType
from typing import Any

from dynamo.core.admission import Admission
from dynamo.core.config import StoreConfig
from dynamo.core.detector import Detector
from dynamo.core.greeting import Greeting
from dynamo.core.handoff import Delivery, HintedHandoff
from dynamo.core.host import Host
from dynamo.core.merkle import MerkleForest
from dynamo.core.node import Node
from dynamo.core.overload import Overload
from dynamo.core.participant import Participant
from dynamo.core.placement import Placement
from dynamo.core.puts import PendingPut, PutCoordinator
from dynamo.core.replica import Replica
from dynamo.core.request_memory import RequestMemory
from dynamo.core.requests import Taken
from dynamo.core.ring import Ring
from dynamo.core.rules import Rules
from dynamo.core.siblings import Siblings
from dynamo.core.transition import TransitionRing

PLAIN_MARSHAL = 2
"""The last version of marshal's format that writes equal values as equal bytes."""
_ATOMS = frozenset({int, str, bytes, bool, type(None), float})
_COLLECTIONS = (Mapping, set, frozenset, list, deque)
_CALLABLES = (MethodType, FunctionType, partial, type)
_IMMUTABLE = (StoreConfig, Rules, Ring, TransitionRing, Admission, Placement)
"""Not looked into: they never change, or are remembered only for speed."""
_LEFT_OUT: dict[type, frozenset[str]] = {
    Node: frozenset({"name", "rules", "config", "_receive", "_timers"}),
    Participant: frozenset({"_encoded", "_digest", "make_ring", "durable_at"}),
    Replica: frozenset(
        {"cache", "buffered", "hints", "hint_count", "hint_bytes", "handed_off_us", "all_handed_off_us", "tombstones"}
    ),
    Overload: frozenset({"peer_work", "coordinated", "_refused", "_head", "_loads_done"}),
    RequestMemory: frozenset({"open", "bytes", "refused", "_puts", "_gets"}),
    Taken: frozenset({"bytes", "forwarded_us", "deadline_us"}),
    Delivery: frozenset({"sent_us"}),
    HintedHandoff: frozenset({"_turned_away"}),
}
_RELATIVE = frozenset({"started_us", "deadline_us", "asked_us", "_until_us"})
Form = Any


def digest64(form: Form) -> int:
    """64 bits of a form."""
    return int.from_bytes(blake2b(dumps(form, PLAIN_MARSHAL), digest_size=8).digest(), "big")


class Canon:
    """Forms of one node at one moment."""

    without: frozenset[str] = frozenset()
    """Attributes that are not looked into, whatever has them."""

    def __init__(self, node: Node | None, quiet: bool) -> None:
        self.quiet = quiet
        self.now_us = 0 if node is None else node.host.now_us
        self.durable_seq = 0 if node is None else node.host.durable_seq
        self._known: dict[int, int] = {}
        """id -> number of an object that has been met: the second time it is only named."""

    def form(self, thing: Any) -> Form:
        """The canonical form of any part of a node, or of anything that travels."""
        kind = type(thing)
        if kind in _ATOMS:
            return thing
        if kind is Siblings:
            return thing.digest
        if isinstance(thing, tuple):
            parts = [self.form(part) for part in thing]
            return tuple(parts) if kind is tuple else (kind.__name__, *parts)
        if isinstance(thing, _COLLECTIONS):
            return self._collection(thing)
        if isinstance(thing, _CALLABLES):
            return self._callable(thing)
        return self._object(thing)

    def _collection(self, thing: Any) -> Form:
        if isinstance(thing, Mapping):
            keyed = sorted([(_order(self.form(key)), key) for key in thing])  # first the order, then what is known
            return ("{}", *[(self.form(key), self.form(thing[key])) for _, key in keyed])
        parts = [self.form(part) for part in thing]
        return ("[]", *parts) if isinstance(thing, list | deque) else ("set", *sorted(parts, key=_order))

    def _callable(self, thing: Any) -> Form:
        if isinstance(thing, MethodType):
            return ("()", thing.__func__.__qualname__, self.form(thing.__self__))
        if isinstance(thing, partial):
            return ("()", self.form(thing.func), self.form(thing.args), self.form(thing.keywords))
        return ("()", thing.__qualname__)

    def _object(self, thing: Any) -> Form:
        if isinstance(thing, _IMMUTABLE):
            return None
        known = self._known.get(id(thing))
        if known is not None:
            return ("&", known)
        self._known[id(thing)] = len(self._known)
        for kind, view in _VIEWS.items():
            if isinstance(thing, kind):
                return (type(thing).__name__, *view(self, thing))
        return (type(thing).__name__, *self._fields(thing))

    def _fields(self, thing: Any) -> list[Form]:
        left_out = self.without
        for kind in type(thing).__mro__:
            left_out |= _LEFT_OUT.get(kind, frozenset())
        forms = []
        for name, value in _attributes(thing):
            if name in left_out:
                continue
            if name in _RELATIVE:
                forms.append((name, value - self.now_us if not self.quiet else 0))
            else:
                forms.append((name, self.form(value)))
        return forms

    # Numbers of writes

    def seq(self, seq: int) -> int:
        """How far a write is ahead of the durable ones; 0: it is durable."""
        return max(0, seq - self.durable_seq)

    def entries(self, entries: Mapping[bytes, tuple[Siblings, int]]) -> Form:
        """Records with the writes that made them."""
        return tuple(sorted((key, state.digest, self.seq(seq)) for key, (state, seq) in entries.items()))

    # Views

    def _host(self, host: Host) -> list[Form]:
        waiting = [(self.seq(seq), self.form(then), self.form(args)) for seq, then, args in host.waiting]
        deadlines: list[Form] = []
        if not self.quiet:
            due = sorted(entry for entry in host._deadlines if not entry[2].closed)
            deadlines = [(at_us - self.now_us, self.form(then), self.form(what)) for at_us, _, what, then in due]
        return [
            host.generation,
            host.incarnation,
            tuple(sorted(host.involved)),
            host.changing,
            host.version,
            host.disk_low,
            host.seq - host.durable_seq,
            host.loads_waiting,
            tuple(waiting),
            tuple(deadlines),
            self.form(host.detector),
            self.form(host.forest),
            self.form(host.overload),
        ]

    def _replica(self, replica: Replica) -> list[Form]:
        return [
            self.entries(replica.cache),
            tuple(sorted((key, self.seq(seq)) for key, seq in replica.buffered.items())),
            tuple(sorted((owner, self.entries(kept)) for owner, kept in replica.hints.items())),
            tuple(sorted(replica.tombstones)),
            tuple(sorted(replica.handed_off_us)),
            *self._fields(replica),
        ]

    def _detector(self, detector: Detector) -> list[Form]:
        return [tuple(sorted(detector.down)), tuple(sorted(detector.suspected))]

    def _forest(self, forest: MerkleForest) -> list[Form]:
        content: list[Form] = []
        for partition in forest.partitions:
            tree = forest._trees.get(partition)  # looking must not settle it
            held = {} if tree is None else {key: found for leaf in tree.leaves.values() for key, found in leaf.items()}
            for key, state in forest._touched.get(partition, {}).items():
                if state is None:
                    held.pop(key, None)
                else:
                    held[key] = state.digest
            if held:
                content.append((partition, *sorted(held.items())))
        return content

    def _participant(self, participant: Participant) -> list[Form]:
        return [self.seq(participant.durable_at), *self._fields(participant)]

    def _puts(self, puts: PutCoordinator) -> list[Form]:
        open_puts = {op: put for op, put in puts.pending.items() if not (self.quiet and put.answered)}
        return [puts._ops, self.form(open_puts)]

    def _put(self, put: PendingPut) -> list[Form]:
        if self.quiet and put.answered:
            return []
        return self._fields(put)

    def _greeting(self, greeting: Greeting) -> list[Form]:
        if not greeting.closed:  # it waits by its clock, whether or not an operation's deadline may pass
            return [greeting._until_us - self.now_us, *self._fields(greeting)]
        return [self.form(greeting.generation_of), self.form(greeting.heartbeats)]


_VIEWS: dict[type, Any] = {
    Host: Canon._host,
    Replica: Canon._replica,
    Detector: Canon._detector,
    MerkleForest: Canon._forest,
    Participant: Canon._participant,
    PutCoordinator: Canon._puts,
    PendingPut: Canon._put,
    Greeting: Canon._greeting,
}


def _order(form: Form) -> bytes:
    return dumps(form, PLAIN_MARSHAL)


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    """Every attribute of an object by name, whether it stands in a slot or in a dictionary."""
    names: dict[str, None] = dict.fromkeys(vars(thing)) if hasattr(type(thing), "__dict__") and _has_dict(thing) else {}
    for kind in type(thing).__mro__:
        names.update(dict.fromkeys(getattr(kind, "__slots__", ())))
    read = object.__getattribute__
    found = []
    for name in sorted(names):
        if name.startswith("__"):
            continue
        try:
            found.append((name, read(thing, name)))
        except AttributeError:  # a slot that is not filled
            continue
    return found


def _has_dict(thing: Any) -> bool:
    try:
        object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return False
    return True
